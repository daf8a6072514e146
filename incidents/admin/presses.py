"""The dispatcher's buttons on an incident's page, each the way to one service."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import CloseForm, DispatchForm, ReasonForm
from incidents.errors import IncidentError
from incidents.lifecycle import DISPATCHER_MOVES, OPEN_ASSIGNMENT_STATES
from incidents.models import Incident
from incidents.services.closure import (
    cancel_incident,
    close_incident,
    hold_incident,
    reopen_incident,
    resume_incident,
)
from incidents.services.dispatch import dispatch_unit
from responders.admin.buttons import Button
from responders.models import Unit

CHANGE = "incidents.change_incident"


class SomeRefused(IncidentError):
    """Some of the units asked for were not sent; says which and why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__()
        self.text = "; ".join(sentences)


def _dispatch(incident: Incident, *, units: QuerySet[Unit], actor: Any, now: datetime) -> None:
    """Send each unit; those that cannot be sent hold up none of the others."""
    refused = []
    for unit in units:
        try:
            dispatch_unit(incident=incident, unit=unit, actor=actor, now=now)
        except IncidentError as refusal:
            refused.append(f"{unit}: {refusal}")
    if refused:
        raise SomeRefused(refused)


def _close(incident: Incident, *, disposition: str, note: str, actor: Any, now: datetime) -> None:
    close_incident(incident=incident, disposition=disposition, note=note, actor=actor, now=now)


def _hold(incident: Incident, *, reason: str, actor: Any, now: datetime) -> None:
    hold_incident(incident=incident, reason=reason, actor=actor, now=now)


def _resume(incident: Incident, *, actor: Any, now: datetime) -> None:
    resume_incident(incident=incident, actor=actor, now=now)


def _cancel(incident: Incident, *, reason: str, actor: Any, now: datetime) -> None:
    cancel_incident(incident=incident, reason=reason, actor=actor, now=now)


def _reopen(incident: Incident, *, reason: str, actor: Any, now: datetime) -> None:
    reopen_incident(incident=incident, reason=reason, actor=actor, now=now)


def may_move(target: str) -> Callable[[Incident], bool]:
    """Return whether a dispatcher may move an incident there, as a question about one."""
    return lambda incident: target in DISPATCHER_MOVES.get(incident.state, frozenset())


def is_in(*states: str) -> Callable[[Incident], bool]:
    """Return whether an incident stands in one of some states, as a question about one."""
    return lambda incident: incident.state in states


def has_open_assignment(incident: Incident) -> bool:
    """Say whether a unit is still on its way to an incident or at it."""
    return incident.assignments.filter(state__in=OPEN_ASSIGNMENT_STATES).exists()


def may_close(incident: Incident) -> bool:
    """Say whether closing an incident would be accepted now."""
    return may_move("closed")(incident) and not has_open_assignment(incident)


def waits_for_units(incident: Incident) -> bool:
    """Say whether nothing but open assignments keeps an incident from being closed."""
    return may_move("closed")(incident) and has_open_assignment(incident)


BUTTONS = (
    Button(
        name="dispatch",
        label=_("Kirim"),
        run=_dispatch,
        permission="incidents.add_assignment",
        form=DispatchForm,
        in_panel=True,
    ),
    Button("close", _("Tutup kejadian"), _close, CHANGE, may_close, CloseForm),
    Button("hold", _("Tunda"), _hold, CHANGE, may_move("on_hold"), ReasonForm),
    Button("resume", _("Lanjutkan"), _resume, CHANGE, is_in("on_hold")),
    Button("cancel", _("Batalkan"), _cancel, CHANGE, may_move("cancelled"), ReasonForm, True),
    Button("reopen", _("Buka kembali"), _reopen, CHANGE, is_in("closed", "cancelled"), ReasonForm),
)
