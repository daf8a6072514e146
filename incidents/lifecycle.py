"""The state machines of call, incident and assignment, as tables of legal moves.

    call        ringing ──► answered ──► ended
                   └──────► abandoned

    incident    new ──► pending ──► dispatched ──► responding ──► on_scene ──► cleared ──► closed
                 (the five from pending to cleared are computed from the assignments)
                 on_hold ◄──► pending;  new, pending, on_hold ──► cancelled, merged
                 closed ──► pending (reopened: a new episode)

    assignment  dispatched ──► acknowledged ──► en_route ──► on_scene ──► completed
                 skipping forward is allowed; the skipped step stays empty
                 dispatched, acknowledged ──► declined;  any open state ──► cancelled

Evidence is a fourth machine (movement/): no button sets a verdict, no verdict sets a state.
Pure: no ORM, no clock.
"""

from collections.abc import Container, Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallState(TextChoices):
    RINGING = "ringing", _("berdering")
    ANSWERED = "answered", _("dijawab")
    ENDED = "ended", _("selesai")
    ABANDONED = "abandoned", _("ditutup penelepon")


class CallAttention(TextChoices):
    """Whom a ringing call that nobody takes is cried out to."""

    DESK = "desk", _("semua meja")
    SUPERVISOR = "supervisor", _("supervisor")


class CallClass(TextChoices):
    """The one final class of a call. Source: domain study 4.3."""

    EMERGENCY = "emergency", _("Darurat")
    INFORMATION = "information", _("Informasi")
    PRANK = "prank", _("Prank (iseng)")
    GHOST = "ghost", _("Ghost (tanpa suara)")
    DROPPED = "dropped", _("Terputus")
    UNANSWERED = "unanswered", _("Tidak terjawab")
    OUT_OF_AREA = "out_of_area", _("Luar wilayah")
    TEST = "test", _("Uji coba")


class IncidentState(TextChoices):
    NEW = "new", _("baru")
    PENDING = "pending", _("menunggu")
    ON_HOLD = "on_hold", _("ditunda")
    DISPATCHED = "dispatched", _("dikirim")
    RESPONDING = "responding", _("menuju lokasi")
    ON_SCENE = "on_scene", _("dalam penanganan")
    CLEARED = "cleared", _("selesai ditangani")
    CLOSED = "closed", _("ditutup")
    CANCELLED = "cancelled", _("dibatalkan")
    MERGED = "merged", _("digabung")


class AssignmentState(TextChoices):
    DISPATCHED = "dispatched", _("dikirim")
    ACKNOWLEDGED = "acknowledged", _("diterima")
    EN_ROUTE = "en_route", _("menuju lokasi")
    ON_SCENE = "on_scene", _("tiba di lokasi")
    COMPLETED = "completed", _("selesai")
    DECLINED = "declined", _("ditolak")
    CANCELLED = "cancelled", _("dibatalkan")


class Observation(TextChoices):
    """What a crew saw itself do that moves no state: facts for the clocks alone."""

    FIRST_ACTION = "first_action", _("mulai bertindak")
    DEPARTED = "departed", _("meninggalkan lokasi")
    AT_DESTINATION = "at_destination", _("tiba di tujuan")


class Verdict(TextChoices):
    PENDING = "pending", _("menunggu bukti")
    MOVED = "moved", _("pergerakan terbukti")
    MOVED_LATE = "moved_late", _("bergerak terlambat")
    STATIONARY = "stationary", _("tidak bergerak")
    INDETERMINATE = "indeterminate", _("belum dapat dipastikan")
    UNVERIFIABLE = "unverifiable", _("tidak dapat diverifikasi")


class Disposition(TextChoices):
    HANDLED = "handled", _("tertangani")
    FALSE_ALARM = "false_alarm", _("laporan palsu")
    GONE_ON_ARRIVAL = "gone_on_arrival", _("tidak ditemukan di lokasi")
    HANDED_OVER = "handed_over", _("dialihkan")
    CANCELLED = "cancelled", _("dibatalkan")


