"""What a record of the log carries, and what it must not.

Belongs here: filters and formatters named in LOGGING. Not here: what is logged.
"""

import json
import logging
import re
from datetime import UTC, datetime

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# A database's own words quote the row; a client's may quote a token or a number.
_HIDDEN = (
    (re.compile(r"(?i)\b(bearer)([ .])[\w.~+/=-]{8,}"), r"\1\2…"),
    (re.compile(r"\b(g[dsw]1_|gt1)[\w-]{8,}"), r"\1…"),  # our own tokens, wherever they stand
    (re.compile(r"(?im)^(DETAIL: ).*$"), r"\1…"),
    (re.compile(r"(?<![\w.:-])(?:\+?62|0)8\d{7,11}(?![\w-])"), "08…"),
    (re.compile(r"(/papan/dinding/masuk/)[^\s/]+"), r"\1…"),
    (re.compile(r"(/api/(?:osmand|gpslogger)/?)\?\S*"), r"\1?…"),
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def without_personal_data(text: str) -> str:
    """Hide tokens, mobile numbers, quoted rows and secret links in a text for the log."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


def on_one_line(text: str) -> str:
    """Write out line breaks and other control characters: no caller adds a line of their own."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class OneLineBelowError(logging.Filter):
    """Drop the traceback of a record below ERROR: a 403 or 404 is one line, a 500 keeps its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            record.exc_info = None
            record.exc_text = None
        return True


class LineFormatter(logging.Formatter):
    """A record as lines for a person."""

    def __init__(self) -> None:
        super().__init__(LINE)

    def format(self, record: logging.LogRecord) -> str:
        return without_personal_data(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        return on_one_line(without_personal_data(super().formatMessage(record)))


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: at (UTC), level, logger, message, process, thread, error."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_personal_data(record.getMessage()),
            "process": record.process,
            "thread": record.threadName,
        }
        if record.exc_info and record.exc_info[0]:
            told["error"] = record.exc_info[0].__name__
            told["traceback"] = without_personal_data(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)
