"""What many phones ask at once is answered together, and to each as if it had asked alone."""

import asyncio
from datetime import timedelta

import pytest
from django.db import OperationalError

from incidents.models import IncidentEvent, JournalHead
from incidents.services.response import take_step
from notifications import stream as stream_module
from notifications.gathering import Gathering
from notifications.models import Delivery
from notifications.policy import StreamPolicy
from notifications.services.receipts import Receipt, confirm_all
from notifications.stream import PageAsked, Place, phones_of, read_pages, standings_of
from tests.factories import T0, crew_of, make_assignment, make_device, make_unit, seconds


def phones_with_an_alarm(count):
    """Return phones of so many crews, each with an assignment of its own, taken and on its way."""
    phones = [make_device(crew_of(make_unit())[0]) for _ in range(count)]
    for phone in phones:
        unit = phone.user.shifts.get().unit
        assignment = make_assignment(unit=unit)
        for number, step in enumerate(("acknowledged", "en_route"), start=1):
            at = T0 + seconds(number)
            take_step(assignment=assignment, step=step, at=at, actor=phone.user, now=at)
    return phones


def page_of(phone, after=0, limit=200):
    return PageAsked(phone.user_id, phone.pk, after, limit)


def seqs_of(phone):
    rows = Delivery.objects.filter(person=phone.user).order_by("event_id")
    return list(rows.values_list("event_id", flat=True))


@pytest.fixture(autouse=True)
def the_time_is_that_of_the_story(monkeypatch):
    """The rows of the story are not older than what is kept."""
    policy = StreamPolicy(kept_days=100_000)
    for name in ("notifications.selectors.STREAM",):
        monkeypatch.setattr(name, policy)


@pytest.mark.django_db
def test_each_phone_reads_its_own_next_events_whoever_asks_beside_it(monkeypatch):
    monkeypatch.setattr(stream_module, "STREAM", StreamPolicy(page_rows=4))
    far, near, gone = phones_with_an_alarm(3)
    type(gone).objects.filter(pk=gone.pk).update(revoked_at=T0)
    place = seqs_of(near)[-2]

    pages = read_pages([page_of(far, limit=2), page_of(near, after=place), page_of(gone)])

    told = [[event.seq for _, event in page.events] for page in pages]
    assert told == [seqs_of(far)[:2], [seqs_of(near)[-1]], []]
    assert [page.trusted for page in pages] == [True, True, False]
    for page, phone in zip(pages, (far, near), strict=False):
        assert {row.person_id for row, _ in page.events} == {phone.user_id}


@pytest.mark.django_db
def test_a_page_near_the_end_holds_no_more_than_was_asked_for():
    (phone,) = phones_with_an_alarm(1)

    (page,) = read_pages([page_of(phone, limit=1)])

    assert [event.seq for _, event in page.events] == seqs_of(phone)[:1]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 5])
def test_the_queries_do_not_grow_with_the_phones(count, django_assert_max_num_queries):
    phones = phones_with_an_alarm(count)
    receipts = [Receipt(one.pk, seqs_of(one)[-1], seqs_of(one), earlier=False) for one in phones]
    confirm_all(receipts)  # the first one marks each assignment delivered

    with django_assert_max_num_queries(1):
        signed_in = phones_of([phone.token for phone in phones])
    with django_assert_max_num_queries(3):
        standings_of([Place(phone.user_id, 1, None) for phone in phones])
    with django_assert_max_num_queries(9):
        read_pages([page_of(phone) for phone in phones])
    with django_assert_max_num_queries(1):
        confirm_all(receipts)

    assert [one.device_id for one in signed_in] == [phone.pk for phone in phones]


@pytest.mark.django_db
def test_a_stranger_among_known_phones_is_nobody_and_a_signed_out_one_is_not_trusted():
    known, out = phones_with_an_alarm(2)
    type(out).objects.filter(pk=out.pk).update(signed_out_at=T0)

    first, stranger, second = phones_of([known.token, "gd1_" + "x" * 43, out.token])

    assert (first.device_id, first.trusted, first.newest) == (known.pk, True, seqs_of(known)[-1])
    assert stranger is None
    assert (second.device_id, second.trusted) == (out.pk, False)


@pytest.mark.django_db
def test_of_those_who_come_back_only_the_lost_start_anew(monkeypatch):
    phones = phones_with_an_alarm(1)
    monkeypatch.setattr("notifications.selectors.STREAM", StreamPolicy(kept_days=30))
    head = JournalHead.objects.get()
    person = phones[0].user_id
    IncidentEvent.objects.filter(seq__lte=2).update(recorded_at=T0 - timedelta(days=400))
    now = stream_module.datetime.now(T0.tzinfo)
    IncidentEvent.objects.filter(seq__gt=2).update(recorded_at=now)
    places = [
        Place(person, 0, None),
        Place(person, 1, None),
        Place(person, 2, None),
        Place(person, head.seq, str(head.epoch)),
        Place(person, head.seq, "another history"),
        Place(person, head.seq + 1, None),
    ]

    assert [one.lost for one in standings_of(places)] == [False, True, False, False, True, True]


@pytest.mark.django_db
@pytest.mark.parametrize("turned", [False, True])
def test_two_phones_of_one_person_confirm_together_each_for_itself(turned):
    (first,) = phones_with_an_alarm(1)
    second = make_device(first.user)
    if turned:  # whichever the database finds first
        first, second = second, first
    newest = seqs_of(first)[-1]
    sent = [Receipt(one.pk, newest, [newest], earlier=False) for one in (first, second)]

    confirmed = confirm_all(sent)

    row = Delivery.objects.get(person=first.user, event=newest)
    received = row.attempts.filter(state="received").values_list("device", flat=True)
    assert confirmed == 2
    assert row.received_on == first
    assert set(received) == {first.pk, second.pk}


async def test_what_gathers_during_one_answer_is_in_the_next():
    asked, gate = [], asyncio.Event()

    async def double(numbers):
        asked.append(numbers)
        await gate.wait()
        return [2 * number for number in numbers]

    gathering = Gathering(double)
    first = asyncio.create_task(gathering.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(gathering.ask(number)) for number in (2, 3)]
    gate.set()

    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert asked == [[1], [2, 3]]


async def test_what_comes_right_after_an_answer_comes_together():
    asked = []

    async def double(numbers):
        asked.append(numbers)
        return [2 * number for number in numbers]

    gathering = Gathering(double)
    first = await gathering.ask(1)
    second = asyncio.create_task(gathering.ask(2))
    for _ in range(5):
        await asyncio.sleep(0)
    third = asyncio.create_task(gathering.ask(3))

    assert [first, await second, await third] == [2, 4, 6]
    assert asked == [[1], [2, 3]]


async def test_one_that_cannot_be_answered_costs_the_others_nothing():
    async def invert(numbers):
        return [1 / number for number in numbers]

    gathering = Gathering(invert)
    answers = await asyncio.gather(*map(gathering.ask, (1, 0, 2)), return_exceptions=True)

    assert (answers[0], answers[2]) == (1, 0.5)
    assert isinstance(answers[1], ZeroDivisionError)


async def test_a_database_that_is_away_is_asked_once():
    asked = []

    async def away(numbers):
        asked.append(numbers)
        raise OperationalError

    gathering = Gathering(away)
    answers = await asyncio.gather(*map(gathering.ask, (1, 2)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [OperationalError] * 2
    assert asked == [[1, 2]]
