"""What the desk is shown while a report is typed: where the place is, and what is known near it."""

from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.admin.call_page import likely_row
from incidents.models import Area, Call, IncidentType
from incidents.places import NamedPlace, NoPlace, find_places, read_point
from incidents.selectors.access import calls_visible_to
from incidents.selectors.areas import area_at
from incidents.selectors.call_desk import likely_incidents, named_places
from responders.requests import staff_of

NO_PLACE = {
    "unreadable": gettext_lazy("Tidak terbaca sebagai tempat."),
    "short_link": gettext_lazy("Tautan pendek: buka dulu, lalu salin alamat yang panjang."),
    "out_of_range": gettext_lazy("Koordinat di luar bumi."),
}


class SuggestForm(forms.Form):
    """What was typed so far; everything may be missing."""

    call = forms.IntegerField(required=False)
    place = forms.CharField(required=False, max_length=2_000)
    type = forms.ModelChoiceField(IncidentType.objects.all(), required=False)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    areas = forms.ModelMultipleChoiceField(Area.objects.all(), required=False)


def suggest(request: HttpRequest) -> JsonResponse:
    """Answer {"point", "problem", "places", "area", "likely"} for what was typed so far.

    point: [lat, lon] read from the place, or given; places: found by name; likely: open incidents
    with why. What cannot be read is left out, never an error.
    """
    form = SuggestForm(request.GET)
    form.is_valid()
    typed = {name: form.cleaned_data.get(name) for name in form.fields}
    user, now = staff_of(request), timezone.now()
    call = calls_visible_to(user).filter(pk=typed["call"]).first() if typed["call"] else None
    point, problem, places = _place(typed)
    area = area_at(*point) if point else None
    areas = list(typed["areas"] or ([area] if area else []))
    likely = likely_incidents(
        user,
        now=now,
        incident_type=typed["type"],
        lat=point[0] if point else None,
        lon=point[1] if point else None,
        areas=areas,
        number=call.caller_number if call else "",
    )
    return JsonResponse(
        {
            "point": point,
            "problem": problem,
            "area": {"id": area.pk, "name": area.name} if area else None,
            "places": [_named(place) for place in places],
            "likely": [_likely(one, call) for one in likely],
        }
    )


def _place(typed: dict[str, Any]) -> tuple[tuple[float, float] | None, str, list[NamedPlace]]:
    """Return the point meant, why there is none, and the places a name may mean."""
    text = typed["place"] or ""
    if text:
        try:
            return read_point(text), "", []
        except NoPlace as refusal:
            found = find_places(text, named_places())
            return None, "" if found else str(NO_PLACE[refusal.code]), found
    if typed["lat"] is not None and typed["lon"] is not None:
        return (typed["lat"], typed["lon"]), "", []
    return None, "", []


def _named(place: NamedPlace) -> dict[str, Any]:
    return {"name": place.names[0], "lat": place.lat, "lon": place.lon}


def _likely(likely: Any, call: Call | None) -> dict[str, Any]:
    row = likely_row(likely, call)
    row["state"] = likely.incident.get_state_display()
    row["join_label"] = _("Gabungkan ke kejadian ini")
    return row
