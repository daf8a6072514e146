"""A name and a number planted through every door are nowhere once their time is over."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from PIL import Image

from incidents.models import Call, Photo
from incidents.models.field import photo_storage
from incidents.proofs.signing import published_keys
from incidents.proofs.verify import verify_proof
from incidents.selectors.proofs import bytes_of
from incidents.services.agency_requests import answer_request, ask_agency
from incidents.services.alerts import raise_alert
from incidents.services.calls import Ring, classify_call, note_ring
from incidents.services.closure import close_incident, hold_incident, resume_incident
from incidents.services.dispatch import cancel_assignment
from incidents.services.field import add_desk_note
from incidents.services.handovers import sign_handover, take_over, write_handover
from incidents.services.intake import update_incident
from incidents.services.proofs import issue_proof
from incidents.services.response import take_step
from notifications.models import Notice, Official
from notifications.services.answers import answer_notice
from notifications.services.notices import notices_due
from notifications.services.privacy import approve, ask, carry_out, refuse
from notifications.services.purge import due_rows, purge_data
from responders.models import CheckIn
from responders.wire_time import to_wire
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_area,
    make_assignment,
    make_device,
    make_staff,
    make_unit,
    make_user,
    minutes,
)
from tests.incidents.proven import moved_crew
from tests.incidents.test_field_notes import picture, post_photo

NAME, NUMBER = "Zulfahmirwan", "081377665544"
E164 = "+6281377665544"
HOME = -0.7712345
WORDS = f"{NAME} {NUMBER}"
PLANTED = (NAME, "81377665544", "0.7712345")


def holding(texts):
    """Return what of some texts holds something planted."""
    return [text[:200] for text in texts if any(one in text for one in PLANTED)]


def stored():
    """Yield every row of every table as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield f"{table}: " + " ".join(
                    bytes(cell).decode("utf-8", "replace")
                    if isinstance(cell, bytes | memoryview)
                    else str(cell)
                    for cell in row
                )


def photos_kept():
    return [path for path in Path(photo_storage().location).rglob("*") if path.is_file()]


def exif():
    data = Image.Exif()
    data[0x010E] = WORDS
    return data


def plant(phone):
    """Put name, number and home into every door of one story; return the proven assignment."""
    desk, other = make_staff("desk-1"), make_staff("desk-2")
    assignment = moved_crew()
    crew = crew_of(assignment.unit)[0]
    incident = assignment.incident
    Call.objects.filter(incident=incident).update(
        caller_name=NAME, caller_number=E164, caller_raw=NUMBER, note=WORDS
    )
    changes = {"summary": WORDS, "address": f"Jl. {WORDS}", "landmark": NAME}
    changes |= {"lat": HOME, "lon": 100.65}
    korong = make_area()
    update_incident(incident=incident, changes=changes, areas=[korong], actor=desk, now=T0)
    for number, kind in enumerate(("prank", "information")):
        ring = Ring(f"pbx-{number}", "answered", T0, NUMBER, "1", "")
        classify_call(
            call=note_ring(ring=ring, now=T0), call_class=kind, actor=desk, now=T0, note=WORDS
        )
    lurah = make_user(role="official")
    Official.objects.create(user=lurah, area=korong, starts_at=T0 - timedelta(days=1), phone=NUMBER)
    notices_due(T0 + minutes(2))
    answer_notice(
        notice=Notice.objects.first(),
        person=lurah,
        device=make_device(lurah),
        answer_id=uuid4(),
        condition="victims",
        text=WORDS,
        needs=WORDS,
        at=T0,
        now=T0,
    )
    Official.objects.update(ends_at=T0 + minutes(30))
    token = make_device(crew, name=f"HP {NAME}", revoked_at=T0 + minutes(30))
    assert token.name
    client = phone(make_device(crew))
    path = f"/api/v1/assignments/{assignment.pk}/notes"
    note = {"id": str(uuid4()), "at": to_wire(timezone.now()), "text": WORDS}
    assert client.post(path, note, format="json").status_code == 201
    assert (
        post_photo(client, assignment, picture(exif=exif()), name=f"{NAME}.jpg").status_code == 201
    )
    add_desk_note(incident=incident, text=WORDS, actor=desk, now=T0)
    raise_alert(
        alert_id=uuid4(), kind="backup", at=T0, actor=crew, now=T0, text=WORDS, lat=HOME, lon=100.65
    )
    second, third = (make_assignment(unit=make_unit(), incident=incident) for _ in range(2))
    take_step(assignment=second, step="declined", at=T0, actor=None, now=T0, reason=WORDS)
    cancel_assignment(assignment=third, reason=WORDS, actor=desk, now=T0)
    polres = make_agency("polres", kind="external", short_name="Polres")
    asked = ask_agency(
        incident=incident, agency=polres, how="phone", note=WORDS, actor=desk, now=T0
    )
    answer_request(request=asked, state="accepted", answer=WORDS, actor=desk, now=T0)
    handover = write_handover(text=WORDS, actor=desk, now=T0)
    sign_handover(handover=handover, actor=desk, now=T0)
    take_over(handover=handover, remark=WORDS, actor=other, now=T0)
    issue_proof(assignment=assignment, now=T0 + minutes(20))
    take_step(
        assignment=assignment, step="completed", at=T0, actor=crew, now=T0 + minutes(21), note=WORDS
    )
    hold_incident(incident=incident, reason=WORDS, actor=desk, now=T0)
    resume_incident(incident=incident, actor=desk, now=T0)
    request = ask(kind="correct", number=NUMBER, new_name=NAME, reason=WORDS, actor=desk, now=T0)
    carry_out(request=request, actor=desk, now=T0)
    request = ask(kind="restrict", number=NUMBER, reason=WORDS, actor=desk, now=T0)
    carry_out(request=request, actor=desk, now=T0)
    request = ask(kind="export", number=NUMBER, reason=WORDS, actor=desk, now=T0)
    approve(request=request, actor=other, now=T0)
    refuse(request=request, refusal=WORDS, actor=desk, now=T0)
    close_incident(
        incident=incident, disposition="handled", actor=desk, now=T0 + minutes(40), note=WORDS
    )
    return assignment


