"""What is asked before the public is told."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.lifecycle import OPEN_INCIDENT_STATES
from incidents.models import Area, Incident
from notifications.errors import AlertStands, AlertSuperseded, NotForThePublic, PersonalData
from notifications.models import PublicAlert
from notifications.policy import PUBLIC
from notifications.public_words import AlertWords, names_a_number
from notifications.services.public_alerts import standing_alert

URGENCIES = [
    ("Immediate", _("segera: bertindak sekarang")),
    ("Expected", _("dalam satu jam")),
    ("Future", _("nanti")),
    ("Past", _("sudah lewat")),
    ("Unknown", _("tidak diketahui")),
]
SEVERITIES = [
    ("Extreme", _("luar biasa: ancaman besar bagi nyawa")),
    ("Severe", _("berat: ancaman nyata bagi nyawa atau harta")),
    ("Moderate", _("sedang")),
    ("Minor", _("ringan")),
    ("Unknown", _("tidak diketahui")),
]
CERTAINTIES = [
    ("Observed", _("teramati")),
    ("Likely", _("kemungkinan besar")),
    ("Possible", _("mungkin")),
    ("Unlikely", _("kecil kemungkinannya")),
    ("Unknown", _("tidak diketahui")),
]
NO_NAMES = _("Dibaca siapa saja: tanpa nama, nomor telepon, atau alamat seseorang.")
FROM_TEMPLATE = _("Kosong: diisi dari pola menurut jenis kejadian.")


def _text(label: Any, *, rows: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=PUBLIC.text_max,
        widget=forms.Textarea({"rows": rows, "class": "vLargeTextField"}),
        required=required,
        help_text=help_text,
    )


class IncidentField(forms.ModelChoiceField):
    """Choose an incident by what it is and where, beside its number."""

    def label_from_instance(self, obj: Incident) -> str:
        label = obj.type.label_en if get_language() == "en" else obj.type.label
        places = ", ".join(area.name for area in obj.areas.all())
        return " · ".join(filter(None, (obj.number, label, places)))


class PublicAlertForm(forms.ModelForm):
    """Ask a dispatcher what the public is to be told of an incident."""

    incident = IncidentField(label=_("Kejadian"), queryset=Incident.objects.none())
    supersedes = forms.ModelChoiceField(
        queryset=PublicAlert.objects.all(), required=False, widget=forms.HiddenInput
    )
    headline = forms.CharField(
        label=_("Judul"),
        max_length=PUBLIC.headline_max,
        help_text=NO_NAMES,
        widget=forms.TextInput({"class": "vLargeTextField"}),
    )
    description = _text(_("Apa yang terjadi"), rows=3)
    instruction = _text(_("Apa yang harus dilakukan warga"), rows=3)
    headline_en = forms.CharField(
        label=_("Judul (Inggris)"),
        max_length=PUBLIC.headline_max,
        required=False,
        help_text=FROM_TEMPLATE,
        widget=forms.TextInput({"class": "vLargeTextField"}),
    )
    description_en = _text(_("Apa yang terjadi (Inggris)"), rows=2, required=False)
    instruction_en = _text(_("Apa yang harus dilakukan (Inggris)"), rows=2, required=False)
    urgency = forms.ChoiceField(label=_("Kemendesakan"), choices=URGENCIES)
    severity = forms.ChoiceField(label=_("Keparahan"), choices=SEVERITIES, initial="Moderate")
    certainty = forms.ChoiceField(label=_("Kepastian"), choices=CERTAINTIES)
    valid_s = forms.TypedChoiceField(
        label=_("Berlaku selama"),
        coerce=int,
        choices=[
            (count, _("%(hours)d jam") % {"hours": count // 3600}) for count in PUBLIC.alert_valid_s
        ],
        initial=3 * 3600,
    )
    areas = forms.ModelMultipleChoiceField(
        label=_("Wilayah"),
        queryset=Area.objects.exclude(level=Area.Level.CITY).order_by("level", "name"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = PublicAlert
        fields = ("incident",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("incident")
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = public_incidents()

    def clean(self) -> dict[str, Any]:
        """Say beforehand what the service would refuse."""
        data = super().clean() or {}
        incident, earlier = data.get("incident"), data.get("supersedes")
        if names_a_number([value for value in data.values() if isinstance(value, str)]):
            self.add_error(None, str(PersonalData.text))
        if incident is None:
            return data
        if earlier is None and standing_alert(incident, timezone.now()) is not None:
            self.add_error("incident", str(AlertStands.text))
        if earlier is not None and earlier.incident_id != incident.pk:
            self.add_error("incident", str(NotForThePublic.text))
        if earlier is not None and PublicAlert.objects.filter(supersedes=earlier).exists():
            self.add_error(None, str(AlertSuperseded.text))
        return data

    def words(self) -> AlertWords:
        """Return what was written, once the form is valid."""
        names = AlertWords.__dataclass_fields__
        return AlertWords(**{name: self.cleaned_data[name] for name in names})


class CancelForm(forms.Form):
    """Ask why a warning is taken back; the public reads it."""

    reason = forms.CharField(
        label=_("Alasan (diumumkan)"), max_length=300, initial=_("Keadaan sudah aman.")
    )


def public_incidents() -> Any:
    """Return the open incidents of which the public may be told, newest first."""
    rows = Incident.objects.filter(state__in=OPEN_INCIDENT_STATES, type__sensitive=False)
    rows = rows.exclude(type__notice="none").select_related("type").prefetch_related("areas")
    return rows.order_by("-opened_at")