class MilestoneSource(TextChoices):
    CREW = "crew", _("petugas")
    DISPATCHER = "dispatcher", _("dispatcher")
    GPS = "gps", "GPS"
    SYSTEM = "system", _("sistem")
    IMPORTED = "imported", _("impor")


STEPS = (
    AssignmentState.DISPATCHED,
    AssignmentState.ACKNOWLEDGED,
    AssignmentState.EN_ROUTE,
    AssignmentState.ON_SCENE,
    AssignmentState.COMPLETED,
)
OPEN_ASSIGNMENT_STATES = STEPS[:4]
DECLINABLE = (AssignmentState.DISPATCHED, AssignmentState.ACKNOWLEDGED)

DISPATCHER_MOVES: dict[str, frozenset[str]] = {
    IncidentState.NEW: frozenset({"on_hold", "cancelled", "merged", "closed"}),
    IncidentState.PENDING: frozenset({"on_hold", "cancelled", "merged", "closed"}),
    IncidentState.ON_HOLD: frozenset({"pending", "cancelled", "merged", "closed"}),
    IncidentState.DISPATCHED: frozenset({"merged", "closed"}),
    IncidentState.RESPONDING: frozenset({"merged", "closed"}),
    IncidentState.ON_SCENE: frozenset({"merged", "closed"}),
    IncidentState.CLEARED: frozenset({"closed", "merged", "on_hold"}),
    IncidentState.CLOSED: frozenset({"pending"}),
    IncidentState.CANCELLED: frozenset({"pending"}),
    IncidentState.MERGED: frozenset({"pending"}),
}
OPEN_INCIDENT_STATES = (
    IncidentState.NEW,
    IncidentState.PENDING,
    IncidentState.ON_HOLD,
    IncidentState.DISPATCHED,
    IncidentState.RESPONDING,
    IncidentState.ON_SCENE,
    IncidentState.CLEARED,
)


def may_step(current: str, target: str) -> bool:
    """Say whether an assignment in one state may be moved to another."""
    if target == AssignmentState.DECLINED:
        return current in DECLINABLE
    if target == AssignmentState.CANCELLED:
        return current in OPEN_ASSIGNMENT_STATES
    if current not in STEPS or target not in STEPS:
        return False
    return STEPS.index(AssignmentState(target)) > STEPS.index(AssignmentState(current))


def already_taken(current: str, target: str) -> bool:
    """Say whether a step lies behind the present state, so that a repeat changes nothing."""
    if current == target:
        return True
    if current not in STEPS or target not in STEPS:
        return False
    return STEPS.index(AssignmentState(target)) <= STEPS.index(AssignmentState(current))


def call_state_for(known: Container[str]) -> str:
    """Compute where a call stands from which of its times are known, in whatever order."""
    if "answered" in known:
        return CallState.ENDED if "ended" in known else CallState.ANSWERED
    if "abandoned" in known:
        return CallState.ABANDONED
    return CallState.ENDED if "ended" in known else CallState.RINGING


def incident_state_for(assignment_states: Iterable[str], *, ever_dispatched: bool) -> str:
    """Compute where an open incident stands from the states of its assignments.

    The furthest open assignment decides; with none open: cleared if any was completed, pending if
    units were sent and none completed, new if none was ever sent.
    """
    states = set(assignment_states)
    if AssignmentState.ON_SCENE in states:
        return IncidentState.ON_SCENE
    if AssignmentState.EN_ROUTE in states:
        return IncidentState.RESPONDING
    if states & {AssignmentState.DISPATCHED, AssignmentState.ACKNOWLEDGED}:
        return IncidentState.DISPATCHED
    if AssignmentState.COMPLETED in states:
        return IncidentState.CLEARED
    return IncidentState.PENDING if ever_dispatched else IncidentState.NEW
