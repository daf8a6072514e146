"""The runner's second try: for a few flows alone, and never for a test that failed twice."""

import json

import pytest

from tests.run import SECOND_TRIES, _suite, failed_in, may_try_again

FLOW = "tests/flows/test_movement.py::test_one"


@pytest.mark.parametrize(
    ("failed", "again"),
    [
        ([], False),
        ([FLOW], True),
        ([FLOW, "tests/test_locale.py::test_all"], False),
        ([f"{FLOW}[{number}]" for number in range(SECOND_TRIES + 1)], False),
    ],
)
def test_only_a_few_flows_are_tried_again(failed, again):
    assert may_try_again(failed) is again


def test_what_failed_is_read_from_pytests_own_cache(tmp_path):
    assert failed_in(tmp_path) == []
    (tmp_path / "v" / "cache").mkdir(parents=True)
    (tmp_path / "v" / "cache" / "lastfailed").write_text(json.dumps({FLOW: True}))
    assert failed_in(tmp_path) == [FLOW]


@pytest.mark.parametrize(
    ("codes", "exit_code", "word"),
    [
        ([0], 0, "SQLite: passed"),
        ([1, 0], 0, f"SQLite: passed at the second try of {FLOW}"),
        ([1, 1], 1, f"SQLite: FAILED (exit 1) at the second try of {FLOW}"),
        ([2], 2, "SQLite: FAILED (exit 2)"),
    ],
)
def test_a_flow_that_fails_twice_has_failed(monkeypatch, capsys, codes, exit_code, word):
    left = list(codes)
    monkeypatch.setattr("tests.run._pytest", lambda *_: left.pop(0))
    monkeypatch.setattr("tests.run.failed_in", lambda _cache: [FLOW])

    assert _suite("SQLite", [], {}) == (exit_code, word)
    assert left == []
    assert ("second try" in capsys.readouterr().out) is (len(codes) == 2)
