"""The outer form of a request: query, form body or JSON, told apart by what they hold."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from responders.check_in_batches import ShapeError, decode_body
from responders.wire.message import Unreadable, WireRequest

_FIELDS_MAX = 200


def holds_json(body: bytes) -> bool:
    """Say whether a body means to be JSON. Its declared type says nothing: apps mislabel it."""
    return body.lstrip()[:1] in (b"{", b"[", b'"')


def decode_json(body: bytes) -> Any:
    """Decode a JSON body. Raises `Unreadable`, also for NaN, which JSON does not have."""
    try:
        return decode_body(body)
    except ShapeError as error:
        raise Unreadable("not JSON") from error


def form_of(request: WireRequest) -> dict[str, str]:
    """Return the fields of query and form body; the body wins, the first of equal names counts.

    Raises `Unreadable` for free text, and for more fields than any app sends.
    """
    return _fields(request.query) | _fields(request.body.decode("utf-8", "replace"))


def query_of(request: WireRequest) -> dict[str, str]:
    """Return the fields of the query alone. Raises `Unreadable` like `form_of`."""
    return _fields(request.query)


def first_of(fields: Mapping[str, str], *names: str) -> str | None:
    """Return the first named field that is there and not blank; `None` where there is none."""
    return next((fields[name] for name in names if fields.get(name, "").strip()), None)


def sent_of(fields: Mapping[str, str], *names: str) -> str | None:
    """Return the first named field that is there, even blank: a blank one was meant to be sent."""
    return next((fields[name] for name in names if name in fields), None)


def _fields(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(text.strip(), keep_blank_values=True, max_num_fields=_FIELDS_MAX)
    except ValueError as error:
        raise Unreadable("too many fields") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        if not name.isprintable():
            raise Unreadable("free text, not form data")
        fields.setdefault(name, value)
    return fields
