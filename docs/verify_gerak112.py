#!/usr/bin/env python3
"""Check a movement proof of Gerak 112. One file; needs Python 3.9 and the package `cryptography`.

    python3 verify_gerak112.py proof.json keys.json

proof.json: the proof. keys.json: the city's public keys, /.well-known/gerak112-keys.json, from a
copy that you trust. Exit 0: it holds, and what it says. Exit 1: it does not, and which row.
It asks no server and no database. What it checks, step by step: docs/proofs.md.
"""

import base64
import hashlib
import json
import math
import sys
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOVED = ("moved", "moved_late")
VERDICTS = (*MOVED, "stationary", "indeterminate", "unverifiable")
ERASABLE = ("rest", "salt")
SKEW = timedelta(milliseconds=2)  # times are cut to milliseconds, clock offsets are not


class Wrong(Exception):
    """The proof does not hold; the text says why and names the row."""


def check(proof, keys):
    """Return a sentence on a proof that holds. Raises Wrong."""
    try:
        _need(isinstance(proof, dict) and proof["version"] == 1, "it is no proof of version 1")
        rows = proof["evidence"]
        _need(isinstance(rows, list), "its evidence is no list")
        for number, row in enumerate(rows, start=1):
            _check_row(number, row)
        _check_order(proof.get("evidence_ids"), rows)
        _check_chain(rows)
        _check_signature(proof, keys)
        _check_sense(proof, rows)
        return _sentence(proof, rows)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, IndexError) as error:
        raise Wrong(f"it cannot be read as a proof ({type(error).__name__}: {error})") from None
    except RecursionError:
        raise Wrong("it is nested too deeply") from None


