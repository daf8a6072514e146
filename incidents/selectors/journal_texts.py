"""The words beside a fact of the journal, for whoever reads it."""

from typing import Any

import msgspec

from incidents.models import IncidentEvent

PLACE = "place"  # the key under which an incident's point stands, as {"lat", "lon"} in JSON


def words_of(event: IncidentEvent) -> dict[str, Any]:
    """Return the words that are still kept, by key; a point as lat and lon.

    Prefetch `texts` where many events are read.
    """
    words: dict[str, Any] = {}
    for one in event.texts.all():
        words |= msgspec.json.decode(one.text) if one.key == PLACE else {one.key: one.text}
    return words
