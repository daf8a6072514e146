"""The phones of one commit: their rows locked, moved in memory, written back."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from responders.check_ins import Fix
from responders.clock import UNKNOWN, Offset, remember
from responders.ingest.rows import locked_rows, update_rows
from responders.models import Device, User


@dataclass(slots=True)
class Phone:
    """What a commit reads and moves of a device's row; the names are the columns'."""

    id: UUID
    chain_head: str
    last_lat: float | None
    last_lon: float | None
    last_accuracy_m: float | None
    last_recorded_at: datetime | None
    last_seen_at: datetime | None
    offset_low_s: float | None
    offset_high_s: float | None

    def move_to(self, fix: Fix) -> None:
        """Move the last position, only forwards in time and never to a doubtful place."""
        if fix.is_mock or fix.time_suspect:
            return
        if self.last_recorded_at is not None and fix.placed_at < self.last_recorded_at:
            return
        self.last_lat, self.last_lon = fix.lat, fix.lon
        self.last_accuracy_m = fix.accuracy_m
        self.last_recorded_at = fix.placed_at

    def was_heard(self, *, at: datetime) -> None:
        """Move the sign of life, only forwards."""
        if self.last_seen_at is None or self.last_seen_at < at:
            self.last_seen_at = at

    def remember_offset(self, new: Offset, fixes: Iterable[Fix]) -> None:
        """Keep the newest bounds of the phone's clock: the batch's own, or its tightest fix's."""
        if new == UNKNOWN:
            new = min(
                (fix.offset for fix in fixes if not fix.time_suspect),
                key=lambda offset: offset.high_s if offset.high_s is not None else float("inf"),
                default=UNKNOWN,
            )
        kept = remember(known=Offset(self.offset_low_s, self.offset_high_s), new=new)
        self.offset_low_s, self.offset_high_s = kept.low_s, kept.high_s


_FIELDS = tuple(column.name for column in fields(Phone))
# One look at each phone's person: for `user__in`, PostgreSQL read all people at each commit.
_IS_ACTIVE = Subquery(User.objects.filter(pk=OuterRef("user_id")).values("is_active"))
_MAY_SPEAK = Device.objects.filter(_IS_ACTIVE, revoked_at=None, signed_out_at=None)


def lock_phones(device_ids: Iterable[UUID]) -> dict[UUID, Phone]:
    """Lock the phones in id order; return those that may speak."""
    locked = locked_rows(_MAY_SPEAK, _FIELDS, list(device_ids))
    return {columns[0]: Phone(*columns) for columns in locked}


def save_phones(phones: Iterable[Phone]) -> None:
    """Write back what was moved."""
    update_rows(
        Device, _FIELDS, [tuple(getattr(phone, name) for name in _FIELDS) for phone in phones]
    )
