"""The journal alone tells the whole: folded anew it is what is stored, at every moment."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from incidents.errors import IncidentError
from incidents.models import Assignment, Call, Incident
from incidents.picture import differences
from incidents.selectors.pictures import stored_picture, told_picture
from incidents.selectors.report_facts import last_seq
from incidents.services import call_desk, closure, dispatch, intake, merging, response
from incidents.services.calls import Ring, classify_call, note_ring
from responders.errors import Refusal
from responders.models import AccessEntry
from tests.factories import (
    T0,
    make_area,
    make_assignment,
    make_incident,
    make_staff,
    make_type,
    make_unit,
)

pytestmark = pytest.mark.django_db

ACTS = (
    "ring", "answered", "abandoned", "ended", "classify", "claim", "open", "update", "join",
    "leave", "dispatch", "acknowledged", "en_route", "on_scene", "completed", "declined",
    "cancel_assignment", "hold", "resume", "cancel", "close", "reopen", "merge", "unmerge",
)  # fmt: skip
PICK = st.integers(0, 5)


class History:
    """A world that random acts happen to; what the services refuse has not happened."""

    def __init__(self):
        self.now = T0
        self.actor = make_staff()
        self.units = [make_unit() for _ in range(2)]
        self.type = make_type("banjir", label="Banjir", priority=2)
        self.calls = 0

    def act(self, name, first, second, claimed):
        self.now += timedelta(seconds=7)
        try:
            self._act(name, first, second, claimed)
        except (IncidentError, Refusal):
            return

    def _act(self, name, first, second, claimed):  # noqa: C901, PLR0912 - a list of what can happen
        now, actor = self.now, self.actor
        at = now + timedelta(seconds=claimed)
        incident, other = one_of(Incident, first), one_of(Incident, second)
        assignment, call = one_of(Assignment, first), one_of(Call, first)
        if name == "ring":
            self.calls += 1
            note_ring(ring=Ring(f"c{self.calls}", "ringing", at, "0812", "", ""), now=now)
        elif name == "open":
            make_incident(now=now, actor=actor, areas=[make_area()] if first % 2 else [],
                          call=call if call and call.incident_id is None else None)  # fmt: skip
        elif name in ("answered", "abandoned", "ended") and call:
            note_ring(ring=Ring(call.call_id, name, at, None, "", ""), now=now)
        elif name == "classify" and call:
            classify_call(call=call, call_class="prank", actor=actor, now=now)
        elif name == "claim" and call:
            call_desk.claim_call(call=call, actor=actor, now=now)
        elif name == "leave" and call:
            call_desk.leave_incident(call=call, actor=actor, now=now)
        elif name == "join" and call and other:
            call_desk.join_call(call=call, incident=other, actor=actor, now=now)
        elif name in ("acknowledged", "en_route", "on_scene", "completed", "declined"):
            if assignment:
                response.take_step(
                    assignment=assignment, step=name, at=at, actor=None, now=now, reason="x"
                )
        elif name == "cancel_assignment" and assignment:
            dispatch.cancel_assignment(assignment=assignment, reason="x", actor=actor, now=now)
        elif incident is not None:
            self._act_on(name, incident, other, second)

    def _act_on(self, name, incident, other, second):
        given = {"incident": incident, "actor": self.actor, "now": self.now}
        if name == "dispatch":
            dispatch.dispatch_unit(unit=self.units[second % 2], **given)
        elif name == "update":
            changes = {"priority": 1 + second % 4, "type": self.type, "lat": -0.79, "lon": 100.6}
            intake.update_incident(changes=changes, areas=None, **given)
        elif name == "hold":
            closure.hold_incident(reason="x", **given)
        elif name == "resume":
            closure.resume_incident(**given)
        elif name == "cancel":
            closure.cancel_incident(reason="x", **given)
        elif name == "close":
            closure.close_incident(disposition="handled", **given)
        elif name == "reopen":
            closure.reopen_incident(reason="x", **given)
        elif name == "merge" and other:
            merging.merge_incident(into=other, **given)
        elif name == "unmerge":
            merging.unmerge_incident(**given)


def one_of(model, number):
    rows = list(model.objects.order_by("pk"))
    return rows[number % len(rows)] if rows else None


class AnyHistory(TestCase):
    """Whatever happens, in whatever order."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.sampled_from(ACTS), PICK, PICK, st.integers(-40, 5)),
                    min_size=4, max_size=24))  # fmt: skip
    def test_the_journal_told_to_any_moment_is_what_was_stored_then(self, acts):
        history = History()
        moments = []
        for act in [("open", 0, 0, 0), *acts]:
            history.act(*act)
            moments.append((last_seq(), stored_picture()))
        for seq, stored in moments[:: max(1, len(moments) // 4)] + moments[-1:]:
            assert differences(told_picture(seq), stored) == []


def test_what_is_stored_past_the_services_is_named():
    incident = make_incident()
    Incident.objects.update(priority=4)
    (line,) = differences(told_picture(), stored_picture())
    assert line == f"incidents {incident.pk}: priority told 1, stored 4"


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_a_window_as_it_was_known_and_is_on_record(client):
    assignment = make_assignment(now=T0)
    response.take_step(assignment=assignment, step="acknowledged", at=None, actor=None,
                       now=T0 + timedelta(minutes=2))  # fmt: skip
    client.force_login(make_staff("ayu"))

    answer = client.get("/admin/putar-ulang/?start=2026-11-24T10:01&hours=1")

    told = answer.context["replay"]
    (begun,) = told["begins"]["assignments"].values()
    assert begun["state"] == "dispatched"
    (moment,) = told["moments"]
    assert moment["kind"] == "assignment.acknowledged"
    assert moment["assignments"][str(assignment.pk)]["state"] == "acknowledged"
    assert AccessEntry.objects.get().actor.username == "ayu"


@pytest.mark.parametrize("query", ["start=x&hours=1", "start=2026-11-24T10:01&hours=99"])
def test_a_window_that_makes_no_sense_is_refused_in_words(client, query):
    client.force_login(make_staff())
    assert client.get(f"/admin/putar-ulang/?{query}").status_code == 400


def test_the_command_tells_a_moment_and_holds_the_end_against_the_tables(capsys):
    make_incident(now=T0)
    make_incident(now=T0 + timedelta(minutes=5))
    call_command("replay", "--at", "2026-11-24T10:01")
    assert len(json.loads(capsys.readouterr().out)["incidents"]) == 1
    call_command("replay", "--check")
    assert "tells what is stored" in capsys.readouterr().out
    Incident.objects.update(priority=4)
    with pytest.raises(CommandError, match="priority told 1, stored 4"):
        call_command("replay", "--check")
    with pytest.raises(CommandError, match="Neither a time nor a number"):
        call_command("replay", "--at", "yesterday")


def test_a_row_that_the_journal_does_not_know_is_named():
    Call.objects.create(call_id=f"x-{uuid4()}", state="ringing", received_at=T0)
    (line,) = differences(told_picture(), stored_picture())
    assert line.endswith("only stored")
