"""Write the journal's head hash of each day to where the city chose: file, e-mail, web address.

Whoever holds the database and the signing key could make a new history. A line that left the house
every night cannot be made anew; `verify_journal --anchors FILE` holds the journal against it.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import HeadAnchor, IncidentEvent
from incidents.proofs.signing import current_signer
from incidents.selectors.report_facts import hash_at, seq_at

logger = logging.getLogger(__name__)

TIMEOUT_S = 10.0
HOUR = 0  # just after midnight
LINE = re.compile(
    r"^(?P<day>\d{4}-\d\d-\d\d) seq (?P<seq>\d+) head (?P<hash>[0-9a-f]{64})"
    r" key (?P<key>\S+) signature (?P<signature>\S+)$"
)


@dataclass(frozen=True)
class Broken:
    """An anchor that the journal does not agree with, and how."""

    day: str
    seq: int
    problem: str


def anchor_yesterday(now: datetime) -> HeadAnchor:
    """Anchor the day before `now`'s, in the city's zone. Doing it twice changes nothing."""
    return anchor_day(timezone.localtime(now).date() - timedelta(days=1), now=now)


def next_anchor(now: datetime) -> datetime:
    """Return when the next day's anchor is due: five minutes after midnight."""
    midnight = timezone.localtime(now).replace(hour=HOUR, minute=5, second=0, microsecond=0)
    return midnight if midnight > now else midnight + timedelta(days=1)


def anchor_day(day: date, *, now: datetime) -> HeadAnchor:
    """Write one day's head to every place that was set; what failed is tried again next time."""
    end = datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
    anchor = HeadAnchor.objects.filter(day=day).first()
    if anchor is None:
        seq = seq_at(end + timedelta(days=1))
        head = hash_at(seq) or "0" * 64
        signer = current_signer()
        signed = f"{day.isoformat()} seq {seq} head {head}"
        line = f"{signed} key {signer.key_id} signature {signer.sign(signed.encode())}"
        anchor, _new = HeadAnchor.objects.get_or_create(
            day=day, defaults={"seq": seq, "hash": head, "line": line, "made_at": now}
        )
    _write(anchor)
    return anchor


def broken_anchors(lines: Iterable[str]) -> Iterable[Broken]:
    """Yield each kept line that the journal no longer agrees with. Unreadable lines are broken."""
    for text in lines:
        found = LINE.match(text.strip())
        if found is None:
            if text.strip():
                yield Broken(text.strip()[:10], 0, "not a line of an anchor")
            continue
        day, seq, head = found["day"], int(found["seq"]), found["hash"]
        stored = IncidentEvent.objects.filter(pk=seq).values_list("hash", flat=True).first()
        if seq and stored is None:
            yield Broken(day, seq, "the journal has no such event any more")
        elif seq and stored != head:
            yield Broken(day, seq, "the journal has another hash there: it was rewritten")


def _write(anchor: HeadAnchor) -> None:
    for place, write in _places().items():
        if anchor.written.get(place):
            continue
        try:
            write(anchor)
        except Exception:
            logger.exception("the journal's head could not be written to %s", place)
            anchor.written[place] = False
        else:
            anchor.written[place] = True
    anchor.save(update_fields=["written"])
    if not all(anchor.written.values()):
        raise AnchorNotWritten(anchor.day)


class AnchorNotWritten(Exception):
    """One of the places did not take the line; the chore is due again soon."""


def _places() -> dict[str, Callable[[HeadAnchor], None]]:
    places: dict[str, Callable[[HeadAnchor], None]] = {}
    if settings.GERAK_HEAD_FILE:
        places["file"] = _to_file
    if settings.GERAK_HEAD_MAIL:
        places["mail"] = _to_mail
    if settings.GERAK_HEAD_URL:
        places["url"] = _to_url
    return places


def _to_file(anchor: HeadAnchor) -> None:
    path = Path(settings.GERAK_HEAD_FILE)
    known = path.read_text("utf-8") if path.exists() else ""
    if anchor.line not in known.splitlines():
        with path.open("a", encoding="utf-8") as file:
            file.write(anchor.line + "\n")


def _to_mail(anchor: HeadAnchor) -> None:
    subject = _("Gerak 112: jurnal sampai %s") % anchor.day
    send_mail(subject, anchor.line + "\n", None, settings.GERAK_HEAD_MAIL.split(","))


def _to_url(anchor: HeadAnchor) -> None:
    answer = httpx.post(settings.GERAK_HEAD_URL, json={"line": anchor.line}, timeout=TIMEOUT_S)
    answer.raise_for_status()
