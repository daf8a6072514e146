"""Check-ins: one GPS fix sent by a phone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckIn(models.Model):
    """One GPS fix as a phone sent it, chained to the one received before it from that phone.

    Written by the check-in commit alone, never changed. Retention erases what is measured and
    the salt; identity, times and hashes stay, so that chain and proofs hold.
    """

    class Source(models.TextChoices):
        GPS = "gps", "GPS"
        NETWORK = "network", _("jaringan")
        MANUAL = "manual", _("manual")

    class SourceAuth(models.TextChoices):
        STRONG = "strong", _("token perangkat")
        WEAK = "weak", _("id pelacakan")

    device = models.ForeignKey(
        "responders.Device",
        verbose_name=_("perangkat"),
        on_delete=models.PROTECT,
        related_name="check_ins",
        db_index=False,  # each index below begins with it
    )
    client_id = models.UUIDField(_("id dari klien"))
    recorded_at = models.DateTimeField(_("waktu di ponsel"))
    received_at = models.DateTimeField(_("diterima"))

    lat = models.FloatField(_("lintang"), null=True)
    lon = models.FloatField(_("bujur"), null=True)
    accuracy_m = models.FloatField(_("akurasi (m)"), null=True)
    speed_mps = models.FloatField(_("kecepatan (m/s)"), null=True)
    heading_deg = models.FloatField(_("arah (°)"), null=True)
    altitude_m = models.FloatField(_("ketinggian (m)"), null=True)
    battery_pct = models.FloatField(_("baterai (%)"), null=True)
    is_mock = models.BooleanField(_("posisi tiruan"), null=True)
    source = models.CharField(_("sumber"), max_length=8, choices=Source.choices, blank=True)
    salt = models.CharField(_("garam"), max_length=32, blank=True)

    source_auth = models.CharField(
        _("keaslian sumber"), max_length=6, choices=SourceAuth.choices, default=SourceAuth.STRONG
    )
    time_suspect = models.BooleanField(_("jam meragukan"), default=False)
    offset_low_s = models.FloatField(_("selisih jam terkecil (s)"), null=True)
    offset_high_s = models.FloatField(_("selisih jam terbesar (s)"), null=True)
    data_digest = models.CharField(_("digest data"), max_length=64)
    previous_hash = models.CharField(_("hash sebelumnya"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("lapor posisi")
        verbose_name_plural = _("lapor posisi")
        constraints = [
            models.UniqueConstraint(
                name="check_in_once_per_device", fields=["device", "client_id"]
            ),
            models.UniqueConstraint(
                name="check_in_chain_never_forks", fields=["device", "previous_hash"]
            ),
            models.CheckConstraint(
                name="check_in_on_earth",
                condition=models.Q(lat__isnull=True)
                | models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            ),
        ]
        indexes = [
            models.Index(name="check_in_track", fields=["device", "recorded_at"]),
            # What the purge has yet to empty: as small as the time that positions are kept.
            models.Index(
                name="check_in_unpurged", fields=["received_at"], condition=~models.Q(salt="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}"
