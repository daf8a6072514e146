"""The clerk: slow, regular work on a thread of its own, so that no alarm waits for a report.

Every server process runs one; a chore's lease sees to it that one of them does it.
"""

import logging
import threading
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections, connections

from config.threads import SupervisedThread
from incidents.services.anchors import anchor_yesterday, next_anchor
from incidents.services.chores import Routine, do_due
from incidents.services.reports import issue_last_month, next_issue
from notifications.services.privacy import purge_as_approved
from notifications.services.purge import next_purge, purge_nightly
from responders.policy import TWO_PHONES
from responders.services.copied_phones import note_copied_phones

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 20.0
TWO_PHONES_EVERY = timedelta(seconds=TWO_PHONES.look_every_s)

ROUTINES: dict[str, Routine] = {
    "journal head": Routine(anchor_yesterday, next_anchor),
    "monthly report": Routine(issue_last_month, next_issue),
    "approved purges": Routine(purge_as_approved, lambda now: now + timedelta(minutes=1)),
    "nightly purge": Routine(purge_nightly, next_purge),
    "copied phones": Routine(note_copied_phones, lambda now: now + TWO_PHONES_EVERY),
}


def run(stopping: threading.Event) -> None:
    """Look every twenty seconds for what is due, until told to stop."""
    try:
        while not stopping.wait(LOOK_EVERY_S):
            close_old_connections()
            do_due(ROUTINES, datetime.now(UTC))
    finally:
        connections.close_all()


CLERK_THREAD = SupervisedThread("clerk", run)
