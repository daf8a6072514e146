"""Make and digest device tokens: 256 random bits, of which we keep only the SHA-256.

A plain hash is enough for a secret of that length (no dictionary reaches it), and one fast hash
a request is what the check-in path can afford. Knows no request and no database.
"""

import hashlib
import re
import secrets

DEVICE_TOKEN_PREFIX = "gd1_"  # noqa: S105 - says what the text is, so that leak scanners find it
_DEVICE_TOKEN = re.compile(r"gd1_[A-Za-z0-9_-]{43}")
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*) *")


def new_device_token() -> str:
    """Return a fresh token: `gd1_` and 43 characters of base64url. It is shown once."""
    return DEVICE_TOKEN_PREFIX + secrets.token_urlsafe(32)


def is_device_token(text: str) -> bool:
    """Say whether a text has the form of a device token (and not whether it is one)."""
    return _DEVICE_TOKEN.fullmatch(text) is not None


def device_tokens_in(text: str) -> list[str]:
    """Return what in a text has the form of a device token."""
    return _DEVICE_TOKEN.findall(text)


def digest_of(token: str) -> str:
    """Return the hex SHA-256 that stands in the device's row."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer_of(authorization: str) -> str | None:
    """Return the token of an `Authorization: Bearer …` header, `None` for anything else."""
    match = _BEARER.fullmatch(authorization)
    return match[1] if match else None
