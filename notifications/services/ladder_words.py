"""What a ladder says past the apps: to a duty phone, and through the dispatcher's mouth.

No caller, no address of a person, no summary: a duty phone lies on a table.
"""

from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.ladder_rules import SPOKEN
from notifications.models import Ladder
from responders.models import Agency

LANGUAGE = "id"  # the gateway speaks to the city's own people


def duty_phone_name(agency: Agency) -> str:
    """Return what an agency's duty phone is called."""
    with override(LANGUAGE):
        return _("Telepon piket %(agency)s") % {"agency": agency.short_name}


def outside_text(ladder: Ladder, channel: str) -> str:
    """Return the words of one step. The ladder's relations are read."""
    with override(LANGUAGE):
        words = _notice_words(ladder) if ladder.notice else _assignment_words(ladder)
        return words if channel == SPOKEN else f"Gerak 112: {words}"


def _assignment_words(ladder: Ladder) -> str:
    assignment = ladder.assignment
    if assignment is None:
        raise LookupError(f"Ladder {ladder.pk} is of no assignment and no notice.")
    names = {
        "unit": assignment.unit.call_sign,
        "type": assignment.incident.type.label,
        "number": assignment.incident.number,
    }
    if ladder.event.kind == "assignment.cancelled":
        return _("%(unit)s: penugasan %(number)s (%(type)s) dibatalkan.") % names
    return _("%(unit)s: penugasan baru %(number)s, %(type)s. Buka aplikasi sekarang.") % names


def _notice_words(ladder: Ladder) -> str:
    notice = ladder.notice
    if notice is None:
        raise LookupError(f"Ladder {ladder.pk} is of no notice.")
    return _("%(headline)s (%(number)s). Mohon buka aplikasi dan kirim jawaban.") % {
        "headline": notice.headline,
        "number": notice.incident.number,
    }
