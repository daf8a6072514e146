"""The list of a phone's stored check-ins."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from responders.ingest.intake import record_upload
from tests.responders.phones import item, make_phone, stored

pytestmark = pytest.mark.django_db

RECEIVED_AT = datetime(2026, 11, 23, 12, 0, 0, 123999, UTC)


def send(device, *items):
    record_upload(device_id=device.pk, envelope={"check_ins": list(items)}, received_at=RECEIVED_AT)


def list_of(token, query=""):
    return Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/v1/check-ins{query}")


def test_a_check_in_is_listed_as_stored():
    device, token = make_phone()
    sent = item(at=RECEIVED_AT, recorded_at="2026-11-23T18:59:59.5+07:00", source="gps")
    send(device, sent)
    row = stored(device)[0]
    assert list_of(token).json() == {
        "check_ins": [
            {
                "id": sent["id"],
                "recorded_at": "2026-11-23T11:59:59.500Z",
                "received_at": "2026-11-23T12:00:00.123Z",
                "lat": -0.789,
                "lon": 100.655,
                "accuracy_m": 8.5,
                "speed_mps": None,
                "heading_deg": None,
                "altitude_m": None,
                "battery_pct": None,
                "is_mock": None,
                "source": "gps",
                "hash": row.hash,
            }
        ]
    }


def test_a_phone_sees_its_own_newest_first():
    (device, token), (other, _) = make_phone(), make_phone()
    sent = [item(at=RECEIVED_AT, ago_s=second) for second in (5, 50, 20)]
    send(device, *sent)
    send(other, item(at=RECEIVED_AT))
    listed = list_of(token).json()["check_ins"]
    assert [entry["id"] for entry in listed] == [entry["id"] for entry in reversed(sent)]


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 100), ("?limit=2", 2), ("?limit=10001", 120), ("?limit=9999999999", 120)],
)
def test_the_limit_is_clamped(query, count):
    device, token = make_phone()
    send(device, *(item(at=RECEIVED_AT) for _number in range(120)))
    assert len(list_of(token, query).json()["check_ins"]) == count


@pytest.mark.parametrize(
    ("limit", "code"),
    [("x", "not_a_number"), ("-1", "not_a_number"), ("", "not_a_number"), ("0", "out_of_range")],
)
def test_a_limit_that_is_none_is_refused(limit, code):
    answer = list_of(make_phone()[1], f"?limit={limit}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "limit"
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("limit", code)]


def test_an_official_and_a_stranger_see_none():
    assert list_of(make_phone(role="official")[1]).status_code == 403
    assert list_of("gd1_" + "x" * 43).status_code == 401


def test_the_list_costs_the_same_for_one_row_and_for_many(django_assert_num_queries):
    device, token = make_phone()
    send(device, item(at=RECEIVED_AT))
    with django_assert_num_queries(2):
        list_of(token)
    send(device, *(item(at=RECEIVED_AT) for _number in range(30)))
    with django_assert_num_queries(2):
        list_of(token)
