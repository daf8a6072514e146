"""HTTP as a polite client speaks it: a bearer token, patience with a busy or restarting server.

Belongs here: what every simulated client shares on the wire. Not here: what any of them says.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

LONGEST_PAUSE_S = 15.0


class Refused(Exception):
    """The server understood and said no; asking again would not help."""

    def __init__(self, status: int, code: str, body: Any) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.body = body


class Unreachable(Exception):
    """The server did not answer, or was busy, for longer than the caller's patience."""


def rfc3339(epoch_s: float) -> str:
    """Write seconds since 1970 as the wire writes times: UTC, with milliseconds."""
    text = datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def epoch_s(text: str) -> float:
    """Read a time of the wire as seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


@dataclass(slots=True)
class ClockComparison:
    """How far the server's clock is ahead of this machine's, from the quickest answer heard."""

    offset_s: float = 0.0
    round_trip_s: float = field(default=float("inf"))

    def heard(self, *, server_time: str, asked_s: float, answered_s: float) -> None:
        """Keep the comparison if this answer came back quicker than any before."""
        if answered_s - asked_s < self.round_trip_s:
            self.round_trip_s = answered_s - asked_s
            self.offset_s = epoch_s(server_time) - (asked_s + answered_s) / 2.0


class Wire:
    """One caller's HTTP side: `call` repeats what may be repeated, and raises the rest.

    Every request of the contract carries an id or names a step, so that repeating it is harmless.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        token: str = "",
        rng: random.Random,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self.token = token
        self._rng = rng
        self._clock = clock
        self.comparison = ClockComparison()

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        patience_s: float = 60.0,
    ) -> Any:
        """Send one request and give the decoded answer.

        Raises Refused for an answer of 4xx but 429, Unreachable once `patience_s` is used up.
        """
        until_s = self._clock() + patience_s
        pause_s = 0.5
        while True:
            wait_s, answer = await self._once(method, path, body, content, headers or {})
            if answer is not None:
                return answer
            if self._clock() >= until_s:
                raise Unreachable(f"{method} {path}")
            pause_s = min(pause_s * 2.0, LONGEST_PAUSE_S)
            await asyncio.sleep(max(wait_s, pause_s * self._rng.uniform(0.5, 1.0)))

    async def _once(
        self, method: str, path: str, body: Any, content: bytes | None, headers: dict[str, str]
    ) -> tuple[float, Any]:
        """Try once; give (seconds the server asked to wait, answer or None: worth repeating)."""
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        asked_s = self._clock()
        try:
            response = await self._client.request(
                method, path, json=body, content=content, headers=headers
            )
        except httpx.TransportError:
            return 0.0, None
        if response.status_code == 429 or response.status_code >= 500:
            return _retry_after_s(response), None
        answer = _decoded(response)
        if response.status_code >= 400:
            code = answer.get("code", "") if isinstance(answer, dict) else ""
            raise Refused(response.status_code, str(code), answer)
        if isinstance(answer, dict) and "server_time" in answer:
            self.comparison.heard(
                server_time=answer["server_time"], asked_s=asked_s, answered_s=self._clock()
            )
        return 0.0, answer


def new_client(url: str) -> httpx.AsyncClient:
    """Make an HTTP client for the server at `url` that no proxy variable of the shell redirects."""
    return httpx.AsyncClient(
        base_url=url.rstrip("/"),
        timeout=httpx.Timeout(20.0),
        trust_env=False,
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
    )


def _retry_after_s(response: httpx.Response) -> float:
    try:
        return min(float(response.headers.get("Retry-After", "0")), 60.0)
    except ValueError:
        return 0.0


def _decoded(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return {}
