"""Live tokens that belong to no phone: a door for crews answers 403 to them, and not 401.

An app that makes tokens of another kind adds how to tell one when it starts.
"""

from collections.abc import Callable

_TELLERS: list[Callable[[str], bool]] = []


def tell_apart(is_live_token: Callable[[str], bool]) -> None:
    """Add how to tell a live token of another kind; once for the same function."""
    if is_live_token not in _TELLERS:
        _TELLERS.append(is_live_token)


def is_other_caller(token: str | None) -> bool:
    """Say whether a bearer is somebody else's live token; asks the database."""
    return token is not None and any(is_live(token) for is_live in _TELLERS)
