"""The shift handover log: what one shift leaves to the next, signed by both."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ShiftHandover(models.Model):
    """One handover at the desk: written by who leaves, signed, then taken over by who comes.

    The text may change until it is signed; what was open then is listed beside it as entries.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text = models.TextField(_("yang perlu diketahui piket berikutnya"), max_length=4_000)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("menyerahkan"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    written_at = models.DateTimeField(_("ditulis"))
    signed_at = models.DateTimeField(_("ditandatangani"), null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("menerima"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    taken_at = models.DateTimeField(_("diterima"), null=True, blank=True)
    remark = models.CharField(_("tanggapan penerima"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("serah terima piket")
        verbose_name_plural = _("serah terima piket")
        constraints = [
            models.CheckConstraint(
                name="handover_taken_after_signed",
                condition=models.Q(taken_at__isnull=True, taken_by__isnull=True)
                | models.Q(taken_at__isnull=False, taken_by__isnull=False, signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_takes_two",
                condition=models.Q(taken_by__isnull=True)
                | ~models.Q(taken_by=models.F("written_by")),
            ),
        ]
        indexes = [models.Index(name="handover_newest", fields=["-written_at"])]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.written_at):%d/%m/%Y %H:%M}"


class HandoverEntry(models.Model):
    """One matter that was open when a handover was signed, as it stood then."""

    class Kind(models.TextChoices):
        INCIDENT = "incident", _("kejadian")
        ASSIGNMENT = "assignment", _("penugasan")
        REQUEST = "request", _("permintaan bantuan")
        CALL = "call", _("panggilan")

    handover = models.ForeignKey(
        ShiftHandover,
        verbose_name=_("serah terima"),
        on_delete=models.CASCADE,
        related_name="entries",
    )
    number = models.PositiveIntegerField(_("nomor"))
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind.choices)
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    call = models.ForeignKey(
        "incidents.Call",
        verbose_name=_("panggilan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    subject = models.CharField(_("perihal"), max_length=160)
    state = models.CharField(_("status"), max_length=16)
    since = models.DateTimeField(_("sejak"))

    class Meta:
        verbose_name = _("hal yang terbuka")
        verbose_name_plural = _("hal yang terbuka")
        constraints = [
            models.UniqueConstraint(name="handover_entry_numbered", fields=["handover", "number"])
        ]

    def __str__(self) -> str:
        return self.subject