def proof_of(assignment):
    return json.loads(bytes_of(issue_proof(assignment=assignment, now=timezone.now())))


def positions_of(proof):
    """Say whether rows of evidence still hold a position."""
    return {'"lat":' in json.dumps(row) for row in proof["evidence"]}


def later(**delta):
    return max(timezone.now(), T0) + timedelta(**delta)


@pytest.mark.django_db
def test_after_400_days_name_number_and_home_are_nowhere_and_all_still_verifies(
    phone, client, caplog, tmp_path
):
    caplog.set_level(logging.DEBUG)
    assignment = plant(phone)
    client.force_login(make_staff("looks"))
    client.get("/admin/incidents/call/", {"q": NUMBER})
    client.get("/admin/incidents/call/", {"q": NAME})
    client.get(f"/admin/incidents/incident/{assignment.incident_id}/change/")
    assert len(holding(stored())) > 20
    assert len(photos_kept()) == 1

    purge_data(now=later(days=400))

    assert holding(stored()) == []
    assert (photos_kept(), Photo.objects.count()) == ([], 0)
    assert holding(record.getMessage() for record in caplog.records) == []
    proof = proof_of(assignment)
    assert verify_proof(proof, published_keys()) is None
    assert positions_of(proof) == {False}
    call_command("verify_journal")
    call_command("replay", "--check")
    call_command("report", "--month", "2026-11", "--out", str(tmp_path), "--inside")
    files = [path.read_bytes().decode("latin-1") for path in tmp_path.iterdir()]
    assert (len(files) >= 3, holding(files)) == (True, [])


@pytest.mark.django_db
def test_a_dry_run_counts_what_a_purge_empties_and_a_second_finds_nothing(phone):
    plant(phone)
    counted = due_rows(later(days=400))
    purged = purge_data(now=later(days=400))

    # Positions past both their limits are counted for each.
    twice = ("crew_tracks", "evidence_positions")
    assert [one for one in counted if one.key not in twice] == [
        one for one in purged if one.key not in twice
    ]

    assert [line for line in due_rows(later(days=400)) if line.rows] == []


@pytest.mark.django_db
def test_after_31_days_only_the_positions_that_prove_are_left(phone):
    assignment = plant(phone)
    evidence = set(assignment.verdicts.order_by("-number").first().evidence)

    purge_data(now=later(days=31))

    left = set(CheckIn.objects.filter(lat__isnull=False).values_list("pk", flat=True))
    proving = {key for one in assignment.verdicts.all() for key in one.evidence}
    assert evidence <= left == proving
    assert positions_of(proof_of(assignment)) == {True}
    call_command("verify_journal")


@pytest.mark.django_db
def test_positions_of_a_case_under_way_stay(phone):
    assignment = moved_crew()

    purge_data(now=later(days=31))

    assert not CheckIn.objects.filter(lat__isnull=True).exists()
    assert assignment.is_open


@pytest.mark.django_db
def test_a_prank_numbers_pseudonym_is_the_same_for_the_same_number(phone):
    plant(phone)

    purge_data(now=later(days=91))

    prank, information = (Call.objects.get(call_id=f"pbx-{n}") for n in range(2))
    assert prank.caller_number.startswith("#")
    assert (prank.caller_raw, information.caller_number) == ("", E164)
    assert "81377665544" not in prank.caller_number


@pytest.mark.django_db
def test_a_city_keeps_a_kind_as_long_as_it_chose(phone, settings):
    settings.GERAK_RETENTION_DAYS = {"noise_callers": 1000}
    plant(phone)

    purge_data(now=later(days=400))

    assert [row.split(":")[0] for row in holding(stored())] == ["incidents_call"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.EMBEDDED, reason="PostgreSQL keeps no file of ours")
def test_the_file_itself_holds_none_of_it(phone):
    plant(phone)
    file = Path(connection.settings_dict["NAME"])
    wal = file.with_name(f"{file.name}-wal")
    assert holding([(file.read_bytes() + wal.read_bytes()).decode("latin-1")])

    purge_data(now=later(days=400))

    assert wal.stat().st_size == 0
    assert holding([file.read_bytes().decode("latin-1")]) == []
