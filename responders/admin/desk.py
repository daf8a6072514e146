"""The manners of every admin class here: nothing deleted, look-ups scoped, lists cheap."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import DateTimeField, ForeignKey, ManyToManyField, QuerySet
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst

from responders.admin.asked import AskedList, is_a_filters_own
from responders.admin.buttons import ButtonsMixin
from responders.admin.changes import ChangesMixin
from responders.admin.filters import scoped
from responders.admin.names import NamesMixin
from responders.admin.watched import WatchedMixin
from responders.admin.words import WordsField


def within_agency(user: Any, rows: QuerySet, agency_path: str) -> QuerySet:
    """Narrow rows to the agency that a staff account is bound to; all for the others."""
    if user.bound_agency_id is None:
        return rows
    return rows.filter(**{agency_path: user.bound_agency_id})


def without_icons(field: Any) -> Any:
    """Leave out the little icons beside a picker: they lead away from a form being filled in."""
    if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
        wrapper = field.widget  # kept: its box is what the page lays labels and pickers out by
        wrapper.can_add_related = wrapper.can_change_related = False
        wrapper.can_delete_related = wrapper.can_view_related = False
    return field


class DeskAdmin(NamesMixin, WatchedMixin, ChangesMixin, ButtonsMixin):
    """A kind of row at the desk. History is kept, so nothing is deleted here."""

    change_form_template = "admin/desk_form.html"
    agency_path = ""
    word_lists: tuple[str, ...] = ()  # fields that hold a list of words
    city_wide = False  # True: rows of the whole city, with nothing of one agency or person
    show_full_result_count = False
    list_per_page = 50
    view_on_site = False
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return within_agency(request.user, rows, self.agency_path) if self.agency_path else rows

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[AskedList]:
        return AskedList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Answer what a filter of this list asks, and nothing else."""
        filters = self.list_filter if request is None else self.get_list_filter(request)
        allowed = super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]
        return allowed and is_a_filters_own(lookup, filters, self.date_hierarchy)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Take what an address fills in ahead, but no times: Django's own fields break on them."""
        times = {one.name for one in self.opts.fields if isinstance(one, DateTimeField)}
        given = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if name not in times}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search in an order: a look-up pages through what a selector returns without one."""
        rows = queryset if queryset.ordered else queryset.order_by(*self.get_ordering(request))
        return super().get_search_results(request, rows, search_term)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return scoped(self.model, super().get_list_filter(request))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Ask for a list of words as people write one; leave out the icons that lead away."""
        if db_field.name in self.word_lists:
            return WordsField(label=capfirst(db_field.verbose_name), required=not db_field.blank)
        return without_icons(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Offer only what the person may see of the other kind."""
        kwargs.setdefault("queryset", self._offered(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        kwargs.setdefault("queryset", self._offered(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _offered(self, db_field: Any, request: HttpRequest) -> QuerySet:
        other = db_field.remote_field.model
        if self.admin_site.is_registered(other):
            return self.admin_site.get_model_admin(other).get_queryset(request)
        return other._default_manager.all()


class LookOnlyAdmin(DeskAdmin):
    """Rows that services write: to be looked at, acted on by buttons alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookOnlyInline(NamesMixin, admin.TabularInline):
    """Rows of another kind on a page, to be read."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
