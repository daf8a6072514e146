"""The sender of pushes against a stand-in for Firebase in every mood it can have."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from firebase_admin import messaging

from notifications.senders.account import PushMisconfigured
from notifications.senders.base import Message, Outcome
from notifications.senders.choose import current_sender, reset_sender
from notifications.senders.console import ConsoleSender
from notifications.senders.fcm_errors import parse_retry_after
from notifications.senders.push import MAX_UNDER_WAY, PushSender
from tests.fcm_google import RETRY_AFTER_S, Mood
from tests.fcm_standin import FcmStandin, fcm

__all__ = ["fcm"]

PROMISED_S = 5.0


def message(**changes: object) -> Message:
    fields = {
        "push_token": "dZ9:APA91b-phone-one",
        "kind": "registration",
        "title": "Tugas baru",
        "body": "Buka aplikasi",
        "data": {"kind": "assignment.dispatched", "seq": "17"},
        "urgent": True,
        "ttl_s": 600,
        "collapse_key": "assignment",
    }
    return Message(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.fixture
def sender(fcm: FcmStandin) -> Iterator[PushSender]:
    made = PushSender.from_file(str(fcm.credentials_path), stand_in_url=fcm.url)
    yield made
    made.close()


def timed(sender: PushSender, sent: Message) -> tuple[Outcome, float]:
    started = time.monotonic()
    outcome = sender.send(sent)
    return outcome, time.monotonic() - started


def retry(detail: str, **more: object) -> Outcome:
    return Outcome(state="retry", detail=detail, **more)  # type: ignore[arg-type]


def dead(detail: str, **more: object) -> Outcome:
    return Outcome(state="dead", detail=detail, **more)  # type: ignore[arg-type]


OUTCOMES = [
    (Mood.OK, Outcome(state="accepted", detail="projects/gerak-stand-in/messages/1"), 1),
    (Mood.UNAVAILABLE, retry("503 UNAVAILABLE"), 1),
    (Mood.UNAVAILABLE_RETRY_AFTER, retry("503 UNAVAILABLE", retry_after_s=RETRY_AFTER_S), 1),
    (Mood.INTERNAL, retry("500 INTERNAL"), 1),
    (Mood.QUOTA, retry("429 QUOTA_EXCEEDED"), 1),
    (Mood.QUOTA_RETRY_AFTER, retry("429 QUOTA_EXCEEDED", retry_after_s=RETRY_AFTER_S), 1),
    (Mood.HANG, retry("no answer in time"), 1),
    (Mood.DROP_AFTER_ACCEPT, retry("no connection"), 1),
    (Mood.UNREGISTERED, dead("404 UNREGISTERED", token_dead=True), 1),
    (Mood.NO_PROJECT, dead("404 NOT_FOUND", configuration_fault=True), 1),
    (Mood.BAD_ADDRESS, dead("400 INVALID_ARGUMENT on the address", token_dead=True), 1),
    (Mood.BAD_ADDRESS_FIELD, dead("400 INVALID_ARGUMENT on the address", token_dead=True), 1),
    (Mood.BAD_MESSAGE, dead("400 INVALID_ARGUMENT", configuration_fault=True), 1),
    (Mood.SENDER_MISMATCH, dead("403 SENDER_ID_MISMATCH", configuration_fault=True), 1),
    (Mood.THIRD_PARTY_AUTH, dead("401 THIRD_PARTY_AUTH_ERROR", configuration_fault=True), 1),
    (Mood.UNAUTHENTICATED, retry("401 UNAUTHENTICATED", configuration_fault=True), 1),
    (Mood.REDIRECT, retry("307"), 1),
    (Mood.GARBAGE, retry("unreadable answer"), 1),
    (Mood.GARBAGE_ERROR, retry("unexpected AttributeError"), 1),
    (Mood.TOKEN_UNAVAILABLE, retry("token endpoint unavailable"), 0),
    (Mood.TOKEN_HANG, retry("token endpoint unavailable"), 0),
    (Mood.TOKEN_GARBAGE, retry("token endpoint unavailable"), 0),
    (Mood.TOKEN_REFUSED, dead("service account refused", configuration_fault=True), 0),
]


@pytest.mark.parametrize(
    ("mood", "outcome", "posts"), OUTCOMES, ids=[mood.value for mood, _, _ in OUTCOMES]
)
def test_every_mood_has_its_outcome_after_at_most_one_post(
    fcm: FcmStandin, sender: PushSender, mood: Mood, outcome: Outcome, posts: int
) -> None:
    fcm.mood = mood

    told, took_s = timed(sender, message())

    assert (told, len(fcm.posts), fcm.token_requests) == (outcome, posts, 1)
    assert took_s < PROMISED_S


def test_every_mood_is_in_the_table() -> None:
    assert {mood for mood, _, _ in OUTCOMES} == set(Mood) - {Mood.UNAVAILABLE_RETRY_DATE}


def test_a_date_in_retry_after_becomes_seconds(fcm: FcmStandin, sender: PushSender) -> None:
    fcm.mood = Mood.UNAVAILABLE_RETRY_DATE

    outcome = sender.send(message())

    assert outcome.retry_after_s is not None
    assert RETRY_AFTER_S - 2 <= outcome.retry_after_s <= RETRY_AFTER_S


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", 0.0),
        ("120", 120.0),
        ("Mon, 23 Nov 2026 10:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    assert parse_retry_after(header, now=now) == seconds


def test_an_urgent_message_asks_every_platform_for_speed(
    fcm: FcmStandin, sender: PushSender
) -> None:
    before_s = int(time.time())

    sender.send(message())

    (post,) = fcm.accepted
    apns = post.message["apns"]
    expiration_s = int(apns["headers"].pop("apns-expiration"))
    assert before_s + 600 <= expiration_s <= time.time() + 600
    assert post.message == {
        "token": "dZ9:APA91b-phone-one",
        "data": {
            "title": "Tugas baru",
            "body": "Buka aplikasi",
            "kind": "assignment.dispatched",
            "seq": "17",
        },
        "android": {"priority": "high", "ttl": "600s", "collapse_key": "assignment"},
        "apns": {
            "headers": {
                "apns-push-type": "alert",
                "apns-priority": "10",
                "apns-collapse-id": "assignment",
            },
            "payload": {
                "aps": {
                    "alert": {"title": "Tugas baru", "body": "Buka aplikasi"},
                    "sound": "default",
                    "mutable-content": 1,
                }
            },
        },
        "webpush": {"headers": {"Urgency": "high", "TTL": "600", "Topic": "assignment"}},
    }


def test_a_calm_message_does_not_wake_the_phone(fcm: FcmStandin, sender: PushSender) -> None:
    sender.send(message(urgent=False, ttl_s=0, collapse_key=None))

    (post,) = fcm.accepted
    assert post.message["android"] == {"priority": "normal", "ttl": "0s"}
    assert post.message["webpush"] == {"headers": {"Urgency": "normal", "TTL": "0"}}
    assert post.message["apns"]["headers"] == {
        "apns-push-type": "alert",
        "apns-priority": "5",
        "apns-expiration": "0",
    }


def test_an_installation_id_goes_out_as_fid_and_its_error_kills_it(
    fcm: FcmStandin, sender: PushSender
) -> None:
    fcm.next_moods.extend([Mood.OK, Mood.BAD_ADDRESS_FIELD, Mood.UNREGISTERED])
    phone = message(push_token="cQ1wZ3kfT0-5fid_installAA", kind="installation")

    outcomes = [sender.send(phone) for _ in range(3)]

    assert fcm.posts[0].message["fid"] == "cQ1wZ3kfT0-5fid_installAA"
    assert "token" not in fcm.posts[0].message
    assert [(one.state, one.token_dead) for one in outcomes] == [
        ("accepted", False),
        ("dead", True),
        ("dead", True),
    ]


def test_a_long_collapse_key_is_shortened_where_a_platform_limits_it(
    fcm: FcmStandin, sender: PushSender
) -> None:
    assert sender.send(message(collapse_key="kunci " * 20)).state == "accepted"

    (post,) = fcm.accepted
    topic = post.message["webpush"]["headers"]["Topic"]
    assert len(topic) == 32
    assert post.message["apns"]["headers"]["apns-collapse-id"] == topic
    assert post.message["android"]["collapse_key"] == "kunci " * 20


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"seq": 17}},
        {"data": {17: "seq"}},
        {"push_token": ""},
        {"push_token": None},
        {"title": 5},
        {"data": None},
        {"ttl_s": None},
    ],
    ids=str,
)
def test_a_message_of_another_shape_is_refused_before_it_leaves(
    fcm: FcmStandin, sender: PushSender, changes: dict
) -> None:
    outcome = sender.send(message(**changes))

    assert outcome == dead("unusable message", configuration_fault=True)
    assert (len(fcm.posts), fcm.token_requests) == (0, 0)


@pytest.mark.parametrize("key", ["from", "google.sent", "gcm_x", "message_type"])
def test_a_reserved_data_key_is_our_fault_and_not_the_phones(
    fcm: FcmStandin, sender: PushSender, key: str
) -> None:
    outcome = sender.send(message(data={key: "x"}))

    assert outcome == dead("400 INVALID_ARGUMENT", configuration_fault=True)
    assert [post.error for post in fcm.posts] == [
        f"message.data[{key}]: Invalid value: Invalid data payload key."
    ]


def test_two_failures_and_then_success_are_three_sends(fcm: FcmStandin, sender: PushSender) -> None:
    fcm.next_moods.extend([Mood.UNAVAILABLE, Mood.QUOTA])

    states = [sender.send(message()).state for _ in range(3)]

    assert states == ["retry", "retry", "accepted"]
    assert (len(fcm.posts), len(fcm.accepted), fcm.token_requests) == (3, 1, 1)


def test_a_revoked_access_token_is_replaced_by_the_next_send(
    fcm: FcmStandin, sender: PushSender
) -> None:
    sender.send(message())
    fcm.revoke_tokens()

    outcomes = [sender.send(message()) for _ in range(2)]

    assert [one.state for one in outcomes] == ["retry", "accepted"]
    assert (len(fcm.posts), fcm.token_requests) == (3, 2)


def test_an_access_token_in_its_last_minutes_still_sends_while_its_endpoint_is_away(
    fcm: FcmStandin, sender: PushSender
) -> None:
    fcm.token_lifetime_s = 120
    sender.send(message())
    fcm.mood = Mood.TOKEN_UNAVAILABLE

    outcome = sender.send(message())

    assert (outcome.state, fcm.token_requests) == ("accepted", 2)


def test_the_name_server_that_hangs_does_not_hold_a_send(
    sender: PushSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(20) and [])

    outcome, took_s = timed(sender, message())
    answered.set()

    assert outcome == retry("no answer in time")
    assert took_s < PROMISED_S


def test_a_slow_token_leaves_no_late_post_behind(
    fcm: FcmStandin, sender: PushSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.senders.push.WALL_TIME_S", 0.2)
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *args, **more: time.sleep(0.5) or real(*args, **more)
    )

    outcome = sender.send(message())
    time.sleep(0.6)

    assert outcome == retry("no answer in time")
    assert (len(fcm.posts), fcm.token_requests) == (0, 1)


def test_nobody_listening_is_a_retry(
    fcm: FcmStandin, sender: PushSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send(message())
    fcm.stop()
    monkeypatch.setattr("notifications.senders.push.IDLE_S", 0.0)

    outcome, took_s = timed(sender, message())

    assert outcome == retry("no connection")
    assert took_s < PROMISED_S


def test_a_connection_is_kept_in_a_burst_and_not_trusted_after_a_pause(
    fcm: FcmStandin, sender: PushSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        sender.send(message())
    in_a_burst = fcm.connections
    monkeypatch.setattr("notifications.senders.push.IDLE_S", 0.0)
    sender.send(message())

    assert (in_a_burst, fcm.connections) == (2, 3)  # one of them fetched the access token


def test_two_hundred_sends_at_once_are_two_hundred_posts(
    fcm: FcmStandin, sender: PushSender
) -> None:
    phones = [message(push_token=f"phone-{number}") for number in range(200)]

    with ThreadPoolExecutor(8) as pool:
        states = {one.state for one in pool.map(sender.send, phones)}

    assert states == {"accepted"}
    assert sorted(post.address for post in fcm.accepted) == sorted(
        phone.push_token for phone in phones
    )
    assert fcm.token_requests == 1


def test_sends_that_hang_take_a_bounded_number_of_threads(
    fcm: FcmStandin, sender: PushSender
) -> None:
    sender.send(message())
    fcm.mood = Mood.HANG

    with ThreadPoolExecutor(MAX_UNDER_WAY + 1) as pool:
        outcomes = list(pool.map(sender.send, [message()] * (MAX_UNDER_WAY + 1)))

    details = sorted(one.detail for one in outcomes)
    assert details == ["no answer in time"] * MAX_UNDER_WAY + ["too many sends under way"]


def test_neither_outcome_nor_log_names_the_phone_or_the_words(
    fcm: FcmStandin, sender: PushSender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    secret = message(title="Rumah Bu Yuni", body="0812 3456 7890", data={"k": "Simpang Rumbio"})
    words = ["dZ9:APA91b", "Yuni", "0812", "Rumbio", "PRIVATE KEY"]

    told = []
    for mood in (Mood.OK, Mood.BAD_ADDRESS, Mood.UNREGISTERED, Mood.GARBAGE, Mood.UNAVAILABLE):
        fcm.mood = mood
        told.append(repr(sender.send(secret)))
    told.append(repr(ConsoleSender().send(secret)))

    assert "APA91b" not in repr(secret)
    assert [word for word in words if word in caplog.text + repr(told)] == []


def test_the_parts_of_the_library_that_the_cage_holds_are_there(sender: PushSender) -> None:
    service = messaging._get_messaging_service(sender._app)
    session = service._client.session

    assert service._client.timeout == 4.0
    assert session._max_refresh_attempts == 0
    assert {adapter.max_retries.total for adapter in session.adapters.values()} == {0}
    assert service._fcm_url.endswith("/v1/projects/gerak-stand-in/messages:send")


@pytest.mark.parametrize("part", ["_fcm_url", "_client", "_get_messaging_service"])
def test_a_library_without_those_parts_is_refused(
    fcm: FcmStandin, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    class Changed:
        pass

    changed = Changed()
    for name in {"_fcm_url", "_client"} - {part}:
        setattr(changed, name, None)
    if part == "_get_messaging_service":
        monkeypatch.delattr(messaging, part)
    else:
        monkeypatch.setattr(messaging, "_get_messaging_service", lambda _app: changed)

    with pytest.raises(PushMisconfigured, match="cannot be caged"):
        PushSender.from_file(str(fcm.credentials_path), stand_in_url=fcm.url)


def test_without_a_stand_in_the_library_is_aimed_at_google(fcm: FcmStandin) -> None:
    account = json.loads(fcm.credentials_path.read_text())
    account["token_uri"] = "https://oauth2.googleapis.com/token"
    fcm.credentials_path.write_text(json.dumps(account))

    real = PushSender.from_file(str(fcm.credentials_path))
    service = messaging._get_messaging_service(real._app)
    real.close()

    assert service._fcm_url == (
        "https://fcm.googleapis.com/v1/projects/gerak-stand-in/messages:send"
    )


# ---- which sender


@pytest.fixture
def fresh_choice() -> Iterator[None]:
    reset_sender()
    yield
    reset_sender()


@pytest.mark.usefixtures("fresh_choice")
def test_without_a_key_push_is_off(settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.GERAK_FCM_CREDENTIALS = ""
    caplog.set_level(logging.INFO)

    outcome = current_sender().send(message())

    assert outcome == dead("push is off")
    assert [record.getMessage() for record in caplog.records] == [
        "Not pushed (push is off): kind=registration urgent=True ttl_s=600"
    ]


@pytest.mark.usefixtures("fresh_choice")
def test_with_a_key_there_is_one_sender_a_process(settings, fcm: FcmStandin) -> None:
    settings.GERAK_FCM_CREDENTIALS = str(fcm.credentials_path)
    settings.GERAK_FCM_URL = f"{fcm.url}/"

    sender = current_sender()

    assert current_sender() is sender
    assert sender.send(message()).state == "accepted"
    assert len(fcm.accepted) == 1


NO_MAIL = '{"type": "service_account", "project_id": "p"}'
BAD_FILES = [
    ("not json", "the service-account file cannot be read (JSONDecodeError)"),
    ('["list"]', "the file is not a service account"),
    ('{"type": "authorized_user"}', "the file is not a service account"),
    (NO_MAIL, "the service-account file has no client_email"),
]


@pytest.mark.usefixtures("fresh_choice")
@pytest.mark.parametrize(("content", "reason"), BAD_FILES)
def test_a_key_that_cannot_be_used_is_told_with_every_push(
    settings, tmp_path: Path, content: str, reason: str
) -> None:
    path = tmp_path / "key.json"
    path.write_text(content)
    settings.GERAK_FCM_CREDENTIALS = str(path)
    settings.GERAK_FCM_URL = ""

    outcome = current_sender().send(message())

    assert outcome == dead(f"push is misconfigured: {reason}", configuration_fault=True)


def test_a_key_that_is_no_key_is_refused(fcm: FcmStandin) -> None:
    account = json.loads(fcm.credentials_path.read_text())
    fcm.credentials_path.write_text(json.dumps({**account, "private_key": "no key"}))

    with pytest.raises(PushMisconfigured, match="the private key cannot be read"):
        PushSender.from_file(str(fcm.credentials_path), stand_in_url=fcm.url)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PushMisconfigured, match="FileNotFoundError"):
        PushSender.from_file(str(tmp_path / "none.json"))


FOREIGN = [
    "http://169.254.169.254/token",
    "https://evil.example/token",
    "http://oauth2.googleapis.com/token",
    "https://oauth2.googleapis.com.evil.example/token",
    "https://oauth2.googleapis.com/token/../x",
    "http://127.0.0.1@evil.example/token",
    "http://evil.example\\@127.0.0.1/token",
    "http://127.0.0.1.evil.example/token",
    "file:///etc/passwd",
    "http://127.0.0.1:port/token",
    "http://[::1/token",
]


@pytest.mark.parametrize("stand_in_url", ["", "http://127.0.0.1:9112"])
@pytest.mark.parametrize("token_uri", FOREIGN)
def test_a_foreign_token_address_is_refused(
    fcm: FcmStandin, token_uri: str, stand_in_url: str
) -> None:
    account = json.loads(fcm.credentials_path.read_text())
    fcm.credentials_path.write_text(json.dumps({**account, "token_uri": token_uri}))

    with pytest.raises(PushMisconfigured, match="foreign token_uri"):
        PushSender.from_file(str(fcm.credentials_path), stand_in_url=stand_in_url)


def test_a_token_address_on_loopback_needs_a_stand_in(fcm: FcmStandin) -> None:
    with pytest.raises(PushMisconfigured, match="foreign token_uri"):
        PushSender.from_file(str(fcm.credentials_path))


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "http://evil.example", "http://a@127.0.0.1", "127.0.0.1:9112", "x"]
)
def test_a_stand_in_elsewhere_must_be_https(fcm: FcmStandin, url: str) -> None:
    with pytest.raises(PushMisconfigured, match="GERAK_FCM_URL"):
        PushSender.from_file(str(fcm.credentials_path), stand_in_url=url)
