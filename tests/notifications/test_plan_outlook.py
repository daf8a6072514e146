"""What a plan would do is told before it is saved, with what the city lacks for it."""

import pytest
from django.urls import reverse

from notifications.ladder_rules import Step
from notifications.models import LadderPlan, LadderTurn
from notifications.plan_story import Line, Means, story_of
from notifications.reach import means_for
from notifications.services.ladders import climb_due
from notifications.services.plans import seed_plans, steps_of
from tests.factories import T0, make_agency, make_assignment, make_staff, make_unit, seconds
from tests.notifications.test_admin_ladders import form_of, page_of

KIND = "assignment.dispatched"
ALL_SET = Means(for_an_office=False, push_on=True, gateway_on=True)


@pytest.fixture
def supervisor(client, db):
    person = make_staff()
    client.force_login(person)
    return person


@pytest.fixture
def plan(db):
    seed_plans(T0)
    return LadderPlan.objects.get(kind=KIND)


def outlook(client, plan, *changes):
    url = reverse("admin:notifications_ladderplan_outlook", args=[plan.pk])
    return client.post(url, form_of(plan, *changes))


def test_the_lines_stand_in_the_order_of_the_steps():
    steps = [Step("spoken", 20), Step("socket", 0), Step("sms", 30, "answered")]

    assert story_of(steps, ALL_SET) == [
        Line(0, "Setiap ponsel yang tersambung menerima seketika.", "received", ""),
        Line(20, "Papan meminta dispatcher menelepon piket instansi regu.", "received", ""),
        Line(30, "SMS ke telepon piket instansi regu.", "answered", ""),
    ]


@pytest.mark.parametrize(
    ("channel", "means", "lacks"),
    [
        ("push", Means(False, False, True), "Push belum disetel: tidak ada yang terkirim."),
        (
            "voice",
            Means(False, True, False),
            "Gerbang SMS, telepon dan surel belum disetel: langkah ini gagal.",
        ),
        ("sms", Means(False, True, True, ("Damkar",)), "Tanpa nomor telepon: Damkar."),
        ("email", Means(False, True, True, ("Damkar",)), ""),
        (
            "spoken",
            Means(True, True, False, tuple("ABCDEFG")),
            "Tanpa nomor telepon: A, B, C, D, E dan 2 lainnya.",
        ),
    ],
)
def test_what_a_step_lacks_today_stands_beside_it(channel, means, lacks):
    assert [line.lacks for line in story_of([Step(channel, 30)], means)] == [lacks]


@pytest.mark.django_db
def test_only_agencies_with_a_crew_need_a_duty_phone(settings):
    settings.GERAK_GATEWAY_URL = "https://gateway.example/"
    make_unit("Damkar 1", agency=make_agency(short_name="Damkar", duty_phone=""))
    make_agency("dinkes", short_name="Dinkes", duty_phone="")

    assert means_for(KIND, T0) == Means(False, False, True, ("Damkar",))


def test_a_change_is_told_before_it_is_saved(client, supervisor, plan):
    sms = next(n for n, step in enumerate(plan.steps.all()) if step.channel == "sms")

    said = outlook(client, plan, (sms, "after_s", 95)).content.decode()

    assert '<span class="g-mono">01:35</span><div>SMS ke telepon piket' in said
    assert LadderPlan.objects.filter(kind=KIND).count() == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([(4, "DELETE", "on"), (7, "DELETE", "on")], "harus terdengar oleh seseorang"),
        ([(5, "after_s", 86_401)], "lebih kecil dari atau sama dengan 86400"),
        ([(5, "after_s", -1)], "lebih besar dari atau sama dengan 0"),
    ],
)
def test_what_would_be_refused_is_told_in_words(client, supervisor, plan, changes, told):
    said = outlook(client, plan, *changes).content.decode()

    assert told in said
    assert "g-outlook" not in said


def test_the_socket_and_the_push_stand_whatever_a_form_says(client, supervisor, plan):
    client.post(page_of(plan), form_of(plan, (0, "after_s", 9), (1, "DELETE", "on")))

    assert LadderPlan.objects.filter(kind=KIND).count() == 1


def test_a_step_that_ladders_have_taken_can_be_taken_away(client, supervisor, plan):
    make_assignment()
    climb_due(T0 + seconds(20))
    assert LadderTurn.objects.filter(step__plan=plan, step__channel="spoken").count() == 1

    client.post(page_of(plan), form_of(plan, (4, "DELETE", "on")))

    new = LadderPlan.objects.get(kind=KIND, retired_at=None)
    assert [step.after_s for step in steps_of(new) if step.channel == "spoken"] == [60]


def test_saving_and_going_on_opens_the_version_that_is_in_use(client, supervisor, plan):
    answer = client.post(page_of(plan), form_of(plan, (5, "after_s", 25)) | {"_continue": "1"})

    new = LadderPlan.objects.get(kind=KIND, retired_at=None)
    assert (new.version, answer.url) == (2, page_of(new))
    old = client.get(page_of(plan)).content.decode()
    assert f'href="{page_of(new)}"' in old
    assert 'name="_save"' not in old


def test_who_may_not_change_a_plan_gets_no_outlook_of_a_change(client, plan):
    client.force_login(make_staff(is_superuser=False))

    assert outlook(client, plan).status_code == 403


def test_the_list_says_what_a_plan_does_and_which_are_in_use(client, supervisor, plan):
    client.post(page_of(plan), form_of(plan, (5, "after_s", 25)))
    url = reverse("admin:notifications_ladderplan_changelist")

    shown = client.get(f"{url}?retired_at__isempty=0").content.decode()

    assert "00:10 petugas lain di regu / Plt. dan wakil · 00:20 dispatcher menelepon" in shown
    assert "1 rencana tangga pengiriman" in shown
