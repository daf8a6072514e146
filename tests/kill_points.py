"""Run a process of the server that kills itself at a named point: `python -m tests.kill_points …`.

GERAK_TEST_KILL=NAME:N arms one point: at the Nth time it is passed the process gets SIGKILL, at
that very line, as a power cut would. What runs is the product itself; nothing in it knows of this.
"""

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.core.management import execute_from_command_line

import config.bootstrap  # noqa: F401  (sets Django up)

# name -> module, function in it, and whether the kill comes before or after it. A name that the
# module imported is patched where it is called.
POINTS = {
    "dispatch recorded, not committed": ("incidents.services.dispatch", "record", "after"),
    "dispatch committed, not answered": (
        "incidents.views.desk_assignments",
        "dispatch_unit",
        "after",
    ),
    "deliveries planned": ("notifications.receivers", "plan", "after"),
    "push claimed": ("notifications.services.delivery", "_claim", "after"),
    "push posted, not recorded": ("notifications.services.pushing", "_post", "after"),
    "push recorded": ("notifications.services.pushing", "_record", "after"),
    "ladder claimed": ("notifications.services.ladders", "_claim", "after"),
    "turns taken, not committed": ("notifications.services.ladders", "_take_turns", "after"),
    "turns committed": ("notifications.services.ladders", "climb", "after"),
    "receipt heard": ("notifications.services.receipts", "_confirm", "before"),
    "delivered, not settled": ("notifications.services.receipts", "mark_delivered", "after"),
    "receipt settled": ("notifications.services.receipts", "_settle", "after"),
    "ledger not written": ("notifications.hub", "_write", "before"),
    "ledger written": ("notifications.hub", "_write", "after"),
    "deadline recorded, not committed": ("incidents.services.timers", "record", "after"),
}


def arm(text: str) -> None:
    """Arm the point that `NAME:N` names; nothing for an empty text."""
    if not text:
        return
    name, _, number = text.rpartition(":")
    module_name, function_name, moment = POINTS[name]
    module = import_module(module_name)
    inner = getattr(module, function_name)
    setattr(module, function_name, _deadly(inner, moment=moment, at_hit=int(number)))


def _deadly(inner: Callable[..., Any], *, moment: str, at_hit: int) -> Callable[..., Any]:
    hits, guard = [0], threading.Lock()

    def pass_by() -> None:
        with guard:
            hits[0] += 1
            if hits[0] == at_hit:
                os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(inner)
    def outer(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            pass_by()
        result = inner(*args, **kwargs)
        if moment == "after":
            pass_by()
        return result

    return outer


def main(words: list[str]) -> None:
    """Arm, then be `manage.py WORDS`, `uvicorn …` or `celery …`."""
    arm(os.environ.get("GERAK_TEST_KILL", ""))
    if words[0] == "uvicorn":
        import_module("uvicorn").main(words[1:])
    elif words[0] == "celery":
        import_module("config.celery").app.start(words[1:])
    else:
        execute_from_command_line(["manage.py", *words])


if __name__ == "__main__":
    main(sys.argv[1:])
