"""What the desk can do to an assignment, each press a service's call."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import CorrectionForm, NextForm, ReasonForm
from incidents.lifecycle import AssignmentState, MilestoneSource, Observation, may_step
from incidents.models import Assignment
from incidents.services.corrections import correct_step
from incidents.services.dispatch import cancel_assignment
from incidents.services.next_units import send_next
from incidents.services.observations import observe
from incidents.services.response import take_step
from responders.admin.buttons import Button
from responders.models import Unit

STEP_KEYS = {"acknowledged": "1", "en_route": "2", "on_scene": "3", "completed": "4"}
STEP_WORDS = {
    AssignmentState.ACKNOWLEDGED: _("Catat: diterima"),
    AssignmentState.EN_ROUTE: _("Catat: menuju lokasi"),
    AssignmentState.ON_SCENE: _("Catat: tiba di lokasi"),
    AssignmentState.COMPLETED: _("Catat: selesai"),
}

OBSERVATION_WORDS = {
    Observation.FIRST_ACTION: _("Catat: mulai bertindak"),
    Observation.DEPARTED: _("Catat: meninggalkan lokasi"),
    Observation.AT_DESTINATION: _("Catat: tiba di tujuan"),
}


def _told_by_radio(record: Callable[..., Any], **what: object) -> Callable[..., None]:
    """Return what records a thing that the crew said by radio: now, on the dispatcher's word."""

    def run(assignment: Assignment, *, actor: Any, now: datetime) -> None:
        told = {"at": None, "source": MilestoneSource.DISPATCHER} | what
        record(assignment=assignment, actor=actor, now=now, **told)

    return run


def _step_button(step: AssignmentState) -> Button:
    return Button(
        name=step.value.replace("_", "-"),
        label=STEP_WORDS[step],
        run=_told_by_radio(take_step, step=step),
        permission="incidents.change_assignment",
        shown=lambda assignment: may_step(assignment.state, step),
        key=STEP_KEYS[step],
    )


def _observation_button(observation: Observation) -> Button:
    return Button(
        name=observation.value.replace("_", "-"),
        label=OBSERVATION_WORDS[observation],
        run=_told_by_radio(observe, observation=observation),
        permission="incidents.change_assignment",
        shown=lambda assignment: assignment.state == AssignmentState.ON_SCENE,
    )


def _correct(
    assignment: Assignment, *, step: str, at: datetime, reason: str, actor: Any, now: datetime
) -> None:
    correct_step(assignment=assignment, step=step, at=at, reason=reason, actor=actor, now=now)


def _cancel(assignment: Assignment, *, reason: str, actor: Any, now: datetime) -> None:
    cancel_assignment(assignment=assignment, reason=reason, actor=actor, now=now)


def _send_next(
    assignment: Assignment, *, unit: Unit | None, actor: Any, now: datetime
) -> Assignment:
    return send_next(assignment=assignment, unit=unit, actor=actor, now=now)


BUTTONS = (
    *(_step_button(step) for step in STEP_WORDS),
    *(_observation_button(one) for one in OBSERVATION_WORDS),
    Button(
        name="next",
        label=_("Kirim regu pengganti"),
        run=_send_next,
        permission="incidents.add_assignment",
        form=NextForm,
        in_panel=True,
        tell=lambda sent: [(messages.SUCCESS, gettext("%(unit)s dikirim.") % {"unit": sent.unit})],
    ),
    Button(
        name="correct",
        label=_("Betulkan waktu"),
        run=_correct,
        permission="incidents.change_assignment",
        shown=lambda assignment: assignment.state != AssignmentState.DISPATCHED,
        form=CorrectionForm,
    ),
    Button(
        name="cancel",
        label=_("Batalkan penugasan"),
        run=_cancel,
        permission="incidents.change_assignment",
        shown=lambda assignment: may_step(assignment.state, AssignmentState.CANCELLED),
        form=ReasonForm,
        danger=True,
    ),
)
