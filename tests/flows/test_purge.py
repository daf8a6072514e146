"""A name and a number planted through every door are nowhere once their time is over."""

import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from incidents.models import Call, Photo
from incidents.proofs.signing import published_keys
from incidents.proofs.verify import verify_proof
from incidents.selectors.proofs import bytes_of
from incidents.services.proofs import issue_proof
from notifications.services.purge import due_rows, purge_data
from responders.models import CheckIn
from tests.factories import (
    T0,
    make_staff,
)
from tests.incidents.proven import moved_crew
from tests.planted import E164, NAME, NUMBER, holding, photos_kept, plant, stored


def proof_of(assignment):
    return json.loads(bytes_of(issue_proof(assignment=assignment, now=timezone.now())))


def positions_of(proof):
    """Say whether rows of evidence still hold a position."""
    return {'"lat":' in json.dumps(row) for row in proof["evidence"]}


def later(**delta):
    return max(timezone.now(), T0) + timedelta(**delta)


@pytest.mark.django_db
def test_after_400_days_name_number_and_home_are_nowhere_and_all_still_verifies(
    phone, client, caplog
):
    caplog.set_level(logging.DEBUG)
    others = photos_kept()  # files of other tests; a database forgets, a folder does not
    assignment = plant(phone)
    client.force_login(make_staff("looks"))
    client.get("/admin/incidents/call/", {"q": NUMBER})
    client.get("/admin/incidents/call/", {"q": NAME})
    client.get(f"/admin/incidents/incident/{assignment.incident_id}/change/")
    assert len(holding(stored())) > 20
    assert len(photos_kept()) == len(others) + 1

    purge_data(now=later(days=400))

    assert holding(stored()) == []
    assert (photos_kept(), Photo.objects.count()) == (others, 0)
    assert holding(record.getMessage() for record in caplog.records) == []
    proof = proof_of(assignment)
    assert verify_proof(proof, published_keys()) is None
    assert positions_of(proof) == {False}
    call_command("verify_journal")
    call_command("replay", "--check")


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
