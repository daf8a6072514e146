"""Decide from GPS fixes whether a crew moved: pure functions over a set of fixes, plain Python
only.

`verdict.judge` is the door. `track` says what a fix is and when it was, `plane` turns degrees into
metres, `anchor` finds where the crew stood, `rule` looks for movement away from there. Nothing here
knows a row, a clock or a setting.
"""
