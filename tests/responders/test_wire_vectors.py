"""Every request of the collection, as real apps send them, gives what its own project says."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from responders.wire import gpslogger, osmand, overland, owntracks
from responders.wire.message import WireRequest

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "gps-vectors.jsonl"
READERS = {
    "osmand": osmand,
    "traccar-json": osmand,
    "background-geolocation": osmand,
    "gpslogger": gpslogger,
    "opengts": gpslogger,
    "owntracks": owntracks,
    "overland": overland,
    "overland-url": overland,
}


def _cases():
    if not VECTORS.exists():
        reason = "shared/data/gps-vectors.jsonl is not beside this repository"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="absent")]
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


def read(case):
    sent = WireRequest(
        query=case.get("query") or "",
        body=(case.get("body") or "").encode(),
        headers={name.lower(): value for name, value in (case.get("headers") or {}).items()},
    )
    return READERS[case["protocol"]].read(sent)


def shown(position):
    """A position in the words of the collection, rounded to its tolerances."""
    return {
        "lat": round(position["lat"], 6),
        "lon": round(position["lon"], 6),
        "timestamp_utc": _time(position["timestamp_utc"]),
        "speed_mps": _rounded(position["speed_mps"], 2),
        "accuracy_m": _rounded(position["accuracy_m"], 6),
        "battery": _rounded(position["battery"], 6),
        "device": position["device"],
        "mock": position.get("mock"),
        "created_utc": _time(position.get("created_utc")),
    }


def found(position):
    return shown(
        {
            "lat": position.lat,
            "lon": position.lon,
            "timestamp_utc": position.fixed_at,
            "speed_mps": position.speed_mps,
            "accuracy_m": position.accuracy_m,
            "battery": position.battery,
            "device": position.device,
            "mock": position.is_mock,
            "created_utc": position.made_at,
        }
    )


def _time(value):
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return None if moment is None else round(moment.timestamp() * 1000)


def _rounded(value, digits):
    return None if value is None else round(float(value), digits)


@pytest.mark.parametrize("case", _cases())
def test_a_request_is_read_as_its_own_project_reads_it(case):
    expected, message = case["expected"], read(case)

    assert message.outcome == expected["outcome"], message
    if "lat" in expected:
        assert [found(position) for position in message.positions] == [shown(expected)]
    elif "positions" in expected:
        assert list(map(found, message.positions)) == list(map(shown, expected["positions"]))
    elif "count" in expected:
        assert len(message.positions) == expected["count"]
        assert found(message.positions[0]) == shown(expected["first"])
        assert found(message.positions[-1]) == shown(expected["last"])
    else:
        assert message.positions == ()
        assert expected.get("device") in (None, message.device)
    for counted in ("rejected", "no_position"):
        if counted in expected:
            assert getattr(message, counted) == expected[counted]
