"""What the journal tells others.

event_recording   drafts: list[journal.Draft], the facts of one change. Before the counter is taken,
                  inside the transaction: a receiver looks up who must hear, and returns None or a
                  function of their events that does bulk inserts alone right after them (an error
                  rolls everything back).
event_committed   seqs: list[int]. After the commit; may get lost.
"""

from django.dispatch import Signal

event_recording = Signal()
event_committed = Signal()
