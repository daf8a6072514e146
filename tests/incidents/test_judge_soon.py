"""A wake-up for the judging holds up nobody, whatever the broker does."""

import threading

import pytest

from incidents import tasks
from incidents.receivers import judge_soon


@pytest.fixture
def broker(monkeypatch):
    """A broker that answers when the test lets it; counts what came to it."""
    answers, asked, came = threading.Event(), [], threading.Event()

    def apply_async(**_options):
        asked.append(1)
        came.set()
        assert answers.wait(20)
        raise OSError("and then it breaks")

    monkeypatch.setattr(tasks.review_due, "apply_async", apply_async)
    monkeypatch.setattr(tasks, "_AT_MOST", tasks.Pace(interval_s=0))
    yield answers, asked, came
    answers.set()


def test_while_a_broker_hangs_its_callers_go_on_and_one_thread_waits(broker):
    answers, asked, came = broker

    for _ in range(5):
        judge_soon(device_ids=[])
    assert came.wait(20)

    assert len(asked) == 1
    answers.set()
    for thread in threading.enumerate():
        if thread.name == "judge-soon":
            thread.join(20)
    came.clear()
    judge_soon(device_ids=[])
    assert came.wait(20)
    assert len(asked) == 2
