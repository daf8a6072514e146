"""Who gets a proof, that it stays the same, and what replaces it."""

import json
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from incidents.errors import EvidenceBroken, NotJudged
from incidents.models import IncidentEvent, MovementProof
from incidents.proofs.signing import current_signer, published_keys
from incidents.proofs.verify import verify_proof
from incidents.selectors.proofs import bytes_of
from incidents.services.proofs import issue_proof
from responders.models import CheckIn
from tests.factories import T0, crew_of, make_assignment, make_unit, make_user, minutes, seconds
from tests.incidents.proven import ISSUED, handed_out, look, moved_crew, sent_crew

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_dir(settings, tmp_path):
    """An installation without a key yet."""
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


def crew_path(assignment):
    return f"/api/v1/assignments/{assignment.pk}/movement-proof"


def desk_path(assignment):
    return f"/api/v1/desk/assignments/{assignment.pk}/movement-proof"


def test_crew_and_desk_get_the_same_bytes_and_they_verify(phone_of, desk):
    sent = moved_crew()

    crew = phone_of(crew_of(sent.unit)[0]).get(crew_path(sent))
    at_desk = desk.get(desk_path(sent))

    assert (crew.status_code, crew["Content-Type"]) == (200, "application/json")
    assert crew.content == at_desk.content
    proof = crew.json()
    assert verify_proof(proof, Client().get("/.well-known/gerak112-keys.json").json()) is None
    assert (proof["assignment"], proof["incident"]) == (str(sent.pk), str(sent.incident_id))
    assert proof["evidence_ids"] == sent.verdicts.get().evidence_ids
    assert MovementProof.objects.count() == 1


def test_a_proof_is_anchored_in_the_journal_once():
    sent = moved_crew()

    first = issue_proof(assignment=sent, now=ISSUED)
    again = issue_proof(assignment=sent, now=ISSUED + minutes(5))

    assert (first, bytes_of(first)) == (again, bytes_of(again))
    event = IncidentEvent.objects.get(kind="movement.proof_issued")
    assert (event.data["proof_id"], event.assignment) == (str(first.pk), sent)


def test_while_pending_there_is_none(phone_of, desk):
    sent = make_assignment(now=timezone.now())

    crew = phone_of(crew_of(sent.unit)[0]).get(crew_path(sent))

    assert (crew.status_code, crew.json()["code"]) == (409, "not_judged")
    assert desk.get(desk_path(sent)).json()["code"] == "not_judged"
    with pytest.raises(NotJudged):
        issue_proof(assignment=sent, now=T0)


def test_outsiders_are_refused_and_nothing_is_signed(phone_of, client):
    sent = moved_crew()

    assert phone_of(crew_of(make_unit())[0]).get(crew_path(sent)).status_code == 404
    assert phone_of(make_user(role="official")).get(crew_path(sent)).status_code == 403
    assert phone_of(crew_of(sent.unit)[0]).get(desk_path(sent)).status_code == 403
    assert client.get(crew_path(sent)).status_code == 401
    assert client.get(desk_path(sent)).status_code == 401
    assert MovementProof.objects.count() == 0


def test_late_evidence_makes_a_proof_that_supersedes():
    sent, gps = sent_crew()
    kept = gps.drives(T0 + seconds(65), 120)
    look(T0 + minutes(16))
    before, keys = handed_out(sent, now=T0 + minutes(17))
    gps.sends(kept, at=T0 + minutes(30))
    look(T0 + minutes(31))

    after, _ = handed_out(sent, now=T0 + minutes(32))

    assert (before["verdict"], before["reason"]) == ("unverifiable", "offline")
    assert (after["verdict"], after["supersedes"]) == ("moved", before["id"])
    assert after["moved_at"] < after["move_by"] < after["known_at"]
    assert [verify_proof(proof, keys) for proof in (before, after)] == [None, None]


def test_a_history_nobody_asked_for_is_issued_with_its_end():
    sent, gps = sent_crew()
    kept = gps.drives(T0 + seconds(65), 120)
    look(T0 + minutes(16))
    gps.sends(kept, at=T0 + minutes(30))
    look(T0 + minutes(31))

    newest = issue_proof(assignment=sent, now=T0 + minutes(32))

    first, second = MovementProof.objects.order_by("verdict__number")
    assert (second, second.supersedes) == (newest, first)
    assert first.document["verdict"] == "unverifiable"


