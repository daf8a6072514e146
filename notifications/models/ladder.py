"""Ladders: how a message climbs from channel to channel until somebody has it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LadderPlan(models.Model):
    """One version of the plan for one kind of message. A change makes a new version.

    The plan services write it. Never changed or deleted: a ladder that runs keeps its plan.
    """

    class Kind(models.TextChoices):
        DISPATCHED = "assignment.dispatched", _("penugasan baru")
        CANCELLED = "assignment.cancelled", _("penugasan dibatalkan")
        ISSUED = "notice.issued", _("pemberitahuan wilayah")
        UPDATED = "notice.updated", _("pembaruan pemberitahuan")
        WITHDRAWN = "notice.withdrawn", _("penarikan pemberitahuan")

    kind = models.CharField(_("jenis pesan"), max_length=30, choices=Kind.choices)
    version = models.PositiveSmallIntegerField(_("versi"))
    created_at = models.DateTimeField(_("dibuat"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibuat oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    retired_at = models.DateTimeField(_("diganti"), null=True)

    class Meta:
        verbose_name = _("rencana tangga pengiriman")
        verbose_name_plural = _("rencana tangga pengiriman")
        constraints = [
            models.UniqueConstraint(name="plan_version_once", fields=["kind", "version"]),
            models.UniqueConstraint(
                name="plan_one_in_force_per_kind",
                fields=["kind"],
                condition=Q(retired_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"


class LadderStep(models.Model):
    """One step of a plan: which channel, when, and what makes it needless."""

    class Channel(models.TextChoices):
        SOCKET = "socket", _("soket yang terbuka")
        PUSH = "push", _("push ke ponsel")
        SECOND_PHONE = "second_phone", _("ponsel kedua petugas")
        OTHER_PEOPLE = "other_people", _("petugas lain di regu / Plt. dan wakil")
        SMS = "sms", _("SMS ke telepon piket")
        VOICE = "voice", _("telepon otomatis ke telepon piket")
        EMAIL = "email", _("surel")
        SPOKEN = "spoken", _("dispatcher menelepon")

    class Level(models.TextChoices):
        RECEIVED = "received", _("diterima ponsel")
        SEEN = "seen", _("dilihat")
        ANSWERED = "answered", _("dijawab")

    plan = models.ForeignKey(
        LadderPlan, verbose_name=_("rencana"), on_delete=models.PROTECT, related_name="steps"
    )
    channel = models.CharField(_("saluran"), max_length=12, choices=Channel.choices)
    after_s = models.PositiveIntegerField(_("setelah (detik)"))
    unless = models.CharField(
        _("kecuali sudah"), max_length=8, choices=Level.choices, default=Level.RECEIVED
    )

    class Meta:
        verbose_name = _("langkah")
        verbose_name_plural = _("langkah")
        ordering = ("after_s", "pk")
        constraints = [
            models.UniqueConstraint(
                name="step_once_per_plan", fields=["plan", "channel", "after_s"]
            ),
            models.CheckConstraint(
                name="step_within_a_day", condition=Q(after_s__gte=0, after_s__lte=86_400)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after_s} s: {self.get_channel_display()}"


class Ladder(models.Model):
    """The ladder of one message, written with it. Its next step is due at `next_step_at`.

    The ladder services move it; null means that nothing more is planned. Kept as deliveries are.
    """

    class Ending(models.TextChoices):
        REACHED = "reached", _("sampai")
        EXHAUSTED = "exhausted", _("semua langkah dijalankan")
        POINTLESS = "pointless", _("tidak perlu lagi")

    event = models.OneToOneField(
        "incidents.IncidentEvent",
        verbose_name=_("peristiwa"),
        on_delete=models.PROTECT,
        related_name="ladder",
        db_column="seq",
    )
    plan = models.ForeignKey(
        LadderPlan, verbose_name=_("rencana"), on_delete=models.PROTECT, related_name="ladders"
    )
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="ladders",
    )
    notice = models.ForeignKey(
        "notifications.Notice",
        verbose_name=_("pemberitahuan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="ladders",
    )
    lane = models.PositiveSmallIntegerField(_("jalur"))
    started_at = models.DateTimeField(_("mulai"))
    next_step_at = models.DateTimeField(_("langkah berikut"), null=True)
    lease_until = models.DateTimeField(_("dipegang sampai"), null=True)
    fence = models.PositiveIntegerField(_("nomor pegangan"), default=0)
    ended_at = models.DateTimeField(_("selesai"), null=True)
    ending = models.CharField(_("akhir"), max_length=10, choices=Ending.choices, blank=True)

    class Meta:
        verbose_name = _("tangga pengiriman")
        verbose_name_plural = _("tangga pengiriman")
        constraints = [
            models.CheckConstraint(
                name="ladder_runs_or_has_ended",
                condition=Q(ended_at__isnull=True, next_step_at__isnull=False)
                | Q(ended_at__isnull=False, next_step_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(
                name="ladder_due",
                fields=["lane", "next_step_at"],
                condition=Q(next_step_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.event_id}"


class LadderTurn(models.Model):
    """One step of one ladder, taken or found needless: once, by a constraint."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("dijalankan")
        NEEDLESS = "needless", _("tidak perlu")
        NOBODY = "nobody", _("tidak ada tujuan")

    ladder = models.ForeignKey(
        Ladder, verbose_name=_("tangga"), on_delete=models.CASCADE, related_name="turns"
    )
    step = models.ForeignKey(
        LadderStep, verbose_name=_("langkah"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("waktu"))
    outcome = models.CharField(_("hasil"), max_length=8, choices=Outcome.choices)
    detail = models.CharField(_("keterangan"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("langkah yang dijalankan")
        verbose_name_plural = _("langkah yang dijalankan")
        constraints = [
            models.UniqueConstraint(name="turn_once_per_step", fields=["ladder", "step"])
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.get_outcome_display()}"
