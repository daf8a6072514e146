"""The doors at which a report is read, and the acts of which it tells."""

import csv
import io

from django.core.management import call_command

from incidents.selectors.reports import month_of
from incidents.services.calls import Ring, note_ring
from incidents.services.reports import issue_report
from incidents.services.response import take_step
from tests.factories import T0

START, END = month_of(T0.date())
PAGE = "/admin/laporan/"


def intervals_in(text):
    """The table of intervals in a report's CSV: a row by its code, by bare titles."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    titles = [
        title.removesuffix(" (detik)") for title in next(row for row in rows if row[:1] == ["Kode"])
    ]
    found = {}
    for row in rows:
        if not row:
            return found
        if len(row) == len(titles):
            found[row[0]] = dict(zip(titles, row, strict=True))
    raise AssertionError("the table does not end")


def asked(reader, **query):
    """The report as its page gives it as a file."""
    query = {"first": "2026-11-01", "last": "2026-11-30", "format": "csv"} | query
    answer = reader.get(PAGE, query)
    assert answer.status_code == 200
    return answer.content.decode()


def every_door(reader, tmp_path):
    """The report's intervals from page, command and open data."""
    issue_report(start=START, end=END, actor=None, now=END)
    call_command("report", "--month", "2026-11", "--format", "csv", "--out", str(tmp_path / "out"))
    (path,) = (tmp_path / "out").glob("*.csv")
    public = reader.get("/transparansi/2026-11/data.csv").content.decode()
    texts = (asked(reader), path.read_text(encoding="utf-8"), public)
    return [intervals_in(text) for text in texts]


def ring(call_id, answered, *, rang=None):
    for event, at in (("ringing", rang or answered), ("answered", answered)):
        heard = Ring(call_id, event, at, "081234567890", "112", "")
        call = note_ring(ring=heard, now=at)
    return call


def step(assignment, name, at, now=None, **over):
    take_step(assignment=assignment, step=name, at=at, actor=None, now=now or at, **over)
