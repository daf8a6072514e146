"""What the public is told: CAP documents, as they were sent."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicAlert(models.Model):
    """One CAP 1.2 message about one incident: its bytes are kept as sent and never change.

    A dispatcher decides on each; an update or a cancel is a new row that supersedes the one
    before. Written by the public-alert services. Kept with the incident.
    """

    class MessageType(models.TextChoices):
        ALERT = "Alert", _("peringatan")
        UPDATE = "Update", _("pembaruan")
        CANCEL = "Cancel", _("pembatalan")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        on_delete=models.PROTECT,
        related_name="public_alerts",
    )
    supersedes = models.OneToOneField(
        "self",
        verbose_name=_("menggantikan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successor",
    )
    message_type = models.CharField(_("jenis pesan"), max_length=6, choices=MessageType.choices)
    identifier = models.CharField(_("pengenal"), max_length=120, unique=True)
    sender = models.CharField(_("pengirim"), max_length=120)
    sent_at = models.DateTimeField(_("dikirim"))
    expires_at = models.DateTimeField(_("berlaku sampai"))
    headline = models.CharField(_("judul"), max_length=160)
    headline_en = models.CharField(_("judul (Inggris)"), max_length=160)
    content = models.JSONField(_("isi formulir"), default=dict)
    document = models.BinaryField(_("dokumen CAP"))
    digest = models.CharField(_("digest"), max_length=64)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diumumkan oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("peringatan publik")
        verbose_name_plural = _("peringatan publik")
        constraints = [
            models.CheckConstraint(
                name="public_alert_first_supersedes_nothing",
                condition=models.Q(message_type="Alert", supersedes__isnull=True)
                | (~models.Q(message_type="Alert") & models.Q(supersedes__isnull=False)),
            ),
            models.CheckConstraint(
                name="public_alert_expires_after_it_was_sent",
                condition=models.Q(expires_at__gt=models.F("sent_at")),
            ),
        ]
        indexes = [models.Index(name="public_alert_in_force", fields=["expires_at"])]

    def __str__(self) -> str:
        return self.headline
