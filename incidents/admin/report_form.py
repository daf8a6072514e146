"""What a reader of the report may ask for: days, area, agency, type, and a span of their own."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models import Area, IncidentType
from incidents.reports.definitions import INSTANTS
from responders.models import Agency

LONGEST = timedelta(days=366)
# Nothing of ours is older or will be younger; beyond them lie days that no zone can reckon with.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
DAYS = (MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY))
OWN_SPANS = ("dispatch", "ack", "enroute", "move", "arrive", "action", "depart", "clear")


class ReportForm(forms.Form):
    """Clean into moments: `period()` gives the first day's start and the end of the last."""

    first = forms.DateField(
        label=_("dari"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=DAYS,
    )
    last = forms.DateField(
        label=pgettext_lazy("akhir masa", "sampai"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=DAYS,
    )
    area = forms.ModelChoiceField(
        label=_("wilayah"),
        queryset=Area.objects.order_by("code"),
        to_field_name="code",
        required=False,
    )
    agency = forms.ModelChoiceField(
        label=_("instansi"),
        queryset=Agency.objects.order_by("short_name"),
        to_field_name="key",
        required=False,
    )
    type = forms.ModelChoiceField(
        label=_("jenis"),
        queryset=IncidentType.objects.order_by("label"),
        to_field_name="key",
        required=False,
    )
    closed_only = forms.BooleanField(label=_("hanya kasus tertutup"), required=False)
    start = forms.ChoiceField(label=_("selang sejak"), required=False)
    end = forms.ChoiceField(label=_("sampai kejadian"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", "–"), *((name, INSTANTS[name]) for name in OWN_SPANS)]
        for name in ("start", "end"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("Hari terakhir mendahului hari pertama."))
        elif first and last and last - first >= LONGEST:
            self.add_error("last", _("Paling lama 366 hari."))
        return cleaned

    def period(self) -> tuple[datetime, datetime]:
        """Return from when (included) to when (excluded), in the city's zone."""
        return (
            start_of(self.cleaned_data["first"]),
            start_of(self.cleaned_data["last"] + timedelta(days=1)),
        )


def start_of(day: date) -> datetime:
    """Return a day's first moment in the city's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())


def with_days(asked: QueryDict) -> QueryDict:
    """Return what was asked with the days filled in: from this month's first to today."""
    today = timezone.localdate()
    filled = asked.copy()
    if not filled.get("last"):
        filled["last"] = today.isoformat()
    if not filled.get("first"):
        filled["first"] = f"{filled['last'][:8]}01"
    return filled
