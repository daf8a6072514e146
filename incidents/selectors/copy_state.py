"""How far the reports' copy has come, and whether it is a copy of this journal at all."""

from dataclasses import dataclass

from incidents.reports_copy import reading_the_copy
from incidents.selectors.report_facts import hash_at, last_seq


@dataclass(frozen=True)
class CopyState:
    """known: the journal's newest number; there: the copy's; is_ours: their hashes agree there."""

    known: int
    there: int
    is_ours: bool

    @property
    def behind(self) -> int:
        """Return how many events the copy has not received yet."""
        return max(0, self.known - self.there)


def copy_state() -> CopyState:
    """Ask both databases. Raises what either raises."""
    known = last_seq()
    with reading_the_copy():
        there = last_seq()
        theirs = hash_at(there)
    return CopyState(known=known, there=there, is_ours=theirs == hash_at(there))
