"""What is done with personal data at somebody's asking: by two people, once, with its entries."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from incidents.models import Call, IncidentEvent
from notifications.errors import NeedsASecondPerson, NotApproved, NotOneSubject, RequestEnded
from notifications.models import DataRequest, Official
from notifications.services.export import export_of
from notifications.services.privacy import (
    approve,
    ask,
    carry_out,
    carry_out_export,
    carry_out_purge,
    purge_as_approved,
    refuse,
)
from responders.models import AccessEntry
from tests.factories import T0, crew_of, make_area, make_call, make_staff, make_user, minutes
from tests.incidents.proven import moved_crew
from tests.test_crawl import in_group

pytestmark = pytest.mark.django_db
WHY = {"reason": "location"}
NUMBER, E164 = "081377665544", "+6281377665544"


@pytest.fixture
def one():
    return make_staff("one")


@pytest.fixture
def two():
    return make_staff("two")


def asked(actor, kind="export", **over):
    about = {"number": NUMBER} if kind not in ("purge",) else {}
    given = {"kind": kind, "reason": "surat tgl 24", "actor": actor, "now": T0} | about | over
    return ask(**given)


def journal():
    rows = IncidentEvent.objects.filter(kind__regex="^(data|person|call\\.(corr|restr))").order_by(
        "seq"
    )
    return [event.kind for event in rows]


def test_nobody_approves_their_own_not_even_past_the_service(one):
    request = asked(one)

    with pytest.raises(NeedsASecondPerson):
        approve(request=request, actor=one, now=T0)
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.filter(pk=request.pk).update(approved_by=one)
    with pytest.raises(NotApproved):
        carry_out_export(request=request, actor=one, now=T0)
    with pytest.raises(NotApproved):
        carry_out(request=request, actor=one, now=T0)
    request.refresh_from_db()
    assert request.state == "asked"


def test_an_approved_purge_runs_once_and_stands_in_the_journal(one, two):
    request = asked(one, "purge")
    approve(request=request, actor=two, now=T0 + minutes(1))

    assert purge_as_approved(T0 + minutes(2)) == 1
    assert purge_as_approved(T0 + minutes(3)) == 0

    kinds = ["data_request.asked", "data_request.approved", "data_request.done", "data.purged"]
    assert journal() == kinds
    last = IncidentEvent.objects.get(kind="data.purged")
    assert (last.actor, last.data["request"]) == (one, str(request.pk))


def test_a_request_dies_after_a_day_before_and_after_its_approval(one, two):
    late, old = asked(one, "purge"), asked(one, "purge")
    approve(request=old, actor=two, now=T0 + minutes(1))
    day = T0 + timedelta(days=1, minutes=2)

    with pytest.raises(RequestEnded):
        approve(request=late, actor=two, now=day)
    with pytest.raises(RequestEnded):
        carry_out_purge(request=old, actor=one, now=day)
    assert purge_as_approved(day) == 0


def test_the_command_refuses_without_an_approval_and_counts_without_any(one, two, capsys):
    request = asked(one, "purge", now=timezone.now())

    with pytest.raises(CommandError):
        call_command("purge", "--request", str(request.pk))
    with pytest.raises(CommandError):
        call_command("purge", "--request", "nonsense")
    call_command("purge", "--dry-run")
    assert "crew_tracks" in capsys.readouterr().out
    approve(request=request, actor=two, now=timezone.now())
    call_command("purge", "--request", str(request.pk))

    assert "total" in capsys.readouterr().out


@pytest.mark.parametrize(
    "over",
    [
        {"number": ""},
        {"kind": "purge", "number": NUMBER},
        {"kind": "restrict", "number": ""},
        {"kind": "correct"},
    ],
)
def test_a_request_is_about_exactly_what_its_kind_says(one, over):
    with pytest.raises(NotOneSubject):
        asked(one, **over)

    assert not DataRequest.objects.exists()


def test_a_correction_is_a_new_fact_and_what_stood_there_is_beside_it(one):
    call = make_call(caller_number=E164, caller_name="Bu Any")

    carry_out(request=asked(one, "correct", new_name="Bu Ani"), actor=one, now=T0)

    call.refresh_from_db()
    event = IncidentEvent.objects.get(kind="call.corrected")
    assert call.caller_name == "Bu Ani"
    assert event.data["fields"] == ["caller_name"]
    assert {one.key: one.text for one in event.texts.all()} == {
        "caller_name": "Bu Any",
        "reason": "surat tgl 24",
    }


def test_a_restricted_caller_is_covered_for_all_but_a_supervisor(client, one):
    call = make_call(caller_number=E164, caller_name="Bu Ani", note="rahasia")
    carry_out(request=asked(one, "restrict"), actor=one, now=T0)
    page = reverse("admin:incidents_call_change", args=[call.pk])
    press = reverse("admin:incidents_call_press", args=[call.pk, "reveal"])

    dispatcher = in_group("dispatcher")
    client.force_login(dispatcher)
    covered, refused = client.get(page), client.post(press, WHY)
    client.force_login(in_group("supervisor"))
    shown, revealed = client.get(page), client.post(press, WHY)

    assert "Bu Ani" not in covered.text
    assert "rahasia" not in covered.text
    assert "surat tgl 24" in covered.text
    assert (refused.status_code, "Bu Ani" in shown.text) == (403, True)
    assert E164 in revealed.text

    carry_out(request=asked(one, "lift"), actor=one, now=T0)

    client.force_login(dispatcher)
    assert "Bu Ani" in client.get(page).text
    assert not Call.objects.exclude(restricted_at=None).exists()


def test_a_refusal_keeps_its_reason(one, two):
    request = asked(one)

    refuse(request=request, refusal="membahayakan saksi", actor=two, now=T0)

    request.refresh_from_db()
    assert (request.state, request.refusal, request.ended_by) == (
        "refused",
        "membahayakan saksi",
        two,
    )
    with pytest.raises(RequestEnded):
        approve(request=request, actor=two, now=T0)


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("data.json")), archive.read("data.txt").decode()


def test_a_copy_goes_once_to_whoever_asked_and_leaves_its_entries(client, one, two):
    make_call(caller_number=E164, caller_name="Bu Ani")
    make_call(caller_number="+6281200000000", caller_name="Pak Lain")
    request = asked(one, now=timezone.now())
    approve(request=request, actor=two, now=timezone.now())
    url = reverse("admin:notifications_datarequest_copy", args=[request.pk])

    client.force_login(two)
    assert client.post(url).status_code == 302
    client.force_login(one)
    page = client.get(reverse("admin:notifications_datarequest_change", args=[request.pk]))
    assert url in page.text
    answer = client.post(url)

    data, text = unpacked(answer.content)
    assert [row["caller_name"] for row in data["calls"]] == ["Bu Ani"]
    assert "Bu Ani" in text
    assert "Pak Lain" not in json.dumps(data) + text
    assert client.post(url).status_code == 302
    entries = AccessEntry.objects.filter(action="export").values_list("actor", "subject_id")
    assert list(entries) == [(one.pk, str(request.pk))]
    assert journal()[-1] == "data_request.done"


def test_a_crew_member_gets_track_assignments_and_who_looked(one):
    assignment = moved_crew()
    crew = crew_of(assignment.unit)[0]
    request = ask(kind="export", person=crew, reason="diminta", actor=one, now=T0)

    data, _text = unpacked(export_of(request))

    assert data["account"][0]["username"] == crew.username
    assert data["assignments"][0]["incident__number"] == assignment.incident.number
    assert len(data["positions"]) > 10


def test_a_request_is_made_and_approved_on_its_pages(client):
    supervisor, administrator = in_group("supervisor"), in_group("administrator")
    client.force_login(supervisor)
    client.post(
        reverse("admin:notifications_datarequest_add"),
        {"kind": "export", "number": NUMBER, "reason": "surat"},
    )
    request = DataRequest.objects.get()
    press = reverse("admin:notifications_datarequest_press", args=[request.pk, "approve"])

    client.post(press)
    request.refresh_from_db()
    assert (request.state, request.number, request.asked_by) == ("asked", E164, supervisor)
    client.force_login(administrator)
    client.post(press)

    request.refresh_from_db()
    assert (request.state, request.approved_by) == ("approved", administrator)


def test_a_form_that_names_nobody_is_told_so_and_makes_nothing(client):
    client.force_login(in_group("supervisor"))

    answer = client.post(
        reverse("admin:notifications_datarequest_add"),
        {"kind": "restrict", "reason": "surat"},
        follow=True,
    )

    assert "Isi yang sesuai jenisnya" in answer.text
    assert not DataRequest.objects.exists()


def test_a_dispatcher_has_no_business_there(client):
    client.force_login(in_group("dispatcher"))

    assert client.get(reverse("admin:notifications_datarequest_changelist")).status_code == 403
    assert client.get(reverse("who-saw")).status_code == 403


def corrected(person, actor, **right):
    return ask(kind="correct", person=person, reason="ktp", actor=actor, now=T0, **right)


def test_a_name_of_the_crew_is_put_right_and_the_copy_tells_of_it(client, one):
    assignment = moved_crew()
    crew = crew_of(assignment.unit)[0]
    crew.name = "Pak Ujng"
    crew.save()
    request = corrected(crew, one, new_name="Pak Ujang")
    client.force_login(in_group("supervisor"))
    page = reverse("admin:notifications_datarequest_change", args=[request.pk])
    assert "Pak Ujang" in client.get(page).text

    client.post(reverse("admin:notifications_datarequest_press", args=[request.pk, "carry-out"]))

    crew.refresh_from_db()
    data, text = unpacked(export_of(DataRequest(person=crew)))
    assert (crew.name, data["account"][0]["name"]) == ("Pak Ujang", "Pak Ujang")
    assert {row["key"]: row["text"] for row in data["changes"]} == {
        "name": "Pak Ujng",
        "reason": "ktp",
    }
    assert "Pak Ujng" in text


def test_an_officials_number_is_put_right_where_it_is_held(one):
    lurah = make_user(role="official")
    held = {"area": make_area(), "starts_at": T0 - timedelta(days=9)}
    past = Official.objects.create(user=lurah, phone="0811", ends_at=T0 - minutes(1), **held)
    office = Official.objects.create(user=lurah, phone="0812", **held)

    assert carry_out(request=corrected(lurah, one, new_number="0813"), actor=one, now=T0) == 1

    for row in (past, office):
        row.refresh_from_db()
    assert (past.phone, office.phone) == ("0811", "0813")
    data, _text = unpacked(export_of(DataRequest(person=lurah)))
    assert {row["phone"] for row in data["offices"]} == {"0811", "0813"}
    assert data["changes"][0]["text"] in ("0812", "ktp")


def test_a_number_that_is_kept_nowhere_is_not_put_right_and_the_request_stays(one):
    crew = make_user()
    request = corrected(crew, one, new_number="0813")

    with pytest.raises(NotOneSubject):
        carry_out(request=request, actor=one, now=T0)

    request.refresh_from_db()
    assert (request.state, "person.corrected" in journal()) == ("asked", False)


def test_nobody_of_the_crew_is_put_to_silence(one):
    """A unit that no alarm reaches endangers others: docs/data-protection.md says what is done."""
    with pytest.raises(NotOneSubject):
        ask(kind="restrict", person=make_user(), reason="diminta", actor=one, now=T0)
