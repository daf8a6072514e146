"""Fixtures for the check-in tests."""

import pytest

from responders.ingest.bearers import BEARERS
from responders.ingest.queue import COMMIT_QUEUE


@pytest.fixture
def flusher(transactional_db):
    """Start with an empty cache of bearers; leave no thread with a connection behind."""
    BEARERS.clear()
    COMMIT_QUEUE.reopen()
    yield COMMIT_QUEUE
    COMMIT_QUEUE.drain()
    COMMIT_QUEUE.reopen()
