"""The city's gateway for SMS, voice and e-mail: one signed POST a message. docs/delivery.md.

The body is JSON, `{"id", "channel", "to": {"name", "address"}, "text", "urgent", "created_at"}`,
signed as events out are: `X-Gerak-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. A
repeat carries the same id: a gateway that knows it answers 200 and sends nothing again.
"""

import hashlib
import hmac
import json
import logging
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from django.conf import settings

from notifications.policy import LADDER
from notifications.senders.base import Outcome
from notifications.senders.fcm_errors import parse_retry_after

logger = logging.getLogger(__name__)

NOT_SET = Outcome(state="dead", detail="no gateway is set (GERAK_GATEWAY_URL)")
AGAIN = (408, 425, 429)


@dataclass(frozen=True)
class Outgoing:
    """One message for the gateway. `to`: name and address; `urgent`: a crew's alarm."""

    id: str
    channel: str
    to: dict[str, str]
    text: str
    urgent: bool
    created_at: str


def send_outside(message: Outgoing) -> Outcome:
    """Post one message once, within LADDER.outside_timeout_s seconds. Never raises."""
    url = settings.GERAK_GATEWAY_URL
    if not url:
        return NOT_SET
    body = json.dumps(asdict(message), ensure_ascii=False, separators=(",", ":")).encode()
    try:
        return _outcome(_post(url, body))
    except httpx.TimeoutException:
        return Outcome(state="retry", detail="no answer in time")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Outcome(state="retry", detail=type(error).__name__)
    except Exception as error:
        logger.exception("the gateway's sender stumbled")
        return Outcome(state="retry", detail=type(error).__name__)


def signature(body: bytes, *, secret: str, at_s: int) -> str:
    """Return the header's value over a body at a Unix second."""
    signed = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256)
    return f"t={at_s},v1={signed.hexdigest()}"


def _post(url: str, body: bytes) -> httpx.Response:
    headers = {
        "Content-Type": "application/json",
        "X-Gerak-Signature": signature(
            body, secret=settings.GERAK_GATEWAY_SECRET, at_s=int(time.time())
        ),
    }
    timeout = httpx.Timeout(LADDER.outside_timeout_s)
    return httpx.post(url, content=body, headers=headers, timeout=timeout)


def _outcome(answer: Any) -> Outcome:
    status = answer.status_code
    if 200 <= status < 300:
        return Outcome(state="accepted", detail=f"{status}")
    if status in AGAIN or status >= 500:
        pause_s = parse_retry_after(answer.headers.get("Retry-After"), now=datetime.now(UTC))
        return Outcome(state="retry", detail=f"{status}", retry_after_s=pause_s)
    fault = status in (401, 403, 404)
    return Outcome(state="dead", detail=f"{status}", configuration_fault=fault)
