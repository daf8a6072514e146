"""What the desk's buttons ask a person for."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.admin.looks import DISPOSITIONS
from incidents.lifecycle import OPEN_INCIDENT_STATES, CallClass
from incidents.models import AgencyRequest, Incident, ServiceToken, ShiftHandover
from incidents.policy import FIELD
from incidents.services.corrections import CORRECTABLE
from responders.models import Agency, Unit


class ReasonForm(forms.Form):
    """Ask for the reason of an act."""

    reason = forms.CharField(
        label=_("Alasan"), max_length=300, widget=forms.TextInput({"placeholder": _("alasan")})
    )


HANDLING, OTHER = "handling", "other"
REVEAL_REASONS = (
    (HANDLING, _("menangani panggilan ini")),
    ("call_back", _("menelepon balik")),
    ("location", _("memastikan lokasi")),
    ("hand_over", _("meneruskan kepada regu atau instansi")),
    ("prank", _("memeriksa panggilan iseng")),
    (OTHER, _("lainnya, tuliskan")),
)


class RevealForm(forms.Form):
    """Ask why somebody wants to see a caller's number; `reason` is what the access log keeps."""

    reason = forms.ChoiceField(label=_("Alasan"), choices=[("", _("alasan")), *REVEAL_REASONS])
    note = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"placeholder": _("keterangan, tanpa nama dan nomor")}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        reason, note = given.get("reason"), given.pop("note", "").strip()
        if reason == OTHER and not note:
            self.add_error("note", _("Tuliskan alasannya."))
        elif reason:
            words = note if reason == OTHER else dict(REVEAL_REASONS)[reason]
            both = note and reason != OTHER
            given["reason"] = format_lazy("{}: {}", words, note) if both else words
        return given


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


class ServiceTokenForm(forms.ModelForm):
    """Ask for whom a service token is made."""

    class Meta:
        model = ServiceToken
        fields = ("user", "name")
