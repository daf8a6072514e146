"""Weather warnings: the index (RSS) and one warning (CAP 1.2). Pure.

Source: domain study, 6.2. Entities and DTDs are refused by the parser; sizes are bounded.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from notifications.bmkg.refusal import Unreadable, clean
from notifications.policy import BMKG, BmkgPolicy

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
DETAIL = re.compile(r"[A-Za-z0-9_-]{3,60}_alert\.xml")
POINT = re.compile(r"([-+]?\d{1,3}(?:\.\d{1,8})?),([-+]?\d{1,3}(?:\.\d{1,8})?)")
POLYGONS_MAX = 400
POINTS_MAX = 5_000
STATUSES = {"Actual", "Exercise", "System", "Test", "Draft"}
MESSAGE_TYPES = {"Alert", "Update", "Cancel", "Ack", "Error"}
URGENCIES = {"Immediate", "Expected", "Future", "Past", "Unknown"}
SEVERITIES = {"Extreme", "Severe", "Moderate", "Minor", "Unknown"}
CERTAINTIES = {"Observed", "Likely", "Possible", "Unlikely", "Unknown"}
Polygon = tuple[tuple[float, float], ...]  # (lat, lon), closed


@dataclass(frozen=True)
class IndexItem:
    """One line of the index. `file` is the last part of its address, checked."""

    guid: str
    title: str
    file: str


@dataclass(frozen=True)
class WeatherWarning:
    """One warning as BMKG tells it."""

    identifier: str
    sent_at: datetime
    status: str
    message_type: str
    references: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    effective_at: datetime
    expires_at: datetime
    headline: str
    description: str
    polygons: tuple[Polygon, ...]

    @property
    def key(self) -> str:
        return f"weather:{self.identifier}"


def read_index(document: bytes, *, policy: BmkgPolicy = BMKG) -> tuple[list[IndexItem], list[str]]:
    """Return the items of the index, and why some were refused. Raises Unreadable for the whole."""
    root = _parsed(document, policy)
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise Unreadable("the document is no RSS")
    nodes = channel.findall("item")
    if len(nodes) > policy.entries_max:
        raise Unreadable("the document has too many entries")
    items: dict[str, IndexItem] = {}
    refused = []
    for node in nodes:
        try:
            item = _item(node)
            items.setdefault(item.guid, item)
        except Unreadable as error:
            refused.append(str(error))
    return list(items.values()), refused


def read_warning(document: bytes, *, policy: BmkgPolicy = BMKG) -> WeatherWarning:
    """Return one warning in its Indonesian words. Raises Unreadable."""
    root = _parsed(document, policy)
    if root.tag != f"{CAP}alert":
        raise Unreadable("the document is no CAP 1.2 alert")
    info = _info(root)
    sent_at = _moment(root, "sent")
    effective = info.find(f"{CAP}effective")
    expires_at = _moment(info, "expires")
    if expires_at <= sent_at:
        raise Unreadable("expires is not after sent")
    return WeatherWarning(
        identifier=_text(root, "identifier", 120),
        sent_at=sent_at,
        status=_word(root, "status", STATUSES),
        message_type=_word(root, "msgType", MESSAGE_TYPES),
        references=_references(root),
        event=_text(info, "event", 160),
        urgency=_word(info, "urgency", URGENCIES),
        severity=_word(info, "severity", SEVERITIES),
        certainty=_word(info, "certainty", CERTAINTIES),
        effective_at=_moment(info, "effective") if effective is not None else sent_at,
        expires_at=expires_at,
        headline=_text(info, "headline", 300),
        description=_text(info, "description", 20_000),
        polygons=_polygons(info),
    )


def _parsed(document: bytes, policy: BmkgPolicy) -> Element:
    if len(document) > policy.document_max_bytes:
        raise Unreadable("the document is too large")
    try:
        root: Any = ElementTree.fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable("the document is no safe XML") from error
    if not isinstance(root, Element):
        raise Unreadable("the document is no safe XML")
    return root


def _item(node: Element) -> IndexItem:
    link = clean(node.findtext("link"), "link", max_length=300)
    file = link.rpartition("/")[2]
    if DETAIL.fullmatch(file) is None:
        raise Unreadable("link names no warning")
    return IndexItem(
        guid=clean(node.findtext("guid"), "guid", max_length=120),
        title=clean(node.findtext("title"), "title", max_length=300),
        file=file,
    )


def _info(root: Element) -> Element:
    infos = root.findall(f"{CAP}info")
    if not infos:
        raise Unreadable("the alert has no info")
    for info in infos:
        if (info.findtext(f"{CAP}language") or "en-US").lower().startswith("id"):
            return info
    return infos[0]


def _text(node: Element, name: str, max_length: int) -> str:
    return clean(node.findtext(f"{CAP}{name}"), name, max_length=max_length)


def _word(node: Element, name: str, known: set[str]) -> str:
    word = _text(node, name, 20)
    if word not in known:
        raise Unreadable(f"{name} is no word of CAP")
    return word


def _moment(node: Element, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(node, name, 40))
    except ValueError as error:
        raise Unreadable(f"{name} cannot be read") from error
    if moment.tzinfo is None or not 1970 < moment.year < 2200:
        raise Unreadable(f"{name} cannot be read")
    return moment


def _references(root: Element) -> tuple[str, ...]:
    text = clean(root.findtext(f"{CAP}references"), "references", max_length=4_000, required=False)
    parts = [reference.split(",") for reference in text.split()]
    return tuple(part[1] for part in parts if len(part) == 3)


def _polygons(info: Element) -> tuple[Polygon, ...]:
    nodes = info.findall(f"{CAP}area/{CAP}polygon")
    if len(nodes) > POLYGONS_MAX:
        raise Unreadable("the alert has too many polygons")
    return tuple(_polygon(node.text or "") for node in nodes)


def _polygon(text: str) -> Polygon:
    words = text.split()
    if len(words) > POINTS_MAX:
        raise Unreadable("a polygon has too many points")
    matches = [POINT.fullmatch(word) for word in words]
    points = tuple((float(m[1]), float(m[2])) for m in matches if m is not None)
    if len(points) != len(words) or len(points) < 4 or points[0] != points[-1]:
        raise Unreadable("a polygon is no closed ring")
    if any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in points):
        raise Unreadable("a polygon is not on earth")
    return points
