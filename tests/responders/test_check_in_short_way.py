"""What only the short way has: a queue, a cache of bearers, somebody behind it."""

import asyncio
import json
import threading
import uuid
from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError

from responders.check_in_batches import ShapeError
from responders.check_ins import read_item
from responders.ingest.asgi import CheckInApplication
from responders.ingest.bearers import BEARERS, Bearer, BearerCache, BearerDesk
from responders.ingest.commit import Revoked
from responders.ingest.intake import record_fixes, submit_check_ins, submit_fixes
from responders.ingest.queue import Busy
from responders.policy import CHECK_INS, TokenCachePolicy
from responders.signals import check_ins_recorded, device_revoked
from responders.tokens import digest_of
from tests.responders.doors import call_short_way, short_way
from tests.responders.phones import chain_fault, item, make_phone, stored

pytestmark = pytest.mark.usefixtures("flusher")


@pytest.fixture
def phone(transactional_db):
    return make_phone()


def headers_of(token):
    return {"Authorization": f"Bearer {token}"}


def upload(*items):
    return json.dumps({"check_ins": items or [item()]}).encode()


def hold_commits():
    """Return a receiver that keeps the commit open until its second event is set."""
    begun, free = threading.Event(), threading.Event()

    def hold(**_signal):
        begun.set()
        assert free.wait(10)

    return hold, begun, free


@pytest.mark.parametrize(
    "request_of",
    [
        {"method": "GET"},
        {"method": "OPTIONS"},
        {"path": "/api/v1/check-ins/"},
        {"path": "/api/v1/me"},
        {"type": "websocket"},
        {"type": "lifespan"},
    ],
)
def test_every_other_request_goes_on(request_of, settings):
    reached = []

    async def inner(scope, receive, send):
        reached.append(scope)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/check-ins", **request_of}
    async_to_sync(CheckInApplication(inner, problem_body=dict))(scope, None, None)
    assert reached == [scope]


