"""Whether an alarm would reach a phone and a unit, judged from what was reported."""

from dataclasses import replace

import pytest

from responders.readiness import PhoneState, PushWay, Told, checks_of, unit_readiness
from responders.readiness_words import CHECK_WORDS, REASON_WORDS, maker_hint
from tests.factories import T0, minutes, seconds

GOOD = Told(
    claimed_at=T0,
    received_at=T0 + seconds(1),
    app_version="1.4.0",
    socket=True,
    push="ok",
    location_permission="granted",
    fix_recorded_at=T0 - seconds(5),
    fix_accuracy_m=9.0,
    battery_pct=80.0,
    battery_saver=False,
)
PROVEN = PushWay(configured=True, has_address=True, probed_at=T0 - minutes(5))


def failing(told=GOOD, way=PROVEN):
    return [check.code for check in checks_of(told, way, now=T0 + seconds(1)) if not check.ok]


@pytest.mark.parametrize(
    ("over", "codes"),
    [
        ({}, []),
        ({"socket": False}, ["socket"]),
        ({"location_permission": "denied"}, ["location_permission"]),
        ({"location_permission": "prompt"}, ["location_permission"]),
        ({"fix_recorded_at": None}, ["fix"]),
        ({"fix_recorded_at": T0 - seconds(121)}, ["fix"]),
        ({"fix_accuracy_m": 101.0}, ["fix"]),
        ({"fix_accuracy_m": None}, []),
        ({"received_at": T0 + seconds(31)}, ["clock"]),
        ({"received_at": T0 - seconds(31)}, ["clock"]),
        ({"battery_pct": 19.9}, ["battery"]),
        ({"battery_pct": None, "battery_saver": None}, []),
        ({"battery_saver": True}, ["battery_saver"]),
    ],
)
def test_each_check_fails_for_its_own_reason(over, codes):
    assert failing(replace(GOOD, **over)) == codes


@pytest.mark.parametrize(
    ("over", "codes"),
    [
        ({}, []),
        ({"probed_at": None}, ["push"]),
        ({"has_address": False}, ["push"]),
        ({"probed_at": T0 - minutes(15 * 60)}, ["push"]),
        ({"configured": False, "has_address": False, "probed_at": None}, []),
    ],
)
def test_a_push_counts_once_a_phone_answered_it(over, codes):
    assert failing(way=replace(PROVEN, **over)) == codes


GOOD_PHONE = PhoneState(live=True, pushable=True, report_age_s=600.0, battery_pct=70.0, unsent=0)


def judged(*phones, crewed=True):
    found = unit_readiness(phones, crewed=crewed)
    return found.state, list(found.reasons)


@pytest.mark.parametrize(
    ("over", "state", "reasons"),
    [
        ({}, "ready", []),
        ({"live": False}, "ready", []),
        ({"live": False, "pushable": False}, "unreachable", ["unreachable"]),
        ({"report_age_s": None}, "warning", ["no_report"]),
        ({"report_age_s": 15 * 3600.0}, "warning", ["old_report"]),
        ({"failing": ("fix", "battery_saver")}, "warning", ["fix", "battery_saver"]),
        ({"battery_pct": 5.0}, "warning", ["battery"]),
        ({"unsent": 101}, "warning", ["unsent"]),
        ({"failing": ("socket",)}, "ready", []),
        ({"failing": ("socket",), "live": False}, "warning", ["socket"]),
    ],
)
def test_a_unit_is_as_ready_as_its_phone(over, state, reasons):
    assert judged(replace(GOOD_PHONE, **over)) == (state, reasons)


def test_one_good_phone_is_enough():
    bad = replace(GOOD_PHONE, report_age_s=None)

    assert judged(bad, GOOD_PHONE) == ("ready", [])


def test_a_unit_without_crew_or_phone_cannot_be_reached():
    assert judged(GOOD_PHONE, crewed=False) == ("unreachable", ["no_crew"])
    assert judged() == ("unreachable", ["no_phone"])


def test_every_code_has_its_words():
    codes = {check.code for check in checks_of(GOOD, PROVEN, now=T0)}

    assert codes == set(CHECK_WORDS)
    assert codes <= set(REASON_WORDS)


@pytest.mark.parametrize(
    ("described", "starts"),
    [
        ("Redmi Damkar 1", "Xiaomi"),
        ("Android 14; POCO M5", "Xiaomi"),
        ("Linux; Android 13; SM-A145F", "Samsung"),
        ("OPPO A57", "Oppo"),
        ("vivo Y22", "Vivo"),
        ("Infinix HOT 40", "Infinix"),
        ("iPhone 12", ""),
        ("Pixel 7", ""),
    ],
)
def test_makers_that_end_apps_are_told_apart(described, starts):
    hint = maker_hint(described)

    assert hint.startswith(starts) if starts else hint == ""
