"""Walk the stored chain of each phone and name the first check-in that does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from responders.chain import GENESIS, Link, data_of, verify_chain
from responders.ingest.commit import head_of_row
from responders.models import CheckIn, Device

CHUNK = 2000
PROBLEMS = {
    "previous_hash": "it does not follow the row before it",
    "hash": "its hash is not that of what it holds",
    "half_erased": "only one of position and salt is there",
    "data_digest": "its position is not the one that was recorded",
}


@dataclass(frozen=True, slots=True)
class BrokenCheckIn:
    """Name the first bad check-in of the first phone that has one, and what is wrong with it."""

    device: str
    check_in: str
    problem: str


def first_broken_check_in() -> BrokenCheckIn | None:
    """Return the first check-in that was changed, added or lost; None if all chains hold.

    Rows whose position was erased hold. May run beside a live server: what arrives meanwhile is
    left for the next walk. One phone's chain is read at a time.
    """
    for device_id in list(Device.objects.order_by("pk").values_list("pk", flat=True)):
        fault = _fault_of(device_id)
        if fault is not None:
            return fault
    return None


def _fault_of(device_id: UUID) -> BrokenCheckIn | None:
    last: Link | None = None

    def links() -> Iterator[Link]:
        nonlocal last
        for row in CheckIn.objects.filter(device=device_id).order_by("pk").iterator(CHUNK):
            last = _link(row)
            yield last

    broken = verify_chain(links())
    if broken is not None:
        return BrokenCheckIn(str(device_id), broken.check_in, PROBLEMS[broken.problem])
    if not _reaches_head(device_id, GENESIS if last is None else last.hash):
        check_in = "-" if last is None else str(last.head["id"])
        return BrokenCheckIn(str(device_id), check_in, "rows after it are missing, or it was added")
    return None


def _reaches_head(device_id: UUID, last: str) -> bool:
    """Say whether a phone's last row is the one its head names, or was until others came."""
    head = Device.objects.values_list("chain_head", flat=True).get(pk=device_id)
    return last == head or CheckIn.objects.filter(device=device_id, previous_hash=last).exists()


def _link(row: CheckIn) -> Link:
    """Return a stored row as the chain sees it; erased: neither data nor salt."""
    return Link(
        head=head_of_row(row),
        data=data_of(vars(row)) or None,
        salt=row.salt or None,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
