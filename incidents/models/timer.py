"""Timers: every deadline is a row with a due time."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Timer(models.Model):
    """Something that must be looked at when its time comes, unless settled before.

    The services that change an assignment write and settle it; the sweeper fires it, once.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("belum sampai di ponsel")
        ACKNOWLEDGEMENT = "acknowledgement", _("belum dijawab")
        MOVEMENT_WARNING = "movement_warning", _("belum bergerak")
        MOVEMENT_VERDICT = "movement_verdict", _("batas waktu pergerakan")
        SILENCE = "silence", _("tidak ada kabar dari ponsel")

    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        on_delete=models.CASCADE,
        related_name="timers",
    )
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind.choices)
    due_at = models.DateTimeField(_("jatuh tempo"))
    fired_at = models.DateTimeField(_("berbunyi"), null=True, blank=True)
    settled_at = models.DateTimeField(_("selesai"), null=True, blank=True)

    class Meta:
        verbose_name = _("pengatur waktu")
        verbose_name_plural = _("pengatur waktu")
        constraints = [
            models.UniqueConstraint(name="timer_once_per_assignment", fields=["assignment", "kind"])
        ]
        indexes = [
            models.Index(
                name="timer_due",
                fields=["due_at"],
                condition=models.Q(fired_at__isnull=True, settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.due_at):%H:%M:%S}"
