"""Units (regu) and who is on them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DutyStatus(models.TextChoices):
    """What a unit says of itself; the fourth status, `assigned`, is derived from assignments."""

    AVAILABLE = "available", _("Siaga")
    OUT_OF_SERVICE = "out_of_service", _("Tidak siap operasi")
    OFF_DUTY = "off_duty", _("Lepas piket")


class Unit(models.Model):
    """A crew with a vehicle that can be sent: "Damkar 1". Written in the admin; its duty status
    also by its crew. Never deleted: `active` goes off."""

    class Kind(models.TextChoices):
        FIRE_ENGINE = "fire_engine", _("Mobil pemadam")
        RESCUE = "rescue", _("Penyelamatan")
        AMBULANCE = "ambulance", _("Ambulans")
        PATROL = "patrol", _("Patroli")
        HEAVY = "heavy", _("Alat berat")
        UTILITY = "utility", _("Pekerjaan umum")
        LOGISTICS = "logistics", _("Logistik")

    call_sign = models.CharField(_("nama panggilan"), max_length=40, unique=True)
    agency = models.ForeignKey(
        "responders.Agency",
        verbose_name=_("instansi"),
        on_delete=models.PROTECT,
        related_name="units",
    )
    kind = models.CharField(_("jenis"), max_length=16, choices=Kind.choices)
    capabilities = models.JSONField(_("kemampuan"), default=list, blank=True)
    home_lat = models.FloatField(_("lintang pangkalan"), null=True, blank=True)
    home_lon = models.FloatField(_("bujur pangkalan"), null=True, blank=True)
    duty_status = models.CharField(
        _("status piket"), max_length=16, choices=DutyStatus.choices, default=DutyStatus.AVAILABLE
    )
    duty_changed_at = models.DateTimeField(_("status sejak"), null=True, blank=True)
    active = models.BooleanField(_("aktif"), default=True)

    class Meta:
        verbose_name = _("regu")
        verbose_name_plural = _("regu")
        indexes = [
            # Counts units and finds the nearest bases. Its columns change in the admin alone.
            models.Index(
                name="unit_bases_of_agency",
                fields=["agency", "home_lat", "home_lon", "id"],
                condition=models.Q(active=True),
            ),
        ]

    def __str__(self) -> str:
        return self.call_sign


class CrewShift(models.Model):
    """A person's time on a unit; no end is a standing shift. Ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("petugas"),
        on_delete=models.PROTECT,
        related_name="shifts",
        limit_choices_to={"role": "crew"},
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("regu"), on_delete=models.PROTECT, related_name="shifts"
    )
    starts_at = models.DateTimeField(_("mulai"))
    ends_at = models.DateTimeField(_("selesai"), null=True, blank=True)

    class Meta:
        verbose_name = _("piket")
        verbose_name_plural = _("piket")
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_it_starts",
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
            ),
            models.UniqueConstraint(
                name="shift_one_standing_per_person",
                fields=["user"],
                condition=models.Q(ends_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.unit}"
