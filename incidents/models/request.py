"""Requests to outside agencies: they are asked, never ordered."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AgencyRequest(models.Model):
    """One agency asked for help at one incident, by whom and how, and what it answered.

    Written by services/agency_requests.py. Kept for good; the free text is erased by the retention.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("diminta, belum dijawab")
        ACCEPTED = "accepted", _("menyanggupi")
        REFUSED = "refused", _("tidak sanggup")
        WITHDRAWN = "withdrawn", _("ditarik")

    class How(models.TextChoices):
        PHONE = "phone", _("telepon")
        RADIO = "radio", _("radio")
        MESSAGE = "message", _("pesan tertulis")
        IN_PERSON = "in_person", _("langsung")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        on_delete=models.PROTECT,
        related_name="agency_requests",
    )
    agency = models.ForeignKey(
        "responders.Agency", verbose_name=_("instansi"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.ASKED)
    how = models.CharField(_("cara"), max_length=10, choices=How.choices)
    asked_at = models.DateTimeField(_("diminta"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diminta oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.CharField(_("yang diminta"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("dijawab"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("jawaban dicatat oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer = models.CharField(_("jawaban"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("permintaan bantuan")
        verbose_name_plural = _("permintaan bantuan")
        constraints = [
            models.UniqueConstraint(
                name="request_one_running_per_agency",
                fields=["incident", "agency"],
                condition=models.Q(state__in=["asked", "accepted"]),
            ),
            models.CheckConstraint(
                name="request_state_known",
                condition=models.Q(state__in=["asked", "accepted", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="request_answered_has_a_time",
                condition=models.Q(state="asked") | models.Q(answered_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="request_of_incident", fields=["incident", "asked_at"])]

    def __str__(self) -> str:
        return f"{self.agency} · {timezone.localtime(self.asked_at):%H:%M:%S}"
