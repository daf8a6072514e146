"""What a drill measured: how many, how fast, by which way. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WAYS = ("socket", "push", "poll", "none")


@dataclass(frozen=True)
class Person:
    """One person's part: the way the alarm took, and seconds from the call to each step."""

    way: str
    sent: bool = False
    received_s: float | None = None
    seen_s: float | None = None
    answered_s: float | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table: a way, or all of them."""

    way: str
    people: int
    sent: int
    received: int
    seen: int
    answered: int
    received_p50_s: float | None
    received_p90_s: float | None
    answered_p50_s: float | None
    answered_p90_s: float | None


def table_of(people: Sequence[Person]) -> list[Row]:
    """Return the line of all, then a line a way that somebody took."""
    rows = [_row("all", people)]
    for way in WAYS:
        took = [person for person in people if person.way == way]
        if took:
            rows.append(_row(way, took))
    return rows


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the nearest-rank percentile: a value that was measured, None of nothing."""
    ranked = sorted(values)
    if not ranked:
        return None
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def _row(way: str, people: Sequence[Person]) -> Row:
    received = [person.received_s for person in people if person.received_s is not None]
    answered = [person.answered_s for person in people if person.answered_s is not None]
    return Row(
        way=way,
        people=len(people),
        sent=sum(person.sent for person in people),
        received=len(received),
        seen=sum(person.seen_s is not None for person in people),
        answered=len(answered),
        received_p50_s=percentile(received, 0.5),
        received_p90_s=percentile(received, 0.9),
        answered_p50_s=percentile(answered, 0.5),
        answered_p90_s=percentile(answered, 0.9),
    )
