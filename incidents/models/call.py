"""Calls: one row a ring."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.lifecycle import CallAttention, CallClass, CallState
from incidents.masking import masked


class Call(models.Model):
    """One ring of 112, from whatever door. Exactly one final class; `emergency` has an incident.

    The exchange's webhook writes state and times, the desk the class, name and incident. The
    number may be empty (112 works without a SIM); it goes with the retention rules.
    """

    call_id = models.CharField(_("id panggilan"), max_length=120, unique=True)
    state = models.CharField(_("status"), max_length=10, choices=CallState.choices)
    line = models.CharField(_("saluran"), max_length=40, blank=True)
    caller_number = models.CharField(_("nomor pelapor"), max_length=20, blank=True)
    caller_raw = models.CharField(_("nomor seperti diterima"), max_length=64, blank=True)
    caller_name = models.CharField(_("nama pelapor"), max_length=120, blank=True)

    ringing_at = models.DateTimeField(_("berdering"), null=True, blank=True)
    answered_at = models.DateTimeField(_("dijawab"), null=True, blank=True)
    ended_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("ditutup penelepon"), null=True, blank=True)
    received_at = models.DateTimeField(_("diketahui"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("call taker"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answered_calls",
    )

    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ditangani oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claimed_calls",
    )
    claimed_at = models.DateTimeField(_("ditangani sejak"), null=True, blank=True)

    # Whom a call that nobody takes is cried out to, and when the next step is due.
    attention = models.CharField(
        _("perhatian"), max_length=10, choices=CallAttention.choices, blank=True
    )
    attention_at = models.DateTimeField(_("perhatian berikutnya"), null=True, blank=True)

    call_class = models.CharField(_("kelas"), max_length=12, choices=CallClass.choices, blank=True)
    classified_at = models.DateTimeField(_("digolongkan"), null=True, blank=True)
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="calls",
    )
    note = models.TextField(_("catatan"), blank=True)
    # The caller asked that their data rest: covered for all but who may see it (Art. 41).
    restricted_at = models.DateTimeField(_("dibatasi sejak"), null=True, blank=True)
    restricted_reason = models.CharField(_("alasan pembatasan"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("panggilan")
        verbose_name_plural = _("panggilan")
        permissions = [
            ("take_over_call", "Can take a call over from whoever has it"),
            ("see_restricted_call", "Can see a caller whose data is restricted"),
        ]
        constraints = [
            models.CheckConstraint(
                name="call_emergency_means_an_incident",
                condition=models.Q(call_class="emergency", incident__isnull=False)
                | (~models.Q(call_class="emergency") & models.Q(incident__isnull=True)),
            ),
            models.CheckConstraint(
                name="call_state_known", condition=models.Q(state__in=CallState.values)
            ),
            models.CheckConstraint(
                name="call_claimed_by_somebody_since",
                condition=models.Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | models.Q(claimed_by__isnull=False, claimed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="call_class_known",
                condition=models.Q(call_class__in=["", *CallClass.values]),
            ),
        ]
        indexes = [
            models.Index(name="call_received", fields=["-received_at"]),
            models.Index(name="call_by_number", fields=["caller_number"]),
            models.Index(
                name="call_without_class",
                fields=["-received_at"],
                condition=models.Q(call_class=""),
            ),
            models.Index(
                name="call_attention_due",
                fields=["attention_at"],
                condition=models.Q(attention_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.call_id

    @property
    def happened_at(self):  # noqa: ANN201 - a datetime, or None before any time is known
        """Return the first time known of this ring."""
        return self.ringing_at or self.answered_at or self.received_at

    @property
    def masked_number(self) -> str:
        """Return the number as the desk may show it; "" where there is none."""
        return masked(self.caller_number or self.caller_raw)
