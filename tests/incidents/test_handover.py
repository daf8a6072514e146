"""The shift handover: listed by itself, signed by two, then only read."""

import pytest
from django.urls import reverse

from incidents.errors import HandoverSigned, HandoverTaken, NeedsTwo, NotSigned
from incidents.models import IncidentEvent, ShiftHandover
from incidents.services.agency_requests import ask_agency
from incidents.services.closure import cancel_incident
from incidents.services.handovers import sign_handover, take_over, write_handover
from tests.factories import (
    T0,
    make_agency,
    make_assignment,
    make_call,
    make_incident,
    make_staff,
    make_unit,
    minutes,
)

pytestmark = pytest.mark.django_db


def test_what_is_open_is_listed_when_it_is_signed_and_stays_as_it_was():
    leaves, comes = make_staff("pagi"), make_staff("malam")
    assignment = make_assignment(unit=make_unit("Damkar 1"))
    incident = assignment.incident
    polres = make_agency("polres", kind="external", short_name="Polres")
    ask_agency(incident=incident, agency=polres, how="phone", note="", actor=leaves, now=T0)
    cancel_incident(incident=make_incident(), reason="iseng", actor=None, now=T0)
    make_call("pbx-1", state="ringing", line="112-2", answered_at=None)
    handover = write_handover(text="Jembatan ditutup", actor=leaves, now=T0)

    sign_handover(handover=handover, actor=leaves, now=T0 + minutes(1))
    make_incident()
    taken = take_over(handover=handover, remark="siap", actor=comes, now=T0 + minutes(2))

    entries = handover.entries.order_by("number").values_list("kind", "subject", "state")
    assert list(entries) == [
        ("incident", f"{incident.number} · P1 Kebakaran bangunan", "dispatched"),
        ("assignment", "Damkar 1", "dispatched"),
        ("request", "Polres", "asked"),
        ("call", "112-2", "ringing"),
    ]
    assert (taken.written_by, taken.signed_at, taken.taken_by, taken.taken_at, taken.remark) == (
        leaves,
        T0 + minutes(1),
        comes,
        T0 + minutes(2),
        "siap",
    )
    facts = IncidentEvent.objects.filter(kind__startswith="handover.").order_by("seq")
    assert [(f.kind, f.actor, f.data) for f in facts] == [
        ("handover.signed", leaves, {"handover": str(handover.pk)}),
        ("handover.taken", comes, {"handover": str(handover.pk)}),
    ]


def test_each_signs_the_own_side_once():
    leaves, comes, third = make_staff(), make_staff(), make_staff()
    handover = write_handover(text="Aman", actor=leaves, now=T0)

    with pytest.raises(NotSigned):
        take_over(handover=handover, remark="", actor=comes, now=T0)
    with pytest.raises(HandoverSigned):
        sign_handover(handover=handover, actor=comes, now=T0)
    sign_handover(handover=handover, actor=leaves, now=T0)
    with pytest.raises(HandoverSigned):
        write_handover(text="Lain", actor=leaves, now=T0, handover=handover)
    with pytest.raises(NeedsTwo):
        take_over(handover=handover, remark="", actor=leaves, now=T0)
    take_over(handover=handover, remark="", actor=comes, now=T0)
    with pytest.raises(HandoverTaken):
        take_over(handover=handover, remark="", actor=third, now=T0)

    handover.refresh_from_db()
    assert (handover.text, handover.taken_by) == ("Aman", comes)


def test_two_people_hand_over_in_the_admin(client):
    leaves, comes = make_staff("pagi"), make_staff("malam")
    incident = make_incident()
    client.force_login(leaves)
    add = reverse("admin:incidents_shifthandover_add")
    assert incident.number in client.get(add).content.decode()
    client.post(add, {"text": "Hati-hati di Payo"})
    handover = ShiftHandover.objects.get()
    page = reverse("admin:incidents_shifthandover_change", args=[handover.pk])
    assert "/do/sign/" in client.get(page).content.decode()
    client.post(reverse("admin:incidents_shifthandover_press", args=[handover.pk, "sign"]))
    signed = client.get(page).content.decode()
    client.force_login(comes)
    offered = client.get(page).content.decode()
    take = reverse("admin:incidents_shifthandover_press", args=[handover.pk, "take"])
    client.post(take, {"remark": "diterima lengkap"})
    client.post(page, {"text": "diubah"})

    handover.refresh_from_db()
    assert ("/do/sign/" in signed, "/do/take/" in signed, "/do/take/" in offered) == (
        False,
        False,
        True,
    )
    assert (handover.text, handover.taken_by, handover.remark) == (
        "Hati-hati di Payo",
        comes,
        "diterima lengkap",
    )
    last = client.get(page).content.decode()
    assert "pagi" in last.lower()
    assert "diterima lengkap" in last
    assert 'name="text"' not in last