@pytest.mark.parametrize(
    ("scope", "headers", "taken"),
    [
        ({"scheme": "https"}, {}, True),
        ({"scheme": "http"}, {}, False),
        ({"scheme": "http"}, {"X-Forwarded-Proto": "https"}, True),
        ({"scheme": "https"}, {"X-Forwarded-Proto": "http"}, False),
    ],
)
def test_where_tls_is_asked_for_plain_http_goes_on_to_be_redirected(
    settings, phone, scope, headers, taken
):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    async def inner(scope, receive, send):
        await send({"type": "http.response.start", "status": 301, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    answer = async_to_sync(call_short_way)(
        [upload()], {**headers_of(phone[1]), **headers}, inner=inner, **scope
    )
    assert answer.status == (200 if taken else 301)


def test_the_setting_turns_it_off(settings):
    settings.GERAK_SHORT_WAY = False
    reached = []

    async def inner(scope, receive, send):
        reached.append(scope["path"])

    scope = {"type": "http", "method": "POST", "path": "/api/v1/check-ins"}
    async_to_sync(CheckInApplication(inner, problem_body=dict))(scope, None, None)
    assert reached == ["/api/v1/check-ins"]


def test_a_body_may_come_in_pieces(phone):
    device, token = phone
    body = upload(item(), item())
    chunks = [body[:1], b"", body[1:40], body[40:]]
    assert async_to_sync(call_short_way)(chunks, headers_of(token)).status == 200
    assert len(stored(device)) == 2


def test_a_body_in_pieces_that_grows_too_large_is_cut_off(phone):
    chunks = [b" " * 600_000, b" " * 600_000, b"never read"]
    answer = async_to_sync(call_short_way)(chunks, headers_of(phone[1]))
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_a_declared_length_too_large_is_refused_unread(phone):
    headers = {**headers_of(phone[1]), "Content-Length": "9" * 30}
    answer = async_to_sync(call_short_way)([b""], headers)
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_a_phone_that_leaves_in_the_middle_of_its_body_stores_nothing(phone):
    device, token = phone

    async def leave():
        request = short_way(headers_of(token))
        await request.send_input({"type": "http.request", "body": b"{", "more_body": True})
        await request.send_input({"type": "http.disconnect"})
        await request.wait(5)
        assert await request.receive_nothing()

    async_to_sync(leave)()
    assert stored(device) == []


def test_a_queue_that_is_closing_answers_503_with_retry_after(phone, flusher):
    device, token = phone
    flusher.drain()
    answer = async_to_sync(call_short_way)([upload()], headers_of(token))
    assert (answer.status, answer.json["code"]) == (503, "busy")
    assert answer.headers["retry-after"] == "2"
    assert stored(device) == []


def test_no_answer_leaves_before_its_rows_are_committed(phone):
    device, token = phone
    hold, begun, free = hold_commits()
    check_ins_recorded.connect(hold)

    async def watch():
        request = short_way(headers_of(token))
        await request.send_input({"type": "http.request", "body": upload()})
        assert await asyncio.to_thread(begun.wait, 10)
        assert await request.receive_nothing(0.1)
        free.set()
        assert (await request.receive_output(5))["status"] == 200

    try:
        async_to_sync(watch)()
    finally:
        free.set()
        check_ins_recorded.disconnect(hold)
    assert len(stored(device)) == 1


def test_eight_uploads_at_once_keep_one_chain(phone):
    device, token = phone

    async def all_at_once():
        return await asyncio.gather(
            *(call_short_way([upload(item(), item())], headers_of(token)) for _phone in range(8))
        )

    answers = async_to_sync(all_at_once)()
    assert [answer.status for answer in answers] == [200] * 8
    assert len(stored(device)) == 16
    assert chain_fault(device) is None


def test_the_socket_gets_the_same_answer(phone):
    device, _token = phone
    envelope = {"type": "check_ins", "ref": 7, "check_ins": [item(), {}]}
    answer = async_to_sync(submit_check_ins)(
        device_id=device.pk, envelope=envelope, received_at=datetime.now(UTC)
    )
    assert set(answer) == {"results", "server_time"}
    assert [result["status"] for result in answer["results"]] == ["stored", "rejected"]
    assert chain_fault(device) is None


def test_the_socket_is_told_what_went_wrong(phone, flusher):
    device, _token = phone
    call = async_to_sync(submit_check_ins)
    with pytest.raises(ShapeError) as caught:
        call(device_id=device.pk, envelope={}, received_at=datetime.now(UTC))
    assert caught.value.code == "required"
    with pytest.raises(Revoked):
        call(device_id=uuid.uuid4(), envelope={"check_ins": []}, received_at=datetime.now(UTC))
    flusher.drain()
    with pytest.raises(Busy):
        call(device_id=device.pk, envelope={"check_ins": []}, received_at=datetime.now(UTC))


@pytest.mark.parametrize("door", [record_fixes, async_to_sync(submit_fixes)])
def test_fixes_of_other_wire_formats_join_the_chain(phone, door):
    device, _token = phone
    now = datetime.now(UTC)
    fix = read_item(item(), received_at=now, policy=CHECK_INS)
    fix.source_auth, fix.time_suspect = "weak", True
    assert door(device_id=device.pk, fixes=[fix, fix], received_at=now) == [True, False]
    assert [(row.source_auth, row.time_suspect) for row in stored(device)] == [("weak", True)]
    with pytest.raises(Revoked):
        door(device_id=uuid.uuid4(), fixes=[fix], received_at=now)


def test_a_bearer_is_asked_of_the_database_once(phone, django_assert_num_queries):
    device, token = phone
    assert BEARERS.get(token) is None
    assert BEARERS.look_up([token]) == {token: Bearer(device.pk, device.user_id, "crew")}
    with django_assert_num_queries(0):
        assert BEARERS.get(token) == Bearer(device.pk, device.user_id, "crew")


def test_revocation_empties_the_cache(phone):
    device, token = phone
    BEARERS.look_up([token])
    device_revoked.send(sender=type(device), device_id=device.pk)
    assert BEARERS.get(token) is None


def test_a_bearer_read_while_the_cache_was_emptied_is_not_kept(phone, monkeypatch):
    device, token = phone
    cache = BearerCache()

    def read_then_revoked(digests):
        cache.clear()
        return {digest: Bearer(device.pk, device.user_id, "crew") for digest in digests}

    monkeypatch.setattr("responders.ingest.bearers._read_bearers", read_then_revoked)
    assert list(cache.look_up([token])) == [token]
    assert len(cache) == 0


def test_the_cache_is_bounded_in_size_and_age(phone):
    tokens = [phone[1], make_phone()[1], make_phone()[1]]
    small = BearerCache(policy=TokenCachePolicy(entries_max=2))
    for token in tokens:
        small.look_up([token])
    assert [small.get(token) is not None for token in tokens] == [False, True, True]

    old = BearerCache(policy=TokenCachePolicy(ttl_s=-1))
    old.look_up([phone[1]])
    assert old.get(phone[1]) is None
    assert digest_of(phone[1]) not in old._entries


@pytest.mark.parametrize("broken", [False, True])
def test_tokens_that_wait_during_one_query_share_the_next(broken):
    begun, free, asked = threading.Event(), threading.Event(), []
    bearer = Bearer(uuid.uuid4(), 7, "crew")

    class Cache(BearerCache):
        def look_up(self, tokens):
            asked.append(set(tokens))
            begun.set()
            assert free.wait(10)
            if broken:
                raise OperationalError
            return {"b": bearer}

    async def ask():
        desk = BearerDesk(Cache())
        first = asyncio.create_task(desk.bearer("a"))
        await asyncio.to_thread(begun.wait, 10)
        others = [asyncio.create_task(desk.bearer(token)) for token in "bcb"]
        gone = asyncio.create_task(desk.bearer("d"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        free.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    answers = asyncio.run(ask())

    assert asked == [{"a"}, {"b", "c"}]
    if broken:
        assert [type(answer) for answer in answers] == [OperationalError] * 4
    else:
        assert answers == [None, bearer, None, bearer]


def test_strangers_are_not_kept(phone):
    assert BEARERS.look_up(["gd1_" + "x" * 43]) == {}
    assert len(BEARERS) == 0
