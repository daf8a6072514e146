"""The group commit."""

import threading
import time
import uuid
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from responders.ingest.commit import Outcome, Submission
from responders.ingest.queue import Busy, CommitQueue
from responders.policy import FlushPolicy

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Database:
    """A stand-in for the commit that can be held, and told to fail."""

    def __init__(self):
        self.commits = []
        self.free = threading.Event()
        self.free.set()
        self.begun = threading.Event()
        self.fail = {}

    def __call__(self, submissions, *, now):
        self.begun.set()
        assert self.free.wait(5)
        self.commits.append([submission.received_at for submission in submissions])
        for submission in submissions:
            if submission.device_id in self.fail:
                raise self.fail[submission.device_id]
        return [Outcome(stored=[True] * len(entry.fixes)) for entry in submissions], []


def upload(*, rows=1, device_id=None):
    return Submission(device_id or uuid.uuid4(), [None] * rows, NOON)


@pytest.fixture
def database():
    return Database()


@pytest.fixture
def make_queue(database):
    queues = []

    def make(**numbers):
        queues.append(CommitQueue(policy=FlushPolicy(**numbers), commit=database))
        return queues[-1]

    yield make
    database.free.set()
    for queue in queues:
        queue.drain()


def hold(queue, database):
    """Keep the flusher busy with one upload, so that the next ones wait."""
    database.free.clear()
    database.begun.clear()
    first = queue.submit(upload())
    assert database.begun.wait(5)
    return first


def test_a_lone_upload_waits_for_nothing(make_queue, database):
    queue = make_queue()
    queue.submit(upload()).result(5)
    started = time.monotonic()
    assert queue.submit(upload(rows=3)).result(5) == Outcome(stored=[True] * 3)
    assert time.monotonic() - started < 0.5
    assert [len(commit) for commit in database.commits] == [1, 1]


def test_what_waited_during_a_commit_goes_into_the_next_together(make_queue, database):
    queue = make_queue()
    first = hold(queue, database)
    waiting = [queue.submit(upload()) for _number in range(50)]
    assert not first.done()
    database.free.set()
    assert [future.result(5) for future in waiting] == [Outcome(stored=[True])] * 50
    assert [len(commit) for commit in database.commits] == [1, 50]


def test_no_answer_leaves_before_its_commit_ended(make_queue, database):
    queue = make_queue()
    first = hold(queue, database)
    time.sleep(0.05)
    assert not first.done()
    database.free.set()
    assert first.result(5) == Outcome(stored=[True])


def test_a_commit_holds_no_more_rows_than_its_cap(make_queue, database):
    queue = make_queue(rows_per_commit=100)
    hold(queue, database)
    waiting = [queue.submit(upload(rows=40)) for _number in range(5)]
    waiting.append(queue.submit(upload(rows=500)))
    database.free.set()
    for future in waiting:
        future.result(5)
    assert [len(commit) for commit in database.commits] == [1, 2, 2, 1, 1]


@pytest.mark.parametrize("bounds", [{"rows_waiting_max": 10}, {"submissions_waiting_max": 2}])
def test_a_full_queue_says_busy_and_takes_again_when_it_is_not(make_queue, database, bounds):
    queue = make_queue(**bounds)
    hold(queue, database)
    waiting = [queue.submit(upload(rows=5)) for _number in range(2)]
    with pytest.raises(Busy):
        queue.submit(upload(rows=5))
    database.free.set()
    for future in waiting:
        future.result(5)
    queue.submit(upload(rows=5)).result(5)


def test_one_bad_upload_does_not_take_the_others_down(make_queue, database):
    queue = make_queue()
    bad = uuid.uuid4()
    database.fail[bad] = ValueError("bad row")
    hold(queue, database)
    before, refused, after = (
        queue.submit(upload()),
        queue.submit(upload(device_id=bad)),
        queue.submit(upload()),
    )
    database.free.set()
    assert before.result(5) == after.result(5) == Outcome(stored=[True])
    with pytest.raises(ValueError, match="bad row"):
        refused.result(5)


def test_a_database_that_does_not_answer_is_busy_for_all_and_the_flusher_lives(
    make_queue, database
):
    queue = make_queue()
    bad = uuid.uuid4()
    database.fail[bad] = OperationalError("gone")
    with pytest.raises(Busy):
        queue.submit(upload(device_id=bad)).result(5)
    assert len(database.commits) == 1
    assert queue.submit(upload()).result(5) == Outcome(stored=[True])


def test_who_went_away_before_the_commit_is_not_stored(make_queue, database):
    queue = make_queue()
    hold(queue, database)
    gone = queue.submit(upload())
    assert gone.cancel()
    database.free.set()
    queue.submit(upload()).result(5)
    assert [len(commit) for commit in database.commits] == [1, 1]
    assert queue.depth() == 0


def test_drain_commits_what_waits_and_refuses_what_is_new(make_queue, database):
    queue = make_queue()
    hold(queue, database)
    waiting = [queue.submit(upload()) for _number in range(3)]
    threading.Timer(0.1, database.free.set).start()
    assert queue.drain()
    assert [future.result(0) for future in waiting] == [Outcome(stored=[True])] * 3
    with pytest.raises(Busy):
        queue.submit(upload())
    queue.reopen()
    assert queue.submit(upload()).result(5) == Outcome(stored=[True])


def test_a_drain_that_takes_too_long_answers_what_is_left_with_busy(make_queue, database):
    queue = make_queue()
    hold(queue, database)
    left = queue.submit(upload())
    assert not queue.drain(timeout_s=0.05)
    with pytest.raises(Busy):
        left.result(0)


def test_a_queue_that_was_never_used_drains_at_once(make_queue):
    assert make_queue().drain()
