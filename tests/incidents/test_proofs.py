"""A proof that was touched says where; what was not touched holds, also without its positions."""

import base64
import copy
import functools
import hashlib
import json
import os
import subprocess
import sys

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.management import CommandError, call_command

from incidents.proofs.document import signed_bytes
from incidents.proofs.signing import base64url, jwk, key_id_of, published_keys
from incidents.proofs.verify import sentence_on, verify_proof
from tests.incidents.proven import handed_out, moved_crew, stationary_crew

pytestmark = pytest.mark.django_db

METRE_DEG = 1 / 111_195


@functools.cache
def _text():
    """One proof for all tests here: they change their own copy, never a row."""
    return json.dumps(handed_out(moved_crew())[0])


@pytest.fixture
def proof():
    return json.loads(_text())


@pytest.fixture
def keys(proof):
    return published_keys()


def fault(proof, keys):
    problem = verify_proof(proof, keys)
    return (problem.code, problem.row) if problem else None


def id_of(proof, number):
    return proof["evidence"][number]["check_in"]["id"]


def signed_anew(proof, private_key, key_id):
    """The proof as a forger would sign it."""
    forged = proof | {"key_id": key_id}
    return forged | {"signature": base64url(private_key.sign(signed_bytes(forged)))}


def test_a_proof_holds_by_the_contract_alone(proof, keys):
    """The check spelled out from the contract, with none of our code but the libraries."""
    assert verify_proof(proof, keys) is None
    for row in proof["evidence"]:
        rest = row["salt"].encode() + rfc8785.dumps(row["rest"])
        assert row["check_in"]["data_digest"] == hashlib.sha256(rest).hexdigest()
        hashed = row["previous_hash"].encode() + rfc8785.dumps(row["check_in"])
        assert row["hash"] == hashlib.sha256(hashed).hexdigest()
    body = {name: value for name, value in proof.items() if name != "signature"}
    body["evidence"] = [
        {name: value for name, value in row.items() if name not in ("rest", "salt")}
        for row in proof["evidence"]
    ]
    (key,) = [key for key in keys["keys"] if key["kid"] == proof["key_id"]]
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    public.verify(base64.urlsafe_b64decode(proof["signature"] + "=="), rfc8785.dumps(body))


def test_a_crew_that_stood_still_has_a_proof_too():
    proof, keys = handed_out(stationary_crew())

    assert verify_proof(proof, keys) is None
    assert (proof["verdict"], proof["moved_at"], proof["supersedes"]) == ("stationary", None, None)
    assert len(proof["evidence"]) > 50


def test_one_metre_is_seen(proof, keys):
    proof["evidence"][2]["rest"]["lat"] += METRE_DEG

    assert fault(proof, keys) == ("data_digest", id_of(proof, 2))


@pytest.mark.parametrize("number", [0, 1, -1])
def test_a_dropped_row_is_named(proof, keys, number):
    gone = proof["evidence"].pop(number)["check_in"]["id"]

    assert fault(proof, keys) == ("row_missing", gone)


def test_a_row_that_stands_twice_is_named(proof, keys):
    proof["evidence"].insert(1, copy.deepcopy(proof["evidence"][0]))

    assert fault(proof, keys) == ("row_misplaced", id_of(proof, 1))


def test_a_row_dropped_from_the_list_as_well_is_named_by_the_next(proof, keys):
    del proof["evidence"][1], proof["evidence_ids"][1]

    assert fault(proof, keys) == ("previous_hash", id_of(proof, 1))


def test_a_dropped_row_hidden_by_a_claimed_link_breaks_the_signature(proof, keys):
    """Between rows of one phone a link can be claimed; only the signature forbids it."""
    dropped = proof["evidence"].pop(1)
    proof["evidence"][1]["links"] = [dropped["hash"]]
    proof["evidence_ids"].remove(dropped["check_in"]["id"])

    assert fault(proof, keys) == ("signature", None)


def test_swapped_rows_are_named(proof, keys):
    rows = proof["evidence"]
    rows[1], rows[2] = rows[2], rows[1]

    assert fault(proof, keys) == ("row_misplaced", id_of(proof, 1))
    ids = proof["evidence_ids"]
    ids[1], ids[2] = ids[2], ids[1]
    assert fault(proof, keys) == ("previous_hash", id_of(proof, 1))


def test_a_time_moved_by_a_second_is_named(proof, keys):
    head = proof["evidence"][1]["check_in"]
    head["recorded_at"] = head["recorded_at"].replace("5.000Z", "6.000Z")

    assert fault(proof, keys) == ("hash", head["id"])


def test_a_row_made_anew_no_longer_follows(proof, keys):
    """Digest and hash of the changed row are right again; the next row does not follow it."""
    row = proof["evidence"][1]
    row["rest"]["lat"] += METRE_DEG
    digest = hashlib.sha256(row["salt"].encode() + rfc8785.dumps(row["rest"])).hexdigest()
    row["check_in"]["data_digest"] = digest
    hashed = row["previous_hash"].encode() + rfc8785.dumps(row["check_in"])
    row["hash"] = hashlib.sha256(hashed).hexdigest()

    assert fault(proof, keys) == ("previous_hash", id_of(proof, 2))


