"""Who watches a board: a staff user by the session, or a wall's screen by its own cookie.

Read at the start and again while the socket is open: what the handshake saw goes stale.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user

from incidents.board_scope import WALL, BoardScope
from incidents.selectors.access import is_operator
from notifications.policy import BOARD
from notifications.services.wall import note_wall_use, wall_link
from notifications.wall_cookie import WALL_COOKIE
from responders.models import User
from responders.services.second_factor import is_proven

UNKNOWN, FORBIDDEN = 4401, 4403
PERMISSION = "incidents.view_incident"
Scope = dict[str, Any]


class NotAllowed(Exception):
    """This screen may not watch. `code` is the close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Ticket:
    """What a handshake brought: a session's key, a wall's secret, which of them the page means."""

    session_key: str | None = None
    wall_secret: str = ""
    wants_wall: bool = False

    @property
    def recheck_s(self) -> float:
        """Return how often the right is read anew."""
        return BOARD.wall_recheck_s if self.wants_wall else BOARD.recheck_s


def ticket_of(scope: Scope) -> Ticket:
    """Read a handshake. `?wall` means the wall also where the browser is signed in."""
    session_key = getattr(scope.get("session"), "session_key", None)
    secret = scope.get("cookies", {}).get(WALL_COOKIE, "")
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return Ticket(session_key, secret, "wall" in query or (session_key is None and bool(secret)))


def scope_of(ticket: Ticket) -> BoardScope:
    """Read anew what a screen may watch. Raises NotAllowed: 4401 a stranger, 4403 no right."""
    if ticket.wants_wall:
        link = wall_link(ticket.wall_secret)
        if link is None:
            raise NotAllowed(FORBIDDEN if ticket.wall_secret else UNKNOWN)
        note_wall_use(link=link, now=datetime.now(UTC))
        return WALL
    store = import_module(settings.SESSION_ENGINE).SessionStore
    session = store(ticket.session_key)
    user = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]
    if not user.is_authenticated:
        raise NotAllowed(UNKNOWN)
    if settings.GERAK_REQUIRE_2FA and not is_proven(user, session):
        raise NotAllowed(UNKNOWN)
    if not (user.is_active and user.is_staff and user.role == User.Role.STAFF):
        raise NotAllowed(FORBIDDEN)
    if not user.has_perm(PERMISSION):
        raise NotAllowed(FORBIDDEN)
    return BoardScope(
        agency_id=user.bound_agency_id if is_operator(user) else None,
        sees_calls=user.has_perm("incidents.view_call"),
        sees_alerts=user.has_perm("incidents.view_crewalert"),
    )
