"""The bench's arithmetic: what holds, what is void, what cannot be told. No server, no clock."""

import pytest

from tests.bench.figures import Figure, exit_code, moves, nearest_rank, spread
from tests.bench.ingest import _wrong as ingest_wrong
from tests.bench.table import cells


def figure(values, beside=(), *, line=0.7, more=True, wrong=""):
    made = Figure("A-1", "posts", "uvicorn", "rows/s", line, more, "pgbench" if beside else "")
    for number, value in enumerate(values):
        made.add(value, beside=beside[number] if beside else None, wrong=wrong)
    return made


def test_a_ratio_pairs_each_round_with_its_neighbour():
    made = figure([50, 90, 80], [100, 100, 110])
    assert made.ratios == [0.5, 0.9, 80 / 110]
    assert made.ratio == 80 / 110
    assert made.value == 80


@pytest.mark.parametrize(
    ("values", "beside", "options", "verdict"),
    [
        ([70, 71, 72], [100, 100, 100], {}, "held"),
        ([69, 69, 69], [100, 100, 100], {}, "MISSED"),
        ([9, 10, 11], (), {"line": 10, "more": False}, "held"),
        ([9, 11, 12], (), {"line": 10, "more": False}, "MISSED"),
        ([90, 90, 90], [100, 131, 100], {}, "inconclusive"),
        ([90, 90, 90], [100, 130, 100], {}, "held"),
        ([90, 90, 90], [100, 100, 100], {"wrong": "64 rows, 63 acknowledged"}, "VOID"),
        ([1, 2, 3], (), {"line": None}, ""),
    ],
)
def test_what_a_figure_says_of_its_claim(values, beside, options, verdict):
    assert figure(values, beside, **options).verdict == verdict


def test_a_claim_beside_a_peer_that_is_not_installed_cannot_be_told():
    made = Figure("B-2", "last phone", "uvicorn", "ms", 1.5, False, "nchan")
    made.add(90.0)
    assert made.verdict == "inconclusive"


def test_the_exit_code_says_missed_before_unsure():
    held, missed = figure([90], [100]), figure([10], [100])
    unsure, info = figure([90, 90], [100, 200]), figure([1], line=None)
    assert exit_code([held, info]) == 0
    assert exit_code([held, unsure]) == 2
    assert exit_code([held, unsure, missed]) == 1
    assert exit_code([held, figure([90], [100], wrong="twins")]) == 1
    assert exit_code([]) == 2


@pytest.mark.parametrize(
    ("stored", "twins", "acknowledged", "refused", "told"),
    [
        (64, 0, 64, 0, ""),
        (63, 0, 64, 0, "63 rows, 64 acknowledged"),
        (65, 0, 64, 0, "65 rows, 64 acknowledged"),
        (64, 1, 64, 0, "1 twins"),
        (64, 0, 64, 2, "2 were refused"),
    ],
)
def test_rows_that_differ_from_the_answers_void_a_figure(
    stored, twins, acknowledged, refused, told
):
    before, after = {"stored": 10, "twins": 0}, {"stored": 10 + stored, "twins": twins}
    assert ingest_wrong(before, after, acknowledged, refused) == told


def test_the_numbers_beside_a_median():
    assert moves([100, 130, 65]) == 1.0
    assert spread([90, 100, 120]) == 0.3
    assert nearest_rank(list(range(1, 101)), 99) == 99
    row = cells(figure([70, 71, 72], [100, 100, 100]))
    assert row[3:8] == ["71 rows/s", "3%", "pgbench", "0.71", "≥ 0.7"]
