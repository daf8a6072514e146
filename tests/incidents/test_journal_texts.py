"""What people write stands beside the journal, not in it: it can be erased and the chain holds."""

import pytest

from incidents.models import EventText, IncidentEvent
from incidents.selectors.integrity import BrokenEvent, first_broken_event
from incidents.services.closure import close_incident, hold_incident, reopen_incident
from incidents.services.dispatch import cancel_assignment
from incidents.services.response import take_step
from responders.chain import text_digest
from tests.factories import T0, make_assignment, make_incident, make_staff, minutes

pytestmark = pytest.mark.django_db
WORDS = "Bu Ani 081234567890 sudah aman"


def test_every_word_stands_beside_its_event_and_its_digest_in_it():
    assignment, other = make_assignment(), make_assignment()
    take_step(
        assignment=assignment, step="declined", at=T0, actor=None, now=minutes(1) + T0, reason=WORDS
    )
    cancel_assignment(assignment=other, reason=WORDS, actor=None, now=T0)
    incident = assignment.incident
    close_incident(incident=incident, disposition="handled", actor=None, now=T0, note=WORDS)
    reopen_incident(incident=incident, reason=WORDS, actor=None, now=T0)
    hold_incident(incident=incident, reason=WORDS, actor=None, now=T0)

    texts = EventText.objects.exclude(key="place").select_related("event").order_by("event")
    assert [(one.event.kind, one.key, one.text) for one in texts] == [
        ("assignment.declined", "reason", WORDS),
        ("assignment.cancelled", "reason", WORDS),
        ("incident.closed", "note", WORDS),
        ("incident.reopened", "reason", WORDS),
        ("incident.held", "reason", WORDS),
    ]
    for one in texts:
        assert one.event.data[f"{one.key}_digest"] == text_digest(salt=one.salt, text=WORDS)
    assert not [e for e in IncidentEvent.objects.all() if "Ani" in str(e.data)]


def test_erased_words_hold_and_changed_ones_are_named():
    incident = make_incident()
    hold_incident(incident=incident, reason=WORDS, actor=None, now=T0)
    text = EventText.objects.get(key="reason")
    EventText.objects.filter(key="reason").update(text="other words")

    assert first_broken_event() == BrokenEvent(
        text.event_id, "the words beside it are not those that were recorded"
    )

    EventText.objects.all().delete()

    assert first_broken_event() is None


def test_no_words_leave_no_row():
    close_incident(incident=make_incident(), disposition="handled", actor=None, now=T0)

    assert [one.key for one in EventText.objects.all()] == ["place"]


def test_where_it_was_stands_beside_the_journal_too(desk):
    incident = make_incident(lat=-0.8, lon=100.65)

    opened = IncidentEvent.objects.get(kind="incident.opened")
    told = desk.get(f"/api/v1/desk/incidents/{incident.pk}/timeline").json()["results"][0]["data"]

    assert "lat" not in opened.data
    assert (told["lat"], told["lon"]) == (-0.8, 100.65)


def test_the_timelines_show_the_words(desk, client):
    incident = make_incident()
    hold_incident(incident=incident, reason=WORDS, actor=None, now=T0)
    client.force_login(make_staff())

    page = client.get(f"/admin/incidents/incident/{incident.pk}/change/")
    rows = desk.get(f"/api/v1/desk/incidents/{incident.pk}/timeline").json()["results"]

    assert WORDS in page.text
    assert rows[-1]["data"]["reason"] == WORDS
