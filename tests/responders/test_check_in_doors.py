"""One suite for both doors of the check-ins: the short way and the DRF view that defines it."""

import json
import threading
from datetime import UTC, datetime

import pytest
from django.db import InterfaceError, OperationalError, connection

from responders.chain import GENESIS
from responders.ingest import intake
from responders.models import CheckIn
from responders.signals import check_ins_committed, check_ins_recorded
from responders.tokens import new_device_token
from tests.responders.doors import through_django, through_the_short_way
from tests.responders.phones import chain_fault, item, make_phone, stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("flusher"),
]


@pytest.fixture(params=[through_django, through_the_short_way], ids=["django", "short_way"])
def door(request):
    return request.param


@pytest.fixture
def phone():
    return make_phone()


def post(door, token, body, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return door(raw, {"Authorization": f"Bearer {token}", **headers})


def assert_refused(answer, status, code, fields=()):
    """Check a problem in full but for its words, and that nothing was stored."""
    assert (answer.status, answer.json["status"], answer.json["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["type"] == "about:blank"
    assert answer.json["title"]
    assert answer.json["detail"]
    got = [(error["field"], error["code"]) for error in answer.json.get("errors", [])]
    assert got == list(fields)
    assert CheckIn.objects.count() == 0


def test_each_item_gets_its_verdict_in_the_order_sent(door, phone):
    device, token = phone
    good, other = item(), item(speed_mps=3, is_mock=True, source="network")
    bad = item(lat="x", lon=181, recorded_at="yesterday")

    answer = post(door, token, {"check_ins": [good, bad, other, good], "extra": 1})

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["results"] == [
        {"id": good["id"], "status": "stored"},
        {
            "id": bad["id"],
            "status": "rejected",
            "errors": [
                {
                    "field": "recorded_at",
                    "code": "bad_time",
                    "message": "Harus berupa waktu RFC 3339 dengan zona waktu.",
                },
                {"field": "lat", "code": "not_a_number", "message": "Harus berupa angka."},
                {
                    "field": "lon",
                    "code": "out_of_range",
                    "message": "Di luar nilai yang diperbolehkan.",
                },
            ],
        },
        {"id": other["id"], "status": "stored"},
        {"id": good["id"], "status": "duplicate"},
    ]
    assert set(answer.json) == {"results", "server_time"}
    assert len(answer.json["server_time"]) == 24
    assert [str(row.client_id) for row in stored(device)] == [good["id"], other["id"]]
    assert chain_fault(device) is None


def test_a_repeat_changes_nothing(door, phone):
    device, token = phone
    body = {"check_ins": [item(), item()]}
    post(door, token, body)
    before = [row.hash for row in stored(device)]
    answer = post(door, token, body)
    assert [result["status"] for result in answer.json["results"]] == ["duplicate"] * 2
    assert [row.hash for row in stored(device)] == before


def test_an_empty_upload_is_one(door, phone):
    assert post(door, phone[1], {"check_ins": []}).json["results"] == []


def test_five_hundred_are_taken(door, phone):
    device, token = phone
    answer = post(door, token, {"check_ins": [item() for _number in range(500)]})
    assert {result["status"] for result in answer.json["results"]} == {"stored"}
    assert len(stored(device)) == 500
    assert chain_fault(device) is None


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        (b"", "bad_json", []),
        (b"{", "bad_json", []),
        (b'{"check_ins": [NaN]}', "bad_json", []),
        (b"\xff\xfe", "bad_json", []),
        (b"[" * 100_000, "bad_json", []),
        ([], "not_an_object", []),
        (None, "not_an_object", []),
        ({}, "required", [("check_ins", "required")]),
        ({"check_ins": None}, "required", [("check_ins", "required")]),
        ({"check_ins": "x"}, "not_a_list", [("check_ins", "not_a_list")]),
        ({"check_ins": [{}] * 501}, "too_many", [("check_ins", "too_many")]),
        ({"check_ins": [], "sent_at": 5}, "bad_time", [("sent_at", "bad_time")]),
        (
            {"check_ins": [], "server_time_seen": {"server_time": "2026-01-01T00:00:00Z"}},
            "required",
            [("server_time_seen.at", "required")],
        ),
    ],
)
def test_a_body_of_another_shape_is_400_and_stores_nothing(door, phone, body, code, fields):
    assert_refused(post(door, phone[1], body), 400, code, fields)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"lat": 1e400, "id": "\\ud800"}',
        b'{"lat": 1' + b"0" * 400 + b"}",
        b'{"id": {"a": []}, "recorded_at": [], "lat": {}, "lon": true}',
        b"5",
    ],
)
def test_nonsense_in_one_item_rejects_that_item_alone(door, phone, raw):
    good = json.dumps(item()).encode()
    answer = post(door, phone[1], b'{"check_ins": [' + raw + b"," + good + b"]}")
    assert answer.status == 200
    assert [result["status"] for result in answer.json["results"]] == ["rejected", "stored"]
    assert answer.json["results"][0]["id"] is None


