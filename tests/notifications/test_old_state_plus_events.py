"""Who kept what they knew and heard every event since knows what a fresh start is told."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from rest_framework.test import APIClient

from incidents.lifecycle import OPEN_ASSIGNMENT_STATES
from tests.factories import make_device
from tests.notifications.any_history import ACTS, STORIES, World

pytestmark = pytest.mark.django_db
any_history = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
one_act = st.sampled_from(sorted(ACTS)).map(lambda name: [name])
one_story = st.tuples(st.sampled_from(STORIES), st.integers(1, 6)).map(
    lambda told: list(told[0][: told[1]])  # to its end, or broken off
)
acts = st.lists(one_act | one_story, min_size=2, max_size=8).map(lambda parts: sum(parts, []))


class Phone:
    """A phone that fetches once and then lives on events."""

    def __init__(self, person, path):
        self.client = APIClient()
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_device(person).token}")
        self.path, self.seq, self.known = path, 0, {}

    def fetch(self):
        page = self.client.get(self.path, {"limit": 100}).json()
        return {row["id"]: row for row in page["results"]}

    def hear(self):
        while True:
            answer = self.client.get("/api/v1/events", {"after": self.seq})
            assert answer.status_code == 200, answer.content
            page = answer.json()
            if not page["events"]:
                return
            for event in page["events"]:
                self.apply(event)
                self.seq = event["seq"]

    def apply(self, event):
        data = event["data"]
        if event["kind"] == "incident.updated":
            for row in self.known.values():
                if row.get("incident", {}).get("id") == data["id"]:
                    row["incident"] = data | {"caller": row["incident"]["caller"]}
        elif event["kind"].startswith(("assignment.", "notice.")):
            self.known[data["id"]] = data


def settled(rows):
    """What events bring: all but what the reader's own receipts and reading set at the server.

    A crew is told no more of an incident whose assignment is over: it may still be corrected.
    """
    own = ("read_at", "delivered_at")
    kept = {key: {name: row[name] for name in row if name not in own} for key, row in rows.items()}
    for row in kept.values():
        if "incident" in row and row["state"] not in OPEN_ASSIGNMENT_STATES:
            row["incident"] = row["incident"]["id"]
    return kept


class AnyHistory(TestCase):
    @any_history
    @given(acts, acts)
    @example(["acknowledged"], ["correct"])  # no later event brings what this one did not
    @example(["acknowledged"], ["summary"])
    @example([], ["sweep", "area"])
    def test_a_phones_old_state_and_events_are_its_fresh_state(self, before, after):
        world = World()
        for name in ["dispatch", *before, "sweep"]:
            world.act(name)
        phones = [
            Phone(world.crew, "/api/v1/assignments?state=all"),
            Phone(world.lurah, "/api/v1/notices"),
        ]
        for phone in phones:
            phone.hear()
            phone.known = phone.fetch()
        for name in [*after, "sweep"]:
            world.act(name)
            for phone in phones:  # at once: a later event would heal what is lost here
                phone.hear()
                assert settled(phone.known) == settled(phone.fetch())
