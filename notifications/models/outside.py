"""What a ladder sends past the apps, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.ladder import Ladder, LadderStep


class OutsideMessage(models.Model):
    """What a ladder sends past the apps: an SMS, a call, an e-mail, words for the desk to say.

    A turn of a ladder writes it; the gateway's answers, or the dispatcher who spoke, end it. `id`
    is the gateway's idempotency key.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("menunggu")
        RETRY = "retry", _("diulang")
        ACCEPTED = "accepted", _("diterima penyedia, belum terbukti")
        DEAD = "dead", _("gagal")
        SAID = "said", _("sudah disampaikan")
        UNANSWERED = "unanswered", _("tidak diangkat")
        NEEDLESS = "needless", _("tidak perlu lagi")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ladder = models.ForeignKey(
        Ladder, verbose_name=_("tangga"), on_delete=models.CASCADE, related_name="outside"
    )
    step = models.ForeignKey(
        LadderStep, verbose_name=_("langkah"), on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(_("saluran"), max_length=12, choices=LadderStep.Channel.choices)
    lane = models.PositiveSmallIntegerField(_("jalur"))
    to_name = models.CharField(_("kepada"), max_length=120)
    to_address = models.CharField(_("alamat"), max_length=254, blank=True)
    text = models.CharField(_("kata-kata"), max_length=400)
    state = models.CharField(
        _("status"), max_length=10, choices=State.choices, default=State.PLANNED
    )
    detail = models.CharField(_("keterangan"), max_length=200, blank=True)
    planned_at = models.DateTimeField(_("direncanakan"))
    ended_at = models.DateTimeField(_("selesai"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    next_attempt_at = models.DateTimeField(_("percobaan berikut"), null=True)
    attempts_made = models.PositiveSmallIntegerField(_("jumlah percobaan"), default=0)
    lease_until = models.DateTimeField(_("dipegang sampai"), null=True)
    fence = models.PositiveIntegerField(_("nomor pegangan"), default=0)

    class Meta:
        verbose_name = _("pesan di luar aplikasi")
        verbose_name_plural = _("pesan di luar aplikasi")
        constraints = [
            models.UniqueConstraint(
                name="outside_once_per_step_and_address",
                fields=["ladder", "step", "to_name", "to_address"],
            )
        ]
        indexes = [
            models.Index(
                name="outside_due",
                fields=["lane", "next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(
                name="outside_open", fields=["channel"], condition=Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} → {self.to_name}"


class OutsideAttempt(models.Model):
    """One try of one outside message, with what the gateway said."""

    message = models.ForeignKey(
        OutsideMessage, verbose_name=_("pesan"), on_delete=models.CASCADE, related_name="attempts"
    )
    state = models.CharField(_("status"), max_length=10, choices=OutsideMessage.State.choices)
    at = models.DateTimeField(_("waktu"))
    detail = models.CharField(_("jawaban penyedia"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("percobaan pesan di luar aplikasi")
        verbose_name_plural = _("percobaan pesan di luar aplikasi")

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.detail}".strip()
