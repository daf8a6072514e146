"""`manage.py judge FILE`: JSON lines in and out, no database."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import gps_noise

DRIVE = [list(row) for row in gps_noise.driven(gps_noise.OPEN, "car", 5)[0]]
STAY = [list(row) for row in gps_noise.parked(gps_noise.OPEN, 5)]


def run(tmp_path, *lines):
    file = tmp_path / "tracks.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    out, err, failure = StringIO(), StringIO(), None
    try:
        call_command("judge", str(file), stdout=out, stderr=err)
    except CommandError as error:
        failure = error
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), failure


def line(name, fixes):
    return json.dumps({"id": name, "fixes": fixes}).encode()


def test_each_track_is_judged_as_known_when_its_last_fix_is_in(tmp_path):
    answers, err, failure = run(
        tmp_path, line("drive", DRIVE), b"", line("stay", STAY), line("none", [])
    )
    assert (err, failure) == ("", None)
    drive, stay, none = answers
    assert list(drive) == ["id", "verdict", "moved_at_s", "known_at_s"]
    assert (drive["id"], drive["verdict"]) == ("drive", "moved")
    assert drive["moved_at_s"] in [row[0] for row in DRIVE]
    assert drive["known_at_s"] in [row[0] for row in DRIVE]
    nothing = {"verdict": "pending", "moved_at_s": None, "known_at_s": None}
    assert stay == {"id": "stay", **nothing}
    assert none == {"id": "none", **nothing}


def test_a_parked_track_past_the_deadline_is_stationary(tmp_path):
    last = [*STAY, [605.0, 0.0, 0.0, 10.0, 0.0]]
    answers, _, _ = run(tmp_path, line("stay", last))
    assert answers[0]["verdict"] == "stationary"


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b"nonsense", "line 2: not JSON"),
        (b"\xff\xfe", "line 2: not JSON"),
        (b"[]", "line 2: not a JSON object"),
        (b'{"fixes": []}', 'line 2: "id" is missing'),
        (b'{"id": "a"}', 'line 2: "fixes" is missing'),
        (b'{"id": "a", "fixes": [[0, 0]]}', "line 2: fix 0: not [t_s,"),
        (b'{"id": "a", "fixes": [[0, 0, "x", 5, 1]]}', "line 2: fix 0: y_m is not a number"),
        (b'{"id": "a", "fixes": [[true, 0, 0, 5, 1]]}', "line 2: fix 0: t_s is not a number"),
        (b'{"id": "a", "fixes": [[1e300, 0, 0, 5, 1]]}', "line 2: fix 0: t_s is out of range"),
        (b'{"id": "a", "fixes": [[0, NaN, 0, 5, 1]]}', "line 2: not JSON: NaN is no number"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_judged(tmp_path, bad, says):
    answers, err, failure = run(tmp_path, line("a", DRIVE), bad, line("b", STAY))
    assert [answer["id"] for answer in answers] == ["a", "b"]
    assert err.startswith(says)
    assert failure.returncode == 1


def test_a_file_that_cannot_be_read_is_refused():
    with pytest.raises(CommandError, match="No such file"):
        call_command("judge", "/nowhere/tracks.jsonl")
