"""Where a caller is, from what the desk pastes or types: coordinates, a maps link, a place's name.

Works without the network: a shortened link must be opened first, and says so. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

NUMBER = r"[-+]?\d{1,3}(?:[.,]\d+)?"
PAIR = re.compile(rf"^\s*(?:geo:)?({NUMBER})\s*°?\s*[,;\s]\s*({NUMBER})\s*°?\s*(?:\?.*)?$")
IN_LINK = re.compile(r"(-?\d{1,2}\.\d+)\s*,\s*\+?(-?\d{1,3}\.\d+)")
# The marked place of a Google link (!3d…!4d…) is meant before the middle of its view (@…).
GOOGLE_MARK = re.compile(r"!3d(-?\d{1,2}\.\d+)!4d(-?\d{1,3}\.\d+)")
OSM_VIEW = re.compile(r"map=\d+/(-?\d{1,2}\.\d+)/(-?\d{1,3}\.\d+)")
SHORT_HOSTS = ("goo.gl", "maps.app.goo.gl", "g.co", "bit.ly", "osm.org", "w3w.co")
QUERY_KEYS = ("q", "query", "ll", "daddr", "destination", "coordinate", "mlat")
LONGEST = 2_000


class NoPlace(ValueError):
    """Nothing here names a place. code: unreadable | short_link | out_of_range."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NamedPlace:
    """A place that can be found by a name. names: its own first, then other spellings."""

    names: tuple[str, ...]
    lat: float
    lon: float
    area: str = ""


def read_point(text: str) -> tuple[float, float]:
    """Return latitude and longitude, in degrees, of a pasted pair or maps link. Raises NoPlace."""
    text = text.strip()[:LONGEST]
    pair = PAIR.match(text)
    if pair:
        return _checked(*(part.replace(",", ".") for part in pair.groups()))
    if "://" in text or text.startswith("geo:"):
        return _from_link(text)
    raise NoPlace("unreadable")


def find_places(text: str, places: Iterable[NamedPlace], *, limit: int = 5) -> list[NamedPlace]:
    """Return the places whose name holds every word typed; those that begin with it come first."""
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    words = wanted.split()
    found = []
    for place in places:
        names = [fold(name) for name in place.names]
        if any(all(word in name for word in words) for name in names):
            begins = any(name.startswith(wanted) for name in names)
            found.append((not begins, names[0], place))
    found.sort(key=lambda one: one[:2])
    return [place for *_order, place in found[:limit]]


def fold(text: str) -> str:
    """Return text as it is compared: lower case, single spaces, no signs."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


def _from_link(text: str) -> tuple[float, float]:
    try:
        link = urlsplit(text)
        host = (link.hostname or "").removeprefix("www.")
    except ValueError:
        raise NoPlace("unreadable") from None
    whole = unquote(text)
    marked = GOOGLE_MARK.search(whole) or _asked(link.query) or OSM_VIEW.search(whole)
    found = marked or IN_LINK.search(whole)
    if found:
        return _checked(*(found if isinstance(found, tuple) else found.groups()))
    raise NoPlace("short_link" if host in SHORT_HOSTS else "unreadable")


def _asked(query: str) -> tuple[str, str] | None:
    """Return the pair that a link's query names: ?q=-0.79,100.65 or ?mlat=…&mlon=…."""
    asked = parse_qs(query)
    if "mlat" in asked and "mlon" in asked:
        return asked["mlat"][0], asked["mlon"][0]
    for key in QUERY_KEYS:
        pair = IN_LINK.search(asked.get(key, [""])[0])
        if pair:
            return pair.group(1), pair.group(2)
    return None


def _checked(lat_text: str, lon_text: str) -> tuple[float, float]:
    try:
        lat, lon = float(lat_text), float(lon_text)
    except ValueError:
        raise NoPlace("unreadable") from None
    if abs(lat) > 90 or abs(lon) > 180:
        raise NoPlace("out_of_range")
    return lat, lon
