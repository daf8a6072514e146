"""Reports as files: the same bytes again, nobody named, issued by themselves once a month."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from openpyxl import load_workbook
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from incidents.models import Chore, IncidentEvent, IssuedReport
from incidents.reports.charts import charts_of
from incidents.reports.figures import BEYOND
from incidents.reports.tables import SPAN, Column, Table, tables_of
from incidents.reports.write_csv import csv_bytes
from incidents.reports.write_pdf import HEAD, _widths, register_fonts
from incidents.reports.write_xlsx import xlsx_bytes
from incidents.selectors.report_names import names_for
from incidents.selectors.reports import month_of, report_on
from incidents.services.chores import Routine, do_due
from incidents.services.reports import (
    issue_last_month,
    issue_report,
    next_issue,
    path_of,
    written,
)
from tests.factories import T0, make_assignment, make_incident, make_staff, minutes

pytestmark = pytest.mark.django_db
START, END = month_of(T0.date())


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def a_month():
    taker = make_staff("rahasia-ayu")
    incident = make_incident(actor=taker, summary="=HYPERLINK(1)", caller_name="Bu Rahasia")
    make_assignment(incident=incident, now=T0 + minutes(1))
    return taker


def report():
    return report_on(start=START, end=END)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_report_makes_the_same_bytes(a_month, language):
    with override(language):
        first, again = written(report(), inside=False), written(report(), inside=False)
    assert first == again
    assert set(first) == {"pdf", "xlsx", "csv"}


def test_no_file_that_leaves_the_city_names_anybody(a_month):
    files = written(report(), inside=False)
    book = zipfile.ZipFile(io.BytesIO(files["xlsx"]))
    names = names_for(report(), inside=False)
    # A PDF's text is not to be read from its bytes: what it is written from is looked at instead.
    source = [*tables_of(report(), names, inside=False), *charts_of(report(), names)]
    texts = [files["csv"], repr(source).encode(), *(book.read(name) for name in book.namelist())]
    for secret in (b"rahasia", b"Rahasia", b"81234567890", b"HYPERLINK"):
        assert not any(secret in text for text in texts)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_of_a_file_is_a_formula(sign):
    name = f"{sign}1+cmd|' /C x'!A1"
    table = Table("t", "Judul", (Column("c", name),), [(name,)], name)
    text = csv_bytes([table], [(name, name)]).decode("utf-8-sig")
    shown = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    book = load_workbook(io.BytesIO(xlsx_bytes([table], [(name, name)], title="Laporan", as_of=T0)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert all(cell == "Judul" or cell.startswith("'") for cell in shown)
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_inside_the_city_each_call_takers_work_is_shown_by_user_name(a_month):
    tables = {table.key: table for table in tables_of(report(), names_for(report(), inside=True),
                                                       inside=True)}  # fmt: skip
    assert [(row[0], row[-1]) for row in tables["takers"].rows] == [("rahasia-ayu", 1)]


def test_workbook_and_csv_hold_every_table(a_month):
    files = written(report(), inside=False)
    book = load_workbook(io.BytesIO(files["xlsx"]))
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    tables = tables_of(report(), names_for(report(), inside=False), inside=False)
    assert book.sheetnames == ["Laporan", *(table.title[:31] for table in tables)]
    assert all([table.title] in rows for table in tables)


def test_an_issued_report_stands_in_the_journal_with_its_digests(a_month):
    issued = issue_report(start=START, end=END, actor=a_month, now=T0 + minutes(9))
    event = IncidentEvent.objects.get(kind="report.issued")
    assert event.data["digests"] == issued.digests
    assert path_of(issued, "pdf").read_bytes().startswith(b"%PDF")


def test_a_goal_changed_afterwards_rewrites_no_issued_file(a_month, settings):
    """With two hours to answer the crew would have time yet; what was issued says it failed."""
    make_incident(now=T0 + minutes(60))
    issued = issue_report(start=START, end=END, actor=None, now=T0 + minutes(61))
    range_ = {"start": START, "end": END, "actor": None, "up_to_seq": issued.up_to_seq}
    before = {name: path_of(issued, name).read_bytes() for name in issued.digests}

    settings.GERAK_INTERVAL_GOALS_S = {"I4": 7200.0}
    again = issue_report(now=T0 + minutes(62), **range_)

    assert again == issued
    assert {name: path_of(issued, name).read_bytes() for name in issued.digests} == before
    path_of(issued, "csv").unlink()
    settings.GERAK_INTERVAL_GOALS_S = {}
    issue_report(now=T0 + minutes(63), **range_)
    assert path_of(issued, "csv").read_bytes() == before["csv"]


def test_issuing_the_same_range_again_finds_the_first(a_month):
    issued = issue_report(start=START, end=END, actor=None, now=T0 + minutes(9))
    again = issue_report(
        start=START, end=END, actor=None, now=T0 + minutes(10), up_to_seq=issued.up_to_seq
    )
    assert (again.pk, IssuedReport.objects.count()) == (issued.pk, 1)


def test_the_month_is_reported_in_the_night_after_it_ends():
    routines = {"monthly report": Routine(issue_last_month, next_issue)}
    do_due(routines, T0)
    due = Chore.objects.get().due_at
    assert due == datetime(2026, 11, 30, 18, 0, tzinfo=UTC)  # 01:00 WIB on 1 December

    assert do_due(routines, due) == ["monthly report"]
    assert do_due(routines, due + minutes(1)) == []

    issued = IssuedReport.objects.get()
    assert (issued.starts_at, issued.ends_at) == (START, END)


def test_a_chore_that_another_process_does_is_left_to_it():
    calls = []
    routines = {"slow": Routine(calls.append, next_issue)}
    do_due(routines, T0)
    Chore.objects.update(due_at=T0, leased_until=T0 + minutes(5))
    assert (do_due(routines, T0 + minutes(1)), calls) == ([], [])
    assert do_due(routines, T0 + minutes(6)) == ["slow"]


def test_a_chore_that_fails_is_tried_again_and_stops_no_other(caplog):
    def fail(_now):
        raise RuntimeError("full disk")

    calls = []
    routines = {"bad": Routine(fail, next_issue), "good": Routine(calls.append, next_issue)}
    do_due(routines, T0)
    Chore.objects.update(due_at=T0)

    assert do_due(routines, T0) == ["good"]
    assert Chore.objects.get(name="bad").due_at == T0 + minutes(10)
    assert "the chore bad failed" in caplog.text


def test_the_command_writes_what_it_is_asked_for(a_month, tmp_path, capsys):
    call_command("report", "--month", "2026-11", "--format", "csv", "--out", str(tmp_path))
    (path,) = tmp_path.glob("*.csv")
    assert str(path) in capsys.readouterr().out
    with pytest.raises(CommandError, match="Not a day or month"):
        call_command("report", "--month", "2026-13")
    with pytest.raises(CommandError, match="--to lies before --from"):
        call_command("report", "--from", "2026-11-02", "--to", "2026-11-01")


def test_no_word_of_a_printed_table_is_broken_and_no_table_is_wider_than_the_page(a_month):
    register_fonts()
    width = landscape(A4)[0] - 28 * mm
    for table in tables_of(report(), names_for(report(), inside=True), inside=True):
        widths = _widths(table, width)
        heads = [
            max(stringWidth(word, HEAD.fontName, HEAD.fontSize) for word in one.title.split())
            for one in table.columns
        ]
        assert sum(widths) <= width + 0.01
        assert all(room > head for room, head in zip(widths, heads, strict=True))


def test_a_workbook_prints_as_wide_as_a_sheet_and_names_units_and_what_never_came():
    columns = (Column("code", "Kode"), Column("p90", "P90", SPAN))
    note = "Yang tidak pernah bergerak berada di luar semua nilai. " * 4
    table = Table("intervals", "Selang waktu", columns, [("I6", BEYOND), ("I3", 0.25)], note)
    sheet = load_workbook(io.BytesIO(xlsx_bytes([table], [], title="Laporan", as_of=T0)))[
        "Selang waktu"
    ]
    assert [cell.value for cell in sheet["B"][:3]] == ["P90 (detik)", "tidak tercapai", 0.25]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A5:B5"]
