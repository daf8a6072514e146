"""The verdict of each story, told in fixes. The rule itself is measured in test_movement_rule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.movement.plane import Point
from tests.incidents.movement_tracks import PLANE, at, driving, fix, judged, leaving, standing

FAR = PLANE.to_degrees(3000.0, 0.0)
NEAR = PLANE.to_degrees(120.0, 50.0)


def late_upload(fixes, *, received_s):
    return [replace(one, received_at=at(received_s)) for one in fixes]


def jump(first_s, last_s, **facts):
    """A reflected signal: 150 m away and back."""
    count = int((last_s - first_s) / 10) + 1
    return [fix(first_s + 10 * i, 150.0, 2.0 * (i % 2), **facts) for i in range(count)]


PARKED = standing(-300, 700)
UNSEEN = {
    "no fix at all": ([], "no_fix"),
    "heard before only": (standing(-300, -10), "offline"),
    "silent at the end": (standing(-300, 400), "offline"),
    "a hole of four minutes": (standing(-300, 200) + standing(440, 700), "offline"),
    "heard after the deadline only": (standing(650, 700), "offline"),
    "every fix too coarse": (standing(-300, 700, accuracy_m=400.0), "poor_accuracy"),
    "coarse in the middle": (
        standing(-300, 200) + standing(210, 430, accuracy_m=300.0) + standing(440, 700),
        "poor_accuracy",
    ),
    "times that no phone means": (standing(10, 700, time_suspect=True), "clock"),
    "all mocked": (leaving(100, is_mock=True), "mock_suspected"),
    "parked, and mocked beside it": (
        PARKED + [replace(one, key=f"m{one.key}", is_mock=True) for one in driving(103, 403)],
        "mock_suspected",
    ),
}


@pytest.mark.parametrize(("fixes", "reason"), UNSEEN.values(), ids=UNSEEN.keys())
def test_what_cannot_be_seen_is_unverifiable_with_its_reason(fixes, reason):
    verdict = judged(fixes, now_s=700, scene=FAR)
    assert (verdict.verdict, verdict.reason) == ("unverifiable", reason)
    assert (verdict.moved_at, verdict.known_at, verdict.evidence) == (None, None, ())


@pytest.mark.parametrize("fixes", [[], PARKED, standing(-300, -10), leaving(100, is_mock=True)])
def test_before_the_deadline_nothing_but_proof_ends_pending(fixes):
    verdict = judged(fixes, now_s=599)
    assert (verdict.verdict, verdict.final) == ("pending", False)
    assert verdict.review_at == at(600)


def test_a_crew_that_drives_off_has_moved_with_its_evidence_in_order():
    verdict = judged(leaving(100), now_s=230)
    assert (verdict.verdict, verdict.reason, verdict.final) == ("moved", "", True)
    assert at(100) <= verdict.moved_at <= at(110)
    assert verdict.known_at == at(120)
    assert verdict.evidence == ("phone@100", "phone@110", "phone@120")
    assert verdict.displacement_m == pytest.approx(200, abs=5)
    assert (verdict.grade, verdict.source_auth) == ("A", "strong")


def test_a_parked_crew_is_stationary_and_its_fixes_show_it():
    verdict = judged(PARKED, now_s=601)
    assert (verdict.verdict, verdict.reason, verdict.final) == ("stationary", "", False)
    assert verdict.evidence == tuple(f"phone@{t}" for t in range(0, 601, 10))


def test_jumps_of_the_signal_are_no_movement():
    fixes = standing(-300, 100) + jump(110, 160, speed_mps=6.0) + standing(170, 700)
    assert judged(fixes, now_s=700).verdict == "stationary"


def test_a_run_under_way_at_the_deadline_is_waited_for_five_minutes():
    fixes = standing(-300, 580) + jump(590, 600)
    assert judged(fixes, now_s=601).verdict == "pending"
    assert judged(fixes, now_s=601).review_at == at(900)
    assert judged(fixes, now_s=899).verdict == "pending"
    over = judged(fixes, now_s=900)
    assert (over.verdict, over.reason) == ("indeterminate", "unproven")
    back = judged(fixes + standing(610, 640), now_s=641)
    assert back.verdict == "stationary"


def test_a_crew_seen_driving_at_the_deadline_is_waited_for():
    fixes = leaving(592, 592)
    assert judged(fixes, now_s=600).verdict == "pending"
    assert judged(leaving(592, 640), now_s=641).verdict == "moved"


def test_moving_in_time_counts_however_late_it_is_known():
    fixes = standing(-300, 90) + late_upload(driving(100, 300), received_s=5000)
    assert judged(standing(-300, 90), now_s=700).reason == "offline"
    verdict = judged(fixes, now_s=5001)
    assert (verdict.verdict, verdict.known_at, verdict.grade) == ("moved", at(5000), "B")


def test_moving_at_minute_twelve_is_late():
    verdict = judged(leaving(720), now_s=850)
    assert (verdict.verdict, verdict.reason) == ("moved_late", "")
    assert at(720) <= verdict.moved_at <= at(730)


def test_moving_just_after_the_deadline_is_neither_in_time_nor_late():
    verdict = judged(leaving(630), now_s=800)
    assert (verdict.verdict, verdict.reason) == ("indeterminate", "near_deadline")


def test_late_is_not_said_of_a_crew_that_was_not_watched():
    fixes = standing(-300, 100) + standing(650, 710) + driving(720, 800)
    verdict = judged(fixes, now_s=801)
    assert (verdict.verdict, verdict.reason) == ("indeterminate", "offline")


@pytest.mark.parametrize("wrong_s", [420, -420])
@pytest.mark.parametrize(("start_s", "expected"), [(100, "moved"), (720, "moved_late")])
def test_a_phone_seven_minutes_wrong_with_a_known_offset_is_judged_right(
    wrong_s, start_s, expected
):
    fixes = [
        replace(
            one,
            recorded_at=one.recorded_at + timedelta(seconds=wrong_s),
            received_at=one.received_at + timedelta(seconds=0.3),
            offset_low_s=-wrong_s - 0.2,
            offset_high_s=-wrong_s + 0.3,
        )
        for one in leaving(start_s)
    ]
    verdict = judged(fixes, now_s=start_s + 130)
    assert verdict.verdict == expected
    assert abs((verdict.moved_at - at(start_s)).total_seconds()) <= 11


@pytest.mark.parametrize(
    ("low_s", "high_s", "received_s", "expected"),
    [
        (-5.0, 40.0, 2000, ("indeterminate", "clock")),  # the deadline lies inside
        (-5.0, 5.0, 2000, ("moved", "")),  # the latest it can have been is in time
        (-5.0, 40.0, 600, ("moved", "")),  # received by the deadline: no clock is trusted
        (None, 40.0, 2000, ("indeterminate", "clock")),  # no lower bound, uploaded later
        (None, 0.0, 2000, ("moved", "")),
    ],
)
def test_a_deadline_inside_the_clock_interval_is_undetermined(low_s, high_s, received_s, expected):
    drive = late_upload(driving(570, 600), received_s=received_s)
    clock = {"offset_low_s": low_s, "offset_high_s": high_s}
    fixes = standing(-300, 560) + [replace(one, **clock) for one in drive]
    verdict = judged(fixes, now_s=2001)
    assert (verdict.verdict, verdict.reason) == expected


def test_a_live_stream_without_a_lower_bound_can_still_be_late():
    fixes = leaving(740, 860, offset_low_s=None)
    assert judged(fixes, now_s=861).verdict == "moved_late"


def test_a_crew_at_the_scene_is_not_asked_to_move():
    assert judged(PARKED, now_s=599, scene=NEAR).verdict == "pending"
    verdict = judged(PARKED, now_s=601, scene=NEAR)
    assert (verdict.verdict, verdict.reason) == ("unverifiable", "at_scene")
    assert judged(leaving(100), now_s=300, scene=NEAR).verdict == "moved"
    assert judged(PARKED, now_s=601, scene=FAR).verdict == "stationary"
    assert judged(PARKED, now_s=601, scene=Point(0.0, 0.0)).verdict == "stationary"


def test_an_assignment_closed_before_the_deadline_cannot_be_judged():
    early = judged(standing(-300, 200), now_s=201, closed_at=at(200))
    assert (early.verdict, early.reason, early.final) == ("unverifiable", "closed_early", False)
    assert judged(standing(-300, 200), now_s=320, closed_at=at(200)).final
    assert judged(leaving(100), now_s=400, closed_at=at(300)).verdict == "moved"
    after = judged(leaving(310, 700), now_s=900, closed_at=at(300))
    assert (after.verdict, after.reason) == ("unverifiable", "closed_early")


def test_closing_does_not_cut_off_a_proof_under_way():
    fixes = leaving(180, 300)
    assert judged(leaving(180, 190), now_s=201, closed_at=at(200)).verdict == "pending"
    assert judged(fixes, now_s=301, closed_at=at(200)).verdict == "moved"


def test_closing_after_the_deadline_leaves_the_verdict():
    verdict = judged(PARKED, now_s=2000, closed_at=at(900))
    assert (verdict.verdict, verdict.final) == ("stationary", True)


def test_any_phone_of_the_crew_that_proves_it_decides():
    other = leaving(200, device_key="b")
    verdict = judged(PARKED + other, now_s=330)
    assert (verdict.verdict, verdict.device_key) == ("moved", "b")
    both = judged(leaving(300, device_key="a") + other, now_s=430)
    assert (both.device_key, both.evidence[0]) == ("b", "b@200")


def test_a_phone_in_time_outweighs_one_that_was_left_behind():
    fixes = leaving(720, device_key="a") + leaving(500, device_key="b")
    assert judged(fixes, now_s=850).device_key == "b"
    assert judged(fixes, now_s=850).verdict == "moved"


def test_mocked_fixes_do_not_spoil_real_evidence():
    mocked = [replace(one, key=f"m{one.key}", is_mock=True) for one in standing(5, 205)]
    verdict = judged(leaving(100) + mocked, now_s=230)
    assert (verdict.verdict, verdict.evidence[0]) == ("moved", "phone@100")


def test_a_weak_source_gives_the_lowest_grade():
    verdict = judged(leaving(100, source_auth="weak"), now_s=230)
    assert (verdict.verdict, verdict.grade, verdict.source_auth) == ("moved", "C", "weak")


def test_a_crew_first_heard_on_the_road_is_shown_to_move_from_there():
    verdict = judged(driving(60, 200), now_s=201)
    assert verdict.verdict == "moved"
    assert verdict.moved_at > at(60)
    assert verdict.anchor == ("phone@60",)
