"""What the page of one call shows: who rang before, what it may be about, and where things are."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.admin.incident_forms import OpenIncidentForm
from incidents.admin.looks import CALL_CLASS_LOOKS, incident_badge
from incidents.admin.restricted import is_covered
from incidents.lifecycle import CallClass
from incidents.models import Call, Incident
from incidents.selectors.call_desk import (
    Likely,
    caller_history,
    likely_incidents,
    recent_incidents,
)
from responders.admin.shown import badge, clock_text
from responders.models import User

# The order in which noise comes, the commonest first: the key that closes a call with it.
NOISE_KEYS = (
    ("1", CallClass.PRANK),
    ("2", CallClass.GHOST),
    ("3", CallClass.DROPPED),
    ("4", CallClass.INFORMATION),
    ("5", CallClass.OUT_OF_AREA),
    ("6", CallClass.TEST),
    ("7", CallClass.UNANSWERED),
)
REASONS = {
    "same_place": gettext_lazy("tempat sama"),
    "near": gettext_lazy("berdekatan"),
    "same_area": gettext_lazy("kelurahan sama"),
    "same_number": gettext_lazy("nomor sama"),
    "same_type": gettext_lazy("jenis sama"),
    "same_category": gettext_lazy("jenis serupa"),
    "recent": gettext_lazy("baru saja"),
}


def call_page(user: User, call: Call, now: datetime) -> dict[str, Any]:
    """Return the panels of a call's page, in a constant number of queries."""
    history = caller_history(user, call, now)
    likely = likely_incidents(user, now=now, number=call.caller_number)
    likely_keys = {one.incident.pk for one in likely}
    recent = [one for one in recent_incidents(user, now) if one.pk not in likely_keys]
    opens = call.incident_id is None and user.has_perm("incidents.add_incident")
    return {
        "g_history": [_earlier(one) for one in history.calls],
        "g_repeats": history.repeats,
        "g_pranks": history.pranks,
        "g_noise": [
            {"key": key, "name": str(name), "label": name.label} for key, name in NOISE_KEYS
        ],
        "g_likely": [likely_row(one, call) for one in likely],
        "g_recent": [incident_row(one, call) for one in recent],
        "g_may_classify": user.has_perm("incidents.change_call") and call.incident_id is None,
        "g_classify_url": press_url(call, "classify"),
        "g_open_form": OpenIncidentForm(initial=_known(call, user)) if opens else None,
        "g_open_url": reverse("admin:incidents_incident_add"),
        "g_suggest_url": reverse("admin:incidents_call_suggest"),
    }


def press_url(call: Call, name: str) -> str:
    """Return where a button of a call's page is pressed."""
    return reverse("admin:incidents_call_press", args=[call.pk, name])


def likely_row(likely: Likely, call: Call | None) -> dict[str, Any]:
    """Return one likely incident as page and script show it, with why."""
    one = likely.likeness
    return incident_row(likely.incident, call) | {
        "is_likely": one.is_likely,
        "reasons": [str(REASONS[code]) for code in one.reasons],
        "distance": "" if one.distance_m is None else _("%d m") % round(one.distance_m, -1),
        "minutes": "" if one.minutes is None else _("%d mnt lalu") % int(one.minutes),
    }


def incident_row(incident: Incident, call: Call | None) -> dict[str, Any]:
    """Return an open incident that a call may be joined to."""
    return {
        "id": str(incident.pk),
        "number": incident.number,
        "type": str(incident.type),
        "place": incident.address or incident.landmark,
        "opened": clock_text(incident.opened_at),
        "state": incident_badge(incident),
        "url": reverse("admin:incidents_incident_change", args=[incident.pk]),
        "join_url": press_url(call, "join") if call else "",
    }


def _known(call: Call, user: User) -> dict[str, Any]:
    return {
        "call": call.pk,
        "caller_name": "" if is_covered(call, user) else call.caller_name,
        "caller_phone": "",
    }


def _earlier(call: Call) -> dict[str, Any]:
    unclassified = ("warn", "question", _("belum digolongkan"))
    return {
        "at": clock_text(call.happened_at),
        "kind": badge(*CALL_CLASS_LOOKS.get(call.call_class, unclassified)),
        "incident": call.incident,
        "url": reverse("admin:incidents_call_change", args=[call.pk]),
    }
