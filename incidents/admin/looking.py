"""One look at a track: written down once, however often the open page asks for it again.

A first answer gives a ticket; the page shows it with each later question. It is signed, stands for
one person's session and one assignment, and grows old.
"""

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from incidents.models import Assignment
from incidents.policy import FIELD
from responders.requests import staff_of


def look_ticket(request: HttpRequest, assignment: Assignment) -> str:
    """Return what says that this session's look at an assignment's track was written down."""
    return _signer(request).sign(str(assignment.pk))


def is_same_look(request: HttpRequest, assignment: Assignment) -> bool:
    """Say whether a question (`?look=`) goes on with a look that was written down already."""
    try:
        seen = _signer(request).unsign(request.GET.get("look", ""), max_age=FIELD.track_look_max_s)
    except BadSignature:
        return False
    return seen == str(assignment.pk)


def _signer(request: HttpRequest) -> TimestampSigner:
    return TimestampSigner(salt=f"look.{staff_of(request).pk}.{request.session.session_key}")
