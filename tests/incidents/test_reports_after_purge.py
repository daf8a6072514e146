"""Copies of reports outlive every retention, so that no name and number may ever be in them."""

import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.forms.models import model_to_dict

from incidents.models import Incident, IssuedReport
from incidents.selectors.reports import month_of
from incidents.services.reports import issue_report, path_of
from notifications.services.purge import purge_data
from tests.factories import T0, make_assignment, make_call, make_incident, minutes

pytestmark = pytest.mark.django_db
START, END = month_of(T0.date())
NAME, NUMBER = "Upik Banun Sialang", "81363998877"


def texts_in(folder):
    """Every byte of every file below a folder, a workbook's parts unpacked."""
    for path in (one for one in folder.rglob("*") if one.is_file()):
        yield path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                yield from (book.read(name) for name in book.namelist())


def test_400_days_on_no_copy_of_a_report_names_the_caller_and_every_issued_one_stands(
    settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    call = make_call(caller_number=f"+62{NUMBER}", caller_name=NAME)
    words = {"caller_name": NAME, "caller_phone": f"0{NUMBER}", "summary": f"{NAME} {NUMBER}"}
    make_assignment(incident=make_incident(call=call, **words), now=T0 + minutes(1))
    issued = issue_report(start=START, end=END, actor=None, now=END)
    before = {name: path_of(issued, name).read_bytes() for name in issued.digests}
    Incident.objects.update(state="closed", disposition="handled", closed_at=T0 + minutes(90))

    later = END + timedelta(days=400)
    assert sum(line.rows for line in purge_data(now=later)) > 0
    for inside in ([], ["--inside"]):
        call_command(
            "report", "--month", "2026-11", "--out", str(tmp_path / f"by-hand{inside}"), *inside
        )

    kept = [*texts_in(tmp_path), repr(model_to_dict(IssuedReport.objects.get())).encode()]
    for secret in (NAME, NUMBER, "Upik", "Sialang"):
        assert not any(secret.encode() in text for text in kept)
    assert {name: path_of(issued, name).read_bytes() for name in issued.digests} == before
    again = issue_report(start=START, end=END, actor=None, now=later, up_to_seq=issued.up_to_seq)
    assert again == issued  # what is erased changes no figure
    path_of(issued, "csv").unlink()
    issue_report(start=START, end=END, actor=None, now=later, up_to_seq=issued.up_to_seq)
    assert path_of(issued, "csv").read_bytes() == before["csv"]