def test_another_key_is_found_out(proof, keys):
    forger = Ed25519PrivateKey.generate()
    raw = forger.public_key().public_bytes_raw()

    assert fault(signed_anew(proof, forger, proof["key_id"]), keys) == ("signature", None)
    assert fault(signed_anew(proof, forger, key_id_of(raw)), keys) == ("unknown_key", None)
    forged_keys = {"keys": [jwk(key_id_of(raw), base64url(raw))]}
    assert fault(signed_anew(proof, forger, key_id_of(raw)), forged_keys) is None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("moved_at", "2026-11-24T03:00:30.000Z", "signature"),
        ("verdict", "moved_late", "signature"),
        ("unit", 4711, "signature"),
        ("supersedes", "6f1c9b0a-6f0e-4c5e-9d5a-0a1b2c3d4e5f", "signature"),
        ("verdict", "pending", "malformed"),
        ("version", 2, "malformed"),
        ("evidence", None, "malformed"),
        ("signature", "äöü", "signature"),
        ("dispatched_at", 1e400, "malformed"),
    ],
)
def test_whatever_else_is_changed_is_refused(proof, keys, name, value, code):
    assert fault(proof | {name: value}, keys) == (code, None)


def test_erased_positions_leave_the_proof_whole(proof, keys):
    for row in proof["evidence"]:
        row["rest"] = row["salt"] = None

    assert verify_proof(proof, keys) is None
    gone = len(proof["evidence"])
    assert f"The positions of {gone} of them are gone" in sentence_on(proof)
    del proof["evidence"][0]["rest"], proof["evidence"][0]["salt"]
    assert verify_proof(proof, keys) is None


def test_a_position_without_its_salt_is_named(proof, keys):
    proof["evidence"][0]["salt"] = None

    assert fault(proof, keys) == ("half_erased", id_of(proof, 0))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"verdict": "moved_late"}, "verdict"),
        ({"moved_at": None}, "verdict"),
        ({"moved_at": "2026-11-24T03:09:00.000Z"}, "moved_at"),
        ({"moved_at": "2026-11-24T03:19:00.000Z"}, "verdict"),
        ({"known_at": "2026-11-24T03:00:30.000Z"}, "known_at"),
        ({"issued_at": "2026-11-24T03:01:00.000Z"}, "times"),
        ({"move_by": "2026-11-24T02:00:00.000Z"}, "times"),
        (
            {"verdict": "stationary", "moved_at": None, "evidence": [], "evidence_ids": []},
            "verdict",
        ),
        ({"verdict": "unverifiable", "reason": None}, "verdict"),
        ({"dispatched_at": "yesterday"}, "bad_time"),
    ],
)
def test_a_claim_that_contradicts_itself_is_refused_whoever_signed(proof, change, code):
    signer = Ed25519PrivateKey.generate()
    raw = signer.public_key().public_bytes_raw()
    keys = {"keys": [jwk("its own", base64url(raw))]}

    problem = verify_proof(signed_anew(proof | change, signer, "its own"), keys)

    assert problem.code == code


@pytest.mark.parametrize("keys", [None, {}, {"keys": [{"kid": "x"}]}, {"keys": "no"}])
def test_keys_that_are_none_are_named(proof, keys):
    assert fault(proof, keys) == ("bad_keys", None)


@pytest.mark.parametrize("text", ["", "[]", "null", '{"version": 1}', '"moved"'])
def test_what_is_no_proof_never_crashes(text):
    assert verify_proof(json.loads(text or "0"), {"keys": []}).code == "malformed"


@pytest.fixture
def files(proof, keys, tmp_path):
    (tmp_path / "proof.json").write_text(json.dumps(proof, indent=1))
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    return tmp_path


def run(files):
    proof, keys = str(files / "proof.json"), str(files / "keys.json")
    return call_command("verify_proof", proof, "--keys", keys)


def test_the_command_says_that_it_holds(files, capsys):
    run(files)

    assert capsys.readouterr().out.startswith("The proof holds: assignment ")


def test_the_command_names_the_row(files, proof):
    changed = copy.deepcopy(proof)
    changed["evidence"][2]["rest"]["lon"] += METRE_DEG
    (files / "proof.json").write_text(json.dumps(changed))

    with pytest.raises(CommandError) as refusal:
        run(files)

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        f"The proof does not hold. Evidence row 3 (check-in {id_of(proof, 2)}): "
        "its position is not the one that was recorded."
    )


def test_the_command_needs_no_database_and_no_installation(files):
    """The database named does not exist, and the data folder is empty."""
    nowhere = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "GERAK_DATA_DIR": str(files / "empty"),
        "GERAK_SECRET_KEY": "of no account",
        "GERAK_TELEPHONY_SECRET": "of no account",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "verify_proof", files / "proof.json"]
    done = subprocess.run(
        [*command, "--keys", files / "keys.json"],
        cwd=settings.BASE_DIR,
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The proof holds: ")


@pytest.mark.parametrize(
    "text", ["{", "NaN", '{"version": 1, "version": 1}', "[" * 100_000, r'"\ud800"']
)
def test_the_command_refuses_what_two_readers_would_read_differently(files, text):
    (files / "proof.json").write_text(text)

    with pytest.raises(CommandError) as refusal:
        run(files)

    assert refusal.value.returncode == 1
