"""The passwords made at first run: a file that only the owner can read, and their table."""

import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings


def logins_file() -> Path:
    """Return where the passwords of the first run are kept."""
    return Path(settings.DATA_DIR) / "logins.txt"


def keep_logins(passwords: Mapping[str, str]) -> None:
    """Append passwords to the file, made with mode 0600, never readable by others in between."""
    path = logins_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(logins_table(passwords) + "\n")


def logins_table(passwords: Mapping[str, str]) -> str:
    """Return one line a login: username, blanks, password."""
    width = max((len(username) for username in passwords), default=0)
    return "\n".join(f"{name:<{width}}  {password}" for name, password in passwords.items())
