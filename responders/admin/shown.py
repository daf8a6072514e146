"""How a value looks in a list: a word with a tone and an icon, a time with its seconds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

MISSING = "–"


def badge(tone: str, icon: str, text: Promise | str) -> SafeString:
    """Return a word with its tone (ok, warn, alarm, info, quiet) and icon, never colour alone."""
    return format_html(
        '<span class="g-badge g-tone-{}"><svg class="g-icon" aria-hidden="true">'
        '<use href="{}#{}"></use></svg>{}</span>',
        tone,
        static("gerak/icons.svg"),
        icon,
        text,
    )


def clock_text(moment: datetime | None) -> str:
    """Return a time in the city's zone with its seconds; the day too where it is not today."""
    if moment is None:
        return MISSING
    local = timezone.localtime(moment)
    today = local.date() == timezone.localdate()
    return f"{local:%H:%M:%S}" if today else f"{local:%d/%m/%Y %H:%M:%S}"


def moment(name: str, label: Promise | str) -> Callable[[Any], str]:
    """Return a list column for a time field, with seconds, sortable."""

    # Any promise will do; the stubs ask for a class that only they have.
    @admin.display(description=label, ordering=name)  # type: ignore[arg-type]
    def column(obj: Any) -> str:
        return clock_text(getattr(obj, name))

    column.__name__ = f"{name}_clock"
    return column
