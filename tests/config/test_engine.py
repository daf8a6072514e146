"""The sweeper, its thread, and its sign of life."""

import logging
import threading

import pytest
from django.utils import timezone

from config.engine import JOBS, Sweeper
from config.threads import SupervisedThread
from notifications.models import EngineBeat


def test_every_clock_is_swept():
    assert list(JOBS) == [
        "timers",
        "next-units",
        "calls",
        "alerts",
        "evidence",
        "deliveries",
        "ladders",
        "outside",
        "notices",
        "webhooks",
        "probes",
        "drills",
        "clock",
        "audit",
        "gone",
    ]


@pytest.mark.django_db
def test_a_job_that_fails_stops_no_other_and_is_logged_once_a_kind(caplog):
    ran = []
    errors = [ValueError("a"), ValueError("b"), KeyError("c"), None]

    def fails(now):
        error = errors.pop(0)
        if error:
            raise error

    sweeper = Sweeper({"broken": fails, "sound": ran.append})
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            sweeper.sweep()

    assert len(ran) == 4
    assert [record.message for record in caplog.records] == [
        "the sweep of broken fails; trying on",
        "the sweep of broken fails; trying on",
        "the sweep of broken works again",
    ]


@pytest.mark.django_db
def test_one_row_tells_that_the_sweeper_lives_and_what_of_it_fails(settings, monkeypatch):
    settings.GERAK_PROCESS_NAME = "test"
    monkeypatch.setattr("config.engine.close_old_connections", lambda: None)
    now = timezone.now()

    def fails(now):
        raise ValueError

    sweeper = Sweeper({"broken": fails})
    sweeper.beat(timezone.now())
    sweeper.sweep()
    sweeper.beat(now)

    rows = EngineBeat.objects.values_list("name", "at", "detail")
    assert list(rows) == [("sweeper@test", now, "broken")]


def test_a_thread_that_crashes_is_started_again(monkeypatch):
    monkeypatch.setattr("config.threads.RESTART_WAIT_S", 0.01)
    runs = []
    twice = threading.Event()

    def run(stopping):
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("crash")
        twice.set()
        stopping.wait()

    thread = SupervisedThread("test", run)
    thread.start()
    assert twice.wait(5)
    thread.ask_to_stop()

    assert thread.join(timeout_s=5)
    assert len(runs) == 2
