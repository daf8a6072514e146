"""The sweeper: every second it does what has become due. Every server process runs one.

Celery's tasks call the same function, only to be sooner elsewhere; nothing that matters waits for
them. Claiming a due row is the callee's matter, so that two sweepers never act twice.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db import close_old_connections, connections

from config.process_name import process_name
from config.threads import SupervisedThread
from incidents.services.alerts import alerts_due
from incidents.services.call_attention import calls_due
from incidents.services.evidence import review_due
from incidents.services.next_units import propose_next
from incidents.services.timers import fire_due
from notifications.policy import WATCH
from notifications.services import bmkg
from notifications.services.auditor import audit
from notifications.services.beats import forget_the_gone, write_beat
from notifications.services.clock import clock_set_back
from notifications.services.delivery import deliver_due
from notifications.services.drills import drills_due
from notifications.services.ladders import climb_due
from notifications.services.notices import notices_due
from notifications.services.outside import outside_due
from notifications.services.probing import probes_due
from notifications.services.webhooks import webhooks_due

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 1.0
BEAT_NAME = "sweeper"

Job = Callable[[datetime], object]


class Seldom:
    """Let a job run at most once in an interval, by this process's own clock."""

    def __init__(self, job: Job, *, every_s: float) -> None:
        self._job, self._every_s = job, every_s
        self._due_s = 0.0

    def __call__(self, now: datetime) -> None:
        """Run it where it is time."""
        if time.monotonic() >= self._due_s:
            self._due_s = time.monotonic() + self._every_s
            self._job(now)


JOBS: dict[str, Job] = {
    "timers": fire_due,
    "next-units": propose_next,
    "calls": calls_due,
    "alerts": alerts_due,
    "evidence": review_due,
    "deliveries": deliver_due,
    "ladders": climb_due,
    "outside": outside_due,
    "notices": notices_due,
    "webhooks": webhooks_due,
    "probes": probes_due,
    "drills": drills_due,
    "clock": Seldom(clock_set_back, every_s=WATCH.clock_every_s),
    "audit": Seldom(audit, every_s=WATCH.audit_every_s),
    "gone": Seldom(forget_the_gone, every_s=WATCH.forget_s / 10),
}


class Sweeper:
    """Call each job in turn; one that fails is logged once a kind of failure and stops no other."""

    def __init__(self, jobs: dict[str, Job]) -> None:
        self._jobs = jobs
        self._failing: dict[str, type[Exception]] = {}

    def sweep(self) -> None:
        """Do all that is due now."""
        for name, job in self._jobs.items():
            self._guarded(name, job)

    def run(self, stopping: threading.Event) -> None:
        """Sweep every second until told to stop, with a sign of life every two."""
        beat_due = 0.0
        try:
            while not stopping.wait(SWEEP_EVERY_S):
                close_old_connections()
                self.sweep()
                if time.monotonic() >= beat_due:
                    beat_due = time.monotonic() + WATCH.beat_every_s
                    self._guarded("beat", self.beat)
        finally:
            connections.close_all()

    def beat(self, now: datetime) -> None:
        """Write the sweeper's sign of life, with the jobs that fail."""
        write_beat(
            BEAT_NAME, process=process_name(), now=now, detail=", ".join(sorted(self._failing))
        )

    def _guarded(self, name: str, job: Job) -> None:
        try:
            job(datetime.now(UTC))
        except Exception as error:
            if self._failing.get(name) is not type(error):
                logger.exception("the sweep of %s fails; trying on", name)
            self._failing[name] = type(error)
            close_old_connections()
        else:
            if self._failing.pop(name, None):
                logger.warning("the sweep of %s works again", name)


SWEEPER = Sweeper(JOBS)
SWEEPER_THREAD = SupervisedThread(BEAT_NAME, SWEEPER.run)
BMKG_THREAD = SupervisedThread("bmkg", bmkg.run)  # of its own: a feed that hangs delays no sweep
