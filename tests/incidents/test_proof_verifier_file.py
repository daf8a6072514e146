"""The one-file verifier that a stranger gets: it agrees with ours, and stands alone."""

import copy
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from incidents.proofs.document import signed_bytes
from incidents.proofs.shape import read_json
from incidents.proofs.signing import base64url, jwk, key_id_of
from incidents.proofs.verify import verify_proof
from tests.incidents.proven import handed_out, moved_crew

FILE = Path(__file__).resolve().parents[2] / "docs" / "verify_gerak112.py"
METRE_DEG = 1 / 111_195


def _load():
    spec = importlib.util.spec_from_file_location("verify_gerak112", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = _load()


@pytest.fixture
def proof_and_keys(db):
    return handed_out(moved_crew())


def a_metre(proof):
    proof["evidence"][2]["rest"]["lat"] += METRE_DEG
    return proof["evidence"][2]


def a_dropped_row(proof):
    return proof["evidence"].pop(1)


def two_swapped(proof):
    rows = proof["evidence"]
    rows[1], rows[2] = rows[2], rows[1]
    return rows[1]


def a_row_twice(proof):
    proof["evidence"].insert(1, copy.deepcopy(proof["evidence"][0]))
    return proof["evidence"][1]


def a_second(proof):
    head = proof["evidence"][1]["check_in"]
    head["recorded_at"] = head["recorded_at"].replace("5.000Z", "6.000Z")
    return proof["evidence"][1]


def half_a_position(proof):
    proof["evidence"][0]["salt"] = None
    return proof["evidence"][0]


CHANGES = (a_metre, a_dropped_row, two_swapped, a_row_twice, a_second, half_a_position)


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_named_by_its_row(proof_and_keys, change):
    proof, keys = proof_and_keys
    named = change(proof)["check_in"]["id"]
    with pytest.raises(verifier.Wrong, match=named):
        verifier.check(proof, keys)


@pytest.mark.parametrize(
    "change",
    [
        {"moved_at": "2026-11-24T03:00:30.000Z"},
        {"verdict": "moved_late"},
        {"verdict": "pending"},
        {"unit": 4711},
        {"version": 2},
        {"evidence": None},
        {"evidence": [{}]},
        {"signature": "äöü"},
        {"dispatched_at": 7},
        {"key_id": "nobody"},
        {"more": 1},
    ],
)
def test_whatever_else_is_changed_is_refused_by_both(proof_and_keys, change):
    proof, keys = proof_and_keys
    assert verify_proof(proof | change, keys) is not None
    with pytest.raises(verifier.Wrong):
        verifier.check(proof | change, keys)


def test_a_forgery_signed_with_the_named_key_must_still_make_sense(proof_and_keys):
    proof, _keys = proof_and_keys
    forger = Ed25519PrivateKey.generate()
    raw = forger.public_key().public_bytes_raw()
    forged = proof | {"key_id": key_id_of(raw), "verdict": "moved_late"}
    forged |= {"signature": base64url(forger.sign(signed_bytes(forged)))}
    with pytest.raises(verifier.Wrong, match="contradicts"):
        verifier.check(forged, {"keys": [jwk(key_id_of(raw), base64url(raw))]})


def test_it_holds_with_and_without_positions_and_says_so(proof_and_keys):
    proof, keys = proof_and_keys
    assert "verdict moved, moved at" in verifier.check(proof, keys)
    for row in proof["evidence"]:
        row["rest"] = row["salt"] = None
    assert f"{len(proof['evidence'])} positions are gone" in verifier.check(proof, keys)


def test_it_runs_alone_in_an_empty_folder(proof_and_keys, tmp_path):
    proof, keys = proof_and_keys
    (tmp_path / "verify.py").write_bytes(FILE.read_bytes())
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    (tmp_path / "good.json").write_text(json.dumps(proof))
    a_metre(proof)
    (tmp_path / "bad.json").write_text(json.dumps(proof))

    def run(*names):
        return subprocess.run(
            [sys.executable, "-I", "verify.py", *names],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    good, bad = run("good.json", "keys.json"), run("bad.json", "keys.json")
    assert (good.returncode, good.stderr) == (0, "")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "is not the one that was recorded" in bad.stderr
    assert run("none.json", "keys.json").returncode == 1
    assert run("good.json").returncode == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 200_000, "nested too deeply"),
        ("[" * 200_000 + "]" * 200_000, "nested too deeply"),
        ('{"version": NaN}', "NaN is no number"),
        ('{"version": -Infinity}', "-Infinity is no number"),
        ('{"version": "\\ud800"}', "half a character (a lone surrogate) in a text"),
        ('{"version": 1, "version": 1}', "a name stands twice in one object"),
    ],
)
def test_what_json_does_not_have_is_refused_as_ours_refuses_it(tmp_path, capsys, text, reason):
    file = tmp_path / "proof.json"
    file.write_text(text)

    assert verifier.main([str(file), str(file)]) == 1
    assert capsys.readouterr().err == f"Not readable: {reason}.\n"
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        read_json(text)


def test_it_imports_nothing_of_ours():
    text = FILE.read_text()
    for name in ("incidents", "responders", "django", "rfc8785", "msgspec"):
        assert f"import {name}" not in text
        assert f"from {name}" not in text


NUMBERS = (
    st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, -0.0, 1e21, 1e-7, 123456789.125, 1e20, 5e-324, 0.1, 100.0])
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_its_canonical_json_is_that_of_rfc_8785(value):
    assert verifier.canonical(value) == rfc8785.dumps(value)
