"""The headers with which each platform is asked for speed, patience and collapsing. Pure.

Source: FCM v1 Message reference; Apple, Sending notification requests to APNs; RFC 8030 5.2-5.4.
"""

import base64
import hashlib
import re

from notifications.senders.base import Message

MAX_TTL_S = 2_419_200  # four weeks. Source: FCM, AndroidConfig.ttl
MAX_APNS_COLLAPSE_ID = 64  # bytes. Source: APNs, apns-collapse-id
WEBPUSH_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")  # Source: RFC 8030 5.4


def ttl_s(message: Message) -> int:
    """Return the message's time to live in seconds, held within what FCM takes."""
    return min(max(message.ttl_s, 0), MAX_TTL_S)


def data(message: Message) -> dict[str, str]:
    """Return the data payload: `title` and `body` beside the message's own keys.

    Android and browsers get data only, so that the app's own code runs, shows the alarm and sends
    the receipt; a display message would be shown without waking that code.
    """
    return {"title": message.title, "body": message.body, **message.data}


def apns_headers(message: Message, *, now_s: float) -> dict[str, str]:
    """Return the headers for Apple's service; `now_s` is Unix time."""
    lifetime_s = ttl_s(message)
    headers = {
        "apns-push-type": "alert",
        "apns-priority": "10" if message.urgent else "5",
        "apns-expiration": str(int(now_s) + lifetime_s if lifetime_s else 0),
    }
    if message.collapse_key:
        key = message.collapse_key
        fits = len(key.encode()) <= MAX_APNS_COLLAPSE_ID
        headers["apns-collapse-id"] = key if fits else _short(key)
    return headers


def webpush_headers(message: Message) -> dict[str, str]:
    """Return the headers of RFC 8030 for browsers."""
    headers = {"Urgency": "high" if message.urgent else "normal", "TTL": str(ttl_s(message))}
    if message.collapse_key:
        key = message.collapse_key
        headers["Topic"] = key if WEBPUSH_TOPIC.fullmatch(key) else _short(key)
    return headers


def _short(key: str) -> str:
    digest = hashlib.sha256(key.encode()).digest()
    return base64.urlsafe_b64encode(digest)[:32].decode()
