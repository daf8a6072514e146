"""The dispatcher's buttons on an incident's page, each the way to one service."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import (
    AnswerForm,
    AskForm,
    CloseForm,
    DispatchForm,
    MergeForm,
    NoteForm,
    ReasonForm,
)
from incidents.errors import IllegalStep, IncidentError, UnitBusy
from incidents.lifecycle import DISPATCHER_MOVES, OPEN_ASSIGNMENT_STATES
from incidents.models import Incident
from incidents.services.agency_requests import answer_request, ask_agency
from incidents.services.closure import (
    cancel_incident,
    close_incident,
    hold_incident,
    reopen_incident,
    resume_incident,
)
from incidents.services.dispatch import dispatch_unit
from incidents.services.field import add_desk_note
from incidents.services.merging import merge_incident, unmerge_incident
from responders.admin.buttons import Button
from responders.admin.shown import clock_text
from responders.models import Agency, Unit

CHANGE = "incidents.change_incident"


Told = list[tuple[int, str]]


def _dispatch(incident: Incident, *, units: QuerySet[Unit], actor: Any, now: datetime) -> Told:
    """Send each unit by itself; one that cannot be sent holds up none of the others."""
    return [_sent(incident, unit, actor=actor, now=now) for unit in units.select_related("agency")]


def _sent(incident: Incident, unit: Unit, *, actor: Any, now: datetime) -> tuple[int, str]:
    """Send one unit; return what became of it, in words."""
    try:
        dispatch_unit(incident=incident, unit=unit, actor=actor, now=now)
    except UnitBusy as refusal:
        here = incident.assignments.filter(unit=unit, state__in=OPEN_ASSIGNMENT_STATES).first()
        if here is None:
            return messages.ERROR, f"{unit}: {refusal}"
        since = {"unit": unit, "at": clock_text(here.dispatched_at)}
        return messages.INFO, _("%(unit)s sudah dikirim ke kejadian ini pukul %(at)s.") % since
    except IncidentError as refusal:
        return messages.ERROR, f"{unit}: {refusal}"
    return messages.SUCCESS, _("%(unit)s dikirim.") % {"unit": unit}


def as_told(told: Told) -> Told:
    """Return the messages that a press made itself."""
    return told


def _note(incident: Incident, *, text: str, actor: Any, now: datetime) -> None:
    add_desk_note(incident=incident, text=text, actor=actor, now=now)


def _ask(
    incident: Incident, *, agency: Agency, how: str, note: str, actor: Any, now: datetime
) -> None:
    ask_agency(incident=incident, agency=agency, how=how, note=note, actor=actor, now=now)


def _answer(
    incident: Incident, *, request: UUID, state: str, answer: str, actor: Any, now: datetime
) -> None:
    row = incident.agency_requests.filter(pk=request).first()
    if row is None:
        raise IllegalStep
    answer_request(request=row, state=state, answer=answer, actor=actor, now=now)


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


def _merge(incident: Incident, *, into: Incident, actor: Any, now: datetime) -> None:
    merge_incident(incident=incident, into=into, actor=actor, now=now)


def _unmerge(incident: Incident, *, actor: Any, now: datetime) -> None:
    unmerge_incident(incident=incident, actor=actor, now=now)


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


def may_merge(incident: Incident) -> bool:
    """Say whether merging an incident into another would be accepted now."""
    return may_move("merged")(incident) and not has_open_assignment(incident)


def waits_for_units(incident: Incident) -> bool:
    """Say whether nothing but open assignments keeps an incident from being closed."""
    return may_move("closed")(incident) and has_open_assignment(incident)


def may_idle(target: str) -> Callable[[Incident], bool]:
    """Return whether an incident may be moved there while nobody is out for it."""
    return lambda incident: may_move(target)(incident) and not has_open_assignment(incident)


BUTTONS = (
    Button(
        name="dispatch",
        label=_("Kirim"),
        run=_dispatch,
        permission="incidents.add_assignment",
        form=DispatchForm,
        in_panel=True,
        tell=as_told,
    ),
    Button("note", _("Simpan catatan"), _note, "incidents.add_note", form=NoteForm, in_panel=True),
    Button(
        name="ask",
        label=_("Catat permintaan"),
        run=_ask,
        permission="incidents.add_agencyrequest",
        form=AskForm,
        in_panel=True,
    ),
    Button(
        name="answer",
        label=_("Catat jawaban"),
        run=_answer,
        permission="incidents.change_agencyrequest",
        form=AnswerForm,
        in_panel=True,
    ),
    Button("close", _("Tutup kejadian"), _close, CHANGE, may_close, CloseForm, key="T"),
    Button("hold", _("Tunda"), _hold, CHANGE, may_idle("on_hold"), ReasonForm, key="U"),
    Button("resume", _("Lanjutkan"), _resume, CHANGE, is_in("on_hold"), key="L"),
    Button(
        "cancel", _("Batalkan"), _cancel, CHANGE, may_idle("cancelled"), ReasonForm, True, key="X"
    ),
    Button(
        "reopen",
        _("Buka kembali"),
        _reopen,
        CHANGE,
        is_in("closed", "cancelled"),
        ReasonForm,
        key="O",
    ),
    Button("merge", _("Gabungkan"), _merge, CHANGE, may_merge, MergeForm, key="S"),
    Button("unmerge", _("Pisahkan lagi"), _unmerge, CHANGE, is_in("merged"), key="S"),
)
