"""What stands still: late rows, silent engines, jobs that fail, open assignments let slip.

The board's red bar, /readyz, /metrics and the heartbeat to the outside all read it here. Each
problem has a code, a level (red: what the desk sees or sends may be late; amber: something is
missing) and a sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.models import Assignment, Timer
from notifications.models import AuditFinding, Delivery, EngineBeat, Ladder, Notice, OutsideMessage
from notifications.policy import BOARD, WATCH, BoardPolicy
from notifications.reach import unreachable_areas

RED, AMBER = "red", "amber"
NAMED_AREAS_MAX = 5
ENGINES = {
    "sweeper": gettext_lazy("Mesin tenggat dan pengiriman"),
    "sockets": gettext_lazy("Server soket"),
    "layer": gettext_lazy("Jalur antarproses"),
    "worker": gettext_lazy("Worker Celery"),
}
WAITS = {
    "deadlines": gettext_lazy("tenggat"),
    "evidence": gettext_lazy("bukti gerak"),
    "deliveries": gettext_lazy("push"),
    "ladders": gettext_lazy("tangga pengiriman"),
    "outside": gettext_lazy("SMS, telepon dan surel"),
    "notices": gettext_lazy("pemberitahuan wilayah"),
}


@dataclass(frozen=True)
class EngineProblem:
    """One thing that is wrong. `subject`: which engine, job or area; `seconds`: for how long."""

    code: str
    level: str
    message: str
    seconds: float | None = None
    subject: str = ""


def engine_problems(now: datetime, *, policy: BoardPolicy = BOARD) -> list[EngineProblem]:
    """Return what is wrong with the engines, the worst first."""
    found = [
        *_late(now, policy),
        *_silent(now, policy),
        *_let_slip(now),
        *_unreachable(now),
    ]
    return sorted(found, key=lambda problem: problem.level != RED)


def oldest_waits(now: datetime) -> dict[str, float]:
    """Return kind of row → for how many seconds the oldest due one has waited; 0: none is due."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due: dict[str, tuple[QuerySet[Any], str]] = {
        "deadlines": (
            Timer.objects.filter(fired_at=None, settled_at=None, due_at__lte=now),
            "due_at",
        ),
        "evidence": (Assignment.objects.filter(review_due_at__lte=now), "review_due_at"),
        "deliveries": (
            Delivery.objects.filter(free, next_attempt_at__lte=now),
            "next_attempt_at",
        ),
        "ladders": (Ladder.objects.filter(free, next_step_at__lte=now), "next_step_at"),
        "outside": (
            OutsideMessage.objects.filter(free, next_attempt_at__lte=now),
            "next_attempt_at",
        ),
        "notices": (Notice.objects.filter(update_due_at__lte=now), "update_due_at"),
    }
    return {kind: _wait_s(rows, field, now) for kind, (rows, field) in due.items()}


def _wait_s(rows: QuerySet[Any], field: str, now: datetime) -> float:
    oldest = rows.aggregate(oldest=Min(field))["oldest"]
    return (now - oldest).total_seconds() if oldest else 0.0


def _late(now: datetime, policy: BoardPolicy) -> Iterable[EngineProblem]:
    waits = oldest_waits(now)
    kind = max(waits, key=lambda name: waits[name])
    if waits[kind] > policy.late_s:
        message = _("Sistem terlambat mengolah %(what)s: %(seconds)d detik.") % {
            "what": WAITS[kind],
            "seconds": waits[kind],
        }
        yield EngineProblem("late", RED, message, waits[kind], kind)


def _silent(now: datetime, policy: BoardPolicy) -> Iterable[EngineProblem]:
    beats = list(EngineBeat.objects.order_by("name"))
    kinds = {_kind(beat.name) for beat in beats}
    if policy.sweeper not in kinds:
        message = _("%(engine)s belum pernah terlihat.") % {"engine": ENGINES["sweeper"]}
        yield EngineProblem("sweeper", RED, message)
    for beat in beats:
        # One from the future was written by a clock that has been set back since.
        kind, age_s = _kind(beat.name), abs((now - beat.at).total_seconds())
        if kind in ENGINES and age_s > _age_allowed_s(kind, policy):
            message = _("%(engine)s (%(name)s) diam sejak %(seconds)d detik.") % {
                "engine": ENGINES[kind],
                "name": beat.name,
                "seconds": age_s,
            }
            yield EngineProblem(kind, RED, message, age_s, beat.name)
        elif beat.detail:
            message = _("%(name)s: pekerjaan gagal: %(jobs)s.") % {
                "name": beat.name,
                "jobs": beat.detail,
            }
            yield EngineProblem("job_fails", RED, message, None, beat.name)


def _kind(name: str) -> str:
    return name.split("@")[0]


def _age_allowed_s(kind: str, policy: BoardPolicy) -> float:
    return WATCH.worker_age_s if kind == "worker" else policy.beat_age_s


def _let_slip(now: datetime) -> Iterable[EngineProblem]:
    since = now - timedelta(seconds=WATCH.finding_shown_s)
    findings = AuditFinding.objects.filter(found_at__gt=since).select_related("assignment__unit")
    for finding in findings.order_by("-found_at")[:NAMED_AREAS_MAX]:
        message = _("Penugasan %(unit)s ditemukan %(what)s dan diperbaiki.") % {
            "unit": finding.assignment.unit.call_sign,
            "what": finding.get_code_display(),
        }
        yield EngineProblem("audit", AMBER, message, None, str(finding.assignment_id))


def _unreachable(now: datetime) -> Iterable[EngineProblem]:
    names = unreachable_areas(now)
    if names:
        listed = ", ".join(names[:NAMED_AREAS_MAX])
        more = len(names) - NAMED_AREAS_MAX
        if more > 0:
            listed = _("%(names)s dan %(count)d lainnya") % {"names": listed, "count": more}
        message = _("Tidak ada pejabat yang bisa dihubungi di: %(areas)s.") % {"areas": listed}
        yield EngineProblem("area_unreachable", AMBER, message)
