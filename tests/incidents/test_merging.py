"""Merging and parting: nothing is lost, nothing moves, the clock least of all."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from incidents.errors import CannotMerge, IllegalStep, NotMerged, OpenAssignment, StaleState
from incidents.models import Assignment, Call, Incident, IncidentEvent
from incidents.selectors.clock import reported_at
from incidents.services import merging
from incidents.services.call_desk import join_call, leave_incident
from incidents.services.closure import close_incident
from incidents.services.dispatch import cancel_assignment
from incidents.services.merging import merge_incident, unmerge_incident
from tests.factories import T0, make_assignment, make_call, make_incident, minutes, seconds

pytestmark = pytest.mark.django_db


def merge(incident, into, at=T0):
    return merge_incident(incident=incident, into=into, actor=None, now=at)


def part(incident, at=T0):
    return unmerge_incident(incident=incident, actor=None, now=at)


def picture():
    """Everything that merging must leave as it was, but the journal."""
    return (
        list(Incident.objects.order_by("pk").values()),
        list(Call.objects.order_by("pk").values()),
        list(Assignment.objects.order_by("pk").values()),
    )


def test_a_merged_incident_is_told_with_the_other_and_keeps_its_calls():
    first, second = make_incident(now=T0), make_incident(now=T0 + minutes(1))
    merged = merge(second, first)
    assert (merged.state, merged.merged_into, merged.calls.count()) == ("merged", first, 1)
    assert IncidentEvent.objects.last().kind == "incident.merged"


def test_the_clock_starts_at_the_earliest_answered_call_of_all_that_were_merged():
    late, early = make_incident(now=T0 + minutes(5)), make_incident(now=T0)
    merge(early, late)
    assert reported_at(Incident.objects.get(pk=late.pk)) == T0


def test_merging_twice_changes_nothing():
    first, second = make_incident(), make_incident()
    merge(second, first)
    merge(second, first)
    assert IncidentEvent.objects.filter(kind="incident.merged").count() == 1


def test_no_incident_is_merged_with_itself_or_round_in_a_circle():
    first, second = make_incident(), make_incident()
    with pytest.raises(CannotMerge):
        merge(first, first)
    merge(second, first)
    with pytest.raises(CannotMerge):
        merge(first, second)


def test_a_unit_on_its_way_keeps_the_incident_it_was_sent_to():
    first = make_incident()
    assignment = make_assignment()
    with pytest.raises(OpenAssignment):
        merge(assignment.incident, first)
    cancel_assignment(assignment=assignment, reason="ganda", actor=None, now=T0 + seconds(9))
    assert merge(Incident.objects.get(pk=assignment.incident_id), first).state == "merged"


def test_a_closed_incident_takes_nobody_in():
    first, second = make_incident(), make_incident()
    close_incident(incident=first, disposition="handled", actor=None, now=T0)
    with pytest.raises(IllegalStep):
        merge(second, first)


def test_what_is_not_merged_cannot_be_parted():
    with pytest.raises(NotMerged):
        part(make_incident())


def test_a_call_for_a_merged_incident_joins_the_one_it_is_told_with():
    first, second = make_incident(), make_incident()
    merge(second, first)
    call = make_call()
    join_call(call=call, incident=Incident.objects.get(pk=second.pk), actor=None, now=T0)
    call.refresh_from_db()
    assert call.incident == first


def test_a_survivor_that_changed_before_it_was_locked_stops_a_merge(monkeypatch):
    first, second, third = (make_incident(now=T0 + minutes(n)) for n in range(3))
    as_read = Incident.objects.get(pk=first.pk)
    merge(first, second)  # another desk, a moment later
    monkeypatch.setattr(merging, "_read", lambda _incident: as_read)

    with pytest.raises(StaleState):
        merge(third, first)

    assert Incident.objects.get(pk=third.pk).merged_into is None


class AnyOrder(TestCase):
    """Whatever is merged, joined, left and parted: parting all leaves all as it was."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8))
    def test_merging_then_parting_is_the_identity(self, pairs):
        incidents = [make_incident(now=T0 + minutes(n)) for n in range(4)]
        before = picture()
        merged = []
        for one, other in pairs:
            try:
                merge(Incident.objects.get(pk=incidents[one].pk), incidents[other])
                merged.append(incidents[one].pk)
            except (CannotMerge, IllegalStep):
                continue
        for pk in reversed(list(dict.fromkeys(merged))):
            part(Incident.objects.get(pk=pk))
        assert picture() == before

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(-300, 300), min_size=1, max_size=6))
    def test_joining_never_makes_the_clock_later(self, answered):
        incident = make_incident(now=T0)
        clocks = [reported_at(incident)]
        for offset in answered:
            call = make_call(answered_at=T0 + timedelta(seconds=offset))
            join_call(call=call, incident=incident, actor=None, now=T0)
            clocks.append(reported_at(Incident.objects.get(pk=incident.pk)))
        assert clocks == sorted(clocks, reverse=True)
        assert clocks[-1] == min(T0, *(T0 + timedelta(seconds=one) for one in answered))
        for call in incident.calls.exclude(call_id__startswith="desk-"):
            leave_incident(call=call, actor=None, now=T0)
        assert reported_at(Incident.objects.get(pk=incident.pk)) == T0
