"""What is around a scene: the agencies with their units' number and nearness, and a box."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from incidents.models import AgencyRequest, Routing
from incidents.policy import RECOMMENDATION
from incidents.selectors.unit_ranking import AGENCIES, PIECES
from responders.models import Agency, Unit

Point = tuple[float, float]  # latitude, longitude, in degrees
CountedAgency = Any  # an Agency, with what agencies_around() says of it


def agencies_around(scene: Point | None, sent: Iterable[int]) -> dict[int, CountedAgency]:
    """Return all agencies by id: `unit_count`, its active units, and `reach`.

    Reach is the square of the distance, in degrees, to the last of so many bases nearest to the
    scene that are looked at first; None where there are not so many, and for all but sent ones.
    """
    values = {"nearer": RECOMMENDATION.boxed_of_each - 1, **around(scene, 0.0)}
    rows = Agency.objects.raw(AGENCIES.format(**PIECES, sent=listed(sent)), values)
    agencies = {agency.pk: agency for agency in rows}
    for agency in rows:
        if agency.merged_into_id is not None:
            agency.merged_into = agencies[agency.merged_into_id]
    return agencies


def give_agencies(
    rows: Iterable[Unit | Routing | AgencyRequest], agencies: Mapping[int, Agency]
) -> None:
    """Hang on each row its agency, as a prefetch would, where it is among those read."""
    for row in rows:
        if row.agency_id in agencies:
            type(row).agency.field.set_cached_value(row, agencies[row.agency_id])


def around(scene: Point | None, box_deg: float) -> dict[str, float | None]:
    """Return the scene and the box around it, in degrees."""
    lat, lon = scene or (None, None)
    if lat is None or lon is None:
        return {"lat": None, "lon": None, "shrink": None}
    shrink = math.cos(math.radians(lat))
    return {
        "lat": lat,
        "lon": lon,
        "shrink": shrink,
        "up": box_deg,
        "aside": box_deg / max(shrink, 0.01),
    }


def listed(ids: Iterable[int]) -> str:
    """Return ids for the list of an IN."""
    return ", ".join(map(str, ids)) or "NULL"
