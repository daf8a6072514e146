"""Signs of life: each engine of each process writes its own, and takes it away at an orderly end.

A name is `kind@process`. What was killed leaves its row, which turns the desk red; the same process
started again writes over it.
"""

from datetime import datetime, timedelta

from notifications.models import EngineBeat
from notifications.policy import WATCH


def write_beat(kind: str, *, process: str, now: datetime, detail: str = "") -> None:
    """Write one engine's sign of life. `detail`: what of it fails; empty where all is well."""
    name = f"{kind}@{process}"[:80]
    values = {"at": now, "detail": detail[:200]}
    if not EngineBeat.objects.filter(name=name).update(**values):
        EngineBeat.objects.get_or_create(name=name, defaults=values)


def forget_beats(*, process: str, kind: str = "") -> None:
    """Take away the signs of life of a process that ends in order, or one of them."""
    EngineBeat.objects.filter(name__startswith=kind, name__endswith=f"@{process}").delete()


def forget_the_gone(now: datetime) -> int:
    """Take away what has been silent for an hour: a process that nobody will start again."""
    limit = now - timedelta(seconds=WATCH.forget_s)
    deleted, _rows = EngineBeat.objects.filter(at__lt=limit).delete()
    return deleted
