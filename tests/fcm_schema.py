"""The published shape of an FCM HTTP v1 send request, checked strictly: what is unknown is refused.

Source: FCM v1 discovery document and REST reference, projects.messages (Message, AndroidConfig,
WebpushConfig, ApnsConfig), with `fid` as in the reference of 2026. Field names are taken in both
spellings that the service takes, lower_snake and lowerCamel.
"""

import json
import re
from collections.abc import Callable
from typing import Any

MAX_DATA_BYTES = 4096
MAX_TTL_S = 2_419_200
TARGETS = ("token", "fid", "topic", "condition")
RESERVED_KEY = re.compile(r"(from|message_type|collapse_key|google.*|gcm.*)")
DURATION = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?s")
LABEL = re.compile(r"[A-Za-z0-9\-_.~%]{1,50}")
ADDRESS = re.compile(r"[\x21-\x7e]{1,4096}")


class BadField(Exception):
    """A field the service would refuse; `field` is its path, `why` the sentence beside it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


Check = Callable[[str, Any], None]


def check_request(body: Any) -> dict[str, Any]:
    """Return the message of a send request. Raises BadField for what FCM would refuse."""
    shape(validate_only=boolean, message=MESSAGE)("", body)
    message = snake(body).get("message")
    if message is None:
        raise BadField("message", "Required.")
    targets = [name for name in TARGETS if message.get(name)]
    if len(targets) != 1:
        raise BadField("message", "Exactly one target (token, fid, topic, condition) is required.")
    size = sum(len(k.encode()) + len(v.encode()) for k, v in (message.get("data") or {}).items())
    if size > MAX_DATA_BYTES:
        raise BadField("message.data", "The data payload is over 4096 bytes.")
    return message


def snake(value: dict[str, Any]) -> dict[str, Any]:
    """Return the object with its field names in lower_snake."""
    return {re.sub(r"[A-Z]", lambda m: "_" + m[0].lower(), key): v for key, v in value.items()}


def shape(**fields: Check) -> Check:
    def check(path: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise BadField(path, "Must be an object.")
        for key, item in snake(value).items():
            where = f"{path}.{key}".lstrip(".")
            if key not in fields:
                raise BadField(where, f'Cannot find field "{key}".')
            fields[key](where, item)

    return check


def text(path: str, value: Any) -> None:
    if not isinstance(value, str):
        raise BadField(path, "Must be a string.")


def boolean(path: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise BadField(path, "Must be a boolean.")


def integer(path: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadField(path, "Must be an integer.")


def matching(pattern: re.Pattern[str], why: str) -> Check:
    def check(path: str, value: Any) -> None:
        text(path, value)
        if not pattern.fullmatch(value):
            raise BadField(path, why)

    return check


def one_of(*names: str) -> Check:
    def check(path: str, value: Any) -> None:
        text(path, value)
        if value.upper() not in names:
            raise BadField(path, f"Must be one of {', '.join(names)}.")

    return check


def list_of(item: Check) -> Check:
    def check(path: str, value: Any) -> None:
        if not isinstance(value, list):
            raise BadField(path, "Must be a list.")
        for index, one in enumerate(value):
            item(f"{path}[{index}]", one)

    return check


def string_map(path: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise BadField(path, "Must be an object.")
    for key, item in value.items():
        text(f"{path}[{key}]", item)


def data(path: str, value: Any) -> None:
    string_map(path, value)
    for key in value:
        if not key or RESERVED_KEY.fullmatch(key):
            raise BadField(f"{path}[{key}]", "Invalid data payload key.")


def ttl(path: str, value: Any) -> None:
    duration(path, value)
    if float(value[:-1]) > MAX_TTL_S:
        raise BadField(path, "Must be at most 2419200 s.")


def apns_headers(path: str, value: Any) -> None:
    string_map(path, value)
    if value.get("apns-priority", "10") not in ("1", "5", "10"):
        raise BadField(f"{path}[apns-priority]", "Must be 1, 5 or 10.")
    if not re.fullmatch(r"[0-9]+", value.get("apns-expiration", "0")):
        raise BadField(f"{path}[apns-expiration]", "Must be a Unix time.")
    if len(value.get("apns-collapse-id", "").encode()) > 64:
        raise BadField(f"{path}[apns-collapse-id]", "Must be at most 64 bytes.")


def webpush_headers(path: str, value: Any) -> None:
    string_map(path, value)
    if value.get("Urgency", "normal") not in ("very-low", "low", "normal", "high"):
        raise BadField(f"{path}[Urgency]", "Unknown urgency.")
    if not re.fullmatch(r"[0-9]+", value.get("TTL", "0")):
        raise BadField(f"{path}[TTL]", "Must be seconds.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,32}", value.get("Topic", "")):
        raise BadField(f"{path}[Topic]", "Must be at most 32 URL-safe characters.")


def json_object(path: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise BadField(path, "Must be an object.")


def apns_payload(path: str, value: Any) -> None:
    json_object(path, value)
    if not isinstance(value.get("aps"), dict):
        raise BadField(f"{path}.aps", "Must be an object.")
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_DATA_BYTES:
        raise BadField(path, "The APNs payload is over 4096 bytes.")


duration = matching(DURATION, "Must be a duration, as in 3.5s.")
address = matching(ADDRESS, "Must be a printable address.")
fcm_options = shape(analytics_label=matching(LABEL, "Malformed label."))
light_settings = shape(color=json_object, light_on_duration=duration, light_off_duration=duration)

ANDROID_NOTIFICATION = shape(
    **dict.fromkeys(
        ["title", "body", "icon", "color", "sound", "tag", "click_action", "body_loc_key",
         "title_loc_key", "channel_id", "ticker", "event_time", "image"],
        text,
    ),
    **dict.fromkeys(
        ["sticky", "local_only", "default_sound", "default_vibrate_timings",
         "default_light_settings", "bypass_proxy_notification"],
        boolean,
    ),
    body_loc_args=list_of(text),
    title_loc_args=list_of(text),
    vibrate_timings=list_of(duration),
    notification_count=integer,
    light_settings=light_settings,
    visibility=one_of("VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"),
    proxy=one_of("PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"),
    notification_priority=one_of(
        *(f"PRIORITY_{name}" for name in ("UNSPECIFIED", "MIN", "LOW", "DEFAULT", "HIGH", "MAX"))
    ),
)  # fmt: skip

MESSAGE = shape(
    token=address,
    fid=address,
    topic=text,
    condition=text,
    data=data,
    notification=shape(title=text, body=text, image=text),
    fcm_options=fcm_options,
    android=shape(
        collapse_key=text,
        priority=one_of("NORMAL", "HIGH"),
        ttl=ttl,
        restricted_package_name=text,
        data=data,
        notification=ANDROID_NOTIFICATION,
        fcm_options=fcm_options,
        direct_boot_ok=boolean,
        bandwidth_constrained_ok=boolean,
        restricted_satellite_ok=boolean,
    ),
    webpush=shape(
        headers=webpush_headers,
        data=string_map,
        notification=json_object,
        fcm_options=shape(link=text, analytics_label=matching(LABEL, "Malformed label.")),
    ),
    apns=shape(
        headers=apns_headers,
        payload=apns_payload,
        fcm_options=shape(analytics_label=matching(LABEL, "Malformed label."), image=text),
        live_activity_token=text,
    ),
)

# What our own data messages hold, and nothing else: docs/phone-developer.md, "Pushes". They carry
# strings alone; `title` and `body` are beside these, for the app to show.
NUMBER = re.compile(r"[0-9]{1,19}")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHOWN = {"title": re.compile(r".{1,80}"), "body": re.compile(r".{1,120}")}
ABOUT = {
    "assignment.dispatched": "assignment_id",
    "assignment.cancelled": "assignment_id",
    "notice.issued": "notice_id",
    "notice.updated": "notice_id",
    "notice.withdrawn": "notice_id",
    "alert.updated": "alert_id",
    "drill.called": "drill_id",
}


def check_our_data(found: dict[str, str]) -> None:
    """Raise BadField where a push's data is not one of ours as documented."""
    if found.get("type") == "probe":
        wanted = {"type": re.compile("probe"), "probe": UUID_TEXT}
    elif found.get("kind") in ABOUT:
        kind = found["kind"]
        wanted = {"kind": re.compile(re.escape(kind)), "seq": NUMBER, ABOUT[kind]: UUID_TEXT}
    else:
        raise BadField("message.data.kind", "Not a kind that is pushed.")
    wanted |= SHOWN
    if found.keys() != wanted.keys():
        raise BadField("message.data", f"Has {sorted(found)}, not {sorted(wanted)}.")
    for key, pattern in wanted.items():
        if not pattern.fullmatch(found[key]):
            raise BadField(f"message.data.{key}", f"{found[key]!r} is malformed.")
