"""One transaction for many uploads."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from responders.chain import GENESIS
from responders.check_in_batches import read_batch
from responders.check_ins import Fix
from responders.ingest.commit import Outcome, Submission, record_check_ins
from responders.models import CheckIn
from responders.policy import CHECK_INS
from responders.signals import check_ins_recorded
from tests.responders.phones import chain_fault, item, make_phone, stored

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def submission(device, *items, received_at=NOON, **envelope):
    batch = read_batch(
        {"check_ins": list(items), **envelope}, received_at=received_at, policy=CHECK_INS
    )
    fixes = [entry for entry in batch.items if isinstance(entry, Fix)]
    assert len(fixes) == len(items)
    return Submission(device.pk, fixes, received_at, batch.offset)


def record(*submissions):
    return record_check_ins(submissions, now=NOON)


def test_rows_are_stored_in_the_order_sent_and_chained(db):
    device, _token = make_phone()
    later, sooner = item(at=NOON, ago_s=5, is_mock=False), item(at=NOON, ago_s=50, source="gps")

    outcomes, fresh = record(submission(device, later, sooner))

    assert outcomes == [Outcome(stored=[True, True])]
    assert fresh == [device.pk]
    rows = stored(device)
    assert [str(row.client_id) for row in rows] == [later["id"], sooner["id"]]
    assert [row.previous_hash for row in rows] == [GENESIS, rows[0].hash]
    assert [(row.is_mock, row.source) for row in rows] == [(False, ""), (None, "gps")]
    assert chain_fault(device) is None


def test_a_second_upload_goes_on_where_the_first_ended(db):
    device, _token = make_phone()
    record(submission(device, item(at=NOON)))
    record(submission(device, item(at=NOON)), submission(device, item(at=NOON)))
    assert len(stored(device)) == 3
    assert chain_fault(device) is None


def test_what_is_known_is_a_duplicate_and_the_first_stays(db):
    device, _token = make_phone()
    first = item(at=NOON)
    record(submission(device, first))

    outcomes, fresh = record(submission(device, {**first, "lat": 1.0}, item(at=NOON)))

    assert outcomes == [Outcome(stored=[False, True])]
    assert fresh == [device.pk]
    assert [row.lat for row in stored(device)] == [-0.789, -0.789]
    assert chain_fault(device) is None


def test_an_id_twice_in_one_commit_is_stored_once(db):
    device, _token = make_phone()
    twice = item(at=NOON)
    outcomes, _fresh = record(submission(device, twice, twice), submission(device, twice))
    assert outcomes == [Outcome(stored=[True, False]), Outcome(stored=[False])]
    assert len(stored(device)) == 1


def test_two_phones_may_use_the_same_id(db):
    (one, _), (other, _) = make_phone(), make_phone()
    same = item(at=NOON)
    outcomes, fresh = record(submission(one, same), submission(other, same))
    assert outcomes == [Outcome(stored=[True]), Outcome(stored=[True])]
    assert fresh == sorted([one.pk, other.pk])
    assert (chain_fault(one), chain_fault(other)) == (None, None)


@pytest.mark.parametrize("how", ["revoked_at", "signed_out_at", "person", "unknown"])
def test_a_phone_that_may_not_speak_is_left_out_and_the_others_are_stored(db, how):
    (bad, _), (good, _) = make_phone(), make_phone()
    refused = submission(bad, item(at=NOON))
    if how == "person":
        bad.user.is_active = False
        bad.user.save()
    elif how == "unknown":
        bad.delete()
    else:
        setattr(bad, how, NOON)
        bad.save()

    outcomes, fresh = record(refused, submission(good, item(at=NOON)))

    assert outcomes == [Outcome(revoked=True), Outcome(stored=[True])]
    assert fresh == [good.pk]
    assert CheckIn.objects.count() == 1


def test_the_last_position_moves_only_forwards(db):
    device, _token = make_phone()
    record(submission(device, item(at=NOON, ago_s=10, lat=1.0)))
    record(submission(device, item(at=NOON, ago_s=60, lat=2.0)))
    device.refresh_from_db()
    assert (device.last_lat, device.last_recorded_at) == (1.0, NOON - timedelta(seconds=10))
    assert device.last_seen_at == NOON


@pytest.mark.parametrize("doubt", ["is_mock", "time_suspect"])
def test_a_doubtful_fix_is_stored_and_moves_nothing(db, doubt):
    device, _token = make_phone()
    upload = submission(device, item(at=NOON))
    setattr(upload.fixes[0], doubt, True)
    record(upload)
    device.refresh_from_db()
    assert len(stored(device)) == 1
    assert device.last_lat is None
    assert device.last_recorded_at is None


def test_a_fast_clock_does_not_pin_the_position_to_the_future(db):
    """Seven minutes fast with a known offset, then set right: the next fix still moves it."""
    device, _token = make_phone()
    fast = item(at=NOON + timedelta(seconds=420), ago_s=2, lat=1.0)
    sent_at = (NOON + timedelta(seconds=420)).isoformat()
    record(submission(device, fast, sent_at=sent_at))
    device.refresh_from_db()
    assert device.last_recorded_at == NOON - timedelta(seconds=2)
    assert (device.offset_low_s, device.offset_high_s) == (None, -420.0)

    received_at = NOON + timedelta(seconds=10)
    record(submission(device, item(at=NOON, ago_s=-9, lat=2.0), received_at=received_at))
    device.refresh_from_db()
    assert device.last_lat == 2.0


def test_the_bounds_of_the_clock_are_kept_with_the_row(db):
    device, _token = make_phone()
    seen = {"server_time": "2026-11-23T11:59:00Z", "at": "2026-11-23T11:59:01Z"}
    upload = submission(
        device, item(at=NOON, ago_s=30), sent_at="2026-11-23T12:00:00Z", server_time_seen=seen
    )
    record(upload)
    row = stored(device)[0]
    assert (row.offset_low_s, row.offset_high_s) == (-1.0, 0.0)


def test_receivers_run_inside_the_transaction_and_only_for_new_rows(db):
    device, _token = make_phone()
    heard = []

    def listen(**signal):
        heard.append((signal["device_ids"], signal["now"], CheckIn.objects.count()))
        assert connection.in_atomic_block

    check_ins_recorded.connect(listen)
    try:
        upload = submission(device, item(at=NOON))
        record(upload)
        record(upload)
    finally:
        check_ins_recorded.disconnect(listen)
    assert heard == [([device.pk], NOON, 1)]


def test_a_receiver_that_fails_takes_everything_back(transactional_db):
    device, _token = make_phone()

    def fail(**_signal):
        raise RuntimeError("no")

    check_ins_recorded.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            record(submission(device, item(at=NOON)))
    finally:
        check_ins_recorded.disconnect(fail)
    device.refresh_from_db()
    assert (stored(device), device.chain_head) == ([], GENESIS)


def test_eight_uploads_at_once_keep_one_chain(transactional_db):
    (one, _), (other, _) = make_phone(), make_phone()
    failures = []

    def upload(number):
        order = (one, other) if number % 2 else (other, one)
        try:
            for _round in range(5):
                record(*(submission(device, item(at=NOON), item(at=NOON)) for device in order))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (len(stored(one)), len(stored(other))) == (80, 80)
    assert (chain_fault(one), chain_fault(other)) == (None, None)


def test_a_commit_costs_the_same_number_of_queries_for_one_row_and_for_forty(db):
    device, _token = make_phone()
    with CaptureQueriesContext(connection) as for_one:
        record(submission(device, item(at=NOON)))
    with CaptureQueriesContext(connection) as for_forty:
        record(submission(device, *(item(at=NOON) for _number in range(40))))
    assert len(for_one) == len(for_forty)
