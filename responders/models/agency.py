"""Agencies (OPD): who owns units."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Agency(models.Model):
    """An agency of the city (OPD), or an outside one that can only be asked for help.

    Written in the admin. Never deleted: a renamed agency keeps its key, a merged one points at
    its successor, a closed one has a date, so that history keeps its meaning.
    """

    class Kind(models.TextChoices):
        CITY = "opd", _("OPD kota")
        EXTERNAL = "external", _("Instansi terkait")

    key = models.SlugField(_("kunci"), unique=True)
    name = models.CharField(_("nama"), max_length=160)
    short_name = models.CharField(_("nama singkat"), max_length=40)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind.choices, default=Kind.CITY)
    duty_phone = models.CharField(_("telepon piket"), max_length=32, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("digabung ke"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True)

    class Meta:
        verbose_name = _("instansi (OPD)")
        verbose_name_plural = _("instansi (OPD)")
        constraints = [
            models.CheckConstraint(
                name="agency_not_merged_into_itself",
                condition=models.Q(merged_into__isnull=True)
                | ~models.Q(merged_into=models.F("id")),
            )
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def takes_orders(self) -> bool:
        """Say whether units of this agency can be ordered; others are asked."""
        return self.kind == self.Kind.CITY
