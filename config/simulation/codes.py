"""Codes and tokens from the server's own commands, for a run beside a local server."""

import os
import subprocess
import sys
from pathlib import Path


class NoCode(Exception):
    """The command gave no code; the text says what it said."""


def from_command(manage_py: Path, command: str, username: str) -> str:
    """Run `manage.py COMMAND USERNAME` and give the last line it prints. Raises NoCode."""
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own command
        [sys.executable, str(manage_py), command, username],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ.copy(),
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise NoCode(f"{command} {username}: {done.stderr.strip() or done.stdout.strip()}")
    return lines[-1].strip()


def read_codes(text: str) -> dict[str, str]:
    """Read `username code` pairs: one a line or a comma apart, joined by a space, `=` or a tab."""
    codes = {}
    for entry in text.replace(",", "\n").splitlines():
        username, _, code = entry.strip().replace("=", " ").replace("\t", " ").partition(" ")
        if username and code.strip():
            codes[username] = code.strip()
    return codes
