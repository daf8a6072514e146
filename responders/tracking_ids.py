"""Make and read tracking ids: a secret for apps that can send nothing but an id.

100 random bits in Crockford's base 32, because people type it into an app's settings. Capitals,
dashes and the letters that are mistaken for digits are forgiven; the digest is of the plain form.
Good for check-ins only. Knows no request and no database.
"""

import re
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 20
_PREFIX = "gt1"  # says what the text is, so that leak scanners find it
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})
_PLAIN = re.compile(f"{_PREFIX}[{_ALPHABET}]{{{_LENGTH}}}")


def new_tracking_id() -> str:
    """Return a fresh id, as `gt1-xxxxx-xxxxx-xxxxx-xxxxx`. It is shown once."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    groups = [letters[start : start + 5] for start in range(0, _LENGTH, 5)]
    return "-".join([_PREFIX, *groups])


def plain_form(text: str) -> str | None:
    """Return the form that is digested; `None` for what is no tracking id by its looks."""
    if len(text) > 64:
        return None
    plain = text.strip().lower().translate(_MISREAD)
    return plain if _PLAIN.fullmatch(plain) else None
