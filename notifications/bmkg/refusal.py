"""What is not read: one exception, and the texts that both readers share."""

import re

SPACES = re.compile(r"\s+")


class Unreadable(ValueError):
    """A document or an entry that is not what BMKG publishes; the text says why in English.

    It quotes nothing of the document: a log is no place for a stranger's words.
    """


def clean(value: object, name: str, *, max_length: int, required: bool = True) -> str:
    """Return a text on one line. Raises Unreadable for another type, a missing or a huge one."""
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"{name} is no text")
    if len(value) > max_length:
        raise Unreadable(f"{name} is too long")
    text = SPACES.sub(" ", value).strip()
    if required and not text:
        raise Unreadable(f"{name} is empty")
    if not text.isprintable():
        raise Unreadable(f"{name} holds control characters")
    return text
