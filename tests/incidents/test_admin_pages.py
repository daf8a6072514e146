"""Every page answers, lists cost the same at one row and at three, nobody sees too much."""

from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from incidents.models import (
    Assignment,
    Call,
    Incident,
    IncidentEvent,
    Landmark,
    Milestone,
    MovementVerdict,
    Routing,
    ServiceToken,
    Timer,
)
from incidents.services.alerts import raise_alert
from incidents.services.dispatch import cancel_assignment
from incidents.services.handovers import write_handover
from incidents.services.response import take_step
from notifications.models import (
    AuditFinding,
    Bulletin,
    DataRequest,
    Delivery,
    DeliveryAttempt,
    Drill,
    EngineBeat,
    Ladder,
    Notice,
    NoticeAnswer,
    NoticeReceipt,
    Official,
    OutsideMessage,
    WallLink,
    WebhookDelivery,
    WebhookSubscription,
)
from notifications.public_words import AlertWords
from notifications.services.public_alerts import issue_public_alert
from responders.admin.shown import clock_text
from responders.models import CheckIn
from responders.services.access import record_access
from responders.services.findings import note_finding
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_area,
    make_assignment,
    make_call,
    make_device,
    make_incident,
    make_service_token,
    make_staff,
    make_type,
    make_unit,
    make_user,
    minutes,
    seconds,
)

PHONE = "081234567890"
WORDS = AlertWords("Kebakaran", "Asap", "Menjauh", "Immediate", "Severe", "Observed", 3600)
CONSTANT_LISTS = (Call, Incident, Assignment, IncidentEvent, Timer, Delivery, Notice, CheckIn)


def fill(count, *, agency=None):
    """Make `count` of everything that the desk shows."""
    Routing.objects.get_or_create(
        type=make_type(), agency=agency or make_agency(), defaults={"role": "lead"}
    )
    for _ in range(count):
        unit = make_unit(agency=agency)
        person = crew_of(unit)[0]
        person.agency = unit.agency
        person.save()
        device = make_device(person)
        assignment = make_assignment(unit=unit, incident=make_incident(areas=[make_area()]))
        take_step(
            assignment=assignment, step="acknowledged", at=None, actor=person, now=T0 + minutes(1)
        )
        MovementVerdict.objects.create(
            assignment=assignment, number=90, verdict="stationary", judged_at=T0 + minutes(10)
        )
        make_call(caller_number="+6281234567890", caller_raw=PHONE)
        deliver(assignment, person, device)
        make_service_token()
        write_handover(text="Semua aman", actor=make_staff(), now=T0)
        raise_alert(alert_id=uuid4(), kind="backup", at=T0, actor=person, now=T0)
        Drill.objects.create(
            scope="duty", title="Latihan", state="ended", called_at=T0, ends_at=T0, ended_at=T0
        )
        WallLink.objects.create(
            name="Ruang pantau",
            digest=f"{WallLink.objects.count():064}",
            created_at=T0,
            created_by=make_staff(),
        )
        Landmark.objects.get_or_create(name="Balai Kota", defaults={"lat": -0.8, "lon": 100.65})
        record_access(actor=person, action="view", subject=device, what="posisi petugas", now=T0)
        note_finding(kind="copied_token", device=device, now=T0)
        EngineBeat.objects.create(name=f"engine-{EngineBeat.objects.count()}", at=T0)
        DataRequest.objects.create(
            kind="purge", reason="Jadwal", asked_at=T0, asked_by=make_staff(), answer_by=T0
        )
        climbed(assignment)
        send_outward(assignment)


def send_outward(assignment):
    key = str(uuid4())
    issue_public_alert(
        incident=assignment.incident, words=WORDS, areas=[make_area()], actor=make_staff(), now=T0
    )
    Bulletin.objects.create(
        kind="quake",
        key=key,
        level="call",
        happened_at=T0,
        expires_at=T0,
        headline="Gempa",
        first_seen_at=T0,
        changed_at=T0,
    )
    subscription = WebhookSubscription.objects.create(
        agency=assignment.unit.agency, name="SIM", url="https://example.org/", created_at=T0
    )
    WebhookDelivery.objects.create(
        subscription=subscription, kind="test", planned_at=T0, next_attempt_at=T0
    )


def climbed(assignment):
    ladder = Ladder.objects.get(assignment=assignment)
    step = ladder.plan.steps.filter(channel="spoken").first()
    OutsideMessage.objects.create(
        ladder=ladder, step=step, channel="spoken", lane=0, to_name="Regu", planned_at=T0
    )
    AuditFinding.objects.create(assignment=assignment, code="stuck", found_at=T0)


def deliver(assignment, person, device):
    official = make_user(role="official")
    Official.objects.create(user=official, area=make_area(), starts_at=T0)
    notice = Notice.objects.create(
        incident=assignment.incident,
        office=make_area(),
        basis="dispatcher",
        headline="Kebakaran",
        text="Kebakaran di IX Korong",
        issued_at=T0,
        updated_at=T0,
    )
    NoticeReceipt.objects.create(notice=notice, person=official, read_at=T0)
    NoticeAnswer.objects.create(
        notice=notice, person=official, client_id=notice.pk, condition="safe", received_at=T0
    )
    event = IncidentEvent.objects.filter(assignment=assignment).latest("seq")
    delivery, _ = Delivery.objects.get_or_create(
        event=event,
        person=person,
        defaults={"assignment": assignment, "lane": 0, "planned_at": T0},
    )
    DeliveryAttempt.objects.create(
        delivery=delivery, device=device, channel="push", state="accepted", at=T0
    )
    CheckIn.objects.create(
        device=device,
        client_id=notice.pk,
        recorded_at=T0,
        received_at=T0,
        lat=-0.79,
        lon=100.65,
        data_digest="0" * 64,
        previous_hash="0" * 64,
        hash="1" * 64,
    )


