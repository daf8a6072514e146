"""One polite, bounded GET of a document of BMKG."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from notifications.policy import BMKG
from notifications.senders.fcm_errors import parse_retry_after

USER_AGENT = "Gerak112 (layanan darurat 112; sumber data: BMKG)"


class FetchFailed(Exception):
    """No document came; the text says why in a few English words."""

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Fetched:
    """What came. body: None where nothing has changed since the tag that was sent."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""


def fetch(url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
    """Return a document of at most the allowed size. Follows no redirect.

    Raises FetchFailed for every other answer, silence, and a document that drips or never ends.
    """
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    give_up_at_s = time.monotonic() + 2 * BMKG.timeout_s
    try:
        with httpx.stream("GET", url, headers=headers, timeout=BMKG.timeout_s) as answer:
            if answer.status_code == 304:
                return Fetched(None, etag, last_modified)
            if answer.status_code != 200:
                asked = answer.headers.get("Retry-After")
                pause_s = parse_retry_after(asked, now=datetime.now(UTC))
                raise FetchFailed(f"answered {answer.status_code}", retry_after_s=pause_s)
            body = bytearray()
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > BMKG.document_max_bytes:
                    raise FetchFailed("the document is too large")
                if time.monotonic() > give_up_at_s:
                    raise FetchFailed("the document does not end")
            return Fetched(
                bytes(body),
                answer.headers.get("ETag", "")[:200],
                answer.headers.get("Last-Modified", "")[:60],
            )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise FetchFailed(f"no answer ({type(error).__name__})") from error
