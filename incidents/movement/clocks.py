"""See where a phone's clock was set, from what its batches said, and widen what became doubtful.

Only what the server saw counts: when it received a batch and the offset bounds that the batch gave.
Two batches whose bounds exclude each other were written by two settings of the clock, and a fix
that waited in the phone meanwhile may carry either. A clock that is set and set back between two
batches leaves no trace here; a proof's grade says how far the phone's clock had to be believed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.movement.track import Fix, Span


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a phone's clock, as its batches bound it.

    Seconds of our clock minus the phone's; None where nothing bounds them. `gone_by`: the receipt
    of the first batch of another setting, None for the newest.
    """

    since: datetime
    low_s: float | None
    high_s: float | None
    gone_by: datetime | None = None


def settings_of(fixes: Iterable[Fix], *, agreed_s: float) -> tuple[Setting, ...]:
    """Return the settings that one phone's batches show, in the order of receipt.

    Bounds that miss each other by `agreed_s` or less are one setting: clocks drift.
    """
    settings: list[Setting] = []
    for received_at, low_s, high_s in _statements(fixes):
        last = settings[-1] if settings else None
        if last is not None and not _apart(last, low_s, high_s, agreed_s=agreed_s):
            lows = [one for one in (last.low_s, low_s) if one is not None]
            highs = [one for one in (last.high_s, high_s) if one is not None]
            settings[-1] = Setting(last.since, max(lows, default=None), min(highs, default=None))
            continue
        if last is not None:
            settings[-1] = Setting(last.since, last.low_s, last.high_s, received_at)
        settings.append(Setting(received_at, low_s, high_s))
    return tuple(settings)


def widened(span: Span, fix: Fix, *, settings: Sequence[Setting], since: datetime) -> Span:
    """Return the span with every earlier setting that `fix` may have been recorded under.

    A fix of a setting was made before that setting was gone. The best guess stays.
    """
    low_s, high_s = span.low_s, span.high_s
    recorded_s = (fix.recorded_at - since).total_seconds()
    received_s = (fix.received_at - since).total_seconds()
    for setting in settings:
        if setting.gone_by is None or setting.gone_by > fix.received_at:
            break
        gone_s = (setting.gone_by - since).total_seconds()
        low, high = setting.low_s, setting.high_s
        if low is not None and recorded_s + low > gone_s:
            continue
        latest_s = gone_s if high is None else min(recorded_s + high, gone_s)
        high_s = max(high_s, min(latest_s, received_s))
        low_s = None if low_s is None or low is None else min(low_s, recorded_s + low, latest_s)
    return Span(at_s=span.at_s, low_s=low_s, high_s=high_s)


def _statements(fixes: Iterable[Fix]) -> list[tuple[datetime, float | None, float | None]]:
    """Return (receipt, low, high) of each batch: what was received at one moment.

    A row's own upper bound may be tighter than its batch's, never looser, and a row that
    contradicts its batch has no lower one.
    """
    batches: dict[datetime, list[Fix]] = defaultdict(list)
    for fix in fixes:
        if not fix.time_suspect:
            batches[fix.received_at].append(fix)
    return [
        (
            received_at,
            max((one.offset_low_s for one in rows if one.offset_low_s is not None), default=None),
            max((one.offset_high_s for one in rows if one.offset_high_s is not None), default=None),
        )
        for received_at, rows in sorted(batches.items())
    ]


def _apart(last: Setting, low_s: float | None, high_s: float | None, *, agreed_s: float) -> bool:
    """Say whether no one offset satisfies both."""
    later = low_s is not None and last.high_s is not None and low_s > last.high_s + agreed_s
    earlier = high_s is not None and last.low_s is not None and high_s < last.low_s - agreed_s
    return later or earlier
