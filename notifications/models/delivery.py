"""The ledger: who must hear of which event, and what is proven of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """One event for one person. A person's stream is these rows in the order of `seq`.

    Planned with the event, in its transaction; the attempts and receipts move it. Its next step
    is due at `next_attempt_at`; null means that nothing more is planned. Kept for a year.
    """

    class Lane(models.IntegerChoices):
        ASSIGNMENT = 0, _("penugasan")
        STATUS = 1, _("status")
        NOTICE = 2, _("pemberitahuan")
        DRILL = 3, _("latihan")

    event = models.ForeignKey(
        "incidents.IncidentEvent",
        verbose_name=_("peristiwa"),
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_column="seq",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("orang"),
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    notice = models.ForeignKey(
        "notifications.Notice",
        verbose_name=_("pemberitahuan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    alert = models.ForeignKey(
        "incidents.CrewAlert",
        verbose_name=_("panggilan bantuan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    drill = models.ForeignKey(
        "notifications.Drill",
        verbose_name=_("latihan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="deliveries",
    )
    lane = models.PositiveSmallIntegerField(_("jalur"), choices=Lane.choices)
    planned_at = models.DateTimeField(_("direncanakan"))
    received_at = models.DateTimeField(_("diterima ponsel"), null=True)
    received_on = models.ForeignKey(
        "responders.Device",
        verbose_name=_("diterima pada perangkat"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    seen_at = models.DateTimeField(_("dilihat"), null=True)
    answered_at = models.DateTimeField(_("dijawab"), null=True)

    next_attempt_at = models.DateTimeField(_("langkah berikut"), null=True)
    attempts_made = models.PositiveSmallIntegerField(_("jumlah percobaan"), default=0)
    lease_until = models.DateTimeField(_("dipegang sampai"), null=True)
    fence = models.PositiveIntegerField(_("nomor pegangan"), default=0)

    class Meta:
        verbose_name = _("pengiriman")
        verbose_name_plural = _("pengiriman")
        constraints = [
            models.UniqueConstraint(name="delivery_once_per_person", fields=["person", "event"])
        ]
        indexes = [
            models.Index(
                name="delivery_due",
                fields=["lane", "next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.person}"

    def in_order(self) -> list["DeliveryAttempt"]:
        """Return its attempts as they were made, from what was fetched before where it was."""
        return sorted(self.attempts.all(), key=lambda attempt: (attempt.at, attempt.pk))


class DeliveryAttempt(models.Model):
    """One event for one person on one device by one channel, with what that channel said."""

    class Channel(models.TextChoices):
        SOCKET = "socket", _("soket")
        PUSH = "push", _("push")
        POLL = "poll", _("ambil sendiri")

    class State(models.TextChoices):
        PLANNED = "planned", _("direncanakan")
        SENT = "sent", _("dilepas, belum terbukti")
        ACCEPTED = "accepted", _("penyedia menerima, belum terbukti")
        RECEIVED = "received", _("diterima ponsel")
        SEEN = "seen", _("dilihat")
        ANSWERED = "answered", _("dijawab")
        RETRY = "retry", _("diulang")
        DEAD = "dead", _("gagal")

    delivery = models.ForeignKey(
        Delivery, verbose_name=_("pengiriman"), on_delete=models.CASCADE, related_name="attempts"
    )
    device = models.ForeignKey(
        "responders.Device",
        verbose_name=_("perangkat"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )
    channel = models.CharField(_("saluran"), max_length=8, choices=Channel.choices)
    state = models.CharField(_("status"), max_length=8, choices=State.choices)
    at = models.DateTimeField(_("waktu"))
    detail = models.CharField(_("keterangan"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("percobaan kirim")
        verbose_name_plural = _("percobaan kirim")
        constraints = [
            models.UniqueConstraint(
                name="attempt_state_once",
                fields=["delivery", "device", "channel", "state"],
                condition=~models.Q(state__in=["retry", "sent"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
