"""The one-time code as the admin shows it, once: text and QR."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from responders.models import User
from responders.services.enrolment import issue_code


def code_for(user: User, *, actor: Any, now: datetime) -> str:
    """Issue a code for a crew member or an official."""
    return issue_code(user=user, actor=actor, now=now)


def code_page(code: str, origin: str) -> dict[str, Any]:
    """Return what the page shows of a code, once.

    origin: where the desk was opened, as `https://host/`, which is where the phone will ask.
    """
    return {
        "secret": code,
        "qr": _enrolment_qr(code, origin),
        "web_qr": drawing(web_link(code, origin)),
        "explanation": _(
            "Berlaku sekali, untuk satu orang, selama 10 menit. "
            "Halaman ini tidak dapat dibuka lagi."
        ),
    }


def _enrolment_qr(code: str, origin: str) -> SafeString:
    """Return an SVG of `gerak112://enrol?server=…&code=…`, which the phone app opens."""
    link = "gerak112://enrol?" + urlencode({"server": origin.rstrip("/"), "code": code})
    return drawing(link)


def web_link(code: str, origin: str) -> str:
    """Return what a phone's camera opens: the web app, the code where no server logs it."""
    return f"{origin.rstrip('/')}/app/#code={code}"


def drawing(text: str) -> SafeString:
    """Return a QR code as an SVG without style, which the Content Security Policy would refuse."""
    rows = segno.make(text, error="m").matrix
    squares = [
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    ]
    return format_html(
        '<svg viewBox="0 0 {0} {0}" shape-rendering="crispEdges"><path d="{1}"/></svg>',
        len(rows),
        "".join(squares),
    )
