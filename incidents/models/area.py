"""Areas: the city, its kecamatan and kelurahan."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Area(models.Model):
    """An administrative area by its Kemendagri code. Seeded; outlines come by import_areas.

    Cell and box are where a lookup by point finds it (area_index.py), the rings what a map draws
    of it (drawn.py): written after every save. One that was not placed yet is looked at by every
    lookup, and drawn as its centroid.
    """

    class Level(models.TextChoices):
        CITY = "kota", _("Kota")
        DISTRICT = "kecamatan", _("Kecamatan")
        VILLAGE = "kelurahan", _("Kelurahan")

    code = models.CharField(_("kode Kemendagri"), max_length=20, unique=True)
    name = models.CharField(_("nama"), max_length=80)
    aliases = models.JSONField(_("nama lain"), default=list, blank=True)
    level = models.CharField(_("tingkat"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("wilayah induk"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    postal_code = models.CharField(_("kode pos"), max_length=5, blank=True)
    centroid_lat = models.FloatField(_("lintang pusat"))
    centroid_lon = models.FloatField(_("bujur pusat"))
    polygon = models.JSONField(_("batas (GeoJSON)"), null=True, blank=True)
    rings = models.JSONField(null=True, editable=False)

    cell = models.BigIntegerField(default=0, db_default=0, db_index=True, editable=False)
    south = models.FloatField(default=-90.0, db_default=-90.0, editable=False)
    west = models.FloatField(default=-180.0, db_default=-180.0, editable=False)
    north = models.FloatField(default=90.0, db_default=90.0, editable=False)
    east = models.FloatField(default=180.0, db_default=180.0, editable=False)

    class Meta:
        verbose_name = _("wilayah")
        verbose_name_plural = _("wilayah")

    def __str__(self) -> str:
        return self.name
