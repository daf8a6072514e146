"""The day's head hash leaves the house; a history made anew is found out."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from incidents.journal import hash_of
from incidents.models import HeadAnchor, IncidentEvent, JournalHead
from incidents.proofs.signing import published_keys
from incidents.services.anchors import AnchorNotWritten, anchor_yesterday, next_anchor
from tests.factories import T0, make_incident, minutes
from tests.incidents.proven import handed_out, moved_crew

pytestmark = pytest.mark.django_db
TOMORROW = T0 + minutes(24 * 60)


@pytest.fixture
def head_file(settings, tmp_path):
    settings.GERAK_HEAD_FILE = str(tmp_path / "heads.txt")
    return tmp_path / "heads.txt"


def test_the_days_last_hash_is_written_once_with_a_signature(head_file):
    make_incident(now=T0)
    head = JournalHead.objects.get()
    make_incident(now=TOMORROW)

    anchor_yesterday(TOMORROW)
    anchor_yesterday(TOMORROW)

    (line,) = head_file.read_text().splitlines()
    assert line.startswith(f"2026-11-24 seq {head.seq} head {head.hash} key ")
    assert HeadAnchor.objects.get().written == {"file": True}


def test_it_goes_by_mail_too(settings):
    settings.GERAK_HEAD_MAIL = "inspektorat@example.org"
    make_incident(now=T0)
    anchor = anchor_yesterday(TOMORROW)
    assert [one.body for one in mail.outbox] == [anchor.line + "\n"]


def test_a_place_that_does_not_take_it_is_tried_again(head_file, settings):
    good, settings.GERAK_HEAD_FILE = settings.GERAK_HEAD_FILE, "/nowhere/heads.txt"
    with pytest.raises(AnchorNotWritten):
        anchor_yesterday(TOMORROW)
    settings.GERAK_HEAD_FILE = good
    anchor_yesterday(TOMORROW)
    assert HeadAnchor.objects.get().written == {"file": True}


def test_it_is_due_just_after_midnight():
    due = next_anchor(T0)
    assert f"{due:%Y-%m-%d %H:%M}" == "2026-11-25 00:05"
    assert next_anchor(due) > due


def test_a_journal_made_anew_is_found_by_a_line_kept_outside(head_file):
    make_incident(now=T0)
    anchor_yesterday(TOMORROW)
    call_command("verify_journal", "--anchors", str(head_file))

    previous = "0" * 64  # whoever holds the database chains a changed history anew
    for event in IncidentEvent.objects.order_by("seq"):
        event.data = event.data | {"priority": 4}
        event.previous_hash = previous
        event.hash = previous = hash_of(event)
        event.save()
    JournalHead.objects.update(hash=previous)

    call_command("verify_journal")
    with pytest.raises(CommandError, match="another hash there: it was rewritten"):
        call_command("verify_journal", "--anchors", str(head_file))


def test_an_anchor_of_events_that_are_gone_is_found(head_file):
    head_file.write_text(f"2026-11-24 seq 900 head {'1' * 64} key k signature s\n")
    with pytest.raises(CommandError, match="no such event"):
        call_command("verify_journal", "--anchors", str(head_file))


def test_a_new_key_signs_from_now_on_and_the_old_one_stays_published(settings, tmp_path, capsys):
    settings.DATA_DIR = tmp_path
    before, _keys = handed_out(moved_crew())
    call_command("rotate_signing_key")
    after, keys = handed_out(moved_crew())

    assert before["key_id"] != after["key_id"]
    assert {before["key_id"], after["key_id"]} == {key["kid"] for key in keys["keys"]}
    assert after["key_id"] == published_keys()["keys"][0]["kid"]
    settings.GERAK_SIGNING_KEY = "set from outside"
    with pytest.raises(CommandError, match="change it there"):
        call_command("rotate_signing_key")
