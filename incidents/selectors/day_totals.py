"""The day's calls, counted three ways that must agree: rows, classes, and the journal."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from incidents.lifecycle import CallClass, CallState
from incidents.models import Call, IncidentEvent

SLACK = timedelta(hours=1)  # the journal is read a little beyond the day's ends


@dataclass(frozen=True)
class DayTotals:
    """by_class has every class and "" for calls without one. missing: calls that the journal does
    not know, or that it knows and that are gone.
    """

    rings: int
    by_class: dict[str, int]
    by_taker: dict[str, int]
    missing: int

    @property
    def reconciles(self) -> bool:
        """Say whether every ring is one row with one class, and the journal knows each."""
        return self.missing == 0 and self.rings == sum(self.by_class.values()) == sum(
            self.by_taker.values()
        )


@dataclass(frozen=True)
class WithoutClass:
    """Calls of any day that are over and have no class. since: when the first of them ended."""

    calls: int
    since: datetime | None


def without_class() -> WithoutClass:
    """Return how many calls wait for their class, in one query: work that nobody else does."""
    over = Call.objects.filter(call_class="", state=CallState.ENDED)
    found = over.aggregate(calls=Count("pk"), since=Min("ended_at"))
    return WithoutClass(found["calls"], found["since"])


def day_totals(day: date) -> DayTotals:
    """Return the totals of one day in the city's zone, in a constant number of queries."""
    start = datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
    end = start + timedelta(days=1)
    rows = Call.objects.filter(received_at__gte=start, received_at__lt=end).values_list(
        "pk", "call_class", "answered_by__username", "claimed_by__username"
    )
    by_class = dict.fromkeys([*CallClass.values, ""], 0)
    takers: dict[str, int] = defaultdict(int)
    keys = set()
    for pk, call_class, answered_by, claimed_by in rows:
        keys.add(pk)
        by_class[call_class] += 1
        takers[answered_by or claimed_by or ""] += 1
    return DayTotals(
        rings=Call.objects.filter(received_at__gte=start, received_at__lt=end).count(),
        by_class=by_class,
        by_taker=dict(Counter(takers)),
        missing=len(_unknown(keys, start, end)),
    )


def _unknown(keys: set[int], start: datetime, end: datetime) -> set[int]:
    told = set(
        IncidentEvent.objects.filter(
            kind__startswith="call.", recorded_at__gte=start - SLACK, recorded_at__lt=end + SLACK
        ).values_list("data__call", flat=True)
    )
    gone = told - set(Call.objects.filter(pk__in=told).values_list("pk", flat=True))
    return (keys - told) | gone
