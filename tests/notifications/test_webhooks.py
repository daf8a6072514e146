"""Webhooks of agencies: what is posted to whom, signed how, tried how often, shown where."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.services.closure import close_incident
from incidents.services.dispatch import cancel_assignment
from incidents.services.intake import update_incident
from incidents.views.telephony import is_signed
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from notifications.policy import WEBHOOKS
from notifications.services.delivery import Inline
from notifications.services.subscriptions import (
    resume_subscription,
    rotate_secret,
    secrets_of,
    send_test,
    stop_subscription,
    subscribe,
)
from notifications.services.webhooks import attempt, plan, webhooks_due
from notifications.webhook_rules import (
    WIRE_KINDS,
    is_given_up,
    journal_kinds,
    pause_s,
    secret_of,
    wire_kind,
)
from tests.factories import (
    T0,
    make_agency,
    make_assignment,
    make_incident,
    make_staff,
    make_unit,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscribed(receiver):
    """Return a function that subscribes an agency at the receiver to every kind."""

    def make(agency=None, **over):
        fields = {
            "agency": agency or make_agency(),
            "name": "SIMKAR",
            "url": receiver.url,
            "kinds": list(WIRE_KINDS),
            "with_caller": False,
            "actor": make_staff(),
            "now": T0,
        }
        return subscribe(**(fields | over))

    return make


def _sweep(now=T0):
    return webhooks_due(now, pool=Inline())


def _bodies(receiver):
    return [json.loads(came.body) for came in receiver.arrived]


def test_an_agency_hears_of_its_own_assignments_in_the_contracts_shape(receiver, subscribed):
    subscription = subscribed()
    assignment = make_assignment()

    _sweep()

    [body] = _bodies(receiver)
    assert set(body) == {"type", "seq", "kind", "at", "data"}
    assert (body["type"], body["kind"], body["at"]) == (
        "event",
        "assignment.dispatched",
        "2026-11-24T03:00:00.000Z",
    )
    assert body["data"]["id"] == str(assignment.pk)
    assert body["data"]["incident"]["caller"] is None
    [came] = receiver.arrived
    delivery = WebhookDelivery.objects.get()
    assert came.headers["X-Gerak-Delivery"] == str(delivery.pk)
    assert came.headers["X-Gerak-Event"] == "assignment.dispatched"
    assert delivery.state == "delivered"
    attempt = WebhookAttempt.objects.get()
    assert (attempt.state, attempt.detail) == ("accepted", "204")
    subscription.refresh_from_db()
    assert subscription.last_ok_at == T0


def test_the_signature_is_made_with_the_secret_that_was_shown(receiver, subscribed, settings):
    secret = secrets_of(subscribed(), T0)[0]
    make_assignment()
    _sweep()

    settings.GERAK_TELEPHONY_SECRET = secret  # the same rule, with this secret
    [came] = receiver.arrived
    header = came.headers["X-Gerak-Signature"]
    assert is_signed(header, came.body, now_s=T0.timestamp())


def test_another_agencys_assignment_is_not_told(receiver, subscribed):
    subscribed(make_agency("pmi"))
    make_assignment(unit=make_unit(agency=make_agency("damkar")))

    _sweep()

    assert receiver.arrived == []
    assert not WebhookDelivery.objects.exists()


def test_of_one_incident_each_agency_hears_its_own_part(receiver, subscribed):
    incident = make_incident()
    subscribed(make_agency("pmi"))
    make_assignment(incident=incident, unit=make_unit(agency=make_agency("damkar")))
    mine = make_assignment(incident=incident, unit=make_unit(agency=make_agency("pmi")))
    update_incident(
        incident=incident, changes={"priority": 2}, areas=None, actor=make_staff(), now=T0
    )

    _sweep()
    _sweep()

    assert [(body["kind"], body["data"]["id"]) for body in _bodies(receiver)] == [
        ("assignment.dispatched", str(mine.pk)),
        ("incident.updated", str(incident.pk)),
    ]


def test_only_the_kinds_asked_for_leave(receiver, subscribed):
    subscribed(kinds=["incident.closed"])
    assignment = make_assignment()
    cancel_assignment(assignment=assignment, reason="x", actor=make_staff(), now=T0)
    close_incident(
        incident=assignment.incident, disposition="handled", actor=make_staff(), now=T0, note=""
    )

    _sweep()

    assert [body["kind"] for body in _bodies(receiver)] == ["incident.closed"]


def test_the_caller_leaves_only_where_it_was_allowed_and_while_the_assignment_is_open(
    receiver, subscribed
):
    subscribed(with_caller=True)
    assignment = make_assignment()
    _sweep()
    cancel_assignment(assignment=assignment, reason="x", actor=make_staff(), now=T0)
    _sweep()

    open_, closed = _bodies(receiver)
    assert open_["data"]["incident"]["caller"] == {"name": "Bu Ani", "phone": "+6281234567890"}
    assert closed["data"]["incident"]["caller"] is None


def test_nothing_from_before_the_subscription_leaves(receiver, subscribed):
    make_assignment()
    subscribed()

    _sweep()

    assert receiver.arrived == []


def test_two_sweepers_plan_an_event_once(subscribed):
    subscription = subscribed()
    make_assignment()
    stale = WebhookSubscription.objects.get()

    assert (plan(subscription, T0), plan(stale, T0)) == (1, 0)
    assert WebhookDelivery.objects.count() == 1


def test_a_worker_that_lost_its_claim_posts_nothing(receiver, subscribed):
    plan(subscribed(), T0)
    make_assignment()
    plan(WebhookSubscription.objects.get(), T0)
    delivery = WebhookDelivery.objects.get()

    attempt(delivery_id=delivery.pk, fence=delivery.fence + 1, now=T0)

    assert receiver.arrived == []


def test_failures_are_tried_again_later_and_later_and_die_shown(receiver, subscribed):
    receiver.mood = 503
    subscription = subscribed()
    make_assignment()
    now, times = T0, []
    while True:
        _sweep(now)
        delivery = WebhookDelivery.objects.get()
        times.append(delivery.attempts_made)
        if delivery.state == "dead":
            break
        subscription.refresh_from_db()
        now = max(delivery.next_attempt_at, subscription.hold_until) + seconds(1)

    assert times == list(range(1, len(times) + 1))
    assert delivery.attempts_made == WEBHOOKS.attempts_max
    assert delivery.ended_at == now
    assert [one.detail for one in WebhookAttempt.objects.all()] == ["503"] * len(times)


def test_a_refusal_of_the_configuration_is_tried_again_too(receiver, subscribed):
    receiver.next_moods.extend([404, 204])
    subscribed()
    make_assignment()

    _sweep()
    _sweep(T0 + minutes(1))

    assert WebhookDelivery.objects.get().state == "delivered"


def test_an_address_that_fails_is_probed_with_one_row_and_then_caught_up(receiver, subscribed):
    receiver.mood = 503
    subscribed()
    for _ in range(4):
        make_assignment()
    _sweep()
    failed = len(receiver.arrived)
    _sweep(T0 + seconds(1))
    assert len(receiver.arrived) == failed <= WEBHOOKS.under_way_max

    receiver.mood = 204
    for later in range(10):
        _sweep(T0 + minutes(2 + later))

    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_what_waited_a_day_behind_a_dead_address_is_given_up(receiver, subscribed):
    receiver.mood = 503
    subscription = subscribed()
    make_assignment()
    _sweep()
    WebhookSubscription.objects.update(hold_until=T0 + timedelta(days=9))

    _sweep(T0 + timedelta(days=1, seconds=1))

    delivery = WebhookDelivery.objects.get(subscription=subscription)
    assert (delivery.state, delivery.next_attempt_at) == ("dead", None)


def test_an_answer_of_gone_stops_the_subscription(receiver, subscribed):
    receiver.mood = 410
    subscription = subscribed()
    make_assignment()
    make_assignment()

    _sweep()
    _sweep(T0 + minutes(5))

    subscription.refresh_from_db()
    assert (subscription.stopped_at, subscription.stop_reason) == (T0, "410")
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"dead"}


def test_stopped_and_resumed_it_hears_only_what_comes_after(receiver, subscribed):
    subscription = subscribed()
    stop_subscription(subscription=subscription, reason="", now=T0)
    make_assignment()
    _sweep()
    resume_subscription(subscription=subscription, actor=make_staff(), now=T0)
    mine = make_assignment()
    _sweep()

    assert [body["data"]["id"] for body in _bodies(receiver)] == [str(mine.pk)]


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(subscribed):
    subscription = subscribed()
    old = secrets_of(subscription, T0)
    new = rotate_secret(subscription=subscription, actor=make_staff(), now=T0)
    subscription.refresh_from_db()

    assert secrets_of(subscription, T0 + timedelta(hours=23)) == [new, *old]
    assert secrets_of(subscription, T0 + timedelta(hours=25)) == [new]
    assert new != old[0]


def test_no_secret_is_in_the_database(subscribed):
    subscription = subscribed()
    secret = secrets_of(subscription, T0)[0]

    assert secret.startswith("gws1_")
    assert secret not in str(WebhookSubscription.objects.values().get())


def test_the_sweep_of_no_subscription_costs_next_to_nothing(django_assert_max_num_queries):
    make_assignment()

    with django_assert_max_num_queries(4):
        _sweep()


@pytest.mark.parametrize(
    ("failures", "asked_s", "chance", "wait_s"),
    [
        (1, None, 0.5, 10.0),
        (1, None, 0.0, 8.0),
        (1, None, 1.0, 12.0),
        (2, None, 0.5, 60.0),
        (1, 30.0, 0.5, 30.0),
        (1, 1e9, 0.5, 21_600.0),
        (99, None, 0.5, 21_600.0),
        (0, None, 0.5, 10.0),
    ],
)
def test_how_long_it_waits(failures, asked_s, chance, wait_s):
    assert pause_s(failures, asked_s=asked_s, chance=lambda: chance) == pytest.approx(wait_s)


def test_when_it_gives_up():
    young = {"planned_at": T0, "now": T0 + minutes(1)}
    assert not is_given_up(attempts_made=7, **young)
    assert is_given_up(attempts_made=8, **young)
    assert is_given_up(attempts_made=1, planned_at=T0, now=T0 + timedelta(hours=25))


def test_kinds_of_the_journal_and_of_the_wire():
    assert wire_kind("assignment.acknowledged") == "assignment.updated"
    assert wire_kind("notice.issued") is None
    assert wire_kind("call.classified") is None
    assert journal_kinds(["assignment.dispatched", "incident.closed"]) == [
        "assignment.dispatched",
        "incident.closed",
    ]
    assert secret_of("a", 1, key="k") != secret_of("a", 2, key="k")


LIST = "/admin/notifications/webhooksubscription/"


def _form(receiver, **over):
    fields = {
        "agency": make_agency().pk,
        "name": "SIMKAR",
        "url": receiver.url,
        "kinds": ["assignment.dispatched", "incident.closed"],
    }
    return fields | over


def test_at_the_desk_the_secret_is_shown_once_and_a_test_is_logged(client, receiver):
    client.force_login(make_staff())
    made = client.post(f"{LIST}add/", _form(receiver))
    subscription = WebhookSubscription.objects.get()
    secret = secrets_of(subscription, timezone.now())[0]
    assert secret in made.content.decode()
    assert "Rahasia lama" not in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    page = f"{LIST}{subscription.pk}/change/"
    assert secret not in client.get(page).content.decode()

    told = client.post(f"{LIST}{subscription.pk}/do/test/", follow=True).content.decode()
    _sweep(timezone.now())

    assert "Uji coba sedang dikirim" in told
    assert "berhasil." not in told

    assert _bodies(receiver)[0]["type"] == "test"
    assert re.search(r"test.*204 \(\d+ ms\)", client.get(page).content.decode(), re.S)


def test_at_the_desk_it_is_stopped_resumed_and_its_secret_renewed(client, receiver):
    client.force_login(make_staff())
    client.post(f"{LIST}add/", _form(receiver))
    subscription = WebhookSubscription.objects.get()
    do = f"{LIST}{subscription.pk}/do/"

    renewed = client.post(f"{do}rotate/").content.decode()
    client.post(f"{do}stop/")
    subscription.refresh_from_db()
    assert secrets_of(subscription, timezone.now())[0] in renewed
    assert subscription.stopped_at is not None
    client.post(f"{do}resume/")
    subscription.refresh_from_db()

    assert (subscription.stopped_at, subscription.secret_number) == (None, 2)


def test_a_correction_leaves_the_sweepers_fields_alone(client, receiver):
    client.force_login(make_staff())
    client.post(f"{LIST}add/", _form(receiver))
    subscription = WebhookSubscription.objects.get()
    WebhookSubscription.objects.update(after_seq=77, failures=3)

    client.post(f"{LIST}{subscription.pk}/change/", _form(receiver, name="Baru"))

    subscription.refresh_from_db()
    assert (subscription.name, subscription.after_seq, subscription.failures) == ("Baru", 77, 3)
    assert subscription.kinds == ["assignment.dispatched", "incident.closed"]


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "http://a@example.org/", "javascript:alert(1)", "http://example/"]
)
def test_an_address_that_may_not_be_posted_to_is_refused_in_the_form(
    client, receiver, settings, url
):
    settings.GERAK_WEBHOOK_PRIVATE = False
    client.force_login(make_staff())

    assert "Alamat harus" in client.post(f"{LIST}add/", _form(receiver, url=url)).content.decode()
    assert not WebhookSubscription.objects.exists()


def test_who_may_not_is_refused(client, receiver):
    client.force_login(make_staff(is_superuser=False))

    assert client.post(f"{LIST}add/", _form(receiver)).status_code == 403
    assert not WebhookSubscription.objects.exists()


def test_a_test_post_goes_out_even_while_the_address_is_held_back(receiver, subscribed):
    subscription = subscribed()
    WebhookSubscription.objects.update(hold_until=T0 + minutes(60), failures=5)

    send_test(subscription=subscription, actor=make_staff(), now=T0)
    _sweep()

    subscription.refresh_from_db()
    assert (len(receiver.arrived), subscription.failures, subscription.hold_until) == (1, 0, None)
