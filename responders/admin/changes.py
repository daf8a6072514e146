"""What a form changed, before and after, in the history of the row.

For the city's tables and for people: an admin class says `keeps_values`. Incidents and calls have
their journal instead, where no personal data lies. What is secret or a private number is named as
changed and never quoted.
"""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

NEVER_QUOTED = {"email", "key", "password", "password1", "password2", "phone", "secret", "url"}
VALUE_CHARS = 200
COVERED = "•••"


class ChangesMixin(admin.ModelAdmin):
    """Keep the values of a change beside Django's own message, and show them on its page."""

    keeps_values = False
    object_history_template = "admin/history.html"

    def construct_change_message(
        self, request: HttpRequest, form: forms.Form, formsets: Any, add: bool = False
    ) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        if not self.keeps_values or not isinstance(message, list):
            return message
        changed = [] if add else values_of(form)
        for formset in formsets or ():
            for row in formset.initial_forms:
                if row.has_changed() and row not in formset.deleted_forms:
                    changed += values_of(row, of=str(row.instance))
        return [*message, {"values": changed}] if changed else message

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            for entry in response.context_data["action_list"]:
                entry.values = values_in(entry)
        return response


def values_of(form: Any, of: str = "") -> list[list[str]]:
    """Return what a valid form changed: label, before, after; of: the row of a table in the page.

    In the language of the installation, as the history is one for all who read it.
    """
    found = []
    with translation.override(None):
        for name in filter(form.fields.__contains__, form.changed_data):
            field = form.fields[name]
            label = " · ".join(filter(None, (of, str(field.label or name))))
            before = _text(form, name, form.get_initial_for_field(field, name))
            after = _text(form, name, form.cleaned_data.get(name))
            if before or after:
                found.append([label, before, after])
    return found


def values_in(entry: LogEntry) -> list[dict[str, str]]:
    """Return the values that an entry keeps, for its page; none where it keeps none."""
    try:
        parts = json.loads(entry.change_message)
    except ValueError:
        return []
    if not isinstance(parts, list):
        return []
    rows = [row for part in parts if isinstance(part, dict) for row in part.get("values", ())]
    return [dict(zip(("label", "before", "after"), row, strict=True)) for row in rows]


def _text(form: Any, name: str, value: Any) -> str:
    field = form.fields[name]
    if name in NEVER_QUOTED or isinstance(field.widget, forms.PasswordInput):
        return COVERED
    if isinstance(field, forms.ModelMultipleChoiceField):
        return _cut(", ".join(sorted(str(one) for one in value or ())))
    if isinstance(field, forms.ModelChoiceField):
        return _cut(_row_of(field, value))
    if isinstance(value, bool):
        return str(_("ya") if value else _("tidak"))
    if hasattr(value, "astimezone"):
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M:%S}"
    if isinstance(value, list | tuple):
        return _cut(", ".join(map(str, value)))
    choices = dict(getattr(field, "choices", ()))
    return _cut(str(choices.get(value, "" if value is None else value)))


def _row_of(field: Any, value: Any) -> str:
    if value is None or value == "":
        return ""
    if hasattr(value, "pk"):
        return str(value)
    found = field.queryset.filter(**{field.to_field_name or "pk": value}).first()
    return str(value if found is None else found)


def _cut(text: str) -> str:
    return text if len(text) <= VALUE_CHARS else text[: VALUE_CHARS - 1] + "…"
