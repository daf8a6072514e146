"""What crews send from the field, as the desk sees it: red until answered, photos for who may."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from incidents.models import CrewAlert
from incidents.photos import draw_anew
from incidents.selectors.board import board_snapshot
from incidents.services.alerts import alerts_due, raise_alert
from incidents.services.field import add_note, add_photo, store_file
from responders.models import AccessEntry
from tests.factories import crew_of, make_agency, make_assignment, make_staff, make_unit
from tests.incidents.test_field_notes import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    unit = make_unit(agency=make_agency("damkar"))
    return make_assignment(unit=unit, now=timezone.now() - timedelta(minutes=2))


@pytest.fixture
def groups():
    call_command("seed", verbosity=0)


def raised(assignment):
    now = timezone.now()
    return raise_alert(
        alert_id=uuid4(),
        kind="emergency",
        at=now,
        actor=crew_of(assignment.unit)[0],
        now=now,
        assignment=assignment,
    )


def photographed(assignment):
    now, key = timezone.now(), uuid4()
    drawn = draw_anew(picture())
    return add_photo(
        photo_id=key,
        assignment=assignment,
        name=store_file(drawn, key=key, now=now),
        drawn=drawn,
        digest="0" * 64,
        lat=None,
        lon=None,
        at=now,
        actor=crew_of(assignment.unit)[0],
        now=now,
    )


def signed_in(client, *, group=None, agency=None):
    person = make_staff(is_superuser=group is None, agency=agency)
    if group:
        person.groups.add(Group.objects.get(name=group))
    client.force_login(person)
    return person


def test_a_call_for_help_stands_on_the_board_until_a_dispatcher_answers(sent, groups, client):
    alert = raised(sent)
    (row,) = board_snapshot(None, timezone.now())["alerts"]
    dispatcher = signed_in(client, group="dispatcher")

    answer = client.post(row["answer_url"])

    assert (row["kind"], row["unit"], row["by"]) == (
        "emergency",
        sent.unit.call_sign,
        str(alert.raised_by),
    )
    assert row["incident"] == {"id": str(sent.incident_id), "number": sent.incident.number}
    assert (answer.status_code, answer["Location"]) == (302, row["url"])
    alert.refresh_from_db()
    assert (alert.state, alert.answered_by) == (CrewAlert.State.ANSWERED, dispatcher)
    assert board_snapshot(None, timezone.now())["alerts"] == []
    assert client.get(row["url"]).status_code == 200


def test_a_call_for_help_that_nobody_answers_changes_on_the_board(sent):
    alert = raised(sent)
    before = board_snapshot(None, timezone.now())["alerts"]

    alerts_due(alert.due_at)

    after = board_snapshot(None, timezone.now())["alerts"]
    assert ([row["overdue"] for row in before], [row["overdue"] for row in after]) == (
        [False],
        [True],
    )


@pytest.mark.parametrize("group", ["call taker", "auditor", "operator"])
def test_who_sends_nobody_answers_no_call_for_help(sent, groups, client, group):
    alert = raised(sent)
    signed_in(client, group=group, agency=sent.unit.agency if group == "operator" else None)

    client.post(f"/admin/incidents/crewalert/{alert.pk}/do/answer/")

    alert.refresh_from_db()
    assert alert.state == CrewAlert.State.RAISED


def test_an_operator_sees_the_own_agencys_calls_for_help_alone(sent, groups, client):
    raised(sent)
    other = make_agency("bpbd")

    mine = board_snapshot(sent.unit.agency_id, timezone.now())["alerts"]
    theirs = board_snapshot(other.pk, timezone.now())["alerts"]

    assert (len(mine), theirs) == (1, [])


def test_a_photo_is_shown_to_who_may_see_the_assignment(sent, groups, client):
    photo = photographed(sent)
    signed_in(client, group="operator", agency=sent.unit.agency)

    answer = client.get(f"/admin/foto/{photo.pk}/")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content.startswith(b"\xff\xd8\xff")
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.subject_id, entry.what) == ("view", str(photo.pk), "foto lapangan")


def test_a_photo_is_kept_from_others(sent, groups, client):
    path = f"/admin/foto/{photographed(sent).pk}/"
    stranger = client.get(path).status_code
    signed_in(client, group="operator", agency=make_agency("bpbd"))
    elsewhere = client.get(path).status_code
    signed_in(client, group="administrator")
    without_the_right = client.get(path).status_code

    assert (stranger, elsewhere, without_the_right) == (302, 404, 403)


def test_notes_and_photos_stand_on_the_page_of_the_assignment(sent, client):
    photo, now = photographed(sent), timezone.now()
    add_note(
        note_id=uuid4(),
        assignment=sent,
        text="<b>Asap</b> tebal",
        at=now,
        actor=crew_of(sent.unit)[0],
        now=now,
    )
    signed_in(client)

    page = client.get(f"/admin/incidents/assignment/{sent.pk}/change/").content.decode()

    assert f"/admin/foto/{photo.pk}/" in page
    assert "&lt;b&gt;Asap&lt;/b&gt; tebal" in page
