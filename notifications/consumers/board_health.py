"""What the board's red bar is made of: what is late, which engine is silent, can pushes leave?"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.engine_watch import AMBER, RED, EngineProblem, engine_problems
from notifications.senders.choose import current_sender
from responders.wire_time import to_wire

Problem = dict[str, Any]


def board_health(now: datetime) -> dict[str, Any]:
    """Return what the desk must know of the machine, in a constant number of queries.

    `as_of` is when the rows beside it were read. A problem has a `code`, a `level` (red: what is on
    the board may be wrong or late; amber: something is missing), its reason in words (`message`),
    what it speaks of (`subject`) and for how long (`seconds`).
    """
    problems = [*engine_problems(now), *_push_problems()]
    return {"as_of": to_wire(now), "problems": [_shape(problem) for problem in problems]}


def _shape(problem: EngineProblem) -> Problem:
    seconds = None if problem.seconds is None else round(problem.seconds)
    return asdict(problem) | {"seconds": seconds}


def _push_problems() -> list[EngineProblem]:
    if not settings.GERAK_FCM_CREDENTIALS:
        message = _("Push belum disetel: ponsel tanpa soket tidak dibangunkan.")
        return [EngineProblem("push_off", AMBER, message)]
    if getattr(current_sender(), "configuration_fault", False):
        return [EngineProblem("push_fault", RED, _("Penyedia push menolak kunci kita."))]
    return []
