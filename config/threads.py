"""Threads that are started again when they crash. What they do is elsewhere."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

logger = logging.getLogger(__name__)

RESTART_WAIT_S = 1.0
CRASHES_ALARMING = 3
CRASHES_WINDOW_S = 60.0


class SupervisedThread:
    """Run a function in a daemon thread until told to stop; after a crash, run it again."""

    def __init__(self, name: str, run: Callable[[threading.Event], None]) -> None:
        self._name = name
        self._run = run
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; nothing where it runs already."""
        with self._guard:
            if self._thread is not None and self._thread.is_alive():
                return
            self._stopping.clear()
            self._thread = threading.Thread(target=self._supervise, name=self._name, daemon=True)
            self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask the function to end; it is told by its event."""
        self._stopping.set()

    def join(self, *, timeout_s: float) -> bool:
        """Wait for the end; say whether it came."""
        thread = self._thread
        if thread is None:
            return True
        thread.join(timeout_s)
        return not thread.is_alive()

    def _supervise(self) -> None:
        crashes: deque[float] = deque(maxlen=CRASHES_ALARMING)
        while not self._stopping.is_set():
            try:
                self._run(self._stopping)
            except Exception:
                crashes.append(time.monotonic())
                logger.exception("%s crashed and is started again", self._name)
                if len(crashes) == CRASHES_ALARMING and crashes[-1] - crashes[0] < CRASHES_WINDOW_S:
                    logger.critical("%s crashed %d times in a minute", self._name, CRASHES_ALARMING)
            self._stopping.wait(RESTART_WAIT_S)
