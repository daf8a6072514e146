"""Each reader of what strangers send, as a function of bytes.

The promise held by all: a value, or the reader's own named error. Anything else falls.
"""

import contextlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from config.parsers import StrictJSONParser
from incidents.movement import track as movement
from incidents.proofs.suspicion import suspicion_of
from incidents.proofs.verify import verify_proof
from incidents.serializers_in import RingIn
from incidents.services.calls import e164
from incidents.views.paging import NewestDispatch
from incidents.views.telephony import is_signed
from notifications.bmkg.quakes import read_quakes
from notifications.bmkg.refusal import Unreadable
from notifications.bmkg.weather import read_index, read_warning
from notifications.paging import _read as read_cursor
from responders.check_in_batches import ShapeError, decode_body, read_batch
from responders.check_ins import Fix
from responders.phone_status import read_status
from responders.policy import CHECK_INS
from responders.services.enrolment import MISREAD
from responders.tokens import bearer_of, digest_of, is_device_token
from responders.tracking_ids import plain_form
from responders.wire import gpslogger, osmand, overland, owntracks
from responders.wire.message import WireRequest
from responders.wire_time import from_wire, to_wire

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
REQUESTS = APIRequestFactory()


def text_of(data: bytes) -> str:
    """Return bytes as the text that a header, a form or JSON could bring."""
    return data.decode("utf-8", "replace")


def check_ins(data: bytes) -> None:
    """Read an upload and score its fixes."""
    with contextlib.suppress(ShapeError):
        batch = read_batch(decode_body(data), received_at=NOON, policy=CHECK_INS)
        for one in batch.items:
            assert not isinstance(one, Fix) or abs(one.lat) <= 90


def foreign(reader: object) -> Callable[[bytes], None]:
    """Return the target of another app's reader: query, line break, body."""

    def target(data: bytes) -> None:
        query, _, body = data.partition(b"\n")
        for signed_in in (False, True):
            request = WireRequest(query=text_of(query), body=body)
            message = reader.read(request, signed_in=signed_in)  # type: ignore[attr-defined]
            assert bool(message.positions) == (message.outcome in ("ok", "partial"))

    return target


def socket_frame(data: bytes) -> None:
    """Read a frame of the phones' socket, as the consumer does."""
    with contextlib.suppress(ShapeError, ValueError):
        frame = decode_body(data)
        if isinstance(frame, dict):
            read_status(frame)


def secrets(data: bytes) -> None:
    """Read a header, a token, a code and a tracking id."""
    text = text_of(data)
    token = bearer_of(text) or text
    is_device_token(token)
    digest_of(token.upper().translate(MISREAD))
    plain_form(text)


def phone_number(data: bytes) -> None:
    """Normalise a caller's number."""
    found = e164(text_of(data))
    assert found == "" or found.startswith("+")


def wire_time(data: bytes) -> None:
    """Read a time, and write back what was read."""
    with contextlib.suppress(ValueError):
        assert to_wire(from_wire(text_of(data)))


def cursor(data: bytes) -> None:
    """Read where a list goes on."""
    text = text_of(data)
    with contextlib.suppress(ValidationError):
        read_cursor(text)
    request = Request(REQUESTS.get("/", {"cursor": text}))
    with contextlib.suppress(ValidationError):
        NewestDispatch().decode_cursor(request)


def quakes(data: bytes) -> None:
    """Read BMKG's list of earthquakes."""
    with contextlib.suppress(Unreadable):
        read_quakes(data)


def warnings(data: bytes) -> None:
    """Read BMKG's index and one warning, both XML."""
    for reader in (read_index, read_warning):
        with contextlib.suppress(Unreadable):
            reader(data)


def proof(data: bytes) -> None:
    """Verify a proof, or keys, of any JSON."""
    with contextlib.suppress(ValueError, RecursionError):
        told = json.loads(data)
        verify_proof(told, {"keys": []})
        verify_proof({}, told)


def exchange(data: bytes) -> None:
    """Read a signature and a body of the telephone exchange."""
    is_signed(text_of(data), data, now_s=NOON.timestamp())
    with contextlib.suppress(APIException):
        RingIn(data=_json(data)).is_valid(raise_exception=True)


def gps_score(data: bytes) -> None:
    """Score a track of any numbers."""
    with contextlib.suppress(ShapeError):
        told = decode_body(data)
        items = told if isinstance(told, list) else [told]
        body = {
            "check_ins": [{"id": str(uuid4()), **one} for one in items if isinstance(one, dict)]
        }
        batch = read_batch(body, received_at=NOON, policy=CHECK_INS)
        suspicion_of([_track(one) for one in batch.items if isinstance(one, Fix)])


def _track(fix: Fix) -> movement.Fix:
    """Return a fix as the movement rule takes it from its row."""
    return movement.Fix(
        fix.client_id,
        "phone",
        fix.recorded_at,
        NOON,
        fix.lat,
        fix.lon,
        accuracy_m=fix.accuracy_m,
        speed_mps=fix.speed_mps,
        is_mock=bool(fix.is_mock),
        offset_low_s=fix.offset.low_s,
        offset_high_s=fix.offset.high_s,
    )


def _json(data: bytes) -> object:
    stream = io.BytesIO(data)
    return StrictJSONParser().parse(stream)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "check_ins": check_ins,
    "osmand": foreign(osmand),
    "gpslogger": foreign(gpslogger),
    "owntracks": foreign(owntracks),
    "overland": foreign(overland),
    "socket_frame": socket_frame,
    "secrets": secrets,
    "phone_number": phone_number,
    "wire_time": wire_time,
    "cursor": cursor,
    "quakes": quakes,
    "warnings": warnings,
    "proof": proof,
    "exchange": exchange,
    "gps_score": gps_score,
}
