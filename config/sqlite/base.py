"""SQLite with a fair queue of writers.

SQLite's own waiting is unfair: an unlucky writer was seen waiting seconds. Inside one process a
first-in, first-out lock stands before every write transaction; the file's lock then never waits.
"""

import threading
from collections import deque
from typing import Any

from django.db.backends.sqlite3 import base


class FifoLock:
    """A re-entrant-free lock that is handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


WRITERS = FifoLock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite backend whose transactions queue in order of arrival."""

    # The stubs leave out Django's private methods, hence the ignored `misc` at each super() call.
    _holds_turn = False

    def _take_turn(self) -> None:
        if not self._holds_turn:
            WRITERS.acquire()
            self._holds_turn = True

    def _give_turn(self) -> None:
        if self._holds_turn:
            self._holds_turn = False
            WRITERS.release()

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            if not self.connection.in_transaction:
                self._give_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self._give_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()
