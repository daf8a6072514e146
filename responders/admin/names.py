"""Names on a page for reading: a link where the person may open it, plain text where not.

Django's admin links every read-only foreign key to the other row's page without asking who reads.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model
from django.http import HttpRequest

from responders.admin.shown import MISSING


@cache
def plain_name(field: ForeignKey) -> Callable[[Any], str]:
    """Return a read-only column that names the other row; the same one for the same field."""

    @admin.display(description=field.verbose_name)
    def column(obj: Any) -> str:
        other = getattr(obj, field.name)
        return MISSING if other is None else str(other)

    column.__name__ = field.name
    return column


class NamesMixin(BaseModelAdmin):
    """Show a read-only foreign key as text to whoever may not view the other kind."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        names = tuple(super().get_readonly_fields(request, obj))
        return (*names, *self._plain(request, names).values())

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        sets = super().get_fieldsets(request, obj)
        look_only = obj is not None and not self.has_change_permission(request, obj)
        shown = flatten_fieldsets(sets) if look_only else self.get_readonly_fields(request, obj)
        plain = self._plain(request, shown)
        return [
            (title, {**options, "fields": _swapped(options["fields"], plain)})
            for title, options in sets
        ]

    def _plain(self, request: HttpRequest, names: Iterable[Any]) -> dict[Any, Any]:
        """Return the columns that stand for those fields whose links would lead nowhere."""
        fields = (_foreign_key(self.model, name) for name in names)
        return {
            field.name: plain_name(field)
            for field in fields
            if field is not None and not self._may_open(request, field.related_model)
        }

    def _may_open(self, request: HttpRequest, model: Any) -> bool:
        site = self.admin_site
        return site.is_registered(model) and site.get_model_admin(model).has_view_permission(
            request
        )


def _foreign_key(model: type[Model], name: Any) -> ForeignKey | None:
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, ForeignKey) else None


def _swapped(names: Iterable[Any], plain: dict[Any, Any]) -> list[Any]:
    """Put the columns in the places of their fields, each once; a tuple is one line of a form."""
    swapped = [
        tuple(plain.get(one, one) for one in name)
        if isinstance(name, (list, tuple))
        else plain.get(name, name)
        for name in names
    ]
    return list(dict.fromkeys(swapped))
