"""What a phone claims of a time, beside our own receipt. Pure: the clock is an argument."""

from datetime import UTC, datetime, timedelta

from incidents.policy import DEADLINES, DeadlinePolicy
from responders.clock import UNKNOWN, Offset
from responders.wire_time import to_milliseconds, to_wire

# A phone may claim any year; a screen in another time zone cannot show the very first and last.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


def happened_at(
    *,
    claimed: datetime | None,
    not_before: datetime | None,
    now: datetime,
    policy: DeadlinePolicy = DEADLINES,
) -> tuple[datetime, bool]:
    """Return when something happened, and whether the claim is in doubt.

    A claim ahead of now, or before it can have been, is dated by our receipt.
    """
    received = to_milliseconds(now)
    if claimed is None:
        return received, False
    skew = timedelta(seconds=policy.claim_to_dispatch_skew_s)
    if claimed > now + skew or (not_before is not None and claimed < not_before - skew):
        return received, True
    if not_before is not None:
        claimed = max(claimed, not_before)
    return min(claimed, received), False


def storable(claimed: datetime) -> datetime:
    """Keep a claim within years that every time zone can show; the journal has its own words."""
    return min(max(claimed, EARLIEST), LATEST)


def facts_of_claim(
    *, at: datetime | None, doubtful: bool, source: str, clock: Offset = UNKNOWN
) -> dict[str, object]:
    """Return what the journal keeps of a claimed time: its source, the claim, and any doubt.

    clock: what bounds the phone's clock, kept here because check-ins are erased in time.
    """
    facts: dict[str, object] = {"source": str(source)}
    if at is not None:
        facts["claimed_at"] = to_wire(at)
        if clock != UNKNOWN:
            facts["clock_offset_s"] = list(clock)
    if doubtful:
        facts["clock"] = "doubtful"
    return facts
