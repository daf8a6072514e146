"""Officials: who heads an area, and since when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Official(models.Model):
    """One person's office in one area: head, acting head (Plt.) or deputy. Ended, never deleted."""

    class Role(models.TextChoices):
        HEAD = "head", _("kepala")
        ACTING = "acting", _("pelaksana tugas (Plt.)")
        DEPUTY = "deputy", _("wakil")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pejabat"),
        on_delete=models.PROTECT,
        related_name="offices",
        limit_choices_to={"role": "official"},
    )
    area = models.ForeignKey(
        "incidents.Area",
        verbose_name=_("wilayah"),
        on_delete=models.PROTECT,
        related_name="officials",
    )
    role = models.CharField(_("peran"), max_length=8, choices=Role.choices, default=Role.HEAD)
    phone = models.CharField(_("telepon"), max_length=32, blank=True)
    starts_at = models.DateTimeField(_("mulai"))
    ends_at = models.DateTimeField(_("selesai"), null=True, blank=True)

    class Meta:
        verbose_name = _("pejabat wilayah")
        verbose_name_plural = _("pejabat wilayah")
        constraints = [
            models.UniqueConstraint(
                name="official_one_standing_office_per_area",
                fields=["user", "area"],
                condition=models.Q(ends_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.area}"
