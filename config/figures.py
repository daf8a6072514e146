"""The figures that Prometheus collects, counted when it asks."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import Count
from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily
from prometheus_client.registry import Collector

from config.readiness import lateness_s
from incidents.lifecycle import OPEN_ASSIGNMENT_STATES, OPEN_INCIDENT_STATES
from incidents.models import Assignment, Incident, JournalHead
from notifications.models import EngineBeat
from responders.ingest.queue import COMMIT_QUEUE


class Figures(Collector):
    """What the database and this process know right now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count. Raises what the database raises."""
        now = datetime.now(UTC)
        yield _gauge("lateness_seconds", "Age of the oldest due row.", lateness_s(now))
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


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"gerak_{name}", text, value=value)


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
