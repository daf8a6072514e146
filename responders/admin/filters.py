"""Filters beside a list that offer only what the person may see of the other kind."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib.admin import EmptyFieldListFilter, RelatedFieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class VisibleRelatedFilter(RelatedFieldListFilter):
    """A filter by another row: offers the rows that the other kind's own list would show."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[tuple[str, Any]]:
        site, other = model_admin.admin_site, field.remote_field.model
        ordering = self.field_admin_ordering(field, request, model_admin)
        if not site.is_registered(other):
            return field.get_choices(include_blank=False, ordering=ordering)
        visible = site.get_model_admin(other).get_queryset(request)
        limit = {"pk__in": visible.values("pk")}
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=limit)


def filled_or_not(
    field: str, title: Promise | str, *, empty: Promise | str, filled: Promise | str
) -> tuple[str, type[EmptyFieldListFilter]]:
    """Return a filter by whether a moment has come, in words of its own: "dipakai", "diganti"."""

    class ByMoment(EmptyFieldListFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = cast("str", title)  # the stubs ask for a class that only they have

        def choices(self, changelist: Any) -> Iterator[Any]:
            everything, *halves = super().choices(changelist)
            yield everything
            for half, words in zip(halves, (empty, filled), strict=True):
                yield {**half, "display": words}

    return field, ByMoment


by_revocation = filled_or_not("revoked_at", _("berlaku"), empty=_("berlaku"), filled=_("dicabut"))


def scoped(model: type[Model], list_filter: Any) -> list[Any]:
    """Return a list's filters with every bare relation replaced by the visible kind."""
    return [
        (one, VisibleRelatedFilter) if isinstance(one, str) and _is_relation(model, one) else one
        for one in list_filter
    ]


def _is_relation(model: type[Model], path: str) -> bool:
    field = get_fields_from_path(model, path)[-1]
    return isinstance(field, Field) and field.is_relation
