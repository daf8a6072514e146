"""The crew's own steps: each once, forward only, with the phone's time beside ours."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import IncidentEvent, Milestone
from responders.wire_time import to_wire
from tests.factories import crew_of, make_assignment, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    """An assignment of a minute ago."""
    return make_assignment(now=timezone.now() - timedelta(minutes=1))


def press(client, assignment, word, at, **body):
    path = f"/api/v1/assignments/{assignment.pk}/{word}"
    return client.post(path, {"at": to_wire(at)} | body, format="json")


def test_the_whole_way_forward(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])
    start = sent.dispatched_at

    for minute, word in enumerate(["acknowledge", "en-route", "on-scene", "complete"], 1):
        answer = press(client, sent, word, start + timedelta(seconds=10 * minute))
        assert answer.status_code == 200

    body = answer.json()
    assert body["state"] == "completed"
    assert [
        body[f"{step}_at"] for step in ("acknowledged", "en_route", "on_scene", "completed")
    ] == [to_wire(start + timedelta(seconds=10 * n)) for n in (1, 2, 3, 4)]
    sent.incident.refresh_from_db()
    assert sent.incident.state == "cleared"


def test_a_step_taken_twice_changes_nothing(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])
    at = sent.dispatched_at + timedelta(seconds=5)
    first = press(client, sent, "acknowledge", at)

    again = press(client, sent, "acknowledge", at + timedelta(seconds=20))

    assert (again.status_code, again.json()) == (200, first.json())
    assert Milestone.objects.count() == 1


def test_a_skipped_step_stays_empty(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])

    answer = press(client, sent, "on-scene", sent.dispatched_at + timedelta(seconds=30))

    assert answer.json()["state"] == "on_scene"
    assert (answer.json()["acknowledged_at"], answer.json()["en_route_at"]) == (None, None)


def test_a_late_step_back_is_taken_as_a_repeat(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])
    press(client, sent, "on-scene", sent.dispatched_at + timedelta(seconds=30))

    answer = press(client, sent, "acknowledge", sent.dispatched_at + timedelta(seconds=3))

    assert (answer.status_code, answer.json()["state"]) == (200, "on_scene")


@pytest.mark.parametrize("minutes", [-90, 90])
def test_an_impossible_clock_is_marked_and_never_refused(sent, phone_of, minutes):
    client = phone_of(crew_of(sent.unit)[0])
    at = sent.dispatched_at + timedelta(minutes=minutes)

    answer = press(client, sent, "acknowledge", at)

    assert answer.status_code == 200
    milestone = Milestone.objects.get()
    assert (milestone.clock_doubtful, milestone.claimed_at) == (True, at)
    event = IncidentEvent.objects.get(kind="assignment.acknowledged")
    assert event.data["clock"] == "doubtful"
    assert answer.json()["acknowledged_at"] == to_wire(milestone.received_at)


def test_declining_frees_the_unit_and_says_why(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])

    answer = press(client, sent, "decline", timezone.now(), reason="Ban pecah")

    assert answer.json()["state"] == "declined"
    assert make_assignment(unit=sent.unit).state == "dispatched"


def test_declining_en_route_is_illegal_and_shows_the_assignment(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])
    press(client, sent, "en-route", timezone.now())

    answer = press(client, sent, "decline", timezone.now(), reason="Tidak jadi")

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_step")
    assert answer.json()["assignment"]["state"] == "en_route"


def test_another_unit_sees_nothing_and_changes_nothing(sent, phone_of):
    stranger = phone_of(crew_of(make_unit())[0])

    answers = [
        stranger.get(f"/api/v1/assignments/{sent.pk}"),
        press(stranger, sent, "acknowledge", timezone.now()),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    sent.refresh_from_db()
    assert sent.state == "dispatched"


def test_the_caller_is_shown_while_it_is_open_only(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])
    open_ = client.get(f"/api/v1/assignments/{sent.pk}").json()
    press(client, sent, "complete", timezone.now())

    over = client.get(f"/api/v1/assignments/{sent.pk}").json()

    assert open_["incident"]["caller"] == {"name": "Bu Ani", "phone": "+6281234567890"}
    assert over["incident"]["caller"] is None


def test_the_unit_cannot_leave_in_the_middle(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])

    answer = client.put("/api/v1/me/duty-status", {"status": "off_duty"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "unit_busy")
    sent.unit.refresh_from_db()
    assert sent.unit.duty_status == "available"


def test_me_says_who_and_where(phone_of):
    unit = make_unit("Damkar 1")
    crew = crew_of(unit)[0]

    body = phone_of(crew).get("/api/v1/me").json()

    assert body["person"] == {"id": crew.pk, "name": crew.name, "role": "crew"}
    assert body["unit"] == {
        "id": unit.pk,
        "call_sign": "Damkar 1",
        "agency": "damkar",
        "status": "available",
    }
    assert (body["areas"], body["movement_target_s"]) == ([], 600)


def test_a_long_list_is_read_by_cursor(phone_of):
    unit = make_unit()
    client = phone_of(crew_of(unit)[0])
    start = timezone.now() - timedelta(minutes=10)
    made = []
    for number in range(3):
        made.append(make_assignment(unit=unit, now=start + timedelta(minutes=number)))
        press(client, made[-1], "complete", timezone.now())

    first = client.get("/api/v1/assignments", {"limit": 2}).json()
    rest = client.get("/api/v1/assignments", {"limit": 2, "cursor": first["next"]}).json()

    assert [row["id"] for row in first["results"]] == [str(made[2].pk), str(made[1].pk)]
    assert [row["id"] for row in rest["results"]] == [str(made[0].pk)]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("first-action", "first_action"),
        ("departed", "departed"),
        ("at-destination", "at_destination"),
    ],
)
def test_what_the_crew_saw_itself_do_is_a_fact_once_and_moves_no_state(sent, phone_of, word, kind):
    client = phone_of(crew_of(sent.unit)[0])
    press(client, sent, "on-scene", sent.dispatched_at + timedelta(seconds=30))
    at = sent.dispatched_at + timedelta(seconds=40)

    first = press(client, sent, word, at)
    again = press(client, sent, word, at + timedelta(seconds=9))

    assert (first.status_code, first.json()["state"]) == (200, "on_scene")
    assert (again.status_code, again.json()) == (200, first.json())
    (event,) = IncidentEvent.objects.filter(kind=f"assignment.{kind}")
    assert event.happened_at == at


def test_a_unit_that_declined_saw_nothing_at_the_scene(sent, phone_of):
    client = phone_of(crew_of(sent.unit)[0])
    press(client, sent, "decline", sent.dispatched_at, reason="ban pecah")
    answer = press(client, sent, "first-action", sent.dispatched_at)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_step")


def test_strangers_record_no_first_action(sent, phone_of):
    client = phone_of(crew_of(make_unit())[0])
    assert press(client, sent, "first-action", sent.dispatched_at).status_code == 404
    assert not Milestone.objects.exists()
