"""The stand-in for Firebase is as strict as the published interface."""

import json
import time
from typing import Any

import jwt
import pytest
import requests

from tests.fcm_google import (
    AUDIENCE,
    CLIENT_EMAIL,
    GRANT_TYPE,
    PROJECT_ID,
    SCOPES,
    private_key,
    problem_of_assertion,
)
from tests.fcm_schema import BadField, check_request
from tests.fcm_standin import FcmStandin, fcm

__all__ = ["fcm"]


def claims(**changes: Any) -> dict[str, Any]:
    now_s = int(time.time())
    made = {
        "iss": CLIENT_EMAIL,
        "aud": AUDIENCE,
        "iat": now_s,
        "exp": now_s + 3600,
        "scope": sorted(SCOPES)[0],
    }
    return {**made, **changes}


def signed(made: dict[str, Any]) -> str:
    return jwt.encode(made, private_key(), algorithm="RS256")


def bearer(fcm: FcmStandin) -> dict[str, str]:
    form = {"grant_type": GRANT_TYPE, "assertion": signed(claims())}
    answer = requests.post(f"{fcm.url}/token", data=form, timeout=5)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def send_url(fcm: FcmStandin) -> str:
    return f"{fcm.url}/v1/projects/{PROJECT_ID}/messages:send"


def test_a_message_needs_a_token_that_was_given_out(fcm: FcmStandin) -> None:
    body = {"message": {"token": "phone"}}

    anonymous = requests.post(send_url(fcm), json=body, timeout=5)
    invented = requests.post(
        send_url(fcm), json=body, headers={"Authorization": "Bearer x"}, timeout=5
    )
    known = requests.post(send_url(fcm), json=body, headers=bearer(fcm), timeout=5)

    assert [anonymous.status_code, invented.status_code, known.status_code] == [401, 401, 200]
    assert known.json() == {"name": f"projects/{PROJECT_ID}/messages/3"}
    assert [post.address for post in fcm.accepted] == ["phone"]


def test_an_unknown_field_is_answered_in_googles_form(fcm: FcmStandin) -> None:
    body = {"message": {"token": "phone", "android": {"prio": "high"}}}

    answer = requests.post(send_url(fcm), json=body, headers=bearer(fcm), timeout=5)

    why = 'Invalid value: Cannot find field "prio".'
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": {
                "code": 400,
                "message": why,
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                        "errorCode": "INVALID_ARGUMENT",
                    },
                    {
                        "@type": "type.googleapis.com/google.rpc.BadRequest",
                        "fieldViolations": [{"field": "message.android.prio", "description": why}],
                    },
                ],
            }
        },
    )
    assert fcm.accepted == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({}, "message"),
        ({"message": {}}, "message"),
        ({"message": {"token": "a", "fid": "b"}}, "message"),
        ({"message": {"token": ""}}, "message.token"),
        ({"message": {"token": "a b"}}, "message.token"),
        ({"message": {"token": "a", "to": "b"}}, "message.to"),
        ({"message": {"token": "a"}, "dryRun": True}, "dry_run"),
        ({"message": {"token": "a", "data": {"seq": 1}}}, "message.data[seq]"),
        ({"message": {"token": "a", "data": {"from": "x"}}}, "message.data[from]"),
        ({"message": {"token": "a", "data": {"k": "x" * 4096}}}, "message.data"),
        ({"message": {"token": "a", "android": {"ttl": "5"}}}, "message.android.ttl"),
        ({"message": {"token": "a", "android": {"ttl": "2419201s"}}}, "message.android.ttl"),
        ({"message": {"token": "a", "android": {"priority": 10}}}, "message.android.priority"),
        ({"message": {"token": "a", "notification": {"sound": "x"}}}, "message.notification.sound"),
        ({"message": {"token": "a", "apns": {"payload": {}}}}, "message.apns.payload.aps"),
        (
            {"message": {"token": "a", "apns": {"headers": {"apns-priority": "9"}}}},
            "message.apns.headers[apns-priority]",
        ),
        (
            {"message": {"token": "a", "webpush": {"headers": {"Urgency": "now"}}}},
            "message.webpush.headers[Urgency]",
        ),
    ],
)
def test_what_the_service_would_refuse_is_refused(body: Any, field: str) -> None:
    with pytest.raises(BadField) as caught:
        check_request(json.loads(json.dumps(body)))

    assert caught.value.field == field


def test_both_spellings_of_a_field_are_taken() -> None:
    message = {"token": "a", "android": {"collapseKey": "k", "direct_boot_ok": True}}

    assert check_request({"validateOnly": True, "message": message}) == message


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://127.0.0.1/token"},
        {"iss": "somebody@else"},
        {"exp": int(time.time()) - 1},
        {"exp": int(time.time()) + 7200},
        {"scope": "https://www.googleapis.com/auth/drive"},
    ],
    ids=str,
)
def test_a_wrong_assertion_gets_no_token(changes: dict[str, Any]) -> None:
    assert problem_of_assertion(signed(claims())) == ""
    assert problem_of_assertion(signed(claims(**changes))) != ""


def test_an_assertion_signed_by_nobody_gets_no_token() -> None:
    head, body, _ = signed(claims()).split(".")

    assert problem_of_assertion(f"{head}.{body}.AAAA") != ""


def test_the_mood_can_be_changed_by_hand(fcm: FcmStandin) -> None:
    requests.post(f"{fcm.url}/mood", json={"mood": "unregistered", "address": "gone"}, timeout=5)
    headers = bearer(fcm)

    statuses = [
        requests.post(
            send_url(fcm), json={"message": {"fid": fid}}, headers=headers, timeout=5
        ).status_code
        for fid in ("gone", "here")
    ]

    assert statuses == [404, 200]
    posts = requests.get(f"{fcm.url}/posts", timeout=5).json()["posts"]
    assert [(post["mood"], post["accepted"]) for post in posts] == [
        ("unregistered", False),
        ("ok", True),
    ]
