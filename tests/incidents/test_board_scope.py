"""What of the board's rows somebody is shown; on a wall nothing that tells of a person."""

import json

import pytest

from incidents.board_scope import WALL, BoardScope, health_shown_to, shown_to
from incidents.selectors.board import board_snapshot
from incidents.services.dispatch import cancel_assignment
from tests.factories import T0, make_assignment, make_incident, make_type, make_unit

pytestmark = pytest.mark.django_db
SECRET = "Bu Ani"


def a_call():
    return {
        "id": "1",
        "state": "ringing",
        "ringing_at": "t",
        "answered_at": None,
        "number": "0812-****-7890",
        "claimed_by": {"username": "rina", "name": SECRET},
        "url": "/admin/",
    }


def test_a_wall_shows_no_person_no_free_text_and_no_house():
    unit = make_unit("Damkar 1")
    incident = make_incident(summary=SECRET, address=SECRET, landmark=SECRET)
    sent = make_assignment(incident=incident, unit=unit)
    cancel_assignment(assignment=sent, reason=SECRET, actor=None, now=T0)
    sections = board_snapshot(None, T0) | {
        "calls": [a_call()],
        "alerts": [{"id": "2", "kind": "emergency", "unit": "Damkar 1", "by": SECRET, "at": "t"}],
        "assignments": [
            {**row, "proposal": {"reason": SECRET}}
            for row in board_snapshot(None, T0)["assignments"]
        ],
        "new_section": [{"id": "3", "text": SECRET}],
    }

    shown = shown_to(WALL, sections)

    assert SECRET not in json.dumps(shown)
    assert shown["calls"] == [
        {"id": "1", "state": "ringing", "ringing_at": "t", "answered_at": None}
    ]
    assert shown["alerts"] == [{"id": "2", "kind": "emergency", "unit": "Damkar 1", "at": "t"}]
    assert shown["new_section"] == [{"id": "3"}]
    assert [(row["label"], row["lat"], row["lon"]) for row in shown["incidents"]] == [
        ("Kebakaran bangunan", -0.799, 100.653)
    ]


def test_a_wall_does_not_say_what_a_sensitive_incident_is_nor_where():
    kdrt = make_type("kdrt", label="KDRT", notice="none", sensitive=True)
    make_incident(type=kdrt)

    (row,) = shown_to(WALL, board_snapshot(None, T0))["incidents"]

    assert (row["label"], row["type"], row["areas"], row["lat"]) == (
        "Kejadian tertutup",
        "",
        [],
        None,
    )


def test_without_the_right_a_screen_gets_neither_calls_nor_cries_for_help():
    sections = {"incidents": [], "calls": [a_call()], "alerts": [{"id": "2"}]}

    assert shown_to(BoardScope(), sections) == {"incidents": [], "calls": [], "alerts": []}
    assert shown_to(BoardScope(sees_calls=True), sections)["calls"] == [a_call()]


def test_a_wall_knows_that_the_machine_is_ill_and_no_name_of_a_process_a_unit_or_an_area():
    worker = {"code": "worker", "level": "red", "seconds": 40, "subject": "worker@kota-7"}
    area = {
        "code": "area_unreachable",
        "level": "amber",
        "message": "Tidak ada pejabat di: Tanah Garam",
    }
    banner = {"kind": "quake", "level": "call", "headline": "Gempa M 5.2", "at": "t"}
    bmkg = {"on": True, "age_s": 60, "stale": False}
    health = {
        "as_of": "t",
        "problems": [worker | {"message": "Worker (worker@kota-7) diam"}, worker, area],
        "banners": [banner | {"id": 1, "url": "/admin/", "text": SECRET, "new": SECRET}],
        "bmkg": bmkg,
    }

    assert health_shown_to(WALL, health) == {
        "as_of": "t",
        "problems": [
            {"code": "worker", "level": "red", "seconds": 40},
            {"code": "area_unreachable", "level": "amber", "seconds": None},
        ],
        "banners": [banner],
        "bmkg": bmkg,
    }
    assert health_shown_to(BoardScope(), health) == health
