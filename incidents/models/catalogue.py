"""Incident types and which agencies each is routed to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IncidentType(models.Model):
    """A kind of incident with its priority, routing and notice rule. Seeded, then the city's."""

    class Notice(models.TextChoices):
        NONE = "none", _("tidak diberitahukan")
        AREA = "area", _("wilayah terdampak")
        ALL = "all", _("semua wilayah")

    key = models.SlugField(_("kunci"), unique=True)
    label = models.CharField(_("nama"), max_length=80)
    label_en = models.CharField(_("nama (Inggris)"), max_length=80)
    category = models.CharField(_("kategori"), max_length=24)
    priority = models.PositiveSmallIntegerField(_("prioritas"))
    notice = models.CharField(
        _("pemberitahuan"), max_length=4, choices=Notice.choices, default=Notice.NONE
    )
    sensitive = models.BooleanField(_("sensitif"), default=False)
    active = models.BooleanField(_("aktif"), default=True)

    class Meta:
        verbose_name = _("jenis kejadian")
        verbose_name_plural = _("jenis kejadian")
        constraints = [
            models.CheckConstraint(
                name="type_priority_is_1_to_4", condition=models.Q(priority__range=(1, 4))
            ),
            models.CheckConstraint(
                name="type_sensitive_is_never_told",
                condition=models.Q(sensitive=False) | models.Q(notice="none"),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Routing(models.Model):
    """One cell of the routing matrix: this agency leads, is sent as well, or is informed."""

    class Role(models.TextChoices):
        LEAD = "lead", _("memimpin")
        SUPPORT = "support", _("ikut dikirim")
        INFORMED = "informed", _("diberi tahu")

    type = models.ForeignKey(
        IncidentType,
        verbose_name=_("jenis kejadian"),
        on_delete=models.CASCADE,
        related_name="routings",
    )
    agency = models.ForeignKey(
        "responders.Agency", verbose_name=_("instansi"), on_delete=models.PROTECT
    )
    role = models.CharField(_("peran"), max_length=8, choices=Role.choices)
    # Kinds or capabilities of units, of which one is enough; empty: any unit will do.
    needs = models.JSONField(_("kemampuan yang dibutuhkan"), default=list, blank=True)

    class Meta:
        verbose_name = _("penyaluran")
        verbose_name_plural = _("penyaluran")
        constraints = [
            models.UniqueConstraint(name="routing_once_per_agency", fields=["type", "agency"])
        ]

    def __str__(self) -> str:
        return f"{self.type} → {self.agency} ({self.get_role_display()})"
