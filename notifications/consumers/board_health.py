"""What the board's red bar is made of: what is late, which engine is silent, can pushes leave?"""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.selectors.call_desk import calls_lately
from notifications.engine_watch import AMBER, RED, EngineProblem, engine_problems
from notifications.models import Bulletin
from notifications.policy import BMKG
from notifications.selectors import bmkg_age_s, bulletins_shown
from notifications.senders.choose import current_sender
from responders.models import SecurityFinding
from responders.selectors import open_findings
from responders.wire_time import to_wire

Problem = dict[str, Any]
BANNERS_MAX = 5
BANNER_TEXT_MAX = 300


def board_health(now: datetime) -> dict[str, Any]:
    """Return what the desk must know of the machine, in a constant number of queries.

    `as_of` is when the rows beside it were read. A problem has a `code`, a `level` (red: what is on
    the board may be wrong or late; amber: something is missing), its reason in words (`message`),
    what it speaks of (`subject`) and for how long (`seconds`). `banners`: what BMKG says and nobody
    has decided on; `bmkg`: the age of its last good answer.
    """
    problems = [*engine_problems(now), *_push_problems(), *_flood(now), *_findings()]
    return {
        "as_of": to_wire(now),
        "problems": [_shape(problem) for problem in problems],
        "banners": [_banner(row) for row in bulletins_shown(now)[:BANNERS_MAX]],
        "bmkg": _bmkg(now),
    }


def _banner(row: Bulletin) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "level": row.level,
        "headline": row.headline,
        "text": row.text[:BANNER_TEXT_MAX],
        "at": to_wire(row.happened_at),
        "url": reverse("admin:notifications_bulletin_change", args=[row.pk]),
    }


def _bmkg(now: datetime) -> dict[str, Any]:
    """Return whether BMKG is watched, and how old its oldest good answer is."""
    if not settings.GERAK_BMKG:
        return {"on": False, "age_s": None, "stale": False}
    age_s = bmkg_age_s(now)
    stale = age_s is None or age_s > BMKG.stale_s
    return {"on": True, "age_s": None if age_s is None else round(age_s), "stale": stale}


def _shape(problem: EngineProblem) -> Problem:
    seconds = None if problem.seconds is None else round(problem.seconds)
    return asdict(problem) | {"seconds": seconds}


def _flood(now: datetime) -> list[EngineProblem]:
    """Return that more calls come than a room answers: pranks in bulk, or a disaster."""
    count = calls_lately(now)
    if count is None:
        return []
    words = _("Banjir panggilan: %(count)d dalam semenit. Tutup yang iseng, gabungkan yang sama.")
    return [EngineProblem("call_flood", AMBER, words % {"count": count})]


def _findings() -> list[EngineProblem]:
    """Return one problem for all suspicions that nobody has looked into; it names nobody."""
    kinds = Counter(open_findings().values_list("kind", flat=True))
    if not kinds:
        return []
    named = ", ".join(f"{SecurityFinding.Kind(kind).label} ({n})" for kind, n in kinds.items())
    message = _("Temuan keamanan belum diperiksa: %(findings)s.") % {"findings": named}
    return [EngineProblem("finding", AMBER, message)]


def _push_problems() -> list[EngineProblem]:
    if not settings.GERAK_FCM_CREDENTIALS:
        message = _("Push belum disetel: ponsel tanpa soket tidak dibangunkan.")
        return [EngineProblem("push_off", AMBER, message)]
    if getattr(current_sender(), "configuration_fault", False):
        return [EngineProblem("push_fault", RED, _("Penyedia push menolak kunci kita."))]
    return []
