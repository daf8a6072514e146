"""What leaves the tables as files and messages holds none of it either, once the time is over."""

import base64
import io
import re
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from celery.signals import before_task_publish
from django.conf import settings
from django.core.management import call_command

from config.backup.make import make_backup
from incidents.models import IncidentEvent
from incidents.proofs.paper import paper_bytes
from incidents.selectors.reports import month_of
from incidents.services.reports import issue_report
from notifications.models import (
    DataRequest,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from notifications.services.delivery import Inline
from notifications.services.export import export_of
from notifications.services.purge import KINDS, due_rows, purge_data
from notifications.services.webhooks import webhooks_due
from responders.models import User
from tests.factories import T0, make_staff
from tests.flows.test_purge import later, proof_of
from tests.planted import E164, NAME, WORDS, holding, plant

DAYS = {  # domain study, 7
    "noise_callers": 90,
    "callers": 365,
    "incident_places_and_words": 365,
    "sensitive_notes": 365,
    "notes": 365,
    "crew_tracks": 30,
    "photos": 365,
    "access_log": 5 * 365 + 1,
}
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def readable(content):
    """Return what stands in a file: a packed one unpacked, a PDF's streams inflated."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(readable(packed.read(name)) for name in packed.namelist())
    if content.startswith(b"%PDF"):
        content += b" ".join(map(inflated, STREAM.findall(content)))
    return content.decode("utf-8", "replace").replace("\x00", "")


def inflated(stream):
    try:
        return zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
    except (ValueError, zlib.error):
        return stream


def files_below(folder):
    return [readable(path.read_bytes()) for path in Path(folder).rglob("*") if path.is_file()]


def exports():
    """The copies that the caller and everybody with an account may ask for."""
    requests = [DataRequest(kind="export", number=E164)]
    requests += [DataRequest(kind="export", person=person) for person in User.objects.all()]
    return [readable(export_of(request)) for request in requests]


def published(folder, assignment):
    """Report and proof in every shape in which they leave the city."""
    for number, more in enumerate(([], ["--inside"], ["--language", "en"])):
        out = str(folder / str(number))
        call_command("report", "--month", "2026-11", "--out", out, *more)
    paper = paper_bytes(
        proof_of(assignment), zone=ZoneInfo("Asia/Jakarta"), url="https://112.example"
    )
    return [*files_below(folder), readable(paper)]


@pytest.mark.django_db
def test_reading_sees_what_a_file_holds(tmp_path, phone):
    """Else nothing found would mean nothing."""
    assignment = plant(phone)
    *reports, paper = published(tmp_path, assignment)
    assert sum("Selang waktu" in report for report in reports) == 6  # PDF, XLSX and CSV, twice
    assert assignment.unit.call_sign in paper
    assert holding([readable(paper_of(WORDS, assignment))])
    assert len(holding(exports())) > 2


def paper_of(words, assignment):
    """The proof's page of a unit by another name."""
    proof = proof_of(assignment) | {"unit_call_sign": words}
    return paper_bytes(proof, zone=ZoneInfo("Asia/Jakarta"), url="u")


@pytest.mark.django_db
def test_no_report_or_proof_ever_holds_it_and_after_400_days_no_copy_does(phone, tmp_path):
    assignment = plant(phone)
    assert holding(published(tmp_path / "before", assignment)) == []

    purge_data(now=later(days=400))

    assert holding(exports()) == []
    assert holding(published(tmp_path / "after", assignment)) == []


@pytest.mark.django_db(transaction=True)
def test_no_message_to_a_worker_and_no_row_of_a_webhook_ever_holds_it(phone, receiver):
    """The agency that may hear of the caller is told; what is kept of the telling is not it."""
    sent = []

    def note(body=None, headers=None, **_more):
        sent.append(f"{body} {headers}")

    before_task_publish.connect(note)
    try:
        plant(phone)
    finally:
        before_task_publish.disconnect(note)

    WebhookSubscription.objects.update(url=receiver.url)
    webhooks_due(T0, pool=Inline())

    told = [came.body.decode() for came in receiver.arrived]
    kept = [
        str(row)
        for model in (WebhookDelivery, WebhookAttempt, WebhookSubscription)
        for row in model.objects.values()
    ]
    assert (bool(sent), bool(holding(told)), len(kept) > 2) == (True, True, True)
    assert holding(sent + kept) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.EMBEDDED, reason="pg_dump packs the rows that are searched above")
def test_a_backup_made_after_the_purge_holds_none_of_it(phone, tmp_path, settings):
    """One made before holds it: how long a city keeps its backups is its own decision."""
    settings.DATA_DIR = tmp_path / "data"
    plant(phone)
    start, end = month_of(T0.date())
    issue_report(start=start, end=end, actor=None, now=T0)
    old = make_backup(tmp_path / "backups", now=T0)
    assert holding(files_below(old))

    purge_data(now=later(days=400))
    new = make_backup(tmp_path / "backups", now=T0 + timedelta(days=400))

    assert holding(files_below(new)) == []
    assert list((new / "data" / "reports").rglob("*.pdf"))


@pytest.mark.django_db
def test_every_kind_has_the_days_it_was_proposed_a_dry_run_and_its_count_in_the_journal(
    phone, capsys
):
    by_key = {kind.key: kind.days for kind in KINDS}
    assert {key: by_key[key] for key in DAYS} == DAYS
    plant(phone)

    call_command("purge", "--dry-run")
    said = capsys.readouterr().out
    assert [key for key in by_key if key not in said] == []

    due = {line.key: line.rows for line in due_rows(later(days=2000)) if line.rows}
    purge_data(now=later(days=2000), actor=make_staff(NAME[:3]))

    counted = IncidentEvent.objects.get(kind="data.purged").data["counts"]
    assert counted.keys() == due.keys()
