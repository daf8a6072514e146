"""What phones say of themselves before the emergency: whether an alarm would reach them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReadinessReport(models.Model):
    """One phone's report at one moment, as told; what it is worth is judged by a rule.

    The readiness service writes it. The probe is a push that the phone must answer: sent by the
    sweeper from `probe_due_at`, proven by `probe_received_at`. Goes with the retention.
    """

    class Push(models.TextChoices):
        OK = "ok", _("berfungsi")
        UNAVAILABLE = "unavailable", _("tidak tersedia")
        UNTESTED = "untested", _("belum teruji")
        FAILED = "failed", _("gagal")

    class Permission(models.TextChoices):
        GRANTED = "granted", _("diizinkan")
        DENIED = "denied", _("ditolak")
        PROMPT = "prompt", _("belum ditanya")

    device = models.ForeignKey(
        "responders.Device",
        verbose_name=_("perangkat"),
        on_delete=models.CASCADE,
        related_name="readiness_reports",
    )
    client_id = models.UUIDField(_("id dari klien"))
    body_digest = models.CharField(_("digest isi"), max_length=64)
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"))
    received_at = models.DateTimeField(_("diterima"))
    app_version = models.CharField(_("versi aplikasi"), max_length=40)
    platform = models.CharField(_("platform"), max_length=200)
    model = models.CharField(_("merek dan tipe"), max_length=120, blank=True)
    socket = models.BooleanField(_("soket tersambung"))
    push = models.CharField(_("push menurut ponsel"), max_length=12, choices=Push.choices)
    location_permission = models.CharField(
        _("izin lokasi"), max_length=8, choices=Permission.choices
    )
    fix_recorded_at = models.DateTimeField(_("waktu posisi"), null=True)
    fix_accuracy_m = models.FloatField(_("akurasi posisi (m)"), null=True)
    battery_pct = models.FloatField(_("baterai (%)"), null=True)
    battery_saver = models.BooleanField(_("penghemat baterai"), null=True)
    unsent = models.PositiveIntegerField(_("belum terkirim"), null=True)

    probe = models.UUIDField(_("uji push"), null=True, unique=True, default=None)
    probe_due_at = models.DateTimeField(_("uji push dikirim pada"), null=True)
    probe_sent_at = models.DateTimeField(_("uji push dikirim"), null=True)
    probe_received_at = models.DateTimeField(_("uji push dijawab"), null=True)
    probe_detail = models.CharField(_("keterangan uji push"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("laporan kesiapan")
        verbose_name_plural = _("laporan kesiapan")
        constraints = [
            models.UniqueConstraint(
                name="readiness_once_per_device", fields=["device", "client_id"]
            )
        ]
        indexes = [
            models.Index(name="readiness_newest", fields=["device", "-received_at"]),
            models.Index(
                name="readiness_probe_due",
                fields=["probe_due_at"],
                condition=models.Q(probe_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} {timezone.localtime(self.received_at):%H:%M:%S}"
