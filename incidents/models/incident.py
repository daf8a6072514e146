"""Incidents: what happened, where, and where it stands."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.lifecycle import Disposition, IncidentState


class Incident(models.Model):
    """Something that happened and needs somebody. Several calls may report it.

    Services write it. Kept for good, without personal data once the retention has run.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("nomor"), max_length=32, unique=True)
    type = models.ForeignKey(
        "incidents.IncidentType", verbose_name=_("jenis"), on_delete=models.PROTECT
    )
    priority = models.PositiveSmallIntegerField(_("prioritas"))
    summary = models.CharField(_("ringkasan"), max_length=500, blank=True)
    address = models.CharField(_("alamat"), max_length=300, blank=True)
    landmark = models.CharField(_("patokan"), max_length=200, blank=True)
    lat = models.FloatField(_("lintang"), null=True, blank=True)
    lon = models.FloatField(_("bujur"), null=True, blank=True)
    suggested_area = models.ForeignKey(
        "incidents.Area",
        verbose_name=_("wilayah yang disarankan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    areas = models.ManyToManyField(
        "incidents.Area", verbose_name=_("wilayah"), related_name="incidents", blank=True
    )
    area_basis = models.CharField(_("dasar wilayah"), max_length=10, default="dispatcher")

    state = models.CharField(
        _("status"), max_length=10, choices=IncidentState.choices, default=IncidentState.NEW
    )
    episode = models.PositiveSmallIntegerField(_("episode"), default=1)
    opened_at = models.DateTimeField(_("dibuka"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibuka oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True)
    disposition = models.CharField(
        _("hasil"), max_length=16, choices=Disposition.choices, blank=True
    )
    closing_note = models.TextField(_("catatan penutup"), blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("digabung ke"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
    )

    class Meta:
        verbose_name = _("kejadian")
        verbose_name_plural = _("kejadian")
        constraints = [
            models.CheckConstraint(
                name="incident_priority_is_1_to_4", condition=models.Q(priority__range=(1, 4))
            ),
            models.CheckConstraint(
                name="incident_state_known", condition=models.Q(state__in=IncidentState.values)
            ),
            models.CheckConstraint(
                name="incident_closed_has_disposition",
                condition=~models.Q(state="closed")
                | (models.Q(closed_at__isnull=False) & ~models.Q(disposition="")),
            ),
            models.CheckConstraint(
                name="incident_merged_names_its_target",
                condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="incident_has_both_or_no_coordinate",
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            ),
        ]
        indexes = [
            models.Index(
                name="incident_open",
                fields=["-opened_at"],
                condition=~models.Q(state__in=["closed", "cancelled", "merged"]),
            ),
            models.Index(name="incident_opened", fields=["-opened_at"]),
        ]

    def __str__(self) -> str:
        return self.number


class NumberSequence(models.Model):
    """The last incident number given on one day; its row is the lock that keeps numbers apart."""

    day = models.DateField(_("hari"), unique=True)
    last = models.PositiveIntegerField(_("nomor terakhir"), default=0)

    class Meta:
        verbose_name = _("urutan nomor")
        verbose_name_plural = _("urutan nomor")

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"
