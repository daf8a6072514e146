"""Reports are read from a copy of the database where a city keeps one, and say what it lacks."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import checks
from config.deployment import Finding, installation_findings
from incidents.models import IncidentEvent
from incidents.reports.heading import heading
from incidents.reports.tables import Names
from incidents.reports_copy import REPORTS, ReportsRouter, reading_the_copy
from incidents.selectors import copy_state as states
from incidents.selectors.reports import month_of, report_on
from incidents.services.reports import issue_report
from tests.factories import T0, make_incident, make_staff

pytestmark = pytest.mark.django_db
START, END = month_of(T0.date())


class Copy:
    """A second alias onto the same tables: current until `holds` says how far it has come."""

    def __init__(self, monkeypatch):
        self.holds, self.hash, self.fails = None, None, False
        self._last_seq, self._hash_at = states.last_seq, states.hash_at
        monkeypatch.setattr(states, "last_seq", self.last_seq)
        monkeypatch.setattr(states, "hash_at", self.hash_at)

    def last_seq(self):
        if _reads_copy():
            if self.fails:
                raise OperationalError("connection refused")
            return self.holds or self._last_seq()
        return self._last_seq()

    def hash_at(self, seq):
        return self.hash if self.hash and _reads_copy() else self._hash_at(seq)


def _reads_copy():
    return ReportsRouter().db_for_read(IncidentEvent) == REPORTS


@pytest.fixture
def copy(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setitem(connections.settings, REPORTS, connection.settings_dict)
    connections[REPORTS] = connection
    yield Copy(monkeypatch)
    del connections[REPORTS]


def _rings():
    return report_on(start=START, end=END)


def _doctor():
    findings = installation_findings(datetime.now(UTC))
    return [
        finding for finding in findings if "eports" in finding.text or "GERAK_REP" in finding.text
    ]


def test_a_copy_that_has_everything_makes_the_same_report(copy):
    make_incident()

    report = _rings()

    assert (report.behind, report.copy_failed, report.calls.rings) == (0, False, 1)
    assert _doctor() == [Finding("ok", "The reports' copy has every event.")]


def test_a_copy_that_is_behind_says_so_on_the_report(copy):
    make_incident()
    copy.holds = IncidentEvent.objects.latest("seq").seq
    make_incident()
    missing = IncidentEvent.objects.latest("seq").seq - copy.holds

    report = _rings()

    assert (report.calls.rings, report.last_seq, report.behind) == (1, copy.holds, missing)
    told = dict(heading(report, Names()))
    assert str(missing) in told["Salinan laporan tertinggal"]
    assert _doctor() == [Finding("look", f"The reports' copy is {missing} events behind.")]


def test_what_is_issued_waits_for_no_copy(copy):
    make_incident()
    copy.holds = IncidentEvent.objects.latest("seq").seq
    make_incident()

    issued = issue_report(start=START, end=END, actor=None, now=T0)

    assert issued.up_to_seq > copy.holds
    assert report_on(start=START, end=END, up_to_seq=issued.up_to_seq).calls.rings == 2


def test_a_copy_that_is_gone_is_told_of_and_the_one_database_answers(copy, client):
    make_incident()
    copy.fails = True

    report = _rings()

    assert (report.calls.rings, report.copy_failed) == (1, True)
    (finding,) = _doctor()
    assert finding.grade == "look"
    assert "connection refused" in finding.text
    client.force_login(make_staff("sari"))
    days = {"first": f"{START:%Y-%m-%d}", "last": f"{END:%Y-%m-%d}"}
    page = client.get(reverse("reports"), days).content.decode()
    assert "Salinan basis data untuk laporan tidak dapat dibaca" in page


def test_another_journal_is_no_copy(copy):
    make_incident()
    copy.hash = "f" * 64

    assert (_rings().calls.rings, _rings().copy_failed) == (1, True)
    (finding,) = _doctor()
    assert finding.grade == "bad"


def test_nothing_is_written_or_migrated_by_way_of_the_copy():
    router = ReportsRouter()

    with reading_the_copy():
        assert router.db_for_read(IncidentEvent) == REPORTS
        assert not hasattr(router, "db_for_write")
    assert router.db_for_read(IncidentEvent) is None
    assert router.allow_migrate(REPORTS, "incidents") is False
    assert router.allow_migrate("default", "incidents") is None


def test_without_a_copy_no_second_database_is_asked(settings):
    make_incident()

    with CaptureQueriesContext(connection) as queries:
        report = _rings()

    assert (report.calls.rings, report.behind, report.copy_failed) == (1, 0, False)
    assert len(queries) > 0
    settings.EMBEDDED, settings.GERAK_REPORTS_DATABASE_URL = False, "postgres://copy/gerak"
    settings.DATABASE_URL = "postgres://main/gerak"
    assert checks.check_reports_copy(None) == []
    settings.DATABASE_URL = settings.GERAK_REPORTS_DATABASE_URL
    assert [one.id for one in checks.check_reports_copy(None)] == ["gerak.W006"]
