"""What a record of the log carries.

Belongs here: filters named in LOGGING. Not here: what is logged.
"""

import logging


class OneLineBelowError(logging.Filter):
    """Drop the traceback of a record below ERROR: a 403 or 404 is one line, a 500 keeps its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            record.exc_info = None
            record.exc_text = None
        return True
