"""Find who holds a bearer token, from a bounded cache. The cache never decides.

It saves the query, not the check: every commit reads the phone's row again. Revocation empties it
at once in this process; elsewhere an entry lives 30 s and still opens nothing.
"""

import threading
import time
from collections import OrderedDict
from typing import Any, NamedTuple
from uuid import UUID

from responders.models import Device
from responders.policy import TOKEN_CACHE, TokenCachePolicy
from responders.signals import device_revoked
from responders.tokens import digest_of


class Bearer(NamedTuple):
    """Who holds a token, as far as a door needs to know."""

    device_id: UUID
    user_id: int
    role: str


class BearerCache:
    """Keep the latest bearers by the digest of their token; safe from any thread."""

    def __init__(self, *, policy: TokenCachePolicy = TOKEN_CACHE) -> None:
        self._policy = policy
        self._guard = threading.Lock()
        self._entries: OrderedDict[str, tuple[float, Bearer]] = OrderedDict()
        self._generation = 0

    def get(self, token: str) -> Bearer | None:
        """Return the bearer if it is kept and fresh."""
        key = digest_of(token)
        with self._guard:
            entry = self._entries.get(key)
            if entry is None:
                return None
            kept_until, bearer = entry
            if kept_until < time.monotonic():
                del self._entries[key]
                return None
            self._entries.move_to_end(key)
            return bearer

    def look_up(self, token: str) -> Bearer | None:
        """Ask the database and keep what it says; `None` (not kept) for a token without a bearer.

        What was read while the cache was emptied is not kept: it may be older than that.
        """
        with self._guard:
            generation = self._generation
        bearer = _read_bearer(token)
        if bearer is None:
            return None
        with self._guard:
            if generation == self._generation:
                kept_until = time.monotonic() + self._policy.ttl_s
                self._entries[digest_of(token)] = (kept_until, bearer)
                while len(self._entries) > self._policy.entries_max:
                    self._entries.popitem(last=False)
        return bearer

    def clear(self, **_signal: Any) -> None:
        """Forget every bearer (also as receiver of `device_revoked`)."""
        with self._guard:
            self._entries.clear()
            self._generation += 1

    def __len__(self) -> int:
        return len(self._entries)


def _read_bearer(token: str) -> Bearer | None:
    row = (
        Device.objects.filter(
            token_digest=digest_of(token),
            revoked_at=None,
            signed_out_at=None,
            user__is_active=True,
        )
        .values_list("pk", "user_id", "user__role")
        .first()
    )
    return None if row is None else Bearer(*row)


BEARERS = BearerCache()
device_revoked.connect(BEARERS.clear, dispatch_uid="bearers-forget-the-revoked")
