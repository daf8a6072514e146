"""Landmarks: the places that people name instead of an address."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Landmark(models.Model):
    """One known place with its point. Seeded, then the city's own."""

    name = models.CharField(_("nama"), max_length=120, unique=True)
    aliases = models.JSONField(_("ejaan lain"), default=list, blank=True)
    area = models.ForeignKey(
        "incidents.Area",
        verbose_name=_("wilayah"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="landmarks",
    )
    lat = models.FloatField(_("lintang"))
    lon = models.FloatField(_("bujur"))

    class Meta:
        verbose_name = _("patokan")
        verbose_name_plural = _("patokan")
        constraints = [
            models.CheckConstraint(
                name="landmark_lies_on_earth",
                condition=models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            )
        ]

    def __str__(self) -> str:
        return self.name
