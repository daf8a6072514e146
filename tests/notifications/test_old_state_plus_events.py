"""A phone that kept what it knew and heard every event since knows what a fresh one is told."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from rest_framework.test import APIClient

from incidents.errors import IncidentError
from incidents.models import Assignment, Incident
from incidents.services.closure import close_incident
from incidents.services.dispatch import cancel_assignment, dispatch_unit
from incidents.services.intake import update_incident
from incidents.services.response import take_step
from notifications.models import Official
from notifications.services.notices import notices_due
from responders.errors import Refusal
from tests.factories import (
    crew_of,
    make_area,
    make_device,
    make_incident,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
ACTS = ("dispatch", "acknowledged", "en_route", "on_scene", "completed", "declined", "cancel",
        "correct", "priority", "area", "close", "open", "look")  # fmt: skip


class World:
    """One unit, one lurah, and what happens to them a few seconds apart."""

    def __init__(self):
        self.now = timezone.now() - timedelta(hours=1)
        self.area, self.other = make_area(), make_area("13.72.01.1001", "Tanah Garam")
        self.unit = make_unit()
        self.crew = Phone(crew_of(self.unit)[0])
        official = make_user(role="official")
        Official.objects.create(user=official, area=self.area, starts_at=self.now)
        self.lurah = Phone(official)
        self.incidents = [make_incident(now=self.now, areas=[self.area])]

    def act(self, name):
        self.now += timedelta(seconds=40)
        try:
            self._act(name)
        except (IncidentError, Refusal):
            return

    def _act(self, name):
        now, incident = self.now, Incident.objects.get(pk=self.incidents[-1].pk)
        assignment = Assignment.objects.order_by("dispatched_at").last()
        if name == "dispatch":
            dispatch_unit(incident=incident, unit=self.unit, actor=None, now=now)
        elif name == "open":
            self.incidents.append(make_incident(now=now, areas=[self.area]))
        elif name == "look":
            notices_due(now)
        elif name in ("priority", "area"):
            areas = [self.other] if name == "area" else None
            changes = {"priority": 1 + self.now.second % 4}
            update_incident(incident=incident, changes=changes, areas=areas, actor=None, now=now)
        elif name == "close":
            close_incident(incident=incident, disposition="handled", actor=None, now=now)
        elif assignment is not None and name == "cancel":
            cancel_assignment(assignment=assignment, reason="x", actor=None, now=now)
        elif assignment is not None and name != "correct":
            take_step(assignment=assignment, step=name, at=now, actor=None, now=now, reason="x")


class Phone:
    """A phone that fetches once and then lives on events."""

    def __init__(self, person):
        self.client = APIClient()
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_device(person).token}")
        self.seq, self.known = 0, {}

    def fetch(self, path):
        page = self.client.get(path, {"limit": 100}).json()
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


def settled(row):
    """What events bring: all but what the reader's own receipts and reading set at the server."""
    return {name: value for name, value in row.items() if name not in ("read_at", "delivered_at")}


def is_open(row):
    """What is over is told no more: a closed assignment's incident may still be corrected."""
    return row["state"] not in ("completed", "declined", "cancelled", "closed", "withdrawn")


class AnyHistory(TestCase):
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.sampled_from(ACTS), max_size=8), st.lists(st.sampled_from(ACTS), max_size=8))
    def test_old_state_and_events_are_the_fresh_state(self, before, after):
        world = World()
        for name in ["dispatch", *before]:
            world.act(name)
        notices_due(world.now)
        doors = {
            world.crew: "/api/v1/assignments?state=all",
            world.lurah: "/api/v1/notices?state=open",
        }
        for phone, path in doors.items():
            phone.hear()  # reading says that all before was received
            phone.hear()
            phone.known = phone.fetch(path)
        for name in after:
            world.act(name)
        notices_due(world.now + timedelta(minutes=5))

        for phone, path in doors.items():
            phone.hear()
            phone.hear()
            fresh = {key: settled(row) for key, row in phone.fetch(path).items() if is_open(row)}
            known = {key: settled(row) for key, row in phone.known.items() if key in fresh}
            assert known == fresh