def canonical(value):
    """Return RFC 8785 bytes: sorted names, shortest numbers, no spaces."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        parts = (canonical(str(name)) + b":" + canonical(value[name]) for name in names)
        return b"{" + b",".join(parts) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, bool) or value is None:
        return {True: b"true", False: b"false", None: b"null"}[value]
    if isinstance(value, (int, float)):
        return _number(value).encode()
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def _number(value):
    """Write a number as ECMAScript does."""
    if not math.isfinite(value):
        raise ValueError("a number that JSON does not have")
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise ValueError("an integer beyond 2^53")
        return str(value)
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value!r}".partition("e")
    digits = mantissa.lstrip("-").replace(".", "").lstrip("0")
    point = len(mantissa.lstrip("-").split(".")[0].lstrip("0"))
    if point == 0:
        point = -(len(mantissa.partition(".")[2]) - len(mantissa.partition(".")[2].lstrip("0")))
    point += int(exponent or 0)
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def _check_row(number, row):
    head = row["check_in"]
    where = f"evidence row {number} (check-in {head['id']})"
    names = {"id", "recorded_at", "received_at", "device", "data_digest"}
    _need(set(head) == names, f"{where}: its hashed object has other members")
    _need(row["device"] == head["device"], f"{where}: it names another phone")
    _need(row["hash"] == _sha(row["previous_hash"], head), f"{where}: its hash is not its own")
    rest, salt = row.get("rest"), row.get("salt")
    _need((rest is None) == (salt is None), f"{where}: only one of position and salt is there")
    if rest is not None:
        right = _sha(salt, rest) == head["data_digest"]
        _need(right, f"{where}: its position is not the one that was recorded")


def _check_order(ids, rows):
    if ids is None:
        return
    here = [row["check_in"]["id"] for row in rows]
    for check_in in ids:
        _need(check_in in here, f"evidence row with check-in {check_in} is missing")
    for number, check_in in enumerate(here, start=1):
        right = ids[number - 1 : number] == [check_in]
        _need(right, f"evidence row {number} (check-in {check_in}) was added or moved")


def _check_chain(rows):
    last, seen = {}, set()
    for number, row in enumerate(rows, start=1):
        where = f"evidence row {number} (check-in {row['check_in']['id']})"
        before, links = last.get(row["device"]), row["links"]
        _need(before or not links, f"{where}: it is its phone's first and names skipped rows")
        expected = links[-1] if links else before
        right = expected is None or row["previous_hash"] == expected
        _need(right, f"{where}: it does not follow the row before it")
        _need(not seen & {*links, row["hash"]}, f"{where}: a row of the chain stands twice")
        seen.update(links, [row["hash"]])
        last[row["device"]] = row["hash"]


def _check_signature(proof, keys):
    known = {key["kid"]: key["x"] for key in keys["keys"]}
    name = proof["key_id"]
    _need(name in known, f"it is signed with key {name}, which is not among the keys")
    body = {key: value for key, value in proof.items() if key != "signature"}
    body["evidence"] = [
        {key: value for key, value in row.items() if key not in ERASABLE}
        for row in proof["evidence"]
    ]
    public_key = Ed25519PublicKey.from_public_bytes(_base64url(known[name]))
    try:
        public_key.verify(_base64url(proof["signature"]), canonical(body))
    except (InvalidSignature, ValueError):
        raise Wrong(f"the signature is not one of key {name} over this content") from None


def _check_sense(proof, rows):
    verdict, moved_at = proof["verdict"], proof["moved_at"]
    move_by, issued_at = _time(proof["move_by"]), _time(proof["issued_at"])
    _need(verdict in VERDICTS, f"its verdict {verdict} is none")
    _need(_time(proof["dispatched_at"]) < move_by, "the time to move by is not after the dispatch")
    _need(_time(proof["dispatched_at"]) <= issued_at, "it was issued before the dispatch")
    received = [_time(row["check_in"]["received_at"]) for row in rows]
    _need(all(at <= issued_at for at in received), "a row was received after it was issued")
    if verdict in ("indeterminate", "unverifiable"):
        _need(proof["reason"], "it gives no reason")
    if verdict == "stationary":
        _need(rows and moved_at is None, "it says stationary without rows, or with a movement")
    if verdict in MOVED:
        _need(moved_at and proof["known_at"] and rows, "it says moved, but not when or by what")
    if moved_at is None:
        return
    at = _time(moved_at)
    if verdict in MOVED:
        in_time = at <= move_by
        _need(in_time == (verdict == "moved"), "the verdict contradicts the time of the movement")
    _need(any(_may_be_at(row, at) for row in rows), "no row can have been made at the movement")
    known = proof["known_at"]
    right = known is not None and _time(known) == max(received) and _time(known) <= issued_at
    _need(right, "it was not known when its last row was received")


def _may_be_at(row, at):
    head, (low, high) = row["check_in"], row["clock_offset_s"]
    recorded, received = _time(head["recorded_at"]), _time(head["received_at"])
    if low is not None and high is not None and low > high:
        low, high = high, low
    latest = received if high is None else min(received, recorded + timedelta(seconds=high))
    if low is not None and at < min(recorded + timedelta(seconds=low), latest) - SKEW:
        return False
    return at <= latest + SKEW


def _sentence(proof, rows):
    reason = f" ({proof['reason']})" if proof["reason"] else ""
    moved = f", moved at {proof['moved_at']}" if proof["moved_at"] else ""
    gone = sum(row.get("rest") is None for row in rows)
    erased = f" {gone} positions are gone (erased after the retention time)." if gone else ""
    return (
        f"The proof holds: assignment {proof['assignment']}, verdict {proof['verdict']}{reason}"
        f"{moved}, to move by {proof['move_by']}; {len(rows)} evidence rows, issued "
        f"{proof['issued_at']}, signed with key {proof['key_id']}.{erased}"
    )


def _sha(before, value):
    return hashlib.sha256(before.encode() + canonical(value)).hexdigest()


def _time(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {text}")
    return moment


def _base64url(text):
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def _need(holds, what):
    if not holds:
        raise Wrong(what)


def _once_each(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return members


def _no_number(name):
    raise ValueError(f"{name} is no number")


def _read(name):
    try:
        with open(name, encoding="utf-8") as file:
            value = json.load(file, object_pairs_hook=_once_each, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("half a character (a lone surrogate) in a text") from None
    return value


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        proof, keys = _read(arguments[0]), _read(arguments[1])
        print(check(proof, keys))
    except Wrong as wrong:
        print(f"The proof does not hold: {wrong}.", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"Not readable: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
