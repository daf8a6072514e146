"""What an answer of FCM HTTP v1 means for us. Pure.

Source: FCM v1 ErrorCode reference; the mapping is the reliability study's, 4.4.
"""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from notifications.senders.base import Outcome

FCM_ERROR_TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST_TYPE = "type.googleapis.com/google.rpc.BadRequest"
ADDRESS_FIELDS = {"message.token", "message.fid"}
# FCM often names the field in words only: "The registration token is not a valid FCM …".
ADDRESS_WORDS = re.compile(
    r"(registration token|installation id|\bfid\b) is not|invalid "
    r"(registration|installation)",
    re.IGNORECASE,
)
THIRD_PARTY_CODES = {"THIRD_PARTY_AUTH_ERROR", "APNS_AUTH_ERROR"}
CODE_SHAPE = re.compile(r"[A-Z][A-Z_]{1,39}")


def outcome_of_answer(*, status: int, body: str, retry_after: str | None, now: datetime) -> Outcome:
    """Map an HTTP answer that is no success.

    Only codes of the provider reach the detail, never its sentences: they may quote the address.
    What is unknown is treated as a 503. A foreign address (403) is not called dead: with the wrong
    project's key in place every address looks foreign.
    """
    error = _error_of(body)
    code = _code_of(error)
    detail = f"{status} {code}".strip()
    if status == 404 and code == "UNREGISTERED":
        return Outcome(state="dead", detail=detail, token_dead=True)
    if status == 400 and _blames_address(error):
        return Outcome(state="dead", detail=f"{detail} on the address", token_dead=True)
    if status in (400, 403, 404) or code in THIRD_PARTY_CODES:
        return Outcome(state="dead", detail=detail, configuration_fault=True)
    if status == 401:
        return Outcome(state="retry", detail=detail, configuration_fault=True)
    return Outcome(
        state="retry", detail=detail, retry_after_s=parse_retry_after(retry_after, now=now)
    )


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, or None where it says nothing.

    Both forms of RFC 9110 10.2.3 are read: seconds, and a date, counted from `now` (aware, UTC).
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _error_of(body: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}


def _details_of(error: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    details = error.get("details")
    if not isinstance(details, list):
        return []
    return [item for item in details if isinstance(item, dict) and item.get("@type") == kind]


def _code_of(error: dict[str, Any]) -> str:
    codes = [item.get("errorCode") for item in _details_of(error, FCM_ERROR_TYPE)]
    for code in [*codes, error.get("status")]:
        if isinstance(code, str) and CODE_SHAPE.fullmatch(code):
            return code
    return ""


def _blames_address(error: dict[str, Any]) -> bool:
    fields = [
        violation.get("field")
        for item in _details_of(error, BAD_REQUEST_TYPE)
        for violation in item.get("fieldViolations") or []
        if isinstance(violation, dict)
    ]
    if fields:
        return any(field in ADDRESS_FIELDS for field in fields)
    message = error.get("message")
    return isinstance(message, str) and ADDRESS_WORDS.search(message) is not None
