"""What auditors found elsewhere, tried on our report through every door it has.

Each story has real figures with which the trick gives another number than the truth; the report
gives the truth, says by what name it measured, or counts what was done. Source: field study 0.
"""

import pytest

from incidents.lifecycle import MilestoneSource
from incidents.models import Area, IncidentType
from incidents.reports.tables import tables_of
from incidents.selectors.report_names import names_for
from incidents.selectors.reports import month_of, report_on
from incidents.services.call_desk import join_call, leave_incident
from incidents.services.closure import close_incident, reopen_incident
from incidents.services.observations import observe
from incidents.services.reports import issue_report
from responders.models import Agency
from tests.factories import (
    T0,
    make_agency,
    make_area,
    make_assignment,
    make_incident,
    make_staff,
    make_unit,
    minutes,
    seconds,
)
from tests.incidents.report_doors import END, START, asked, every_door, intervals_in, ring, step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def reader(client):
    client.force_login(make_staff())
    return client


def slow_answer():
    """Answered at once, sent after 300 s, acting after 620; from the dispatch that is 320."""
    call = ring("pbx-1", T0)
    incident = make_incident(now=T0 + seconds(60), call=call, answered_at=T0 + seconds(55))
    assignment = make_assignment(incident=incident, now=T0 + seconds(300))
    step(assignment, "on_scene", T0 + seconds(600))
    at = T0 + seconds(620)
    observe(assignment=assignment, observation="first_action", at=at, actor=None, now=at)
    return incident


def test_no_door_calls_a_clock_from_the_dispatch_by_the_laws_name(reader, tmp_path):
    slow_answer()

    for told in every_door(reader, tmp_path):
        named = [row for row in told.values() if "tanggap" in row["Selang waktu"]]
        assert [(row["Kode"], row["P50"], row["Rata-rata"]) for row in named] == [
            ("I10", "620", "620")
        ]


@pytest.mark.parametrize("end", ["arrive", "action", "clear", "move"])
def test_who_asks_for_the_dispatchs_clock_gets_it_under_its_own_name(reader, end):
    slow_answer()

    told = intervals_in(asked(reader, start="dispatch", end=end))

    assert told["I10"]["P50"] == "620"
    names = {row["Kode"]: row["Selang waktu"] for row in told.values() if row["P50"] == "320"}
    own = {"dispatch-action": "regu dikirim → tindakan pertama"} if end == "action" else {}
    assert names == own
    assert all(told[code]["Target"] == "" for code in own)


def test_a_call_that_is_taken_out_afterwards_moves_no_clock_unseen(reader, tmp_path):
    """The first call is taken out, so that the clock would begin at the second: 330 s, not 620."""
    incident = slow_answer()
    later = join_call(
        call=ring("pbx-2", T0 + seconds(290)), incident=incident, actor=None, now=T0 + minutes(6)
    )
    first = incident.calls.exclude(pk=later.pk).get()
    leave_incident(call=first, actor=make_staff(), now=T0 + minutes(30))

    for told in every_door(reader, tmp_path):
        row = told["I10"]
        assert (row["P50"], row["n"], row["Lolos"]) == ("", "0", "0")
        assert (row["Belum pasti"], row["Susulan"]) == ("1", "1")
        assert row["Alasan"] == "1 waktu dicatat atau diubah belakangan"


def test_an_arrival_filled_in_afterwards_proves_nothing_and_is_counted(reader, tmp_path):
    """The crew arrived after half an hour; at the desk somebody writes five minutes."""
    incident = make_incident(now=T0)
    assignment = make_assignment(incident=incident, now=T0 + seconds(30))
    typed = {"now": T0 + minutes(60), "source": MilestoneSource.DISPATCHER}
    step(assignment, "on_scene", T0 + minutes(5), **typed)
    observe(
        assignment=assignment, observation="first_action", at=T0 + minutes(6), actor=None, **typed
    )

    for told in every_door(reader, tmp_path):
        row = told["I10"]
        assert (row["Tercapai"], row["Lolos"], row["Susulan"]) == ("0–100 %", "0", "1")
        assert (row["P50"], told["I8"]["P50"], told["I8"]["Susulan"]) == ("", "", "1")


