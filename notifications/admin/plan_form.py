"""The form of a ladder's plan: its steps as they are to be, and what is wrong in words."""

from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.ladder_rules import (
    AFTER_MAX_S,
    BUILT_IN,
    HEARD_BY_S,
    SECOND_PHONE_MAX_S,
    STEPS_MAX,
    Step,
    faults_of,
)
from notifications.models import LadderStep
from notifications.services.plans import is_urgent

FAULTS: dict[str, Promise] = {
    "after_out_of_range": _("Detik harus antara 0 dan %(after_max)d."),
    "too_many": _("Paling banyak %(steps_max)d langkah."),
    "twice": _("Saluran yang sama pada detik yang sama tercantum dua kali."),
    "socket_is_fixed": _("Soket selalu ada, sekali, pada detik 0."),
    "push_is_fixed": _("Push selalu ada, sekali, pada detik 0."),
    "second_phone_late": _("Ponsel kedua: sekali, paling lambat detik %(second_max)d."),
    "nobody_hears": _(
        "Penugasan yang tidak sampai harus terdengar oleh seseorang: dispatcher menelepon, "
        "paling lambat detik %(heard_by)d."
    ),
    "replaced": _("Versi ini sudah diganti; ubah versi yang berlaku."),
}
LIMITS = {
    "after_max": AFTER_MAX_S,
    "steps_max": STEPS_MAX,
    "second_max": SECOND_PHONE_MAX_S,
    "heard_by": HEARD_BY_S,
}


def words_of(code: str) -> str:
    """Return the sentence of one fault of a plan."""
    return str(FAULTS[code]) % LIMITS


class StepForm(forms.ModelForm):
    """One step. The socket and the push stand as they are: every plan has them, at second 0."""

    after_s = forms.IntegerField(label=_("setelah (detik)"), min_value=0, max_value=AFTER_MAX_S)

    class Meta:
        model = LadderStep
        fields = ("channel", "after_s", "unless")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label  # a table's inputs have no label
        if self.instance.channel in BUILT_IN:
            for field in self.fields.values():
                field.disabled = True


class StepFormSet(BaseInlineFormSet):
    """The steps as they are to be; whether they make a plan is the rules' matter."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        gone = form.fields.get(DELETION_FIELD_NAME)
        if gone is None:
            return
        gone.widget.attrs["aria-label"] = gone.label
        if form.instance.channel in BUILT_IN:
            gone.disabled = True
            gone.widget = forms.HiddenInput()

    def wanted(self) -> list[Step]:
        """Return the steps that are filled in and stay."""
        return [
            Step(data["channel"], data["after_s"], data["unless"])
            for form in self.forms
            if (data := getattr(form, "cleaned_data", None)) and not data.get("DELETE")
        ]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        faults = faults_of(self.wanted(), urgent=is_urgent(self.instance.kind))
        if faults:
            raise forms.ValidationError([words_of(fault.code) for fault in faults])

    def faults_in_words(self) -> list[str]:
        """Return what is wrong, first of the plan and then of its steps."""
        of_steps = [
            f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
            for form in self.forms
            for name, errors in form.errors.items()
            for error in errors
        ]
        return list(dict.fromkeys([*map(str, self.non_form_errors()), *of_steps]))
