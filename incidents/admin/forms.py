"""What the desk asks a person for."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.admin.looks import DISPOSITIONS
from incidents.lifecycle import OPEN_INCIDENT_STATES, CallClass
from incidents.models import AgencyRequest, Area, Incident, ServiceToken, ShiftHandover
from incidents.places import NoPlace, find_places, read_point
from incidents.policy import FIELD
from incidents.selectors.call_desk import named_places
from incidents.services.corrections import CORRECTABLE
from responders.models import Agency, Unit

FIELDS = ("type", "priority", "summary", "address", "landmark", "lat", "lon", "areas")

PRIORITIES = [(number, f"P{number}") for number in range(1, 5)]
NUMBER = r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
ONE_OR_TWO = re.compile(rf"({NUMBER})(?:\s*[,;\s]\s*({NUMBER}))?")


class ReasonForm(forms.Form):
    """Ask for the reason of an act."""

    reason = forms.CharField(
        label=_("Alasan"), max_length=300, widget=forms.TextInput({"placeholder": _("alasan")})
    )


class CloseForm(forms.Form):
    """Ask how an incident ended."""

    disposition = forms.ChoiceField(label=_("Hasil"), choices=DISPOSITIONS)
    note = forms.CharField(
        label=_("Catatan"),
        required=False,
        max_length=500,
        widget=forms.TextInput({"placeholder": _("catatan")}),
    )


class ClassForm(forms.Form):
    """Ask for the final class of a call that is no emergency."""

    call_class = forms.ChoiceField(
        label=_("Kelas"),
        choices=[choice for choice in CallClass.choices if choice[0] != CallClass.EMERGENCY],
    )
    note = forms.CharField(label=_("Catatan"), required=False, max_length=500)


class JoinForm(forms.Form):
    """Ask which incident a call reports."""

    incident = forms.ModelChoiceField(
        label=_("Kejadian"), queryset=Incident.objects.filter(state__in=OPEN_INCIDENT_STATES)
    )


class CorrectionForm(forms.Form):
    """Ask which step's time is wrong, when it was, and why it is changed."""

    step = forms.ChoiceField(
        label=_("Langkah"), choices=[(step.value, step.label) for step in CORRECTABLE]
    )
    at = forms.DateTimeField(
        label=_("Waktu yang benar"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"],
    )
    reason = forms.CharField(label=_("Alasan"), max_length=300)


class DispatchForm(forms.Form):
    """Ask which units to send."""

    units = forms.ModelMultipleChoiceField(
        label=_("Regu"), queryset=Unit.objects.filter(active=True).order_by("call_sign")
    )


class NextForm(forms.Form):
    """Ask for the unit that the dispatcher saw proposed; none: whatever is proposed now."""

    unit = forms.ModelChoiceField(
        label=_("Regu"), required=False, queryset=Unit.objects.filter(active=True)
    )


class EvidenceForm(forms.Form):
    """Ask whose evidence to show."""

    assignment = forms.UUIDField()


class NoteForm(forms.Form):
    """Ask for a note of the desk."""

    text = forms.CharField(label=_("Catatan"), max_length=FIELD.note_max_characters)


class AskForm(forms.Form):
    """Ask which outside agency was asked, how, and for what."""

    agency = forms.ModelChoiceField(
        label=_("Instansi"),
        queryset=Agency.objects.filter(
            kind=Agency.Kind.EXTERNAL, closed_at=None, merged_into=None
        ).order_by("short_name"),
    )
    how = forms.ChoiceField(label=_("Cara"), choices=AgencyRequest.How.choices)
    note = forms.CharField(label=_("Yang diminta"), required=False, max_length=300)


class AnswerForm(forms.Form):
    """Ask what an outside agency answered."""

    request = forms.UUIDField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("Jawaban"),
        choices=[c for c in AgencyRequest.State.choices if c[0] != AgencyRequest.State.ASKED],
    )
    answer = forms.CharField(label=_("Keterangan"), required=False, max_length=300)


class HandoverForm(forms.ModelForm):
    """Ask what the next shift must know."""

    class Meta:
        model = ShiftHandover
        fields = ("text",)


class RemarkForm(forms.Form):
    """Ask who takes over for a remark."""

    remark = forms.CharField(label=_("Tanggapan"), required=False, max_length=500)


class MergeForm(forms.Form):
    """Ask for the number of the incident that this one is told with."""

    into = forms.CharField(
        label=_("Gabungkan ke nomor"),
        max_length=40,
        widget=forms.TextInput({"placeholder": _("ke nomor")}),
    )

    def clean_into(self) -> Incident:
        """Return the open incident of that number; its last digits alone do where they fit one."""
        typed = self.cleaned_data["into"].strip()
        found = list(
            Incident.objects.filter(state__in=OPEN_INCIDENT_STATES, number__iendswith=typed)[:2]
        )
        exact = [one for one in found if one.number.lower() == typed.lower()]
        if len(exact or found) != 1:
            raise forms.ValidationError(_("Tidak ada kejadian terbuka dengan nomor itu."))
        return (exact or found)[0]


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


class ServiceTokenForm(forms.ModelForm):
    """Ask for whom a service token is made."""

    class Meta:
        model = ServiceToken
        fields = ("user", "name")
