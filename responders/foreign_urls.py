"""Doors for apps that crews already have, under /api/; people type the last slash or forget it."""

from django.urls import path

from responders.views import foreign

_DOORS = {
    "osmand": foreign.OsmAnd,
    "gpslogger": foreign.GPSLogger,
    "owntracks": foreign.OwnTracks,
    "overland": foreign.Overland,
}

urlpatterns = [
    *(path(f"{name}/", door.as_view()) for name, door in _DOORS.items()),
    *(path(name, door.as_view(schema=None)) for name, door in _DOORS.items()),
]
