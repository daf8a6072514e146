"""Hold the times and the verdict of a proof against each other and against its rows. Pure.

A signature says who claimed it; this says that the claim does not contradict itself.
"""

from datetime import datetime, timedelta

from incidents.proofs.problem import Problem
from incidents.proofs.shape import Proof, Row
from responders.wire_time import from_wire

ROUNDING = timedelta(milliseconds=2)  # times on the wire are cut to milliseconds, offsets are not
ON_MOVEMENT = ("moved", "moved_late")
WITH_ROWS = (*ON_MOVEMENT, "stationary")
WITH_REASON = ("indeterminate", "unverifiable")


def implausible(proof: Proof) -> Problem | None:
    """Return the first contradiction, None if there is none."""
    try:
        return _wrong_times(proof) or _wrong_verdict(proof) or _wrong_movement(proof)
    except ValueError as error:
        return Problem("bad_time", f"A time in it cannot be read: {error}.")
    except OverflowError:
        return Problem("bad_time", "A time or clock offset in it is out of all range.")


def _wrong_times(proof: Proof) -> Problem | None:
    issued_at = from_wire(proof.issued_at)
    if from_wire(proof.dispatched_at) >= from_wire(proof.move_by):
        return Problem("times", "The time to move by is not after the dispatch.")
    if from_wire(proof.dispatched_at) > issued_at:
        return Problem("times", "It was issued before the dispatch.")
    if proof.known_at is not None and from_wire(proof.known_at) > issued_at:
        return Problem("times", "It was issued before its verdict was known.")
    for number, row in enumerate(proof.evidence, start=1):
        from_wire(row.check_in.recorded_at)
        if from_wire(row.check_in.received_at) > issued_at:
            return _at(number, row, "it was received after the proof was issued")
    return None


def _wrong_verdict(proof: Proof) -> Problem | None:
    verdict = proof.verdict
    if verdict in ON_MOVEMENT and (proof.moved_at is None or proof.known_at is None):
        return Problem("verdict", f'The verdict is "{verdict}", but when is not said.')
    if verdict in WITH_ROWS and not proof.evidence:
        return Problem("verdict", f'The verdict is "{verdict}", but there is no evidence.')
    if verdict == "stationary" and proof.moved_at is not None:
        return Problem("verdict", 'The verdict is "stationary", but a movement is named.')
    if verdict in WITH_REASON and not proof.reason:
        return Problem("verdict", f'The verdict is "{verdict}", but no reason is given.')
    if proof.moved_at is None:
        return None
    in_time = from_wire(proof.moved_at) <= from_wire(proof.move_by)
    if verdict == "moved" and not in_time:
        return Problem("verdict", 'The verdict is "moved", but the movement is after the limit.')
    if verdict == "moved_late" and in_time:
        return Problem("verdict", 'The verdict is "moved_late", but the movement is in time.')
    return None


def _wrong_movement(proof: Proof) -> Problem | None:
    """Hold moved_at and known_at against the rows that they were read from."""
    if proof.moved_at is None:
        return None
    moved_at = from_wire(proof.moved_at)
    if not any(_may_be_at(row, moved_at) for row in proof.evidence):
        return Problem("moved_at", "No evidence row can have been made when the movement began.")
    received = [from_wire(row.check_in.received_at) for row in proof.evidence]
    if proof.known_at is None or from_wire(proof.known_at) != max(received):
        return Problem("known_at", "It was not known when the last evidence row was received.")
    return None


def _may_be_at(row: Row, moment: datetime) -> bool:
    """Say whether a row was made at a moment, as far as its phone's clock is known."""
    recorded_at = from_wire(row.check_in.recorded_at)
    received_at = from_wire(row.check_in.received_at)
    low, high = row.clock_offset_s
    if low is not None and high is not None and low > high:
        low, high = high, low
    latest = received_at
    if high is not None:
        latest = min(latest, recorded_at + timedelta(seconds=high))
    if low is None:
        return moment <= latest + ROUNDING
    earliest = min(recorded_at + timedelta(seconds=low), latest)
    return earliest - ROUNDING <= moment <= latest + ROUNDING


def _at(number: int, row: Row, what: str) -> Problem:
    text = f"Evidence row {number} (check-in {row.check_in.id}): {what}."
    return Problem("times", text, row=row.check_in.id)
