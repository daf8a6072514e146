"""Reads and checks the service-account file and the address of a stand-in.

The Firebase library sends a signed assertion to whatever `token_uri` the file names. A file that
somebody swapped would turn the server into their messenger, so the address is checked first.
"""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)
REQUIRED_FIELDS = ("project_id", "client_email", "private_key", "token_uri")


class PushMisconfigured(Exception):
    """The key or the address for pushes cannot be used; the text says why, without secrets."""


def read_account(path: str, *, stand_in: bool) -> dict[str, Any]:
    """Read the service-account file at `path`.

    With `stand_in` its `token_uri` may also be on loopback. Raises PushMisconfigured where the
    file is missing, is not a service account, or names any other token address.
    """
    try:
        info = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PushMisconfigured(
            f"the service-account file cannot be read ({type(error).__name__})"
        ) from error
    if not isinstance(info, dict) or info.get("type") != "service_account":
        raise PushMisconfigured("the file is not a service account")
    for name in REQUIRED_FIELDS:
        if not isinstance(info.get(name), str) or not info[name]:
            raise PushMisconfigured(f"the service-account file has no {name}")
    if info["token_uri"] != GOOGLE_TOKEN_URI and not (stand_in and _is_loopback(info["token_uri"])):
        raise PushMisconfigured("the service-account file names a foreign token_uri")
    return info


def check_stand_in(url: str) -> str:
    """Return the base address of another FCM endpoint, without a slash at its end.

    Plain http is accepted on loopback only: the request carries an access token. Raises
    PushMisconfigured for anything else.
    """
    parts = _split(url)
    if parts is None or parts.query or parts.fragment:
        raise PushMisconfigured("GERAK_FCM_URL is not an address")
    if parts.scheme != "https" and not _is_loopback(url):
        raise PushMisconfigured("GERAK_FCM_URL must be https, or on loopback")
    return url.rstrip("/")


def _is_loopback(url: str) -> bool:
    parts = _split(url)
    if parts is None:
        return False
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult | None:
    # A user part or a backslash is read differently by different parsers: neither is taken.
    if "\\" in url or "@" in url or any(sign.isspace() for sign in url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises for a port that is none)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None
