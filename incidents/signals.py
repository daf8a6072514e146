"""What the journal tells others.

event_recording   draft: journal.Draft. Before the counter is taken, inside the transaction: a
                  receiver looks up who must hear, and returns None or a function of the event that
                  does one bulk insert right after it (an error rolls everything back).
event_committed   seqs: list[int]. After the commit; may get lost.
"""

from django.dispatch import Signal

event_recording = Signal()
event_committed = Signal()
