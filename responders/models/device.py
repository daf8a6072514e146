"""Phones: how one is enrolled, what it may, where it was last."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from responders.chain import GENESIS
from responders.clock import Offset


class Device(models.Model):
    """One enrolled phone of one person. Its token is kept as a SHA-256 only.

    Enrolment writes it; the check-in commit moves the chain head and the last position; the
    stream moves the signs of life, with a mark of the place that they come from, the phone's own
    word what is unsent and the battery. Never deleted: check-ins hang on its chain.
    """

    class Platform(models.TextChoices):
        ANDROID = "android", "Android"
        IOS = "ios", "iOS"
        WEB = "web", "Web"

    class PushKind(models.TextChoices):
        REGISTRATION = "registration", _("token pendaftaran")
        INSTALLATION = "installation", _("id pemasangan (FID)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("petugas"),
        on_delete=models.PROTECT,
        related_name="devices",
    )
    name = models.CharField(_("nama"), max_length=80)
    platform = models.CharField(_("platform"), max_length=8, choices=Platform.choices)
    enrolled_at = models.DateTimeField(_("didaftarkan"))
    token_digest = models.CharField(_("digest token"), max_length=64, unique=True)
    tracking_digest = models.CharField(
        _("digest id pelacakan"), max_length=64, unique=True, null=True, blank=True
    )

    push_token = models.TextField(_("alamat push"), blank=True)
    push_kind = models.CharField(
        _("jenis alamat push"),
        max_length=12,
        choices=PushKind.choices,
        default=PushKind.REGISTRATION,
    )
    push_token_at = models.DateTimeField(_("alamat push sejak"), null=True, blank=True)
    push_dead_at = models.DateTimeField(_("push mati sejak"), null=True, blank=True)

    revoked_at = models.DateTimeField(_("dicabut"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dicabut oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    signed_out_at = models.DateTimeField(_("keluar"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("terakhir terlihat"), null=True, blank=True)
    online_until = models.DateTimeField(_("soket hidup sampai"), null=True, blank=True)
    socket_place = models.CharField(
        _("tanda tempat soket"), max_length=24, blank=True, db_default=""
    )
    socket_since = models.DateTimeField(_("soket dari tempat itu sejak"), null=True, blank=True)

    chain_head = models.CharField(_("ujung rantai"), max_length=64, default=GENESIS)
    last_lat = models.FloatField(_("lintang terakhir"), null=True, blank=True)
    last_lon = models.FloatField(_("bujur terakhir"), null=True, blank=True)
    last_accuracy_m = models.FloatField(_("akurasi terakhir (m)"), null=True, blank=True)
    last_recorded_at = models.DateTimeField(_("waktu posisi terakhir"), null=True, blank=True)
    offset_low_s = models.FloatField(_("selisih jam terkecil (s)"), null=True, blank=True)
    offset_high_s = models.FloatField(_("selisih jam terbesar (s)"), null=True, blank=True)

    status_at = models.DateTimeField(_("keadaan diketahui"), null=True, blank=True)
    unsent = models.PositiveIntegerField(_("belum terkirim"), null=True, blank=True)
    unsent_since = models.DateTimeField(_("belum terkirim sejak"), null=True, blank=True)
    battery_pct = models.FloatField(_("baterai (%)"), null=True, blank=True)

    class Meta:
        verbose_name = _("perangkat")
        verbose_name_plural = _("perangkat")
        indexes = [models.Index(name="device_of_person", fields=["user"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"

    @property
    def clock(self) -> Offset:
        """Return what bounds its clock, as its batches last showed it."""
        return Offset(self.offset_low_s, self.offset_high_s)

    @property
    def is_trusted(self) -> bool:
        """Say whether its token still opens anything."""
        return self.revoked_at is None and self.signed_out_at is None


class EnrolmentCode(models.Model):
    """A one-time code for one person, good for ten minutes. Kept as a digest."""

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("orang"),
        on_delete=models.CASCADE,
        related_name="enrolment_codes",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibuat oleh"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("dibuat"))
    expires_at = models.DateTimeField(_("berlaku sampai"))
    used_at = models.DateTimeField(_("dipakai"), null=True, blank=True)

    class Meta:
        verbose_name = _("kode pendaftaran")
        verbose_name_plural = _("kode pendaftaran")

    def __str__(self) -> str:
        return f"{self.user} · {timezone.localtime(self.expires_at):%Y-%m-%d %H:%M}"


class AttemptCounter(models.Model):
    """Failed tries at a door within one window, counted by one UPDATE each."""

    key = models.CharField(_("kunci"), max_length=120, unique=True)
    window_start = models.DateTimeField(_("awal jendela waktu"))
    count = models.PositiveIntegerField(_("jumlah"), default=0)

    class Meta:
        verbose_name = _("penghitung percobaan")
        verbose_name_plural = _("penghitung percobaan")

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