def test_a_percentile_of_cases_that_never_arrived_says_how_many_it_was_drawn_from(reader, tmp_path):
    """Two crews never acknowledged: "not reached" beside n = 0 would be a figure of nothing."""
    for minute in (0, 1):
        make_assignment(now=T0 + minutes(minute))
    make_incident(now=T0 + minutes(60))

    for told in every_door(reader, tmp_path):
        row = told["I4"]
        assert (row["P50"], row["n"], row["Tidak tercapai"]) == ("inf", "2", "2")
        assert (row["Rata-rata"], row["Gagal"], row["Tidak tercatat"]) == ("", "2", "0")
    assert "Rata-rata hanya atas kasus yang tercapai" in asked(reader)
    page = asked(reader, format="")
    assert all(words in page for words in ("Tidak tercapai", "tidak tercapai"))


def test_who_leaves_the_open_cases_out_says_so_on_every_page(reader):
    closed = make_incident(now=T0)
    close_incident(incident=closed, disposition="handled", actor=None, now=T0 + minutes(1))
    make_assignment(incident=make_incident(now=T0))  # never acknowledged
    make_incident(now=T0 + minutes(60))

    whole, part = asked(reader), asked(reader, closed_only="on")

    assert intervals_in(whole)["I4"]["Gagal"] == "1"
    assert intervals_in(part)["I4"]["Gagal"] == "0"
    said = "Hanya kasus tertutup,2 kasus terbuka tidak dihitung"
    assert (said in whole, said in part) == (False, True)
    page = asked(reader, closed_only="on", format="")
    assert "<dd>2 kasus terbuka tidak dihitung</dd>" in page


def test_the_p90_of_two_days_is_of_their_cases_and_not_of_their_p90s(reader, tmp_path):
    """Ten acknowledged after 10 s, the day after one after 100 s: P90 is 10 s.

    The mean of the two days' P90 is 55 s, and weighted by their cases 18.2 s.
    """
    for day, waits in ((T0, [10] * 10), (T0 + minutes(1440), [100])):
        for number, wait_s in enumerate(waits):
            sent = day + minutes(number)
            assignment = make_assignment(now=sent)
            step(assignment, "acknowledged", sent + seconds(wait_s))
    days = [
        intervals_in(asked(reader, first=day, last=day))["I4"]
        for day in ("2026-11-24", "2026-11-25")
    ]

    assert [(row["P90"], row["n"]) for row in days] == [("10", "10"), ("100", "1")]
    for told in every_door(reader, tmp_path):
        assert (told["I4"]["P90"], told["I4"]["n"]) == ("10", "11")
    report = report_on(start=START, end=END)
    by_day = next(one for one in tables_of(report, names_for(report, inside=True), inside=True)
                  if one.key == "days")  # fmt: skip
    assert {column.kind for column in by_day.columns} == {"text", "count"}  # nothing to average


def test_at_midnight_in_the_city_a_case_is_in_one_month_and_in_one_alone():
    for offset in (seconds(-1), seconds(0)):
        late = make_assignment(now=END + offset)  # both end in the month after
        step(late, "acknowledged", END + minutes(5))
    after = month_of((END + minutes(2880)).date())

    months = [report_on(start=START, end=END), report_on(start=after[0], end=after[1])]

    assert [one.incidents.total for one in months] == [1, 1]
    assert [one.intervals["I4"].failed for one in months] == [1, 1]


def test_reopening_a_case_starts_no_clock_anew():
    incident = slow_answer()
    assignment = incident.assignments.get()
    step(assignment, "completed", T0 + minutes(20))
    close_incident(incident=incident, disposition="handled", actor=None, now=T0 + minutes(21))
    incident.refresh_from_db()
    reopen_incident(incident=incident, reason="api lagi", actor=None, now=T0 + minutes(30))
    again = make_assignment(incident=incident, now=T0 + minutes(31))
    step(again, "on_scene", T0 + minutes(32))

    told = report_on(start=START, end=END).intervals

    assert (told["I10"].total, told["I10"].p50_s, told["I10"].n) == (1, 620.0, 1)
    assert (told["I2"].p50_s, told["I8"].n) == (300.0, 2)


