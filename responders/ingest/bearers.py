"""Find who holds a bearer token, from a bounded cache. The cache never decides.

It saves the query, not the check: every commit reads the phone's row again. Revocation empties it
at once in this process; elsewhere an entry lives for `TOKEN_CACHE.ttl_s` and still opens nothing.
"""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple
from uuid import UUID

from django.db import close_old_connections

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

    def look_up(self, tokens: Collection[str]) -> dict[str, Bearer]:
        """Ask the database by one query and keep what it says; who is no bearer is left out.

        What was read while the cache was emptied is not kept: it may be older than that.
        """
        by_digest = {digest_of(token): token for token in tokens}
        with self._guard:
            generation = self._generation
        found = _read_bearers(by_digest)
        with self._guard:
            if generation == self._generation:
                kept_until = time.monotonic() + self._policy.ttl_s
                self._entries |= {key: (kept_until, bearer) for key, bearer in found.items()}
                while len(self._entries) > self._policy.entries_max:
                    self._entries.popitem(last=False)
        return {by_digest[key]: bearer for key, bearer in found.items()}

    def clear(self, **_signal: Any) -> None:
        """Forget every bearer (also as receiver of `device_revoked`)."""
        with self._guard:
            self._entries.clear()
            self._generation += 1

    def __len__(self) -> int:
        return len(self._entries)


def _read_bearers(digests: Collection[str]) -> dict[str, Bearer]:
    rows = Device.objects.filter(
        token_digest__in=digests, revoked_at=None, signed_out_at=None, user__is_active=True
    ).values_list("token_digest", "pk", "user_id", "user__role")
    return {digest: Bearer(pk, user_id, role) for digest, pk, user_id, role in rows}


class BearerDesk:
    """Find bearers from the event loop: tokens that waited during one query share the next."""

    def __init__(self, cache: BearerCache) -> None:
        self._cache = cache
        self._guard = threading.Lock()
        self._waiting: list[tuple[str, Future[Bearer | None]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bearers")

    async def bearer(self, token: str) -> Bearer | None:
        """Return who holds a token, `None` for nobody. Raises what the database raises."""
        return self._cache.get(token) or await asyncio.wrap_future(self._ask(token))

    def _ask(self, token: str) -> "Future[Bearer | None]":
        answer: Future[Bearer | None] = Future()
        with self._guard:
            self._waiting.append((token, answer))
            if len(self._waiting) == 1:
                self._thread.submit(self._answer)
        return answer

    def _answer(self) -> None:
        with self._guard:
            asked, self._waiting = self._waiting, []
        # False: gave up before we began.
        waiting = [pair for pair in asked if pair[1].set_running_or_notify_cancel()]
        try:
            found = self._cache.look_up({token for token, _answer in waiting})
        except Exception as error:
            for _token, answer in waiting:
                answer.set_exception(error)
        else:
            for token, answer in waiting:
                answer.set_result(found.get(token))
        finally:
            close_old_connections()


BEARERS = BearerCache()
BEARER_DESK = BearerDesk(BEARERS)
device_revoked.connect(BEARERS.clear, dispatch_uid="bearers-forget-the-revoked")
