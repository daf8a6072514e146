"""Outside agencies are asked, not ordered: asked, answered, withdrawn, each a fact."""

import pytest
from django.db import IntegrityError, transaction

from incidents.errors import AlreadyAsked, IllegalStep, IncidentNotOpen, NotOutside
from incidents.models import AgencyRequest, IncidentEvent
from incidents.selectors.board import board_snapshot
from incidents.services.agency_requests import answer_request, ask_agency
from incidents.services.closure import cancel_incident
from tests.factories import T0, make_agency, make_incident, make_staff, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def polres():
    return make_agency("polres", kind="external", short_name="Polres")


def ask(incident, agency, **over):
    asked = {"how": "phone", "note": "dua personel", "actor": make_staff(), "now": T0} | over
    return ask_agency(incident=incident, agency=agency, **asked)


def answer(request, state, at=T0, text=""):
    return answer_request(request=request, state=state, answer=text, actor=make_staff(), now=at)


def test_an_agency_is_asked_accepts_and_may_still_say_no(polres):
    incident = make_incident()

    request = ask(incident, polres)
    request = answer(request, "accepted", T0 + minutes(1), "Bripka Andi, 10 menit")
    request = answer(request, "refused", T0 + minutes(2), "tidak jadi")

    assert (request.state, request.answered_at, request.answer) == (
        "refused",
        T0 + minutes(2),
        "tidak jadi",
    )
    events = IncidentEvent.objects.filter(kind__startswith="request.").order_by("seq")
    data = {"request": str(request.pk), "agency": "polres", "how": "phone"}
    assert [(event.kind, event.data) for event in events] == [
        ("request.asked", data),
        ("request.accepted", data),
        ("request.refused", data),
    ]


def test_an_agency_is_not_asked_twice_at_once_but_again_after_a_no(polres):
    incident = make_incident()
    first = ask(incident, polres)

    with pytest.raises(AlreadyAsked):
        ask(incident, polres)
    answer(first, "refused")
    ask(incident, polres, now=T0 + minutes(5))

    states = AgencyRequest.objects.order_by("asked_at").values_list("state", flat=True)
    assert list(states) == ["refused", "asked"]


def test_what_cannot_be_asked_is_refused_and_leaves_nothing(polres):
    incident = make_incident()
    with pytest.raises(NotOutside):
        ask(incident, make_agency("damkar"))
    cancel_incident(incident=incident, reason="iseng", actor=None, now=T0)
    with pytest.raises(IncidentNotOpen):
        ask(incident, polres)

    assert AgencyRequest.objects.count() == 0


def test_an_answer_after_the_end_is_refused(polres):
    request = answer(ask(make_incident(), polres), "withdrawn")

    with pytest.raises(IllegalStep):
        answer(request, "accepted")
    assert answer(request, "withdrawn").answered_at == T0


def test_the_database_refuses_two_running_requests(polres):
    request = ask(make_incident(), polres)
    request.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        request.save(force_insert=True)


def test_the_board_shows_requests_to_the_room_and_not_to_an_operator(polres):
    incident = make_incident()
    answer(ask(incident, polres), "accepted")

    (row,) = board_snapshot(None, T0)["incidents"]

    assert row["requests"] == [
        {
            "agency": "Polres",
            "state": "accepted",
            "label": "menyanggupi",
            "asked_at": "2026-11-24T03:00:00.000Z",
        }
    ]
    assert board_snapshot(polres.pk, T0)["incidents"] == []
