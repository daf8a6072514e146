"""The figures that Prometheus collects, counted when it asks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.db.models import Count
from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily
from prometheus_client.registry import Collector

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_INCIDENT_STATES
from incidents.models import Assignment, Incident, JournalHead
from notifications.engine_watch import engine_problems, oldest_waits
from notifications.models import EngineBeat, Ladder, OutsideMessage
from responders.ingest.queue import COMMIT_QUEUE


class Figures(Collector):
    """What the database and this process know right now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count. Raises what the database raises."""
        now = datetime.now(UTC)
        waits = oldest_waits(now)
        yield _gauge("lateness_seconds", "Age of the oldest due row.", max(waits.values()))
        yield _labelled(
            "row_lateness_seconds", "Age of the oldest due row by its kind.", "kind", waits
        )
        yield _gauge("journal_seq", "Newest event of the journal.", _newest_seq())
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
