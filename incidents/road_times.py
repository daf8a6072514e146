"""Driving times from a routing server of the city (OSRM's HTTP interface). Nothing else is asked.

Fails open: whatever goes wrong, the answer is None and the caller goes by the straight distance.
"""

import logging
from collections.abc import Sequence

import httpx

logger = logging.getLogger(__name__)

Point = tuple[float, float]  # latitude, longitude, in degrees
MOST_ORIGINS = 50  # own choice; OSRM's own limit is 100 places a table


def road_times_s(
    url: str, origins: Sequence[Point], scene: Point, *, timeout_s: float
) -> list[float | None] | None:
    """Return the driving time in seconds from each origin to the scene; None: no answer.

    A place without a road near it has None in the list. At most 50 origins.
    """
    places = [*origins[:MOST_ORIGINS], scene]
    path = ";".join(f"{lon:.5f},{lat:.5f}" for lat, lon in places)
    sources = ";".join(str(number) for number in range(len(places) - 1))
    query = {"sources": sources, "destinations": str(len(places) - 1), "annotations": "duration"}
    try:
        answer = httpx.get(
            f"{url.rstrip('/')}/table/v1/driving/{path}", params=query, timeout=timeout_s
        )
        answer.raise_for_status()
        return _durations(answer.json(), len(places) - 1)
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
    ) as error:
        logger.warning("the routing server gave no times: %s", type(error).__name__)
        return None


def _durations(body: dict[str, list[list[float | None]]], count: int) -> list[float | None]:
    rows = [row[0] for row in body["durations"]]
    if len(rows) != count:
        raise ValueError("durations")
    return [None if value is None or not 0 <= value < 86_400 else float(value) for value in rows]
