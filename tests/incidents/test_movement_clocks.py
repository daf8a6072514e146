"""A phone's clock that is set again and again: what stays true of the times we give."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.movement.clocks import settings_of, widened
from incidents.movement.track import Fix, span_of
from incidents.policy import MOVEMENT
from responders.clock import ServerTimeSeen, batch_offset, row_offset
from tests.incidents.movement_tracks import T0, at, driving, judged, standing

AGREED_S = MOVEMENT.clock_agreed_s
LONGEST_DELAY_S = 20.0
ZONE_S = 7 * 3600.0  # a phone on local time that believes it to be UTC
waits_s = st.floats(0.01, 400)
delays_s = st.floats(0.01, LONGEST_DELAY_S)
clocks_s = st.floats(-4000, 4000) | st.sampled_from([0.0, ZONE_S, -ZONE_S, -1.6e9])


@dataclass
class Phone:
    """A phone with its own clock, in true seconds; a reboot forgets what the server said."""

    now_s: float = 0.0
    offset_s: float = 0.0
    heard: ServerTimeSeen | None = None
    heard_when_s: float = 0.0

    def clock(self):
        return at(self.now_s - self.offset_s)


def run(programme):
    """Return (fix, when it truly was) of everything the phone uploaded, in the order of receipt."""
    phone, waiting, arrived = Phone(), [], []
    for step, value, order in programme:
        phone.now_s += value if step in ("wait", "hear", "send", "some") else 0.01
        if step == "set":
            phone.offset_s = value
        elif step == "reboot":
            phone.heard = None
        elif step == "fix":
            waiting.append((phone.now_s, phone.clock()))
        elif step == "hear":
            phone.heard = ServerTimeSeen(server_time=at(phone.now_s - value), at=phone.clock())
        elif step in ("send", "some"):
            sent_at = at(phone.now_s - value - phone.offset_s)
            batch = batch_offset(received_at=at(phone.now_s), sent_at=sent_at, seen=phone.heard)
            chance = Random(order)
            chance.shuffle(waiting)
            kept = chance.randint(0, len(waiting)) if step == "some" else 0
            sent, waiting = waiting[kept:], waiting[:kept]
            arrived += [(received(phone, recorded, batch), true_s) for true_s, recorded in sent]
    return arrived


def received(phone, recorded_at, batch):
    receipt = at(phone.now_s)
    row = row_offset(batch=batch, recorded_at=recorded_at, received_at=receipt)
    return Fix(
        key=(recorded_at, receipt),
        device_key="phone",
        recorded_at=recorded_at,
        received_at=receipt,
        lat=0.0,
        lon=0.0,
        offset_low_s=row.low_s,
        offset_high_s=row.high_s,
    )


def spans(fixes):
    settings = settings_of(fixes, agreed_s=AGREED_S)
    plain = [span_of(one, since=T0, agreed_s=AGREED_S) for one in fixes]
    return plain, [
        widened(span, one, settings=settings, since=T0)
        for span, one in zip(plain, fixes, strict=True)
    ]


orders = st.integers(0, 10_000)  # what a shuffle starts from
steps = st.one_of(
    st.tuples(st.just("wait"), waits_s, orders),
    st.tuples(st.just("set"), clocks_s, orders),
    st.tuples(st.sampled_from(["hear", "send", "some"]), delays_s, orders),
    st.tuples(st.sampled_from(["fix", "reboot"]), st.just(0.0), orders),
)


@st.composite
def witnessed(draw):
    """A programme in which the server is heard, and stores a fix made, under each setting."""
    programme = []
    for number in range(draw(st.integers(1, 5))):
        if number:
            programme.append(("set", draw(clocks_s), None))
        quiet = st.tuples(st.sampled_from(["fix", "wait"]), waits_s, orders)
        for sending in draw(
            st.sampled_from([["send"], ["some", "send"], ["send", "some", "send"]])
        ):
            programme += draw(st.lists(quiet, max_size=4))
            programme += [("hear", draw(delays_s), None), ("fix", 0.0, None)]
            programme += draw(st.lists(quiet, max_size=4))
            programme.append((sending, draw(delays_s), draw(orders)))
        programme += draw(st.lists(quiet, max_size=4))
    programme += [("hear", 0.1, None), ("send", 0.1, draw(orders)), ("send", 0.1, draw(orders))]
    return programme


@given(witnessed())
def test_the_true_time_lies_in_the_interval_where_each_setting_was_heard_of(programme):
    """Give or take what the bounds agree within, and the longest delay of the network."""
    arrived = run(programme)
    slack_s = AGREED_S + LONGEST_DELAY_S + 1e-3
    _plain, wide = spans([one for one, _true_s in arrived])
    for (_one, true_s), span in zip(arrived, wide, strict=True):
        assert span.low_s is None or span.low_s - slack_s <= true_s
        assert true_s <= span.high_s + slack_s


@given(st.lists(steps, max_size=40))
def test_whatever_the_clock_does_nothing_is_later_than_its_receipt_nor_narrower_than_told(
    programme,
):
    arrived = run(programme)
    fixes = [one for one, _true_s in arrived]
    for (one, true_s), told, span in zip(arrived, *spans(fixes), strict=True):
        receipt_s = (one.received_at - T0).total_seconds()
        assert true_s <= receipt_s + 1e-3
        assert told.high_s <= span.high_s <= receipt_s
        assert span.low_s is None or (told.low_s is not None and span.low_s <= told.low_s)
        assert span.at_s == told.at_s


@given(st.lists(steps, max_size=40), orders)
def test_the_settings_do_not_depend_on_the_order_in_which_rows_are_read(programme, order):
    fixes = [one for one, _true_s in run(programme)]
    mixed = fixes + fixes[::2]
    Random(order).shuffle(mixed)
    again = settings_of(mixed, agreed_s=AGREED_S)
    assert again == settings_of(fixes, agreed_s=AGREED_S)


@given(st.lists(steps.filter(lambda step: step[0] != "set"), max_size=40), clocks_s)
def test_a_clock_that_is_never_set_is_never_doubted(programme, offset_s):
    fixes = [one for one, _true_s in run([("set", offset_s, None), *programme])]
    assert len(settings_of(fixes, agreed_s=AGREED_S)) <= 1
    plain, wide = spans(fixes)
    assert wide == plain


def uploaded(fixes, *, wrong_s, received_s, offset_s):
    """Keep fixes under a clock that is `wrong_s` off, and send them under the offset `offset_s`."""
    return [
        replace(
            one,
            recorded_at=one.recorded_at + timedelta(seconds=wrong_s),
            received_at=at(received_s),
            offset_low_s=offset_s,
            offset_high_s=offset_s + 0.5,
        )
        for one in fixes
    ]


def live(fixes, *, wrong_s):
    return [
        replace(
            one,
            recorded_at=one.recorded_at + timedelta(seconds=wrong_s),
            offset_low_s=-wrong_s,
            offset_high_s=-wrong_s + 0.5,
        )
        for one in fixes
    ]


@pytest.mark.parametrize(
    ("wrong_s", "start_s", "expected"),
    [
        (-300, 720, ("indeterminate", "clock")),  # slow: would have passed for minute seven
        (-300, 450, ("moved", "")),  # in time under either clock
        (0, 720, ("moved_late", "")),
        (0, 100, ("moved", "")),
    ],
)
def test_a_clock_put_right_before_a_backlog_is_sent_lends_it_no_earlier_time(
    wrong_s, start_s, expected
):
    heard = live(standing(-300, start_s - 310), wrong_s=wrong_s)
    kept = standing(start_s - 300, start_s - 10) + driving(start_s, start_s + 120)
    late = uploaded(kept, wrong_s=wrong_s, received_s=3000, offset_s=0.0)
    verdict = judged(heard + late, now_s=3001)
    assert (verdict.verdict, verdict.reason) == expected


def test_a_clock_set_between_a_backlog_and_its_sending_makes_no_crew_late():
    heard = live(standing(-300, 100), wrong_s=0)
    kept = standing(110, 400) + driving(410, 530)
    late = uploaded(kept, wrong_s=0, received_s=3000, offset_s=600.0)
    verdict = judged(heard + late, now_s=3001)
    assert (verdict.verdict, verdict.reason) == ("indeterminate", "clock")
