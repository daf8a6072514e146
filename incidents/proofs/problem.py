"""What can be wrong with a proof."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: a stable code, a sentence, and the check-in id of its row."""

    code: str
    text: str
    row: str | None = None

    def __str__(self) -> str:
        return self.text
