"""One process at a time on a data folder: a lock that the kernel frees when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

LOCK_NAME = "gerak112.lock"

_held: set[Path] = set()


class AlreadyRunning(Exception):
    """Another process holds the data folder. The message is the sentence to show."""


@contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Hold the data folder while the block runs; inside a block of this process, do nothing.

    Raises AlreadyRunning, with the holder's process id where it is known.
    """
    path = data_dir.resolve() / LOCK_NAME
    if path in _held:
        yield
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, path)
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)
    finally:
        os.close(descriptor)


def holder_of(data_dir: Path) -> int | None:
    """Return the process id of the server on this data folder; None where none runs."""
    path = data_dir.resolve() / LOCK_NAME
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written_pid(descriptor)
    finally:
        os.close(descriptor)
    return None


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AlreadyRunning(
            f"Another Gerak 112 process ({_written_pid(descriptor)}) is using {path.parent}. "
            "Stop it first, or choose another folder with GERAK_DATA_DIR."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _written_pid(descriptor: int) -> int:
    """Return the id that the holder wrote; 0 while it has not yet."""
    return int(os.pread(descriptor, 20, 0) or b"0")


class HoldsTheFolder:
    """A management command that is refused, with a sentence, beside a running embedded server."""

    def handle(self, *args: Any, **options: Any) -> Any:
        """Run the command, holding the data folder in the embedded default."""
        run = super().handle  # type: ignore[misc]  # the command that this stands before
        if not settings.EMBEDDED:
            return run(*args, **options)
        try:
            with hold(settings.DATA_DIR):
                return run(*args, **options)
        except AlreadyRunning as refusal:
            raise CommandError(str(refusal)) from refusal
