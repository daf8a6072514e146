"""Whatever mood Firebase is in: the exact path of states, at most three posts, red in 30 s.

The clock of the sweeps is made up; the sender, the provider's answers and how long a worker is busy
are real.
"""

import time
from contextlib import suppress
from datetime import timedelta

import pytest

from incidents.models import IncidentEvent
from incidents.services.timers import fire_due
from notifications.models import Delivery, DeliveryAttempt
from notifications.senders.push import PushSender
from notifications.services import pushing
from notifications.services.delivery import Inline, deliver_due
from tests.factories import T0, crew_of, make_assignment, make_device, make_unit, seconds
from tests.fcm_google import Mood
from tests.fcm_standin import fcm

pytestmark = pytest.mark.django_db
__all__ = ["fcm"]

BUSY_S = 5.0
THRICE = (0, 5, 17)  # study 4.4: retry at +5 s, +12 s, then the ladder's next step
ASKED = (0, 7, 19)  # the provider asks for 7 s; the second pause is longer anyway


def retried(detail, at=THRICE):
    return [("retry", at[0], detail), ("retry", at[1], detail), ("dead", at[2], detail)]


MOODS = [
    (Mood.UNAVAILABLE, retried("503 UNAVAILABLE"), 3),
    (Mood.UNAVAILABLE_RETRY_AFTER, retried("503 UNAVAILABLE", ASKED), 3),
    (Mood.UNAVAILABLE_RETRY_DATE, retried("503 UNAVAILABLE", ASKED), 3),
    (Mood.INTERNAL, retried("500 INTERNAL"), 3),
    (Mood.QUOTA, retried("429 QUOTA_EXCEEDED"), 3),
    (Mood.QUOTA_RETRY_AFTER, retried("429 QUOTA_EXCEEDED", ASKED), 3),
    (Mood.HANG, retried("no answer in time"), 3),
    (Mood.DROP_AFTER_ACCEPT, retried("no connection"), 3),
    (Mood.GARBAGE, retried("unreadable answer"), 3),
    (Mood.GARBAGE_ERROR, retried("unexpected AttributeError"), 3),
    (Mood.REDIRECT, retried("307"), 3),
    (Mood.UNREGISTERED, [("dead", 0, "404 UNREGISTERED")], 1),
    (Mood.BAD_ADDRESS, [("dead", 0, "400 INVALID_ARGUMENT on the address")], 1),
    (Mood.SENDER_MISMATCH, [("dead", 0, "403 SENDER_ID_MISMATCH")], 1),
    (Mood.THIRD_PARTY_AUTH, [("dead", 0, "401 THIRD_PARTY_AUTH_ERROR")], 1),
    (Mood.BAD_MESSAGE, [("dead", 0, "400 INVALID_ARGUMENT")], 1),
    (Mood.UNAUTHENTICATED, retried("401 UNAUTHENTICATED"), 3),
    (Mood.TOKEN_UNAVAILABLE, retried("token endpoint unavailable"), 0),
    (Mood.TOKEN_HANG, retried("token endpoint unavailable"), 0),
    (Mood.TOKEN_GARBAGE, retried("token endpoint unavailable"), 0),
    (Mood.TOKEN_REFUSED, [("dead", 0, "service account refused")], 0),
    (Mood.OK, [("accepted", 0, "projects/gerak-stand-in/messages/1")], 1),
]


@pytest.fixture
def sender(fcm, monkeypatch):
    made = PushSender.from_file(str(fcm.credentials_path), stand_in_url=fcm.url)
    monkeypatch.setattr(pushing, "current_sender", lambda: made)
    yield made
    made.close()


@pytest.mark.parametrize(("mood", "path", "posts"), MOODS, ids=[row[0].value for row in MOODS])
def test_the_path_of_an_alarm(fcm, sender, mood, path, posts):
    fcm.mood = mood
    unit = make_unit()
    phone = make_device(crew_of(unit)[0], push_token="dZ9:APA91b-phone-one")
    make_assignment(unit=unit)

    busiest_s, red_at = 0.0, None
    for count in range(31):
        now = T0 + seconds(count)
        started = time.monotonic()
        deliver_due(now, pool=Inline())
        busiest_s = max(busiest_s, time.monotonic() - started)
        fire_due(now)
        if red_at is None and IncidentEvent.objects.filter(kind="deadline.missed").exists():
            red_at = count

    rows = DeliveryAttempt.objects.order_by("pk").values_list("state", "at", "detail")
    took = [(state, round((at - T0) / timedelta(seconds=1)), detail) for state, at, detail in rows]
    assert took == path
    assert len(fcm.posts) == posts
    assert red_at == 20
    assert busiest_s < BUSY_S
    assert Delivery.objects.get().next_attempt_at is None
    phone.refresh_from_db()
    assert (phone.push_dead_at is not None) == (mood in (Mood.UNREGISTERED, Mood.BAD_ADDRESS))


def test_two_phones_that_hang_keep_a_worker_no_longer_than_one(fcm, sender):
    fcm.mood = Mood.HANG
    unit = make_unit()
    for number in range(2):
        make_device(crew_of(unit)[0], push_token=f"dZ9:APA91b-phone-{number}")
    make_assignment(unit=unit)

    started = time.monotonic()
    deliver_due(T0, pool=Inline())
    busy_s = time.monotonic() - started

    assert [row.detail for row in DeliveryAttempt.objects.all()] == ["no answer in time"] * 2
    assert busy_s < BUSY_S


class Killed(BaseException):
    """The process ends here, as by SIGKILL: nothing below it cleans up."""


@pytest.mark.parametrize("kills", [1, 2, 3])
def test_a_process_that_dies_before_it_records_makes_room_for_no_fourth_post(
    fcm, sender, monkeypatch, kills
):
    fcm.mood = Mood.UNAVAILABLE
    unit = make_unit()
    make_device(crew_of(unit)[0], push_token="dZ9:APA91b-phone-one")
    make_assignment(unit=unit)
    record, left = pushing._record, iter(range(kills))

    def dies_first(*given, **named):
        if next(left, None) is not None:
            raise Killed
        return record(*given, **named)

    monkeypatch.setattr(pushing, "_record", dies_first)
    for second in range(90):
        with suppress(Killed):
            deliver_due(T0 + seconds(second), pool=Inline())

    assert len(fcm.posts) == 3
    delivery = Delivery.objects.get()
    assert (delivery.attempts_made, delivery.next_attempt_at) == (3, None)
    assert delivery.attempts.order_by("pk").last().state == DeliveryAttempt.State.DEAD
