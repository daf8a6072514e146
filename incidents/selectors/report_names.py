"""The words for the keys of a report. Call takers by user name alone, and only for inside."""

from collections.abc import Mapping

from django.utils.translation import get_language

from incidents.lifecycle import CallClass, Disposition, IncidentState, Verdict
from incidents.models import Area, Incident, IncidentType
from incidents.reports.report import Report
from incidents.reports.tables import Names
from responders.models import Agency, User


def names_for(report: Report, *, inside: bool) -> Names:
    """Return the names a report's tables need, in the language in force."""
    takers: dict[int | None, str] = {}
    if inside:
        keys = [key for key in report.calls.by_taker if key is not None]
        takers |= dict(User.objects.filter(pk__in=keys).values_list("pk", "username"))
    breached = {breach.incident for breach in report.breaches}
    numbers = Incident.objects.filter(pk__in=breached).values_list("pk", "number")
    ends = _labels(Disposition) | _labels(IncidentState)
    return Names(
        types=type_labels(),
        agencies=dict(Agency.objects.values_list("key", "short_name")),
        areas=dict(Area.objects.values_list("code", "name")),
        classes=_labels(CallClass),
        ends=ends,
        takers=takers,
        incidents=dict(numbers),
        verdicts=_labels(Verdict),
    )


def type_labels() -> dict[str, str]:
    """Return each incident type's label in the language in force, by its key."""
    field = "label_en" if get_language() == "en" else "label"
    return dict(IncidentType.objects.values_list("key", field))


def _labels(choices: Mapping[str, str] | type) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.choices}  # type: ignore[union-attr]