def test_a_filter_by_agency_hides_no_case_behind_another_agencys_unit():
    """The city's crew is quick, the other agency's never moves: each is asked by its own name."""
    incident = make_incident(now=T0)
    quick = make_assignment(incident=incident, now=T0)
    slow = make_assignment(
        incident=incident, unit=make_unit("BPBD 9", agency=make_agency("bpbd")), now=T0
    )
    step(quick, "acknowledged", T0 + seconds(20))
    make_incident(now=T0 + minutes(30))
    keys = [one.unit.agency.key for one in (quick, slow)]

    parts = [report_on(start=START, end=END, agency=key).intervals["I4"] for key in keys]

    assert [(one.total, one.passed, one.failed) for one in parts] == [(1, 1, 0), (1, 0, 1)]
    whole = report_on(start=START, end=END).intervals["I4"]
    assert (whole.total, whole.passed, whole.failed) == (2, 1, 1)


def kept_open(reader):
    return [
        reader.get(f"/transparansi/2026-11/data.csv?bahasa={language}").content
        for language in ("id", "en")
    ]


def renamed():
    """Everything that a table calls by a name gets another."""
    Area.objects.update(name="Kota Baru")
    Agency.objects.update(short_name="Dinas Baru")
    IncidentType.objects.update(label="Api kecil", label_en="Small fire")


def a_late_answer():
    """Acknowledged after 100 s of 60, in a kelurahan; and enough besides that none is kept back."""
    for minute in range(5):
        incident = make_incident(now=T0 + minutes(minute), areas=[make_area()])
        sent = T0 + minutes(minute)
        assignment = make_assignment(incident=incident, now=sent)
        step(assignment, "acknowledged", sent + seconds(100))


def test_a_goal_or_a_name_changed_afterwards_changes_no_month_that_was_issued(reader, settings):
    a_late_answer()
    issue_report(start=START, end=END, actor=None, now=END)
    before, page = kept_open(reader), reader.get("/transparansi/2026-11/").content
    assert intervals_in(before[0].decode())["I4"]["Gagal"] == "5"

    renamed()
    settings.GERAK_INTERVAL_GOALS_S = {"I4": 7200.0}

    assert kept_open(reader) == before
    assert reader.get("/transparansi/2026-11/").content == page


def test_a_month_issued_again_by_an_easier_goal_stands_beside_the_first(reader, settings):
    a_late_answer()
    issue_report(start=START, end=END, actor=None, now=END)
    (first, _english) = kept_open(reader)
    settings.GERAK_INTERVAL_GOALS_S = {"I4": 7200.0}
    make_incident(now=END + minutes(5))  # something new to be read up to
    issue_report(start=START, end=END, actor=None, now=END + minutes(60))

    asked_for = "/transparansi/2026-11/data.csv?terbitan="
    told = [reader.get(asked_for + number).content.decode() for number in ("1", "2")]

    assert [intervals_in(one)["I4"]["Gagal"] for one in told] == ["5", "0"]
    assert 'Terbitan,"1 dari 2, 01-12-2026 00:00:00 WIB"' in told[0]
    assert 'Terbitan,"2 dari 2, 01-12-2026 01:00:00 WIB"' in told[1]
    assert told[0].split("\r\n")[1:] == first.decode().removeprefix("\ufeff").split("\r\n")
    assert kept_open(reader)[0].decode() == told[1]  # the newest, and it says which it is
    assert "terbitan=1" in reader.get("/transparansi/2026-11/").content.decode()
    assert [reader.get(asked_for + one).status_code for one in ("0", "3", "x", "-1")] == [404] * 4


def test_a_report_drawn_again_with_other_goals_or_names_bears_another_fingerprint(reader, settings):
    a_late_answer()

    def mark():
        (line,) = [one for one in asked(reader).split("\r\n") if one.startswith("Target dan nama")]
        return line

    first = asked(reader)
    assert asked(reader) == first
    marks = [mark()]
    settings.GERAK_INTERVAL_GOALS_S = {"I4": 7200.0}
    marks.append(mark())
    settings.GERAK_INTERVAL_GOALS_S = {}
    make_agency("pln")  # one that is in no table changes nothing
    assert asked(reader) == first
    renamed()
    marks.append(mark())

    assert len(set(marks)) == 3
