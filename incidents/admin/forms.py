"""What the desk asks a person for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.admin.looks import DISPOSITIONS
from incidents.lifecycle import CallClass
from incidents.models import Area, Incident, ServiceToken
from responders.models import Unit

FIELDS = ("type", "priority", "summary", "address", "landmark", "lat", "lon", "areas")


class ReasonForm(forms.Form):
    """Ask for the reason of an act."""

    reason = forms.CharField(label=_("Alasan"), max_length=300)


class CloseForm(forms.Form):
    """Ask how an incident ended."""

    disposition = forms.ChoiceField(label=_("Hasil"), choices=DISPOSITIONS)
    note = forms.CharField(label=_("Catatan"), required=False, max_length=500)


class ClassForm(forms.Form):
    """Ask for the final class of a call that is no emergency."""

    call_class = forms.ChoiceField(
        label=_("Kelas"),
        choices=[choice for choice in CallClass.choices if choice[0] != CallClass.EMERGENCY],
    )
    note = forms.CharField(label=_("Catatan"), required=False, max_length=500)


class DispatchForm(forms.Form):
    """Ask which units to send."""

    units = forms.ModelMultipleChoiceField(
        label=_("Regu"), queryset=Unit.objects.filter(active=True).order_by("call_sign")
    )


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
                self.fields[name] = forms.FloatField(
                    label=label, required=False, widget=forms.TextInput({"inputmode": "decimal"})
                )
        areas = self.fields.get("areas")
        if isinstance(areas, forms.ModelMultipleChoiceField):
            areas.queryset = Area.objects.exclude(level=Area.Level.CITY).order_by("level", "name")
            areas.help_text = _("Kosong: wilayah terdekat dari titik lokasi.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("lat") is None) != (data.get("lon") is None):
            raise forms.ValidationError(_("Isi lintang dan bujur, atau kosongkan keduanya."))
        return data


class OpenIncidentForm(IncidentForm):
    """What is asked when an incident is opened: the incident, and who reported it."""

    call = forms.CharField(widget=forms.HiddenInput, required=False)
    caller_name = forms.CharField(label=_("Nama pelapor"), required=False, max_length=120)
    caller_phone = forms.CharField(label=_("Nomor pelapor"), required=False, max_length=32)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].required = False
        self.fields["priority"].help_text = _("Kosong: prioritas bawaan jenis kejadian.")


class ServiceTokenForm(forms.ModelForm):
    """Ask for whom a service token is made."""

    class Meta:
        model = ServiceToken
        fields = ("user", "name")
