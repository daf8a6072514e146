"""Ten minutes: who moved, who did not, who cannot be judged, and what is known later."""

from datetime import timedelta

import pytest

from incidents.models import IncidentEvent
from incidents.services.dispatch import cancel_assignment
from incidents.services.evidence import review_due
from incidents.services.timers import fire_due
from responders.wire_time import to_wire
from tests.drama import Gps
from tests.factories import (
    T0,
    crew_of,
    make_assignment,
    make_device,
    make_incident,
    make_unit,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A unit sent at T0 to a fire two kilometres north, and the GPS of its phone."""
    unit = make_unit()
    gps = Gps(make_device(crew_of(unit)[0]))
    gps.sends(gps.stands(T0 - minutes(4), 240, every=60))
    from_here = {"lat": gps.lat + 0.018, "lon": gps.lon}
    return make_assignment(unit=unit, incident=make_incident(**from_here)), gps


def at(moment):
    """Let the engine look: deadlines first, then judging."""
    fire_due(moment)
    review_due(moment)


def verdict(assignment):
    assignment.refresh_from_db()
    return assignment.verdict, assignment.verdict_reason


def test_a_crew_that_drives_is_proven_to_move(scene):
    sent, gps = scene
    gps.sends(gps.stands(T0 + seconds(5), 60))
    gps.sends(gps.drives(T0 + seconds(65), 120))

    at(T0 + minutes(4))

    assert verdict(sent) == ("moved", "")
    assert T0 + seconds(65) <= sent.moved_at <= T0 + seconds(95)
    assert sent.movement_known_at <= T0 + seconds(190)
    newest = sent.verdicts.get()
    assert len(newest.evidence_ids) == len(newest.evidence) >= 3
    kinds = IncidentEvent.objects.filter(assignment=sent).order_by("seq")
    assert [event.kind for event in kinds] == [
        "assignment.dispatched",
        "deadline.missed",
        "deadline.missed",
        "movement.judged",
    ]


def test_judging_twice_says_it_once(scene):
    sent, gps = scene
    gps.sends(gps.drives(T0 + seconds(30), 180))

    at(T0 + minutes(4))
    at(T0 + minutes(5))
    gps.sends(gps.drives(T0 + seconds(300), 60))
    at(T0 + minutes(7))

    assert verdict(sent) == ("moved", "")
    assert sent.verdicts.count() == 1


def test_a_crew_parked_under_jitter_did_not_move(scene):
    sent, gps = scene
    gps.sends(gps.stands(T0 + seconds(5), 620))

    at(T0 + minutes(9))
    assert verdict(sent) == ("pending", "")
    at(T0 + minutes(10) + seconds(30))

    assert verdict(sent)[0] == "stationary"
    missed = IncidentEvent.objects.filter(kind="deadline.missed", assignment=sent)
    assert {event.data["deadline"] for event in missed} == {
        "delivery",
        "acknowledgement",
        "movement_warning",
        "movement_verdict",
    }


def test_a_crew_that_never_answers_cannot_be_judged(scene):
    sent, _gps = scene

    at(T0 + minutes(10) + seconds(1))

    assert verdict(sent)[0] == "unverifiable"


def test_minute_twelve_is_late(scene):
    sent, gps = scene
    gps.sends(gps.stands(T0 + seconds(5), 715))
    at(T0 + minutes(10) + seconds(5))
    first = verdict(sent)
    gps.sends(gps.drives(T0 + minutes(12), 180))

    at(T0 + minutes(15))

    assert first[0] == "stationary"
    assert verdict(sent)[0] == "moved_late"
    old, new = sent.verdicts.order_by("number")
    assert new.supersedes == old


def test_a_crew_that_moved_while_offline_is_cleared_later(scene):
    sent, gps = scene
    kept = gps.stands(T0 + seconds(5), 60) + gps.drives(T0 + seconds(65), 300)
    at(T0 + minutes(10) + seconds(5))
    before = verdict(sent)

    gps.sends(kept, at=T0 + minutes(40))
    at(T0 + minutes(40) + seconds(1))

    assert before[0] == "unverifiable"
    assert verdict(sent) == ("moved", "")
    assert sent.moved_at <= sent.move_by < sent.movement_known_at
    assert sent.verdicts.count() == 2


def test_a_clock_seven_minutes_wrong_is_corrected(scene):
    sent, gps = scene
    gps.clock = timedelta(minutes=7)
    gps.sends(gps.stands(T0 + seconds(5), 60))
    gps.sends(gps.drives(T0 + seconds(65), 180))

    at(T0 + minutes(6))

    assert verdict(sent) == ("moved", "")
    assert abs(sent.moved_at - (T0 + seconds(75))) < seconds(40)


def test_a_mocked_gps_proves_nothing(scene):
    sent, gps = scene
    gps.sends(gps.drives(T0 + seconds(30), 300, is_mock=True))

    at(T0 + minutes(10) + seconds(5))

    assert verdict(sent) == ("unverifiable", "mock_suspected")


def test_late_uploads_in_any_order_give_the_same_verdict(scene):
    sent, gps = scene
    kept = gps.stands(T0 + seconds(5), 60) + gps.drives(T0 + seconds(65), 300)
    gps.random.shuffle(kept)
    at(T0 + minutes(10) + seconds(5))

    for number, (_moment, item) in enumerate(kept):
        gps.upload([item], T0 + minutes(20) + seconds(number))
        gps.upload([item], T0 + minutes(20) + seconds(number))
    at(T0 + minutes(22))

    assert verdict(sent) == ("moved", "")


def test_a_cancelled_assignment_is_judged_no_further(scene):
    sent, _gps = scene
    cancel_assignment(assignment=sent, reason="salah", actor=None, now=T0 + minutes(2))

    at(T0 + minutes(3))
    at(T0 + minutes(11))

    assert verdict(sent) == ("unverifiable", "closed_early")
    assert not IncidentEvent.objects.filter(data__deadline="movement_verdict").exists()


def test_what_was_known_when_stays(scene):
    sent, gps = scene
    gps.sends(gps.stands(T0 + seconds(5), 620))
    at(T0 + minutes(10) + seconds(5))
    stationary = sent.verdicts.get()

    assert stationary.judged_at == T0 + minutes(10) + seconds(5)
    assert to_wire(stationary.judged_at) == "2026-11-24T03:10:05.000Z"
