"""Proofs at the desk and on paper, old ones too; what was known when; how made up fixes look."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission

from incidents.models import MovementProof
from incidents.movement.track import Fix
from incidents.proofs.paper import paper_bytes, verdict_words
from incidents.proofs.suspicion import suspicion_of
from incidents.selectors.verdicts import suspicions_of, verdict_as_known_at
from incidents.services.evidence import review_due
from incidents.services.proofs import issue_proof
from responders.models import AccessEntry
from tests.drama import Gps
from tests.factories import T0, crew_of, make_agency, make_device, make_staff, minutes, seconds
from tests.incidents.proven import ISSUED, handed_out, look, moved_crew, sent_crew, stationary_crew

WIB = ZoneInfo("Asia/Jakarta")


@pytest.mark.django_db
@pytest.mark.parametrize("crew", [moved_crew, stationary_crew])
def test_a_proof_fits_on_one_page_and_is_the_same_each_time(crew):
    proof, _keys = handed_out(crew())
    first = paper_bytes(proof, zone=WIB, url="https://112.example/bukti")
    assert first == paper_bytes(proof, zone=WIB, url="https://112.example/bukti")
    assert first.count(b"/Type /Page\n") == 1


@pytest.mark.django_db
def test_the_page_of_a_proof_without_positions_can_still_be_written():
    proof, _keys = handed_out(moved_crew())
    for row in proof["evidence"]:
        row["rest"] = row["salt"] = None
    assert paper_bytes(proof, zone=WIB, url="u").startswith(b"%PDF")


@pytest.mark.django_db
def test_the_verdict_is_said_in_words():
    proof, _keys = handed_out(moved_crew())
    assert verdict_words(proof) == "Regu terbukti bergerak 1:05 setelah dikirim, dalam batas waktu."
    unsure = proof | {"verdict": "unverifiable", "reason": "offline", "moved_at": None}
    assert verdict_words(unsure) == "Pergerakan tidak dapat diverifikasi: ponsel luring."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_the_desk_takes_a_proof_out_and_that_is_on_record(client, kind):
    client.force_login(make_staff("ayu"))
    assignment = moved_crew()
    answer = client.get(f"/admin/bukti/penugasan/{assignment.pk}.{kind}")
    proof = MovementProof.objects.get()
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    entry = AccessEntry.objects.get()
    assert (entry.actor.username, entry.action, entry.subject_id) == (
        "ayu",
        "export",
        str(proof.pk),
    )


@pytest.mark.django_db(transaction=True)
def test_an_operator_of_another_agency_gets_no_proof(client):
    proof = issue_proof(assignment=moved_crew(), now=ISSUED)
    operator = make_staff("op", is_superuser=False, agency=make_agency("bpbd"))
    operator.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(operator)
    assert client.get(f"/admin/bukti/{proof.pk}.json").status_code == 404
    assert client.get(f"/admin/bukti/penugasan/{proof.assignment_id}.pdf").status_code == 404
    assert AccessEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_superseded_proof_can_still_be_had_and_the_desk_knows_what_was_known_then(client):
    assignment, gps = sent_crew()
    late = Gps(make_device(crew_of(assignment.unit)[0]))
    gps.sends(gps.stands(T0 + seconds(5), 660))
    look(T0 + minutes(16))
    first = issue_proof(assignment=assignment, now=T0 + minutes(17))
    drove = late.drives(T0 + seconds(65), 120)
    late.sends(drove, at=T0 + minutes(30))
    review_due(T0 + minutes(31))
    second = issue_proof(assignment=assignment, now=T0 + minutes(32))

    client.force_login(make_staff())
    assert [client.get(f"/admin/bukti/{p.pk}.json").status_code for p in (first, second)] == [
        200
    ] * 2
    known = [verdict_as_known_at(assignment, T0 + minutes(n)) for n in (1, 20, 40)]
    assert [one and one.verdict for one in known] == [None, "stationary", "moved"]


def fix(number, **over):
    at = T0 + seconds(10 * number)
    fields = {
        "key": number,
        "device_key": 1,
        "recorded_at": at,
        "received_at": at,
        "lat": -0.8 + 0.0009 * number,
        "lon": 100.65 + 0.00001 * (number % 3),
        "accuracy_m": 8.0 + number % 4,
        "speed_mps": 10.0,
    }
    return Fix(**(fields | over))


@pytest.mark.parametrize(
    ("change", "score", "reasons"),
    [
        ({}, 0, ()),
        ({"is_mock": True}, 60, ("flagged_mock",)),
        ({"accuracy_m": 10.0}, 10, ("same_accuracy",)),
        ({"lat": -0.8, "lon": 100.65, "speed_mps": 0.0}, 15, ("same_coordinate",)),
        ({"speed_mps": 0.0}, 15, ("speed_disagrees",)),
        ({"source_auth": "weak"}, 5, ("weak_source",)),
    ],
)
def test_each_pattern_of_made_up_fixes_has_its_points_and_its_name(change, score, reasons):
    found = suspicion_of([fix(n, **change) for n in range(8)])
    assert (found.score, found.reasons) == (score, reasons)


def test_a_leap_across_the_city_is_seen():
    leap = replace(fix(9), lat=-0.7)
    assert suspicion_of([fix(n) for n in range(8)] + [leap]).reasons == ("teleport",)


def test_a_clock_that_was_set_between_two_batches_is_seen():
    right = [fix(n, offset_low_s=0.0, offset_high_s=0.5) for n in range(4)]
    slow = [fix(n, offset_low_s=300.0, offset_high_s=300.5) for n in range(4, 8)]
    assert suspicion_of(right + slow).reasons == ("clock_was_set",)
    drifted = [fix(n, offset_low_s=4.0, offset_high_s=4.5) for n in range(4, 8)]
    assert suspicion_of(right + drifted).reasons == ()


def test_the_order_of_arrival_changes_nothing():
    fixes = [fix(n) for n in range(8)]
    assert suspicion_of(fixes[::-1]) == suspicion_of(fixes)


@pytest.mark.django_db
def test_a_score_stands_beside_the_verdict_and_changes_nothing():
    assignment = moved_crew()
    ((device, found),) = suspicions_of(assignment, ISSUED + timedelta(minutes=1))
    assert device.name == "Redmi"
    assert found.score < 50
    assert assignment.verdict == "moved"
