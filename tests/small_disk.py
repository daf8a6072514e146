"""A small disk of its own, which can be filled to the last byte."""

import contextlib
import subprocess
import tempfile
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(*, mib, mode="700"):
    """Mount one at a short path; skips where that is not allowed."""
    place = Path(tempfile.mkdtemp(prefix="gerak112-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode={mode}", "gerak112", place]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)
    finally:
        place.rmdir()


def fill(disk):
    """Fill a disk to the last byte with one file; return its path."""
    ballast = disk / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast
