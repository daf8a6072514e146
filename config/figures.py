"""The figures that Prometheus collects, counted when it asks."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from django.db.models import Count
from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CollectorRegistry,
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_INCIDENT_STATES
from incidents.models import Assignment, Incident, JournalHead, MovementVerdict
from notifications.engine_watch import engine_problems, oldest_waits
from notifications.hub import sockets_open
from notifications.models import Delivery, EngineBeat, Ladder, OutsideMessage
from responders.ingest.queue import COMMIT_QUEUE

LATENCY_BOUNDS_S = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 300.0)
LATENCY_WINDOW = timedelta(hours=1)
VERDICT_WINDOW = timedelta(days=1)


class Figures(Collector):
    """What the database and this process know right now."""

    def collect(self) -> Iterator[Metric]:
        """Count. Raises what the database raises."""
        now = datetime.now(UTC)
        waits = oldest_waits(now)
        yield _gauge("lateness_seconds", "Age of the oldest due row.", max(waits.values()))
        yield _labelled(
            "row_lateness_seconds", "Age of the oldest due row by its kind.", "kind", waits
        )
        yield _gauge("journal_seq", "Newest event of the journal.", _newest_seq())
        yield from _of_this_process()
        yield _latency(now)
        yield _verdicts(now)
        yield _gauge(
            "check_in_rows_waiting",
            "Check-ins that wait for their commit in this process.",
            COMMIT_QUEUE.depth(),
        )
        yield _gauge(
            "incidents_open",
            "Incidents that are not closed.",
            Incident.objects.filter(state__in=OPEN_INCIDENT_STATES).count(),
        )
        yield _assignments()
        yield _beats(now)
        yield _labelled(
            "engine_problems",
            "What the engine watch finds wrong, by its code; area_unreachable and audit are amber.",
            "code",
            Counter(problem.code for problem in engine_problems(now)),
        )
        running = Ladder.objects.filter(next_step_at__isnull=False).count()
        yield _gauge("ladders_running", "Messages that still climb their ladder.", running)
        yield _gauge(
            "outside_waiting",
            "SMS, calls, e-mails and spoken instructions that are not done.",
            OutsideMessage.objects.filter(ended_at=None).count(),
        )


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"gerak_{name}", text, value=value)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"gerak_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def _newest_seq() -> int:
    return JournalHead.objects.values_list("seq", flat=True).first() or 0


def _of_this_process() -> Iterator[Metric]:
    yield _gauge("sockets", "Sockets of phones that this process holds.", sockets_open())
    yield CounterMetricFamily(
        "gerak_check_ins_committed",
        "Check-ins that this process answered after their commit, repeats included.",
        value=COMMIT_QUEUE.rows_committed,
    )
    yield CounterMetricFamily(
        "gerak_check_in_commits",
        "Commits that held them: rows a commit is the ratio.",
        value=COMMIT_QUEUE.commits,
    )


def _latency(now: datetime) -> GaugeHistogramMetricFamily:
    """From an assignment's commit to the phone's receipt, over the last hour."""
    rows = Delivery.objects.filter(
        lane=Delivery.Lane.ASSIGNMENT, planned_at__gt=now - LATENCY_WINDOW
    ).values_list("planned_at", "received_at")
    waits = [(received - planned).total_seconds() for planned, received in rows if received]
    family = GaugeHistogramMetricFamily(
        "gerak_delivery_latency_seconds",
        "From the commit of an assignment's event to the phone's receipt, of the last hour.",
        labels=[],
    )
    family.add_metric([], buckets_of(waits, LATENCY_BOUNDS_S), sum(waits))
    return family


def buckets_of(values: Iterable[float], bounds: tuple[float, ...]) -> list[tuple[str, float]]:
    """Return (upper bound as text, how many values up to it), the last one for all."""
    counts = [0] * (len(bounds) + 1)
    for value in values:
        counts[bisect_left(bounds, value)] += 1
    running, found = 0, []
    for bound, count in zip((*map(str, bounds), "+Inf"), counts, strict=True):
        running += count
        found.append((bound, float(running)))
    return found


def _verdicts(now: datetime) -> GaugeMetricFamily:
    rows = (
        MovementVerdict.objects.filter(judged_at__gt=now - VERDICT_WINDOW)
        .order_by("verdict")
        .values_list("verdict")
        .annotate(count=Count("pk"))
    )
    return _labelled(
        "verdicts", "Movement verdicts given in the last 24 hours.", "verdict", dict(rows)
    )


def _assignments() -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "gerak_assignments_open", "Open assignments by verdict.", labels=["verdict"]
    )
    rows = (
        Assignment.objects.filter(state__in=OPEN_ASSIGNMENT_STATES)
        .order_by("verdict")
        .values_list("verdict")
        .annotate(count=Count("pk"))
    )
    for verdict, count in rows:
        family.add_metric([verdict], count)
    return family


def _beats(now: datetime) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "gerak_engine_beat_age_seconds", "Age of each engine's sign of life.", labels=["engine"]
    )
    for name, at in EngineBeat.objects.order_by("name").values_list("name", "at"):
        family.add_metric([name], (now - at).total_seconds())
    return family


REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
REGISTRY.register(Figures())