def test_skipped_rows_are_listed_and_the_chain_goes_over_them():
    """A spoofed fix between two good ones is no evidence, and still in the chain."""
    sent, gps = sent_crew()
    for at, item in gps.drives(T0 + seconds(65), 120):
        gps.upload([item], at + seconds(1))
        gps.upload([gps.fix(at + seconds(2), speed_mps=9.0, is_mock=True)], at + seconds(3))
    look(T0 + minutes(5))

    proof, keys = handed_out(sent)

    assert [len(row["links"]) for row in proof["evidence"][:3]] == [0, 1, 1]
    assert verify_proof(proof, keys) is None
    proof["evidence"][1]["links"] = ["0" * 64]
    assert verify_proof(proof, keys).row == proof["evidence_ids"][1]


def test_after_the_purge_the_stored_proof_still_holds():
    sent = moved_crew()
    before, keys = handed_out(sent)
    erased = dict.fromkeys(
        ("lat", "lon", "accuracy_m", "speed_mps", "heading_deg", "altitude_m", "battery_pct"), None
    )
    CheckIn.objects.update(**erased, is_mock=None, source="", salt="")

    after, _ = handed_out(sent)

    assert {row["rest"] for row in after["evidence"]} == {None}
    assert after["signature"] == before["signature"]
    assert verify_proof(after, keys) is None
    assert str(MovementProof.objects.get().document).count("'lat'") == 0


def test_a_changed_check_in_is_not_signed():
    sent = moved_crew()
    row = CheckIn.objects.get(pk=sent.verdicts.get().evidence[1])
    CheckIn.objects.filter(pk=row.pk).update(lat=row.lat + 0.00001)

    with pytest.raises(EvidenceBroken) as refusal:
        issue_proof(assignment=sent, now=ISSUED)

    assert refusal.value.extra == {"problem": "data_digest", "row": str(row.client_id)}
    assert MovementProof.objects.count() == 0


def test_a_check_in_changed_after_signing_is_named_by_the_verifier():
    sent = moved_crew()
    _, keys = handed_out(sent)
    row = CheckIn.objects.get(pk=sent.verdicts.get().evidence[1])
    CheckIn.objects.filter(pk=row.pk).update(lat=row.lat + 0.00001)

    proof, _ = handed_out(sent)

    assert verify_proof(proof, keys).row == str(row.client_id)


def test_the_key_is_made_once_and_only_the_owner_reads_it(data_dir):
    first, again = current_signer(), current_signer()

    assert first.key_id == again.key_id
    folder = data_dir / "signing-keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "current.pem").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["current.pem", f"{first.key_id}.pub"]
    )


def test_after_a_change_of_key_old_proofs_verify_and_new_ones_use_the_new(data_dir):
    old, _ = handed_out(moved_crew())
    (data_dir / "signing-keys" / "current.pem").unlink()

    new, keys = handed_out(moved_crew())

    assert new["key_id"] == keys["keys"][0]["kid"] != old["key_id"]
    assert len(keys["keys"]) == 2
    assert [verify_proof(proof, keys) for proof in (old, new)] == [None, None]


@pytest.mark.parametrize("way", ["text", "file"])
def test_a_key_from_outside_is_used_and_its_public_half_kept(data_dir, settings, tmp_path, way):
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(pem)
    settings.GERAK_SIGNING_KEY = pem.decode() if way == "text" else ""
    settings.GERAK_SIGNING_KEY_FILE = str(tmp_path / "key.pem")

    key_id = current_signer().key_id

    assert [key["kid"] for key in published_keys()["keys"]] == [key_id]
    assert not (data_dir / "signing-keys" / "current.pem").exists()


def test_a_key_that_is_none_is_refused_with_its_name(data_dir, settings):
    settings.GERAK_SIGNING_KEY = "secret"

    with pytest.raises(ImproperlyConfigured, match="GERAK_SIGNING_KEY holds no readable PEM"):
        current_signer()


def test_the_keys_are_open_to_everybody_and_hold_nothing_private(client):
    answer = client.get("/.well-known/gerak112-keys.json")

    (key,) = answer.json()["keys"]
    assert sorted(key) == ["alg", "crv", "kid", "kty", "use", "x"]
    assert answer["Cache-Control"] == "public, max-age=300"
    assert json.loads(answer.content) == published_keys()
    assert client.post("/.well-known/gerak112-keys.json").status_code == 405
