"""A public alert as an OASIS CAP 1.2 document, and a list of them as an Atom feed. Pure.

Source: OASIS CAP-V1.2 (July 2010), section 3.2. Times carry an offset and never "Z"; polygons are
closed rings of "lat,lon"; references name every earlier message of the chain.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml import ElementTree

CAP_NS = "urn:oasis:names:tc:emergency:cap:1.2"
CAP = f"{{{CAP_NS}}}"
ATOM_NS = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
GEOCODE_NAME = "KEMENDAGRI"  # the codes of Kepmendagri 300.2.2-2138/2025, as 13.72.01.1004
CONTACT = "112"
# What XML 1.0 cannot hold at all, not even escaped.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CATEGORIES = {
    "bencana_alam": "Geo",
    "kebakaran": "Fire",
    "kesehatan": "Health",
    "kecelakaan": "Rescue",
    "kerusuhan": "Security",
    "kamtibum": "Security",
}
CATEGORY_OF_TYPE = {
    "banjir": "Met",
    "angin_kencang": "Met",
    "pohon_tumbang": "Met",
    "orang_hanyut": "Rescue",
    "b3_gas": "CBRNE",
    "listrik": "Infra",
    "air": "Infra",
    "jalan_jembatan": "Transport",
    "bangunan_runtuh": "Infra",
}

register_namespace("", ATOM_NS)
Ring = Sequence[tuple[float, float]]  # (lat, lon)


@dataclass(frozen=True)
class Reference:
    """An earlier message of the chain."""

    sender: str
    identifier: str
    sent_at: datetime


@dataclass(frozen=True)
class CapArea:
    """An area by name, code and outline; without an outline the code alone says where."""

    name: str
    code: str
    rings: Sequence[Ring] = ()


@dataclass(frozen=True)
class CapInfo:
    """What one language is told."""

    language: str
    event: str
    sender_name: str
    headline: str
    description: str
    instruction: str


@dataclass(frozen=True)
class CapMessage:
    """Everything that a document holds. The words of urgency and so on are CAP's own."""

    identifier: str
    sender: str
    sent_at: datetime
    status: str
    message_type: str
    category: str
    event_code: str
    urgency: str
    severity: str
    certainty: str
    expires_at: datetime
    infos: Sequence[CapInfo]
    areas: Sequence[CapArea]
    references: Sequence[Reference] = ()


def category_of(*, type_key: str, category: str) -> str:
    """Return CAP's word for a type of incident."""
    return CATEGORY_OF_TYPE.get(type_key) or CATEGORIES.get(category, "Safety")


def cap_document(message: CapMessage, *, zone: tzinfo) -> bytes:
    """Return the document in UTF-8. The same message always gives the same bytes."""
    alert = Element("alert", xmlns=CAP_NS)
    _leaf(alert, "identifier", message.identifier)
    _leaf(alert, "sender", message.sender)
    _leaf(alert, "sent", cap_time(message.sent_at, zone))
    _leaf(alert, "status", message.status)
    _leaf(alert, "msgType", message.message_type)
    _leaf(alert, "scope", "Public")
    if message.references:
        _leaf(alert, "references", " ".join(_reference(r, zone) for r in message.references))
    for info in message.infos:
        _add_info(alert, message, info, zone)
    return tostring(alert, encoding="utf-8", xml_declaration=True)


def info_of(document: bytes, *, language: str) -> tuple[CapInfo, list[str]]:
    """Return what a document of ours tells in a language ("id" or "en"), and its areas' names."""
    infos = ElementTree.fromstring(document, forbid_dtd=True).iterfind(f"{CAP}info")
    info = next(one for one in infos if _text(one, "language").startswith(language))
    told = CapInfo(
        language=_text(info, "language"),
        event=_text(info, "event"),
        sender_name=_text(info, "senderName"),
        headline=_text(info, "headline"),
        description=_text(info, "description"),
        instruction=_text(info, "instruction"),
    )
    return told, [_text(area, "areaDesc") for area in info.iterfind(f"{CAP}area")]


def cap_time(moment: datetime, zone: tzinfo) -> str:
    """Return a time as CAP wants it: whole seconds and an offset, UTC as -00:00, never Z."""
    text = moment.astimezone(zone).replace(microsecond=0).isoformat()
    return text.replace("+00:00", "-00:00")


def xml_text(value: Any) -> str:
    """Return a text without what XML 1.0 cannot hold."""
    return ILLEGAL.sub("", str(value))


@dataclass(frozen=True)
class Entry:
    """One document as the feed lists it. `url` is absolute."""

    identifier: str
    title: str
    summary: str
    url: str
    sent_at: datetime
    expires_at: datetime


def atom_feed(
    entries: Sequence[Entry], *, feed_id: str, title: str, url: str, author: str, began_at: datetime
) -> bytes:
    """Return an Atom feed (RFC 4287), newest first; `began_at` is its age while it is empty."""
    feed = Element("feed", xmlns=ATOM_NS)
    _leaf(feed, "id", feed_id)
    _leaf(feed, "title", title)
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=url)
    newest = max((entry.sent_at for entry in entries), default=began_at)
    _leaf(feed, "updated", newest.astimezone(UTC).isoformat(timespec="seconds"))
    _leaf(SubElement(feed, "author"), "name", author)
    for entry in entries:
        node = SubElement(feed, "entry")
        _leaf(node, "id", entry.url)
        _leaf(node, "title", entry.title)
        _leaf(node, "updated", entry.sent_at.astimezone(UTC).isoformat(timespec="seconds"))
        SubElement(node, "link", rel="alternate", type=CAP_TYPE, href=entry.url)
        _leaf(node, "summary", entry.summary)
    return tostring(feed, encoding="utf-8", xml_declaration=True)


def _add_info(alert: Element, message: CapMessage, info: CapInfo, zone: tzinfo) -> None:
    node = SubElement(alert, "info")
    _leaf(node, "language", info.language)
    _leaf(node, "category", message.category)
    _leaf(node, "event", info.event)
    _leaf(node, "urgency", message.urgency)
    _leaf(node, "severity", message.severity)
    _leaf(node, "certainty", message.certainty)
    _named(node, "eventCode", "GERAK112", message.event_code)
    _leaf(node, "effective", cap_time(message.sent_at, zone))
    _leaf(node, "expires", cap_time(message.expires_at, zone))
    _leaf(node, "senderName", info.sender_name)
    _leaf(node, "headline", info.headline)
    _leaf(node, "description", info.description)
    if info.instruction:
        _leaf(node, "instruction", info.instruction)
    _leaf(node, "contact", CONTACT)
    for area in message.areas:
        place = SubElement(node, "area")
        _leaf(place, "areaDesc", area.name)
        for ring in area.rings:
            _leaf(place, "polygon", _polygon(ring))
        _named(place, "geocode", GEOCODE_NAME, area.code)


def _polygon(ring: Ring) -> str:
    closed = [*ring, ring[0]] if ring[0] != ring[-1] else list(ring)
    return " ".join(f"{lat:.5f},{lon:.5f}" for lat, lon in closed)


def _reference(earlier: Reference, zone: tzinfo) -> str:
    return f"{earlier.sender},{earlier.identifier},{cap_time(earlier.sent_at, zone)}"


def _named(parent: Element, tag: str, name: str, value: str) -> None:
    node = SubElement(parent, tag)
    _leaf(node, "valueName", name)
    _leaf(node, "value", value)


def _text(parent: Element, tag: str) -> str:
    return parent.findtext(f"{CAP}{tag}") or ""


def _leaf(parent: Element, tag: str, text: Any) -> None:
    SubElement(parent, tag).text = xml_text(text)
