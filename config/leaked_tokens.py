"""Write down live tokens that stand in an address: they are in logs and histories by now.

Refused there like anything else, and not revoked: a crew would lose its alarms over a mistake of an
app, and an exchange its calls. A supervisor sees the finding and enrols the phone anew. Whoever
does not know a token can do nothing here.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import unquote

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from incidents.services.service_tokens import service_token, service_tokens_in
from responders.models import SecurityFinding
from responders.services.findings import note_finding, note_leaks


class LeakedTokens:
    """A middleware that looks at addresses before anything else reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = unquote(request.get_full_path())
        if "gd1_" in told or "gs1_" in told:
            with suppress(DatabaseError):  # the address is refused all the same
                _note(told, datetime.now(UTC))
        return self.get_response(request)


def _note(address: str, now: datetime) -> None:
    note_leaks(address, now=now)
    for text in service_tokens_in(address):
        token = service_token(text)
        if token is not None:
            note_finding(kind=SecurityFinding.Kind.LEAKED_TOKEN, person=token.user, now=now)
