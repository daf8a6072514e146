"""What a rule of the retention is: which rows are due, and what of them goes.

Each app declares the rules of its own rows in services/retention.py; the purge walks them all. How
long a kind is kept is a number of days that a city sets in GERAK_RETENTION_DAYS.
Source of the days: domain study, 7 (the law sets none, the city's archive schedule does).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NOISE_D = 90  # numbers of prank, ghost and dropped calls
TRACK_D = 30  # raw positions, after closing
YEAR_D = 365  # what a call or an incident holds of persons, after closing
FIVE_YEARS_D = 1826  # the access log
WEBHOOK_D = 30  # docs/webhooks.md
SHORT_D = 30  # own choice: sign-in attempts, codes, what the phone said of itself

ROW = "*"  # in `fields`: the whole row goes


@dataclass(frozen=True)
class Kind:
    """One kind of personal data. key: its name in settings, tables and the journal.

    due(cutoff): the rows whose time is over and that still hold something. erase(rows): empties or
    deletes them. fields: what goes, by name. spared(keys, cutoff): due rows that stay longer.
    order: the column that a walk over the due rows follows, one that an index finds them by.
    """

    key: str
    days: int
    model: Any
    due: Callable[[datetime], Any]
    erase: Callable[[Any], object]
    fields: tuple[str, ...]
    spared: Callable[[Collection[Any], datetime], set[Any]] | None = None
    order: str = "pk"


def blank(**values: Any) -> Callable[[Any], object]:
    """Return an eraser that puts these values into the rows."""
    return lambda rows: rows.update(**values)


def drop(rows: Any) -> object:
    """Delete the rows."""
    return rows.delete()


def emptied(key: str, days: int, model: Any, *, since: str, **empty: object) -> Kind:
    """Return the rule by which rows lose what they hold so long after the moment in `since`.

    empty: what is written in place of what goes, by field; a row that holds just that is not due.
    """

    def due(cutoff: datetime) -> Any:
        return model.objects.filter(**{f"{since}__lt": cutoff}).exclude(**empty)

    return Kind(key, days, model, due, blank(**empty), tuple(empty))


def gone(key: str, days: int, model: Any, *, since: str) -> Kind:
    """Return the rule by which whole rows go so long after the moment in `since`."""

    def due(cutoff: datetime) -> Any:
        return model.objects.filter(**{f"{since}__lt": cutoff})

    return Kind(key, days, model, due, drop, (ROW,))
