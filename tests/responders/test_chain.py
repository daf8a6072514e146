"""The hash chain of a phone's check-ins."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from responders.chain import (
    GENESIS,
    BrokenLink,
    Link,
    canonical_json,
    data_digest,
    data_of,
    head_of,
    link_hash,
    new_salt,
    row_hash,
    verify_chain,
)

NOON = datetime(2026, 11, 23, 12, 0, 0, 123999, UTC)
PHONE = UUID("6f1c9b0a-6f0e-4c5e-9d5a-0a1b2c3d4e5f")


def links(*positions):
    """Chain one row a position."""
    rows, previous_hash = [], GENESIS
    for number, (lat, lon) in enumerate(positions):
        salt, data = new_salt(), data_of({"lat": lat, "lon": lon, "source": ""})
        head = head_of(
            client_id=UUID(int=number, version=4),
            device_id=PHONE,
            recorded_at=NOON,
            received_at=NOON,
            data_digest=data_digest(salt=salt, data=data),
        )
        hash_ = link_hash(previous_hash=previous_hash, head=head)
        rows.append(Link(head, data, salt, previous_hash, hash_))
        previous_hash = hash_
    return rows


def test_the_hash_is_the_one_that_the_contract_spells_out():
    data = {"accuracy_m": 10.0, "lat": -0.789, "lon": 100.65}
    digest = hashlib.sha256(b"ab" + b'{"accuracy_m":10,"lat":-0.789,"lon":100.65}').hexdigest()
    assert data_digest(salt="ab", data=data) == digest
    head = head_of(
        client_id=UUID(int=7, version=4),
        device_id=PHONE,
        recorded_at=NOON,
        received_at=NOON,
        data_digest=digest,
    )
    text = json.dumps(head, sort_keys=True, separators=(",", ":"))
    assert head["recorded_at"] == "2026-11-23T12:00:00.123Z"
    wanted = hashlib.sha256(b"0" * 64 + text.encode()).hexdigest()
    assert link_hash(previous_hash=GENESIS, head=head) == wanted


values = (
    st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-180, 180)
    | st.sampled_from([-0.0, 1e-4, 9.9e-5, 1e16, 9999999999999998.0, 1e21, 100.0, -0.789])
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.none()
)


@given(st.dictionaries(st.sampled_from(["lat", "lon", "device"]) | st.text(max_size=5), values))
def test_the_short_way_to_canonical_json_is_byte_for_byte_the_library_s(flat):
    assert canonical_json(flat) == rfc8785.dumps(flat)


def test_the_hash_of_texts_is_the_hash_of_their_head():
    head = head_of(
        client_id=UUID(int=7, version=4),
        device_id=PHONE,
        recorded_at=NOON,
        received_at=NOON,
        data_digest="d" * 64,
    )
    told = {f"{name}_id" if name == "device" else name: head[name] for name in head}
    told["client_id"] = told.pop("id")
    wanted = link_hash(previous_hash=GENESIS, head=head)
    assert row_hash(previous_hash=GENESIS, **told) == wanted


def test_absent_fields_are_left_out_and_false_is_not_absent():
    values = {"lat": 1.0, "lon": 0.0, "speed_mps": None, "is_mock": False, "source": "", "x": 1}
    assert data_of(values) == {"lat": 1.0, "lon": 0.0, "is_mock": False}


def test_a_whole_chain_holds_also_when_positions_were_erased():
    rows = links((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))
    rows[1] = replace(rows[1], data=None, salt=None)
    assert verify_chain(rows) is None


def test_a_chain_may_be_checked_from_the_middle():
    rows = links((1.0, 2.0), (3.0, 4.0))
    assert verify_chain(rows[1:], previous_hash=rows[0].hash) is None


@given(st.integers(0, 3), st.sampled_from(["data", "time", "salt", "drop", "swap", "half"]))
def test_the_first_row_that_was_touched_is_named(at, how):
    rows = links((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 9.0))
    touched, problem = rows[at], "data_digest"
    if how == "data":
        rows[at] = replace(touched, data={**touched.data, "lat": 1.5})
    elif how == "time":
        rows[at] = replace(touched, head={**touched.head, "recorded_at": "2026-11-23T11:00:00Z"})
        problem = "hash"
    elif how == "salt":
        rows[at] = replace(touched, salt=new_salt())
    elif how == "half":
        rows[at], problem = replace(touched, data=None), "half_erased"
    else:
        gone, problem = rows.pop(at), "previous_hash"
        touched = rows[at]
        if how == "swap":
            rows.insert(at + 1, gone)
    assert verify_chain(rows) == BrokenLink(str(touched.head["id"]), problem)
