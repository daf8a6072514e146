"""Which database the reports read: a copy that follows the one database, where a city keeps one.

Only what runs inside `reading_the_copy` goes there; everything else, and every write, goes to the
one database. What makes a copy fit to be read from: selectors/reports.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections

REPORTS = "reports"
_reads_copy: ContextVar[bool] = ContextVar("reads_copy", default=False)


class ReportsRouter:
    """Send reads of the block to the copy; let no migration near it."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return REPORTS if _reads_copy.get() else None

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool | None:
        return False if db == REPORTS else None


def has_copy() -> bool:
    """Say whether this city keeps a copy for its reports: GERAK_REPORTS_DATABASE_URL."""
    return REPORTS in connections.settings


@contextmanager
def reading_the_copy() -> Iterator[None]:
    """Send every read of the block to the copy."""
    token = _reads_copy.set(True)
    try:
        yield
    finally:
        _reads_copy.reset(token)
