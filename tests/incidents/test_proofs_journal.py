"""Whoever writes past the services is found by the walk over the stored chains."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from incidents.models import IncidentEvent, JournalHead
from incidents.selectors.integrity import BrokenEvent, first_broken_event
from notifications.models import Delivery
from responders.ingest.walk import first_broken_check_in
from responders.models import CheckIn, Device
from tests.incidents.proven import moved_crew

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored():
    """A journal of some events and a phone's chain, both as the services wrote them."""
    return moved_crew()


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        assert cursor.rowcount == 1


def test_what_the_services_wrote_holds(stored, capsys):
    call_command("verify_journal")

    head = JournalHead.objects.get()
    assert capsys.readouterr().out.startswith(
        f"The journal holds: {head.seq} events, head {head.hash}. The check-ins hold: "
    )


def test_an_empty_database_holds(capsys):
    call_command("verify_journal")

    assert capsys.readouterr().out.startswith("The journal holds: 0 events")


def test_a_changed_event_is_named(stored):
    sql("UPDATE incidents_incidentevent SET kind = 'assignment.delivered' WHERE seq = 2")

    with pytest.raises(CommandError) as refusal:
        call_command("verify_journal")

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        "The journal does not hold. Event seq 2: its hash is not that of what it holds."
    )


def test_an_event_made_anew_is_named_by_the_one_after_it(stored):
    sql("UPDATE incidents_incidentevent SET hash = %s WHERE seq = 2", "0" * 64)
    assert first_broken_event().seq == 2
    forged = IncidentEvent.objects.get(seq=2).previous_hash
    sql("UPDATE incidents_incidentevent SET previous_hash = %s WHERE seq = 3", forged)
    assert first_broken_event().seq == 2


def test_a_lost_event_is_named(stored):
    sql("DELETE FROM incidents_incidentevent WHERE seq = 2")

    assert first_broken_event() == BrokenEvent(2, "it is missing")


def test_lost_last_events_are_named(stored):
    last = JournalHead.objects.get().seq
    Delivery.objects.filter(event=last).delete()
    sql("DELETE FROM incidents_incidentevent WHERE seq = %s", last)

    assert first_broken_event() == BrokenEvent(
        last, f"it is missing: the journal counted to {last}"
    )


def test_a_head_turned_back_is_named(stored):
    last = JournalHead.objects.get().seq
    before = IncidentEvent.objects.get(seq=last - 1)
    sql("UPDATE incidents_journalhead SET seq = %s, hash = %s", before.seq, before.hash)

    assert first_broken_event() == BrokenEvent(last, f"the journal counted to {before.seq} only")


def test_a_check_in_moved_by_a_metre_is_named(stored):
    row = CheckIn.objects.order_by("pk")[3]
    sql("UPDATE responders_checkin SET lat = lat + 0.00001 WHERE id = %s", row.pk)

    with pytest.raises(CommandError) as refusal:
        call_command("verify_journal")

    assert str(refusal.value) == (
        f"The check-ins do not hold. Check-in {row.client_id} of phone {row.device_id}: "
        "its position is not the one that was recorded."
    )


def test_a_lost_check_in_is_named_by_the_next(stored):
    rows = list(CheckIn.objects.order_by("pk"))
    sql("DELETE FROM responders_checkin WHERE id = %s", rows[3].pk)

    assert first_broken_check_in().check_in == str(rows[4].client_id)


def test_a_lost_last_check_in_is_named_by_the_one_before(stored):
    rows = list(CheckIn.objects.order_by("pk"))
    sql("DELETE FROM responders_checkin WHERE id = %s", rows[-1].pk)

    broken = first_broken_check_in()

    assert broken.check_in == str(rows[-2].client_id)
    assert broken.problem == "rows after it are missing, or it was added"


def test_a_phone_without_check_ins_holds_and_one_that_lost_all_does_not(stored):
    assert first_broken_check_in() is None
    CheckIn.objects.all().delete()

    broken = first_broken_check_in()

    assert (broken.device, broken.check_in) == (str(Device.objects.get().pk), "-")


def test_erased_positions_hold(stored):
    CheckIn.objects.update(
        lat=None, lon=None, accuracy_m=None, speed_mps=None, is_mock=None, source="", salt=""
    )

    assert first_broken_check_in() is None
