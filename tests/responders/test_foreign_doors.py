"""The doors for other apps: who may enter, what is stored, what each app hears."""

import base64
import json
import logging
import time
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from responders.ingest.commit import Outcome
from responders.ingest.queue import COMMIT_QUEUE, Busy
from responders.services.tracking import issue_tracking_id, revoke_tracking_id
from responders.tokens import new_device_token
from responders.tracking_ids import new_tracking_id
from tests.responders.phones import chain_fault, make_phone, stored

PLACE = "lat=-0.79&lon=100.65"


@pytest.fixture
def phone(flusher):
    """A crew's phone, its token and its tracking id."""
    device, token = make_phone()
    return device, token, issue_tracking_id(device=device, now=timezone.now())


def now_s():
    return int(time.time())


def osmand_query(tracking_id="", **more):
    fields = {"id": tracking_id, "timestamp": now_s(), **more}
    return PLACE + "".join(f"&{name}={value}" for name, value in fields.items() if value != "")


def get(door, query, **headers):
    return Client(headers=headers).get(f"/api/{door}/?{query}")


def post(door, body, query="", media_type="application/json", **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    client = Client(headers=headers)
    return client.post(f"/api/{door}/?{query}", body, content_type=media_type)


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def basic(secret, user="anything"):
    pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def track(**changes):
    return {"_type": "location", "tid": "xx", "lat": -0.79, "lon": 100.65, "tst": now_s()} | changes


def feature(**changes):
    properties = {"timestamp": datetime.now(UTC).isoformat()} | changes
    geometry = {"type": "Point", "coordinates": [100.65, -0.79]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def marks(device):
    return [(row.source_auth, row.time_suspect) for row in stored(device)]


def assert_refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_traccar_client_with_its_tracking_id_is_stored_and_marked_weak(phone):
    device, _token, tracking_id = phone

    answer = get("osmand", osmand_query(tracking_id, speed="10", accuracy="0.0", batt="50"))

    assert (answer.status_code, answer.json()) == (200, {"result": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"
    (row,) = stored(device)
    assert (row.lat, row.lon, row.accuracy_m, row.battery_pct) == (-0.79, 100.65, None, 50.0)
    assert row.speed_mps == pytest.approx(5.14444)
    assert marks(device) == [("weak", False)]
    assert chain_fault(device) is None
    device.refresh_from_db()
    assert (device.last_lat, device.last_lon) == (-0.79, 100.65)


def test_every_dialect_of_traccar_client_enters_at_one_address(phone):
    device, _token, tracking_id = phone
    form = osmand_query(tracking_id, timestamp=now_s() - 1).encode()
    location = {
        "timestamp": datetime.now(UTC).isoformat(),
        "coords": {"latitude": -0.79, "longitude": 100.65},
    }

    answers = [
        post("osmand", b"", query=osmand_query(tracking_id, timestamp=now_s() - 2)),
        post("osmand", form, media_type="application/x-www-form-urlencoded"),
        post("osmand", {"location": location, "device_id": tracking_id}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(stored(device)) == 3


@pytest.mark.parametrize(
    ("door", "body", "answer"),
    [
        ("osmand", lambda: osmand_query().encode(), {"result": "ok"}),
        ("gpslogger", lambda: osmand_query().encode(), {"result": "ok"}),
        ("owntracks", track, []),
        ("overland", lambda: {"locations": [feature()]}, {"result": "ok"}),
    ],
)
@pytest.mark.parametrize("way", [bearer, basic])
@pytest.mark.parametrize("kind", ["strong", "weak"])
def test_a_token_or_a_tracking_id_opens_every_door_by_a_header(
    phone, door, body, answer, way, kind
):
    device, token, tracking_id = phone
    secret = token if kind == "strong" else tracking_id

    answered = post(door, body(), **way(secret))

    assert (answered.status_code, answered.json()) == (200, answer)
    assert marks(device) == [(kind, False)]


def test_gpslogger_puts_the_id_into_its_template(phone):
    device, _token, tracking_id = phone

    assert get("gpslogger", osmand_query(tracking_id, spd="10")).status_code == 200
    assert [row.speed_mps for row in stored(device)] == [10.0]


def test_sending_again_changes_nothing(phone):
    device, token, tracking_id = phone
    query = osmand_query(tracking_id)
    get("osmand", query)
    before = [row.hash for row in stored(device)]

    again = [get("osmand", query), post("osmand", query.encode(), **bearer(token))]

    assert [answer.status_code for answer in again] == [200, 200]
    assert [row.hash for row in stored(device)] == before


def test_a_batch_keeps_its_good_members_and_each_once(phone):
    device, token, _tracking_id = phone
    good = feature()
    body = {"locations": [good, {"type": "Feature", "properties": {"action": "x"}}, good, 5]}

    answer = post("overland", body, **bearer(token))

    assert (answer.status_code, answer.json()) == (200, {"result": "ok"})
    assert len(stored(device)) == 1


def test_the_largest_batch_of_overland_is_taken_at_once(phone):
    device, token, _tracking_id = phone
    features = [feature(timestamp=now_s() - number) for number in range(1000)]

    assert post("overland", {"locations": features}, **bearer(token)).status_code == 200
    assert len(stored(device)) == 1000
    assert chain_fault(device) is None


def test_more_than_any_app_sends_is_413(phone):
    device, token, _tracking_id = phone
    features = [{"geometry": {"coordinates": [1, 2]}}] * 2001

    assert_refused(post("overland", {"locations": features}, **bearer(token)), 413, "too_large")
    body = b'{"locations": ["' + b"x" * 1024 * 1024
    assert_refused(post("overland", body, **bearer(token)), 413, "too_large")
    assert stored(device) == []


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("osmand", b"timestamp=1&batt=50"),
        ("osmand", b"lat=0&lon=0&timestamp=1795428245"),
        ("osmand", b"lat=91&lon=0&timestamp=1795428245"),
        ("osmand", b"lat=NaN&lon=0&timestamp=1795428245"),
        ("osmand", b"lat=1&timestamp=1795428245"),
        ("osmand", b'{"location": {"event": "heartbeat"}}'),
        ("gpslogger", b"lat=0.0&lon=0.0"),
        ("owntracks", b""),
        ("owntracks", b"[]"),
        ("owntracks", b'{"_type": "lwt", "tst": 1}'),
        ("owntracks", b'{"_type": "location", "lat": 95, "lon": 1, "tst": 1795428245}'),
        ("overland", b'{"locations": []}'),
        ("overland", b'{"locations": [5]}'),
    ],
)
def test_understood_without_a_position_is_200_and_a_sign_of_life(phone, door, body):
    device, token, _tracking_id = phone

    answer = post(door, body, **bearer(token))

    assert answer.status_code == 200
    assert answer.json() == ([] if door == "owntracks" else {"result": "ok"})
    assert stored(device) == []
    device.refresh_from_db()
    assert device.last_seen_at is not None


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("osmand", b""),
        ("osmand", b"hello"),
        ("osmand", b"{"),
        ("osmand", b"lat=abc&lon=1"),
        ("osmand", b"lat=1&lon=1&timestamp=yesterday"),
        ("osmand", b'{"device_id": "x"}'),
        ("gpslogger", b"lat=%25LAT&lon=%25LON"),
        ("gpslogger", b"\xff\xfe"),
        ("owntracks", b"{}"),
        ("owntracks", b"null"),
        ("owntracks", b"[" * 100_000),
        ("overland", b""),
        ("overland", b"[]"),
        ("overland", b'{"locations": {}}'),
    ],
)
def test_what_cannot_be_read_is_400_and_stores_nothing(phone, door, body):
    device, token, _tracking_id = phone

    assert_refused(post(door, body, **bearer(token)), 400, "unreadable")
    assert stored(device) == []


@pytest.mark.parametrize("stamp", [0, 1, now_s() + 30 * 365 * 86400, 10**15])
def test_an_impossible_time_becomes_the_receipt_and_is_never_evidence(phone, stamp):
    device, _token, tracking_id = phone
    query = osmand_query(tracking_id, timestamp=stamp)

    assert [get("osmand", query).status_code for _time in range(2)] == [200, 200]

    (row,) = stored(device)
    assert row.recorded_at == row.received_at
    assert marks(device) == [("weak", True)]
    device.refresh_from_db()
    assert device.last_recorded_at is None


def test_no_id_or_an_unknown_one_is_401_and_stores_nothing(phone):
    device, token, _tracking_id = phone
    answers = [
        get("osmand", osmand_query()),
        get("osmand", osmand_query("123456")),
        get("osmand", osmand_query(new_tracking_id())),
        get("osmand", osmand_query(token)),  # a token in a URL is refused
        get("gpslogger", osmand_query(new_tracking_id())),
        post("owntracks", track()),
        post("owntracks", track(), **basic(new_device_token())),
        post("owntracks", track(), Authorization="Basic !!!"),
        post("overland", {"locations": [feature()]}, **bearer("xxxxxx")),
        post("overland", b"{", **bearer(new_device_token())),
    ]

    for answer in answers:
        assert_refused(answer, 401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert stored(device) == []


def test_a_wrong_header_is_not_made_good_by_the_id(phone):
    device, _token, tracking_id = phone

    answer = get("osmand", osmand_query(tracking_id), **bearer(new_device_token()))

    assert_refused(answer, 401, "not_authenticated")
    assert stored(device) == []


@pytest.mark.parametrize("door", ["owntracks", "overland"])
def test_where_an_app_can_send_a_header_an_id_in_the_query_counts_for_nothing(phone, door):
    _device, _token, tracking_id = phone

    answer = post(door, track(tid=tracking_id, topic=tracking_id), query=f"id={tracking_id}")

    assert_refused(answer, 401, "not_authenticated")


@pytest.mark.parametrize("how", ["revoked_at", "signed_out_at", "person"])
def test_a_revoked_phone_is_refused_by_either_secret(phone, how):
    device, token, tracking_id = phone
    if how == "person":
        device.user.is_active = False
        device.user.save()
    else:
        type(device).objects.filter(pk=device.pk).update(**{how: datetime.now(UTC)})

    assert_refused(get("osmand", osmand_query(tracking_id)), 401, "not_authenticated")
    assert_refused(post("owntracks", track(), **basic(token)), 401, "not_authenticated")
    assert stored(device) == []


def test_a_revoked_tracking_id_is_refused_and_the_token_stays_good(phone):
    device, token, tracking_id = phone
    revoke_tracking_id(device=device, now=timezone.now())

    assert_refused(get("osmand", osmand_query(tracking_id)), 401, "not_authenticated")
    assert post("osmand", osmand_query().encode(), **bearer(token)).status_code == 200


def test_a_tracking_id_opens_nothing_else(phone):
    _device, _token, tracking_id = phone
    client = Client(headers=bearer(tracking_id))

    for path in ("/api/v1/me", "/api/v1/check-ins", "/api/v1/assignments"):
        assert client.get(path).status_code == 401


def test_an_official_is_the_wrong_role(flusher):
    device, token = make_phone(role="official")

    assert_refused(post("owntracks", track(), **basic(token)), 403, "wrong_role")
    assert stored(device) == []


def test_busy_is_503_with_when_to_come_again(phone, monkeypatch):
    device, _token, tracking_id = phone

    def full(submission):
        raise Busy

    monkeypatch.setattr(COMMIT_QUEUE, "submit", full)
    answer = get("osmand", osmand_query(tracking_id))

    assert_refused(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "2"
    assert stored(device) == []


def test_a_phone_revoked_between_door_and_commit_is_refused(phone, monkeypatch):
    _device, _token, tracking_id = phone

    class Done:
        def result(self):
            return Outcome(revoked=True)

    monkeypatch.setattr(COMMIT_QUEUE, "submit", lambda submission: Done())

    assert_refused(get("osmand", osmand_query(tracking_id)), 401, "not_authenticated")


def test_neither_the_last_slash_nor_what_the_app_accepts_matters(phone):
    device, _token, tracking_id = phone
    client = Client(headers={"Accept": "text/html"})

    answer = client.get(f"/api/osmand?format=xml&{osmand_query(tracking_id)}")

    assert (answer.status_code, answer.json()) == (200, {"result": "ok"})
    assert len(stored(device)) == 1


def test_the_logs_hold_no_id(phone, caplog):
    _device, token, tracking_id = phone
    unknown = new_tracking_id()
    with caplog.at_level(logging.DEBUG):
        get("osmand", osmand_query(tracking_id))
        get("osmand", osmand_query(unknown))
        get("osmand", f"id={tracking_id}&lat=abc&lon=1")
        post("owntracks", b"{", **basic(token))

    for secret in (tracking_id, unknown, token):
        assert secret not in caplog.text
