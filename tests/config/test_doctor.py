"""The doctor names what is missing or unsafe in an installation, in plain words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from config import checks, deployment
from config.backup.make import LAST
from config.deployment import Finding, connections_finding, installation_findings, skew_of
from incidents.models import HeadAnchor

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def found(db, settings, tmp_path):
    """Return what the doctor finds on a data folder of its own."""
    settings.DATA_DIR = tmp_path
    return lambda: list(installation_findings(NOW))


def _one(findings, word):
    (finding,) = [finding for finding in findings if word in finding.text]
    return finding


def _made(tmp_path, *, hours):
    (tmp_path / LAST).write_text((NOW - timedelta(hours=hours)).isoformat())


def test_an_installation_without_a_backup_or_an_anchor_outside_is_told_so(found):
    findings = found()

    assert _one(findings, "backup").grade == "look"
    assert _one(findings, "written nowhere outside").grade == "look"


def test_an_old_backup_is_named_by_its_age(found, tmp_path):
    _made(tmp_path, hours=49)
    assert Finding("look", "The last backup is 49 hours old.") in found()

    _made(tmp_path, hours=10)
    assert Finding("ok", "A backup was made within the last day.") in found()


def test_a_head_that_did_not_leave_the_house_is_bad(found, settings):
    settings.GERAK_HEAD_MAIL = "arsip@example.go.id"
    anchor = HeadAnchor.objects.create(
        day=date(2026, 11, 23),
        seq=1,
        hash="0" * 64,
        line="…",
        made_at=NOW,
        written={"mail": False},
    )
    assert Finding("bad", "The journal's head of 2026-11-23 did not reach: mail.") in found()

    anchor.written = {"mail": True}
    anchor.save()
    assert Finding("ok", "The journal's head of 2026-11-23 was written outside.") in found()


def test_in_production_it_looks_at_keys_files_and_the_layer(found, settings, tmp_path):
    settings.EMBEDDED = False
    settings.CHANNEL_LAYERS = {}
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.GERAK_SIGNING_KEY = settings.GERAK_SIGNING_KEY_FILE = ""
    settings.GERAK_TELEPHONY_SECRET = "112112"

    findings = found()

    assert _one(findings, "channel layer").grade == "bad"
    assert _one(findings, "signs proofs").grade == "look"
    assert _one(findings, "GERAK_TELEPHONY_SECRET").grade == "bad"
    assert _one(findings, "static files").grade == "bad"


def test_the_distance_of_two_clocks_has_no_sign():
    assert skew_of(NOW, NOW + timedelta(seconds=3)) == skew_of(NOW + timedelta(seconds=3), NOW) == 3
    assert deployment.SKEW_LOOK_S < deployment.SKEW_BAD_S


def test_a_proxy_that_is_not_told_of_is_warned_about(settings):
    settings.SECURE_SSL_REDIRECT, settings.BEHIND_PROXY = True, False
    assert [one.id for one in checks.check_proxy(None)] == ["gerak.W005"]

    settings.BEHIND_PROXY = True
    assert checks.check_proxy(None) == []


def test_a_database_without_room_for_one_more_process_is_bad():
    assert connections_finding(12, 197) == Finding(
        "ok", "12 of the database's 197 connections are in use."
    )
    full = connections_finding(180, 197)
    assert full.grade == "bad"
    assert "180 of the database's 197 connections" in full.text


def test_the_connections_in_use_are_counted_where_a_server_limits_them(found):
    counted = [finding for finding in found() if "connections are in use" in finding.text]
    assert len(counted) == (connection.vendor == "postgresql")