@pytest.fixture
def desk(client, db):
    client.force_login(make_staff("admin"))
    return client


def lists():
    return [model for model in admin.site._registry if model.__module__.split(".")[0] in OURS]


OURS = ("incidents", "notifications", "responders")


def url_of(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", lists(), ids=lambda model: model.__name__)
def test_every_list_and_page_answers_without_a_bare_number(desk, model):
    fill(1)

    answers = [desk.get(url_of(model, "changelist"))]
    answers += [desk.get(url_of(model, "change", row.pk)) for row in model.objects.all()[:3]]

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert len(answers) > 1
    for answer in answers:
        page = answer.content.decode()
        assert "81234567890" not in page
        assert "style=" not in page
        assert "onclick=" not in page


@pytest.mark.parametrize("model", lists(), ids=lambda model: model.__name__)
def test_every_form_to_add_opens_or_is_refused(desk, model):
    model_admin = admin.site._registry[model]
    request = desk.get(url_of(model, "changelist")).wsgi_request

    status = desk.get(url_of(model, "add")).status_code

    assert status == (200 if model_admin.has_add_permission(request) else 403)


@pytest.mark.parametrize("model", CONSTANT_LISTS, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_at_one_row_and_at_three(desk, model):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url_of(model, "changelist")).status_code == 200
        return len(queries)

    fill(1)
    cost()
    one = cost()
    fill(2)

    assert cost() == one


def test_an_incident_page_costs_the_same_with_one_assignment_and_with_three(desk):
    fill(1)
    incident = Incident.objects.get()
    page = url_of(Incident, "change", incident.pk)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(page).status_code == 200
        return len(queries)

    cost()
    one = cost()
    make_assignment(incident=incident)
    make_assignment(incident=incident)

    assert cost() == one


def test_an_operator_sees_nothing_of_another_agency(client, db):
    fill(1, agency=make_agency("bpbd"))
    operator = make_staff("operator-damkar", is_superuser=False, agency=make_agency("damkar"))
    operator.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(operator)
    foreign = (Call, Incident, Assignment, IncidentEvent, Timer, Milestone, MovementVerdict)
    foreign += (Delivery, Notice, CheckIn)

    for model in foreign:
        answer = client.get(url_of(model, "changelist"))
        assert answer.context["cl"].result_count == 0, model
        page = client.get(url_of(model, "change", model.objects.first().pk))
        assert page.status_code == 302, model

    units = client.get(reverse("admin:responders_unit_changelist")).content.decode()
    assert "Regu" in units
    assert all(a.unit.call_sign + "<" not in units for a in Assignment.objects.all())


def test_an_operator_reads_no_event_of_another_agency_on_a_shared_incident(client, db):
    incident = make_incident()
    own = make_assignment(unit=make_unit(agency=make_agency("damkar")), incident=incident)
    other = make_assignment(unit=make_unit(agency=make_agency("bpbd")), incident=incident)
    operator = make_staff("operator-damkar", is_superuser=False, agency=make_agency("damkar"))
    operator.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(operator)

    shown = client.get(url_of(IncidentEvent, "changelist")).context["cl"].queryset
    foreign = IncidentEvent.objects.filter(assignment=other).first()

    assert set(shown.values_list("assignment", flat=True)) == {None, own.pk}
    assert client.get(url_of(IncidentEvent, "change", foreign.pk)).status_code == 302


def test_a_cancelled_assignment_stays_on_the_page_with_its_reason(desk):
    assignment = make_assignment()
    cancel_assignment(assignment=assignment, reason="salah alamat", actor=None, now=T0)

    page = desk.get(url_of(Incident, "change", assignment.incident_id)).content.decode()

    assert "Penugasan dibatalkan" in page
    assert "salah alamat" in page


def test_steps_and_verdicts_are_told_to_the_second_and_a_doubtful_clock_is_marked(desk):
    assignment = make_assignment()
    take_step(
        assignment=assignment,
        step="acknowledged",
        at=T0 - minutes(60),  # before it was sent: the phone's clock cannot be right
        actor=assignment.crew.first(),
        now=T0 + seconds(95),
    )
    MovementVerdict.objects.create(
        assignment=assignment, number=1, verdict="stationary", judged_at=T0 + seconds(601)
    )

    page = desk.get(reverse("admin:incidents_assignment_change", args=[assignment.pk]))

    text = page.content.decode()
    for at in (T0 - minutes(60), T0 + seconds(95), T0 + seconds(601)):
        assert clock_text(at) in text
    assert gettext("jam meragukan") in text


def test_a_service_token_is_shown_once_and_kept_as_a_digest(desk):
    person = make_staff("robot", is_superuser=False)

    answer = desk.post(url_of(ServiceToken, "add"), {"user": person.pk, "name": "CAD"})

    token = ServiceToken.objects.get(name="CAD")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "gs1_" in answer.content.decode()
    assert "gs1_" not in desk.get(url_of(ServiceToken, "change", token.pk)).content.decode()
