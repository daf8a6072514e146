"""Read settings from the environment, and keep the embedded default's own secrets.

Belongs here: how an outside value becomes a Python value. Not here: what the values mean.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, default: str = "") -> str:
    """Return an environment variable, empty counting as absent."""
    return os.environ.get(name, "") or default


def env_bool(name: str, *, default: bool) -> bool:
    """Return a switch: 1, true, yes or on; anything else that is set is off."""
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def env_int(name: str, default: int) -> int:
    """Return a whole number. Raises ImproperlyConfigured with the variable's name."""
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def env_numbers(name: str) -> dict[str, int]:
    """Return names with whole numbers: a=1,b=2. Raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "").strip()
    numbers = {}
    for part in filter(None, value.split(",")):
        key, _sign, number = part.partition("=")
        if not number.strip().isdigit():
            raise ImproperlyConfigured(f"{name} must look like a=1,b=2, not {part!r}.")
        numbers[key.strip()] = int(number)
    return numbers


_TILES = re.compile(r"(https?)://([a-z0-9.{}-]+(?::\d+)?)/\S*", re.IGNORECASE)


def tile_hosts(url: str) -> list[str]:
    """Return the origins that pictures of a map may come from: of this tile server and no other.

    url: empty, a path of our own host, or `https://{s}.host/{z}/{x}/{y}.png`, whose `{s}` stands
    for any one name. Raises ImproperlyConfigured where it is none of them.
    """
    if not url or re.fullmatch(r"/[^/\s]\S*", url):
        return []
    match = _TILES.fullmatch(url)
    host = match[2].replace("{s}", "*") if match else "{"
    if match is None or "{" in host:
        raise ImproperlyConfigured("GERAK_TILE_URL must look like https://host/{z}/{x}/{y}.png.")
    return [f"{match[1].lower()}://{host}"]


def postgres(name: str) -> dict[str, Any]:
    """Return the database that a variable names. Raises ImproperlyConfigured for another kind."""
    found: dict[str, Any] = environ.Env.db_url_config(env_str(name))
    if found["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{name} must name a PostgreSQL database.")
    # A socket's folder stands in the host in percent-encoding, as libpq has it.
    return found | {"HOST": unquote(found["HOST"])}


def secret(name: str, *, keep_in: Path | None) -> str:
    """Return a secret from NAME, from the file in NAME_FILE, or one kept in a folder of our own.

    keep_in: folder of the embedded default, where a missing secret is made once and kept readable
    by the owner alone; None in production, where a missing secret raises ImproperlyConfigured.
    """
    value = env_str(name)
    if value:
        return value
    file = env_str(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    if keep_in is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it (or {name}_FILE) before starting.")
    return kept_secret(keep_in / f"{name.lower()}.txt")


def kept_secret(path: Path) -> str:
    """Return the secret in path, made at first use; of two starting at once, one makes it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text(encoding="utf-8").strip()
