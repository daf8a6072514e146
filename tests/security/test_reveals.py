"""Why a caller's number is shown, and who is told when one person shows too many."""

from datetime import timedelta

import pytest
from django.urls import reverse

from responders.models import AccessEntry, SecurityFinding
from responders.policy import ACCESS
from responders.services.access import record_access
from tests.factories import T0, make_call, make_staff

pytestmark = pytest.mark.django_db
NUMBER = "+6281234567890"


@pytest.fixture
def person():
    return make_staff(username="dispatcher-1")


@pytest.fixture
def call():
    return make_call(caller_number=NUMBER)


@pytest.fixture
def reveal(client, person, call):
    client.force_login(person)
    press = reverse("admin:incidents_call_press", args=[call.pk, "reveal"])
    return lambda **given: client.post(press, given)


def reasons():
    return list(AccessEntry.objects.filter(action="reveal").values_list("reason", flat=True))


@pytest.mark.parametrize("given", [{}, {"reason": ""}, {"reason": "none"}, {"reason": "other"}])
def test_without_a_reason_nothing_is_shown(reveal, given):
    answer = reveal(**given)

    assert (answer.status_code, NUMBER in answer.text, reasons()) == (302, False, [])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"reason": "call_back"}, "menelepon balik"),
        ({"reason": "location", "note": "gang buntu"}, "memastikan lokasi: gang buntu"),
        ({"reason": "other", "note": "diminta penyidik"}, "diminta penyidik"),
    ],
)
def test_the_reason_stands_in_the_access_log(reveal, given, kept):
    assert NUMBER in reveal(**given).text
    assert reasons() == [kept]


def test_the_log_has_one_language_whoever_presses(reveal, client):
    client.cookies["django_language"] = "en"
    reveal(reason="call_back")

    assert reasons() == ["menelepon balik"]


def chosen(client, call):
    """The reason that the page of a call has chosen already."""
    page = client.get(reverse("admin:incidents_call_change", args=[call.pk]))
    (offer,) = [one for one in page.context["g_buttons"] if one["button"].name == "reveal"]
    return offer["form"]["reason"].value()


def test_whoever_has_the_call_presses_once(client, person, call):
    client.force_login(person)
    before = chosen(client, call)
    type(call).objects.update(claimed_by=person, claimed_at=T0)
    taken = chosen(client, call)
    type(call).objects.update(claimed_by=make_staff(username="another"))

    assert (before, taken, chosen(client, call)) == (None, "handling", None)


def looks(person, call, count, minute=0):
    for number in range(count):
        at = T0 + timedelta(minutes=minute, seconds=number)
        record_access(actor=person, action="reveal", subject=call, what="nomor", now=at)


def findings():
    return list(SecurityFinding.objects.values_list("kind", "person__username"))


@pytest.mark.django_db(transaction=True)
def test_more_than_an_hours_work_is_told_to_a_supervisor(person, call):
    looks(person, call, ACCESS.reveals_max)
    enough = findings()
    looks(person, call, 1, minute=59)

    assert (enough, findings()) == ([], [("many_reveals", "dispatcher-1")])


@pytest.mark.django_db(transaction=True)
def test_what_many_do_or_one_does_over_a_day_is_work(person, call):
    looks(person, call, ACCESS.reveals_max)
    looks(person, call, ACCESS.reveals_max, minute=61)
    looks(make_staff(username="another"), call, ACCESS.reveals_max, minute=62)

    assert findings() == []
