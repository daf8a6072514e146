"""What a feed reads at a wake-up, and what its round finds besides."""

import json

import pytest

from incidents.board_scope import BoardScope
from incidents.models import Incident
from incidents.services.calls import Ring, note_ring
from notifications.consumers.board_feed import BoardFeed
from notifications.consumers.board_reading import (
    SECTIONS,
    parts_of,
    read_extent,
    read_news,
    read_part,
)
from notifications.policy import BOARD
from tests.factories import T0, make_assignment, make_call, make_incident, make_unit, seconds

pytestmark = pytest.mark.django_db
DESK = BoardScope(sees_calls=True, sees_alerts=True)


class Screen:
    """A feed that is read by hand, and the browser at its other end."""

    def __init__(self, scope, now):
        self.feed, self.scope = BoardFeed(scope), scope
        self.rows = {section: {} for section in SECTIONS}
        self.frames = []
        self.go_round(now)
        self.feed._screens.add(self)

    def offer(self, text):
        frame = json.loads(text)
        self.frames.append(frame)
        for section in SECTIONS:
            for row in frame.get(section, ()):
                if row.get("removed"):
                    del self.rows[section][row["id"]]
                else:
                    self.rows[section][row["id"]] = row

    def go_round(self, now):
        extent = read_extent(self.scope)
        self.seq = extent.seq
        for part in parts_of(extent, self.feed._rows):
            self.feed._take(read_part(self.scope, part, now))

    def read_news(self, now):
        shown = self.feed._rows["assignments"]
        self.seq, look = read_news(self.scope, self.seq, shown, now)
        if look is not None:
            self.feed._take(look)
        return look is not None


def given_fresh(scope, now):
    """What a screen is given that comes now."""
    snapshot = json.loads(Screen(scope, now).feed.snapshot())
    return {section: {row["id"]: row for row in snapshot[section]} for section in SECTIONS}


def test_news_is_one_query_where_there_is_none_and_tells_of_nothing_else(django_assert_num_queries):
    incidents = [make_incident() for _ in range(9)]
    units = [make_unit(f"Damkar {number}") for number in range(9)]
    screen = Screen(DESK, T0)
    with django_assert_num_queries(1):
        assert not screen.read_news(T0)

    sent = make_assignment(incident=incidents[4], unit=units[2])
    assert screen.read_news(T0)

    (frame,) = screen.frames
    assert [row["id"] for row in frame["incidents"]] == [str(incidents[4].pk)]
    assert [row["id"] for row in frame["assignments"]] == [str(sent.pk)]
    assert [(row["id"], row["status"]) for row in frame["units"]] == [(units[2].pk, "assigned")]


def test_news_of_a_call_tells_the_call():
    screen = Screen(DESK, T0)
    note_ring(ring=Ring("ring-1", "ringing", T0, "08112345678", "112-1", ""), now=T0)

    assert screen.read_news(T0)

    assert [row["call_id"] for row in screen.rows["calls"].values()] == ["ring-1"]


def test_the_round_finds_what_no_journal_names():
    incident = make_incident()
    screen = Screen(DESK, T0)
    Incident.objects.filter(pk=incident.pk).update(summary="Ditulis tanpa jurnal")

    assert not screen.read_news(T0)
    screen.go_round(T0)

    assert [row["summary"] for row in screen.rows["incidents"].values()] == ["Ditulis tanpa jurnal"]


def test_a_burst_longer_than_one_look_is_read_in_several(monkeypatch):
    screen = Screen(DESK, T0)
    for _ in range(BOARD.news_rows + 5):
        make_incident()
    make_call(state="ringing")

    looks = 0
    while screen.read_news(T0 + seconds(1)):
        looks += 1

    assert looks > 1
    assert screen.rows == given_fresh(DESK, T0 + seconds(1))
