"""How many rows somebody asks for: one rule for every list."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError


def read_limit(text: str | None, *, default: int, maximum: int) -> int:
    """Read a `limit`: absent the default, above the maximum clamped.

    Raises ValidationError for what is no whole number (`not_a_number`) and for 0 (`out_of_range`).
    """
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal()):
        raise ValidationError({"limit": [_("Harus bilangan bulat mulai 1.")]}, code="not_a_number")
    if not text.strip("0"):
        raise ValidationError({"limit": [_("Harus bilangan bulat mulai 1.")]}, code="out_of_range")
    return min(int(text[:20]), maximum)
