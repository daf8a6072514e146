"""What is known of the engines that keep promises: their signs of life, and what they let slip."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EngineBeat(models.Model):
    """The last sign of life of one engine of one process, as `sweeper@host:port`.

    The engine itself writes it. An orderly end takes it away; a kill leaves it, and it turns red.
    """

    name = models.CharField(_("nama"), max_length=80, unique=True)
    at = models.DateTimeField(_("waktu"))
    detail = models.CharField(_("keterangan"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("denyut mesin")
        verbose_name_plural = _("denyut mesin")

    def __str__(self) -> str:
        return f"{self.name} {timezone.localtime(self.at):%H:%M:%S}"


class AuditFinding(models.Model):
    """An open assignment that nothing would have moved on, found and mended by the auditor."""

    class Code(models.TextChoices):
        NO_LADDER = "no_ladder", _("tanpa tangga pengiriman")
        NO_DEADLINE = "no_deadline", _("tanpa batas waktu")
        STUCK = "stuck", _("langkah berikut tertahan")

    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    code = models.CharField(_("temuan"), max_length=12, choices=Code.choices)
    found_at = models.DateTimeField(_("ditemukan"))

    class Meta:
        verbose_name = _("temuan pemeriksa")
        verbose_name_plural = _("temuan pemeriksa")
        indexes = [models.Index(name="finding_recent", fields=["found_at"])]

    def __str__(self) -> str:
        return f"{self.get_code_display()}: {self.assignment}"