def test_a_body_over_a_mebibyte_is_413(door, phone):
    assert_refused(post(door, phone[1], b'{"a": "' + b"x" * 1024 * 1024), 413, "too_large")


def test_no_token_or_an_unknown_one_is_401(door, phone):
    body = json.dumps({"check_ins": [item()]}).encode()
    for headers in (
        {},
        {"Authorization": f"Bearer {new_device_token()}"},
        {"Authorization": "Bearer gd1_short"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Token {phone[1]}"},
    ):
        answer = door(body, headers)
        assert_refused(answer, 401, "not_authenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", ["official", "staff"])
def test_who_is_no_crew_is_the_wrong_role(door, role):
    _device, token = make_phone(role=role)
    assert_refused(post(door, token, {"check_ins": [item()]}), 403, "wrong_role")


@pytest.mark.parametrize("how", ["revoked_at", "signed_out_at", "person"])
def test_a_phone_that_was_revoked_is_refused_at_once(door, phone, how):
    """Also where another process did it, and this one's cache still knows the token."""
    device, token = phone
    assert post(door, token, {"check_ins": []}).status == 200
    if how == "person":
        device.user.is_active = False
        device.user.save()
    else:
        setattr(device, how, datetime.now(UTC))
        device.save()
    answer = post(door, token, {"check_ins": [item()]})
    assert_refused(answer, 401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert_refused(post(door, token, {"check_ins": []}), 401, "not_authenticated")


def test_a_phone_revoked_between_door_and_commit_stores_nothing(door, phone, monkeypatch):
    device, token = phone

    def revoke():
        type(device).objects.filter(pk=device.pk).update(revoked_at=datetime.now(UTC))
        connection.close()

    def revoke_first(envelope, **limits):
        elsewhere = threading.Thread(target=revoke)
        elsewhere.start()
        elsewhere.join()
        return read_batch(envelope, **limits)

    read_batch = intake.read_batch
    monkeypatch.setattr(intake, "read_batch", revoke_first)
    assert_refused(post(door, token, {"check_ins": [item()]}), 401, "not_authenticated")
    device.refresh_from_db()
    assert device.chain_head == GENESIS


def test_the_words_are_in_the_language_asked_for(door, phone):
    wrong = post(door, phone[1], {"check_ins": [{}]}, **{"Accept-Language": "en-GB,en;q=0.9"})
    assert wrong.headers["content-language"] == "en"
    unknown = post(door, phone[1], {"check_ins": [{}]}, **{"Accept-Language": "jv, *;q=0.5"})
    assert unknown.headers["content-language"] == "id"
    assert unknown.json["results"][0]["errors"][0]["message"] == "Wajib diisi."


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_does_not_answer_is_503_and_says_when_to_come_again(door, phone, error):
    device, token = phone

    def gone(**_signal):
        raise error("the database went away")

    check_ins_recorded.connect(gone)
    try:
        answer = post(door, token, {"check_ins": [item()]})
    finally:
        check_ins_recorded.disconnect(gone)
    assert_refused(answer, 503, "busy")
    assert answer.headers["retry-after"] == "2"
    assert post(door, token, {"check_ins": [item()]}).status == 200
    assert chain_fault(device) is None


def test_listeners_hear_of_the_commit_after_it_and_cannot_spoil_the_answer(door, phone):
    device, token = phone
    heard = threading.Event()

    def listen(**signal):
        assert signal["device_ids"] == [device.pk]
        assert len(stored(device)) == 1
        heard.set()
        raise RuntimeError("a listener's fault")

    check_ins_committed.connect(listen)
    try:
        assert post(door, token, {"check_ins": [item()]}).status == 200
        assert heard.wait(5)
    finally:
        check_ins_committed.disconnect(listen)


def test_both_doors_write_into_one_chain(phone):
    device, token = phone
    doors = (through_django, through_the_short_way, through_the_short_way, through_django)
    for door in doors:
        assert post(door, token, {"check_ins": [item(), item()]}).status == 200
    assert len(stored(device)) == 8
    assert chain_fault(device) is None
