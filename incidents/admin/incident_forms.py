"""What the desk asks of an incident: what kind it is, where, and who reported it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import Area, Incident
from incidents.places import NoPlace, find_places, read_point
from incidents.selectors.call_desk import named_places

FIELDS = ("type", "priority", "summary", "address", "landmark", "lat", "lon", "areas")

PRIORITIES = [(number, f"P{number}") for number in range(1, 5)]
NUMBER = r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
ONE_OR_TWO = re.compile(rf"({NUMBER})(?:\s*[,;\s]\s*({NUMBER}))?")


class CoordinateField(forms.CharField):
    """One coordinate in degrees, or a pasted "lat, lon" pair; decimal point or comma."""

    def to_python(self, value: Any) -> Any:
        """Return the numbers written: none, one, or two."""
        text = str(super().to_python(value)).replace("\N{MINUS SIGN}", "-")
        if not text:
            return ()
        found = ONE_OR_TWO.fullmatch(text)
        if found is None:
            raise forms.ValidationError(_("Tulis angka derajat, misalnya -0,78930."))
        return tuple(float(part.replace(",", ".")) for part in found.groups() if part)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (() if initial is None else (initial,))
        except forms.ValidationError:
            return True


class IncidentForm(forms.ModelForm):
    """What may be corrected of an incident."""

    class Meta:
        model = Incident
        fields = FIELDS
        widgets = {"areas": forms.CheckboxSelectMultiple, "summary": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("lat", _("Lintang")), ("lon", _("Bujur"))):
            if name in self.fields:
                self.fields[name] = CoordinateField(label=label, required=False)
        if "lat" in self.fields:
            self.fields["lat"].help_text = _("Boleh menempel “lintang, bujur” sekaligus di sini.")
        if "priority" in self.fields:
            self.fields["priority"] = forms.TypedChoiceField(
                label=_("Prioritas"), choices=PRIORITIES, coerce=int, empty_value=None
            )
        areas = self.fields.get("areas")
        if isinstance(areas, forms.ModelMultipleChoiceField):
            areas.queryset = Area.objects.exclude(level=Area.Level.CITY).order_by("level", "name")
            areas.help_text = _("Kosong: wilayah terdekat dari titik lokasi.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "lat" not in data or "lon" not in data:  # one of them was refused already
            return {name: value for name, value in data.items() if name not in ("lat", "lon")}
        pair = next((part for part in (data["lat"], data["lon"]) if len(part) == 2), None)
        numbers = pair or (*data["lat"], *data["lon"])
        if len(numbers) != 2:
            data["lat"] = data["lon"] = None
            if numbers:
                self.add_error(None, _("Isi lintang dan bujur, atau kosongkan keduanya."))
            return data
        data["lat"], data["lon"] = numbers
        if abs(data["lat"]) > 90:
            self.add_error(
                "lat", _("Lintang harus antara -90 dan 90. Mungkin tertukar dengan bujur.")
            )
        if abs(data["lon"]) > 180:
            self.add_error("lon", _("Bujur harus antara -180 dan 180."))
        return data


class OpenIncidentForm(IncidentForm):
    """What is asked when an incident is opened: the incident, and who reported it."""

    call = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.CharField(
        label=_("Lokasi"),
        required=False,
        max_length=2_000,
        help_text=_("Patokan, koordinat, atau tautan peta; atau klik di peta."),
    )
    caller_name = forms.CharField(label=_("Nama pelapor"), required=False, max_length=120)
    caller_phone = forms.CharField(label=_("Nomor pelapor"), required=False, max_length=32)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"] = forms.TypedChoiceField(
            label=_("Prioritas"),
            choices=[("", _("menurut jenis kejadian")), *PRIORITIES],
            coerce=int,
            empty_value=None,
            required=False,
        )

        for name, key in (("type", "Alt+J"), ("place", "Alt+L"), ("summary", "Alt+U")):
            if name in self.fields:
                field = self.fields[name]
                box: Any = getattr(field.widget, "widget", field.widget)  # the admin wraps a picker
                box.attrs |= {"data-key": key, "data-key-label": str(field.label)}

    def clean(self) -> dict[str, Any]:
        """Take the point from the place where none was given: a link, a pair, or one known name."""
        data = super().clean()
        text = data.pop("place", "")
        if not text or data.get("lat") is not None:
            return data
        try:
            data["lat"], data["lon"] = read_point(text)
        except NoPlace:
            found = find_places(text, named_places(), limit=2)
            if len(found) == 1:
                data["lat"], data["lon"] = found[0].lat, found[0].lon
            elif not data.get("landmark"):
                data["landmark"] = text[:200]
        return data
