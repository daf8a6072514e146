"""Events for other systems: who asked for which, what was posted, what they answered."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WebhookSubscription(models.Model):
    """One agency's address for events of its choice.

    The secret is not stored: it is drawn from the server's key, this row's id and `secret_number`.
    `after_seq` is how far the journal was looked through for it. After failures nothing is posted
    before `hold_until`. Written in the admin; switched off, never deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(
        "responders.Agency",
        verbose_name=_("instansi"),
        on_delete=models.PROTECT,
        related_name="webhooks",
    )
    name = models.CharField(_("nama"), max_length=80)
    url = models.CharField(_("alamat (URL)"), max_length=500)
    kinds = models.JSONField(_("peristiwa"), default=list)
    with_caller = models.BooleanField(_("sertakan pelapor"), default=False)
    created_at = models.DateTimeField(_("dibuat"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibuat oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    secret_number = models.PositiveIntegerField(_("nomor rahasia"), default=1)
    rotated_at = models.DateTimeField(_("rahasia diganti"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("dihentikan"), null=True, blank=True)
    stop_reason = models.CharField(_("alasan berhenti"), max_length=80, blank=True)

    after_seq = models.BigIntegerField(_("dibaca sampai"), default=0)
    failures = models.PositiveIntegerField(_("gagal beruntun"), default=0)
    hold_until = models.DateTimeField(_("ditahan sampai"), null=True, blank=True)
    last_ok_at = models.DateTimeField(_("terakhir berhasil"), null=True, blank=True)

    class Meta:
        verbose_name = _("langganan webhook")
        verbose_name_plural = _("langganan webhook")

    def __str__(self) -> str:
        return f"{self.name} ({self.agency})"


class WebhookDelivery(models.Model):
    """One event for one subscription, or a test (without event). Kept for 30 days.

    Its next attempt is due at `next_attempt_at`; null: it ended. The body is made anew at each
    attempt and not kept: it may hold an address.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("menunggu")
        DELIVERED = "delivered", _("sampai")
        DEAD = "dead", _("gagal")

    subscription = models.ForeignKey(
        WebhookSubscription,
        verbose_name=_("langganan"),
        on_delete=models.CASCADE,
        related_name="deliveries",
    )
    event = models.ForeignKey(
        "incidents.IncidentEvent",
        verbose_name=_("peristiwa"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="seq",
    )
    kind = models.CharField(_("jenis"), max_length=40)
    state = models.CharField(
        _("status"), max_length=10, choices=State.choices, default=State.PENDING
    )
    planned_at = models.DateTimeField(_("direncanakan"))
    ended_at = models.DateTimeField(_("berakhir"), null=True)
    next_attempt_at = models.DateTimeField(_("langkah berikut"), null=True)
    attempts_made = models.PositiveSmallIntegerField(_("jumlah percobaan"), default=0)
    lease_until = models.DateTimeField(_("dipegang sampai"), null=True)
    fence = models.PositiveIntegerField(_("nomor pegangan"), default=0)

    class Meta:
        verbose_name = _("pengiriman webhook")
        verbose_name_plural = _("pengiriman webhook")
        constraints = [
            models.UniqueConstraint(
                name="webhook_event_once_per_subscription", fields=["subscription", "event"]
            ),
            models.CheckConstraint(
                name="webhook_pending_has_a_next_step",
                condition=models.Q(state="pending", next_attempt_at__isnull=False)
                | (~models.Q(state="pending") & models.Q(next_attempt_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="webhook_due",
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.subscription}"


class WebhookAttempt(models.Model):
    """One post and what became of it."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("diterima")
        RETRY = "retry", _("diulang")
        DEAD = "dead", _("ditolak")

    delivery = models.ForeignKey(
        WebhookDelivery,
        verbose_name=_("pengiriman"),
        on_delete=models.CASCADE,
        related_name="attempts",
    )
    at = models.DateTimeField(_("waktu"))
    state = models.CharField(_("status"), max_length=8, choices=State.choices)
    detail = models.CharField(_("jawaban"), max_length=200, blank=True)
    took_ms = models.PositiveIntegerField(_("lama (ms)"))

    class Meta:
        verbose_name = _("percobaan webhook")
        verbose_name_plural = _("percobaan webhook")

    def __str__(self) -> str:
        return f"{self.state} {timezone.localtime(self.at):%H:%M:%S}"
