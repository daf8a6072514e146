"""Group commit: all uploads that waited during one commit go into the next, in one transaction.

One flusher thread a process. An answer leaves after the commit that holds its rows; a lone upload
waits for nothing but its own commit. The queue is bounded: beyond it `Busy`, and nothing is stored.
At shutdown `drain` refuses what is new and commits what waits.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection

from responders.ingest.commit import Outcome, Submission, announce, record_check_ins
from responders.policy import FLUSH, FlushPolicy

logger = logging.getLogger(__name__)

Commit = Callable[..., tuple[list[Outcome], list[UUID]]]


class Busy(Exception):
    """Too much is waiting, the database does not answer, or the server is going down.

    Nothing was stored; the caller says so and when to come again.
    """


class _Waiting(NamedTuple):
    submission: Submission
    answer: "Future[Outcome]"


class CommitQueue:
    """Collect submissions from any thread and commit them from one."""

    def __init__(self, *, policy: FlushPolicy = FLUSH, commit: Commit = record_check_ins) -> None:
        self._policy = policy
        self._commit = commit
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting] = deque()
        self._rows_waiting = 0
        self._closing = False
        self._flusher: threading.Thread | None = None
        self.rows_committed = 0  # since the process began, for the figures
        self.commits = 0

    def submit(self, submission: Submission) -> "Future[Outcome]":
        """Queue one submission; the future ends after its commit. Raises `Busy` when full."""
        answer: Future[Outcome] = Future()
        rows = len(submission.fixes)
        with self._changed:
            if self._closing or len(self._waiting) >= self._policy.submissions_waiting_max:
                raise Busy
            if self._waiting and self._rows_waiting + rows > self._policy.rows_waiting_max:
                raise Busy
            self._waiting.append(_Waiting(submission, answer))
            self._rows_waiting += rows
            if self._flusher is None or not self._flusher.is_alive():
                self._flusher = threading.Thread(
                    target=self._run, name="check-in-flusher", daemon=True
                )
                self._flusher.start()
            self._changed.notify()
        return answer

    def drain(self, *, timeout_s: float | None = None) -> bool:
        """Refuse new submissions, commit those that wait, end the thread; say if all went out.

        What is left after `timeout_s` is answered with `Busy`. May be called twice.
        """
        with self._changed:
            self._closing = True
            flusher = self._flusher
            self._changed.notify()
        if flusher is None:
            return True
        flusher.join(self._policy.drain_timeout_s if timeout_s is None else timeout_s)
        with self._changed:
            left = list(self._waiting)
            self._waiting.clear()
            self._rows_waiting = 0
        for waiting in left:
            _fail(waiting.answer, Busy())
        return not left and not flusher.is_alive()

    def reopen(self) -> None:
        """Accept submissions again after a drain (a server started anew in the same process)."""
        with self._changed:
            self._closing = False

    def depth(self) -> int:
        """Return how many rows wait."""
        return self._rows_waiting

    def _run(self) -> None:
        """Take and flush until drained."""
        try:
            while batch := self._take():
                try:
                    self._flush(batch)
                except Exception:
                    logger.exception("the check-in flusher failed outside a commit")
                    for waiting in batch:
                        _fail(waiting.answer, Busy())
        finally:
            connection.close()

    def _take(self) -> list[_Waiting]:
        """Wait for work; return what waits, up to the cap of rows, or nothing when drained."""
        batch: list[_Waiting] = []
        while not batch:
            with self._changed:
                while not self._waiting:
                    if self._closing:
                        return []
                    if not self._changed.wait(self._policy.idle_close_s):
                        connection.close()
                batch = self._take_up_to_cap()
        return batch

    def _take_up_to_cap(self) -> list[_Waiting]:
        """Take submissions in order while they fit; at least one, unless its caller went away."""
        batch: list[_Waiting] = []
        rows = 0
        while self._waiting:
            size = len(self._waiting[0].submission.fixes)
            if batch and rows + size > self._policy.rows_per_commit:
                break
            waiting = self._waiting.popleft()
            self._rows_waiting -= size
            # False: given up before we began; nobody was promised anything.
            if waiting.answer.set_running_or_notify_cancel():
                batch.append(waiting)
                rows += size
        return batch

    def _flush(self, batch: Sequence[_Waiting]) -> None:
        """Commit a batch, answer it, then tell the listeners."""
        try:
            outcomes, fresh = self._commit_or_retry([waiting.submission for waiting in batch])
        except (OperationalError, InterfaceError):
            logger.exception("check-ins could not be stored: the database does not answer")
            for waiting in batch:
                _fail(waiting.answer, Busy())
        except Exception:
            logger.exception("a commit of %d uploads failed; trying each by itself", len(batch))
            self._flush_one_by_one(batch)
        else:
            for waiting, outcome in zip(batch, outcomes, strict=True):
                waiting.answer.set_result(outcome)
            self.commits += 1
            self.rows_committed += sum(len(waiting.submission.fixes) for waiting in batch)
            announce(fresh)

    def _flush_one_by_one(self, batch: Sequence[_Waiting]) -> None:
        """Keep one bad upload from taking the others down with it."""
        for waiting in batch:
            try:
                outcomes, fresh = self._commit_or_retry([waiting.submission])
            except (OperationalError, InterfaceError):
                _fail(waiting.answer, Busy())
            except Exception as error:
                logger.exception("an upload of %s failed", waiting.submission.device_id)
                _fail(waiting.answer, error)
            else:
                waiting.answer.set_result(outcomes[0])
                announce(fresh)

    def _commit_or_retry(self, submissions: list[Submission]) -> tuple[list[Outcome], list[UUID]]:
        """Commit; once more on a new connection if the old one was dead (database restarted).

        Safe to repeat: what the first try did store is known the second time.
        """
        try:
            return self._commit(submissions, now=datetime.now(UTC))
        except DatabaseError:
            if connection.connection is None or connection.is_usable():
                raise
            connection.close()
        return self._commit(submissions, now=datetime.now(UTC))


def _fail(answer: "Future[Outcome]", error: Exception) -> None:
    """Answer with an error, unless it was answered or given up already."""
    if not answer.done():
        answer.set_exception(error)


COMMIT_QUEUE = CommitQueue()
