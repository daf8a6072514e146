"""What a quake or a warning asks of the city. Pure.

Source: domain study, 6.4. Nothing here opens or sends: a person decides on what is proposed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely import make_valid
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.base import BaseGeometry

from incidents.areas import distance_m
from notifications.bmkg.quakes import Quake
from notifications.bmkg.weather import WeatherWarning
from notifications.policy import BMKG, BmkgPolicy

BANNER, CALL = "banner", "call"
WORTH_A_BANNER = {"Moderate", "Severe", "Extreme"}


@dataclass(frozen=True)
class City:
    """Where the city lies, and what it is called in full ("Kota Solok")."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Ground:
    """One area as far as a warning can touch it. polygon: GeoJSON (lon, lat) or None."""

    code: str
    lat: float
    lon: float
    polygon: dict[str, Any] | None


def distance_to(city: City, quake: Quake) -> float:
    """Return how far the epicentre lies from the city, in metres."""
    return distance_m(city.lat, city.lon, quake.lat, quake.lon)


def level_of_quake(quake: Quake, city: City, *, policy: BmkgPolicy = BMKG) -> str | None:
    """Return `call`, `banner` or None: nothing the city need know of.

    The bare name ("Solok") may be the regency: a hint for a banner, never for a call.
    """
    away_m = distance_to(city, quake)
    felt = _felt_at(quake, city.name)
    hint = _felt_at(quake, city.name.removeprefix("Kota ").strip())
    strong_and_near = away_m <= policy.call_m and quake.magnitude >= policy.call_magnitude
    if felt >= policy.felt_call or strong_and_near:
        return CALL
    near = away_m <= policy.near_m and quake.magnitude >= policy.near_magnitude
    far = away_m <= policy.far_m and quake.magnitude >= policy.far_magnitude
    if near or far or max(felt, hint) >= policy.felt_banner:
        return BANNER
    return None


def touched_by(warning: WeatherWarning, grounds: Iterable[Ground]) -> list[str]:
    """Return the codes of the areas that a warning's polygons touch, sorted."""
    warned = [make_valid(Polygon([(lon, lat) for lat, lon in ring])) for ring in warning.polygons]
    return sorted(
        ground.code
        for ground in grounds
        if any(one.intersects(_geometry(ground)) for one in warned)
    )


def level_of_warning(warning: WeatherWarning, touched: list[str], *, now: datetime) -> str | None:
    """Return `banner` for a real warning in force that is worth one and touches the city."""
    real = warning.status == "Actual" and warning.message_type in ("Alert", "Update")
    if real and touched and warning.severity in WORTH_A_BANNER and warning.expires_at > now:
        return BANNER
    return None


def _felt_at(quake: Quake, name: str) -> int:
    return max((felt.mmi for felt in quake.felt if felt.place.lower() == name.lower()), default=0)


def _geometry(ground: Ground) -> BaseGeometry:
    return shape(ground.polygon) if ground.polygon else Point(ground.lon, ground.lat)
