"""Notices to camat and lurah, and what they did with them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """What the officials of one area are told of one incident: the least that is needed, no caller.

    `office` is the area whose officials are told; `areas` are the touched areas it speaks of.
    The notice services write it. Kept with the incident.
    """

    class State(models.TextChoices):
        ISSUED = "issued", _("diberitahukan")
        UPDATED = "updated", _("diperbarui")
        WITHDRAWN = "withdrawn", _("ditarik")
        CLOSED = "closed", _("selesai")

    class Basis(models.TextChoices):
        POLYGON = "polygon", _("batas wilayah")
        CENTROID = "centroid", _("titik pusat terdekat")
        DISPATCHER = "dispatcher", _("pilihan dispatcher")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    office = models.ForeignKey(
        "incidents.Area",
        verbose_name=_("wilayah pejabat"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    areas = models.ManyToManyField("incidents.Area", related_name="+", verbose_name=_("wilayah"))
    basis = models.CharField(_("dasar"), max_length=10, choices=Basis.choices)
    basis_text = models.CharField(_("mengapa wilayah ini"), max_length=300, blank=True)
    state = models.CharField(
        _("status"), max_length=10, choices=State.choices, default=State.ISSUED
    )
    headline = models.CharField(_("judul"), max_length=160)
    text = models.TextField(_("isi"))
    issued_at = models.DateTimeField(_("diberitahukan"))
    updated_at = models.DateTimeField(_("diperbarui"))
    update_due_at = models.DateTimeField(_("pembaruan ditahan sampai"), null=True)

    class Meta:
        verbose_name = _("pemberitahuan wilayah")
        verbose_name_plural = _("pemberitahuan wilayah")
        constraints = [
            models.UniqueConstraint(
                name="notice_one_per_incident_and_office", fields=["incident", "office"]
            )
        ]
        indexes = [
            models.Index(
                name="notice_update_due",
                fields=["update_due_at"],
                condition=models.Q(update_due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.headline


class NoticeReceipt(models.Model):
    """That one official read one notice."""

    notice = models.ForeignKey(
        Notice, verbose_name=_("pemberitahuan"), on_delete=models.CASCADE, related_name="receipts"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("orang"), on_delete=models.PROTECT
    )
    read_at = models.DateTimeField(_("dibaca"))
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"), null=True)

    class Meta:
        verbose_name = _("dibaca oleh")
        verbose_name_plural = _("dibaca oleh")
        constraints = [
            models.UniqueConstraint(name="notice_read_once", fields=["notice", "person"])
        ]

    def __str__(self) -> str:
        return f"{self.person} {timezone.localtime(self.read_at):%H:%M:%S}"


class NoticeAnswer(models.Model):
    """What an official reported back about their area."""

    class Condition(models.TextChoices):
        SAFE = "safe", _("aman")
        LIGHT_DAMAGE = "light_damage", _("rusak ringan")
        HEAVY_DAMAGE = "heavy_damage", _("rusak berat")
        VICTIMS = "victims", _("ada korban")

    notice = models.ForeignKey(
        Notice, verbose_name=_("pemberitahuan"), on_delete=models.CASCADE, related_name="answers"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("orang"), on_delete=models.PROTECT
    )
    client_id = models.UUIDField(_("id dari klien"))
    condition = models.CharField(_("kondisi"), max_length=14, choices=Condition.choices)
    text = models.TextField(_("keterangan"), blank=True)
    needs = models.TextField(_("kebutuhan"), blank=True)
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"), null=True)
    received_at = models.DateTimeField(_("diterima"))

    class Meta:
        verbose_name = _("jawaban pejabat")
        verbose_name_plural = _("jawaban pejabat")
        constraints = [
            models.UniqueConstraint(name="answer_once_per_person", fields=["person", "client_id"])
        ]

    def __str__(self) -> str:
        return self.get_condition_display()


class NoticeCursor(models.Model):
    """How far the journal was looked through for notices. One row; the notice services move it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(_("nomor urut"), default=0)

    class Meta:
        verbose_name = _("batas baca jurnal")
        verbose_name_plural = _("batas baca jurnal")
        constraints = [
            models.CheckConstraint(name="notices_have_one_cursor", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return f"{self.seq}"
