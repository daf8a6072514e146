"""The city changes its plans with care, and a dispatcher confirms what was said."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from notifications.instructions import instruction_rows
from notifications.models import LadderPlan, Notice, Official, OutsideMessage
from notifications.services.ladders import climb_due
from notifications.services.notices import notices_due
from notifications.services.plans import seed_plans, steps_of
from tests.factories import (
    T0,
    make_agency,
    make_area,
    make_assignment,
    make_device,
    make_incident,
    make_staff,
    make_unit,
    make_user,
    seconds,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(client):
    person = make_staff()
    client.force_login(person)
    return person


@pytest.fixture
def plan():
    seed_plans(T0)
    return LadderPlan.objects.get(kind="assignment.dispatched")


def page_of(plan):
    return reverse("admin:notifications_ladderplan_change", args=[plan.pk])


def form_of(plan, *changes, more=()):
    """The form as the page has it, with some steps changed: (row, field, value)."""
    rows = [
        {
            "id": step.pk,
            "plan": plan.pk,
            "channel": step.channel,
            "after_s": step.after_s,
            "unless": step.unless,
        }
        for step in plan.steps.all()
    ]
    for number, field, value in changes:
        rows[number][field] = value
    rows += [{"plan": plan.pk, **row} for row in more]
    form = {
        "steps-TOTAL_FORMS": len(rows),
        "steps-INITIAL_FORMS": plan.steps.count(),
        "steps-MIN_NUM_FORMS": 0,
        "steps-MAX_NUM_FORMS": 20,
    }
    for number, row in enumerate(rows):
        form |= {f"steps-{number}-{field}": value for field, value in row.items()}
    return form


def test_a_changed_plan_is_a_new_version_and_the_old_one_stays(client, supervisor, plan):
    before = steps_of(plan)
    sms = next(n for n, step in enumerate(plan.steps.all()) if step.channel == "sms")

    client.post(page_of(plan), form_of(plan, (sms, "after_s", 25)))

    new = LadderPlan.objects.get(kind=plan.kind, retired_at=None)
    assert (new.version, new.created_by) == (2, supervisor)
    assert [step.after_s for step in steps_of(new) if step.channel == "sms"] == [25]
    assert steps_of(plan) == before


def test_a_step_can_be_added_and_taken_away(client, supervisor, plan):
    sms = next(n for n, step in enumerate(plan.steps.all()) if step.channel == "sms")
    email = {"channel": "email", "after_s": 40, "unless": "received"}

    client.post(page_of(plan), form_of(plan, (sms, "DELETE", "on"), more=[email]))

    new = LadderPlan.objects.get(kind=plan.kind, retired_at=None)
    channels = [step.channel for step in steps_of(new)]
    assert ("sms" in channels, "email" in channels) == (False, True)


def test_what_is_no_plan_is_refused_in_words_and_nothing_changes(client, supervisor, plan):
    spoken = [n for n, step in enumerate(plan.steps.all()) if step.channel == "spoken"]

    answer = client.post(page_of(plan), form_of(plan, *((n, "DELETE", "on") for n in spoken)))

    assert "harus terdengar oleh seseorang" in answer.content.decode()
    assert LadderPlan.objects.filter(kind=plan.kind).count() == 1


def test_who_may_only_look_changes_nothing(client, plan):
    person = make_staff(is_superuser=False)
    person.user_permissions.add(Permission.objects.get(codename="view_ladderplan"))
    client.force_login(person)

    looked = client.get(page_of(plan))
    posted = client.post(page_of(plan), form_of(plan, (3, "after_s", 25)))

    assert (looked.status_code, posted.status_code) == (200, 403)
    assert LadderPlan.objects.filter(kind=plan.kind).count() == 1


@pytest.fixture
def instruction():
    unit = make_unit("Damkar 1", agency=make_agency(duty_phone="0755-20113"))
    make_assignment(unit=unit)
    climb_due(T0 + seconds(20))
    return OutsideMessage.objects.get(channel="spoken")


def press_url(message, name):
    return reverse("admin:notifications_outsidemessage_press", args=[message.pk, name])


def press(client, message, name):
    return client.post(press_url(message, name), follow=True)


def test_the_desk_reads_whom_to_call_and_confirms(client, supervisor, instruction):
    url = reverse("admin:notifications_outsidemessage_change", args=[instruction.pk])
    shown = client.get(url).content.decode()

    press(client, instruction, "said")

    instruction.refresh_from_db()
    assert "0755-20113" in shown
    assert "Damkar 1: penugasan baru" in shown
    assert (instruction.state, instruction.ended_by) == ("said", supervisor)


def test_an_operator_of_another_agency_does_not_see_it(client, instruction):
    operator = make_staff(is_superuser=False, agency=make_agency("dinkes"))
    operator.user_permissions.set(
        Permission.objects.filter(codename__in=["view_outsidemessage", "change_assignment"])
    )
    client.force_login(operator)

    answer = press(client, instruction, "said")

    instruction.refresh_from_db()
    assert (answer.status_code, instruction.state) == (404, "planned")


def test_the_page_of_the_areas_says_who_can_be_reached(client, supervisor):
    laing = make_area("13.72.02.1006", "Laing")
    lurah = make_user(role="official", name="Lurah Laing")
    Official.objects.create(user=lurah, area=laing, starts_at=T0, phone="0812-1")
    make_area("13.72.02.1005", "Kampung Jawa")
    make_device(lurah)

    page = client.get(reverse("admin:notifications_official_reach")).content.decode()

    assert "2 dari 2 wilayah tidak bisa dihubungi" in page
    assert "Lurah Laing" in page
    assert "Jabatan kosong" in page


def test_the_assignments_page_shows_the_ladder(client, supervisor, instruction):
    assignment = instruction.ladder.assignment
    url = reverse("admin:incidents_assignment_change", args=[assignment.pk])

    page = client.get(url).content.decode()

    assert "dispatcher menelepon · Damkar 1 · menunggu" in page
    assert "belum terbukti sampai" in page


def test_the_incidents_page_asks_to_call_and_says_what_came_of_it(client, supervisor, instruction):
    incident = instruction.ladder.assignment.incident
    url = reverse("admin:incidents_incident_change", args=[incident.pk])

    asked = client.get(url).content.decode()
    press(client, instruction, "unanswered")
    told = client.get(url).content.decode()

    assert 'Damkar 1</strong> <span class="g-mono">0755-20113</span>' in asked
    assert f'action="{press_url(instruction, "said")}"' in asked
    assert f'action="{press_url(instruction, "said")}"' not in told
    assert "dispatcher menelepon · Damkar 1 · tidak diangkat" in told


def test_the_notices_page_shows_what_became_of_it(client, supervisor):
    lurah = make_user(role="official", name="Lurah IX Korong")
    area = make_area()
    Official.objects.create(user=lurah, area=area, starts_at=T0)
    make_incident(areas=[area])
    notices_due(T0)
    notice = Notice.objects.get(office=area)

    page = client.get(reverse("admin:notifications_notice_change", args=[notice.pk]))

    shown = page.content.decode()
    assert "Lurah IX Korong" in shown
    assert "belum terbukti sampai" in shown
    assert "pemberitahuan wilayah v1" in shown


def test_the_incidents_page_shows_what_the_offices_were_told(client, supervisor):
    korong = make_area()
    incident = make_incident(areas=[korong])
    notices_due(T0)

    page = client.get(reverse("admin:incidents_incident_change", args=[incident.pk]))

    assert "Camat dan lurah" in page.content.decode()
    assert "dipilih dispatcher: Kel. IX Korong." in page.content.decode()


def test_the_board_asks_the_room_to_call_and_an_operator_only_for_the_own_units(instruction):
    assignment = instruction.ladder.assignment
    other = make_agency("dinkes")

    rows = instruction_rows(None)

    assert rows == [
        {
            "id": str(instruction.pk),
            "to": "Damkar 1",
            "phone": "0755-20113",
            "text": instruction.text,
            "since": "2026-11-24T03:00:20.000Z",
            "incident": str(assignment.incident_id),
            "assignment": str(assignment.pk),
            "url": reverse("admin:notifications_outsidemessage_change", args=[instruction.pk]),
            "said_url": press_url(instruction, "said"),
            "unanswered_url": press_url(instruction, "unanswered"),
        }
    ]
    assert instruction_rows(assignment.unit.agency_id) == rows
    assert instruction_rows(other.pk) == []


def test_an_acting_head_takes_over_from_now_and_the_page_says_where_people_come_from(
    client, supervisor
):
    area, person = make_area(), make_user(role="official")
    form = client.get(reverse("admin:notifications_official_add"))
    assert reverse("admin:responders_user_add") in form.content.decode()
    began = form.context["adminform"].form["starts_at"].value()

    answer = client.post(
        reverse("admin:notifications_official_add"),
        {"user": person.pk, "area": area.pk, "role": "acting", "phone": "",
         "starts_at_0": f"{began:%Y-%m-%d}", "starts_at_1": f"{began:%H:%M:%S}"},
    )  # fmt: skip
    assert answer.status_code == 302
    assert Official.objects.get(user=person).role == "acting"
