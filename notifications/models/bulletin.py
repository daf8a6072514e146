"""What BMKG says: its feeds, and the bulletins that concern the city."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OutsideFeed(models.Model):
    """One feed of BMKG: when to look again, and when it last gave a good answer.

    The watcher alone writes it, claiming a due row with a lease and a fence.
    """

    name = models.CharField(_("nama"), max_length=24, unique=True)
    next_poll_at = models.DateTimeField(_("dilihat lagi"))
    lease_until = models.DateTimeField(_("dipegang sampai"), null=True)
    fence = models.PositiveIntegerField(_("nomor pegangan"), default=0)
    etag = models.CharField(_("ETag"), max_length=200, blank=True)
    last_modified = models.CharField(_("terakhir diubah"), max_length=60, blank=True)
    last_try_at = models.DateTimeField(_("terakhir dicoba"), null=True)
    last_good_at = models.DateTimeField(_("jawaban baik terakhir"), null=True)
    failures = models.PositiveIntegerField(_("gagal beruntun"), default=0)
    problem = models.CharField(_("masalah"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sumber BMKG")
        verbose_name_plural = _("sumber BMKG")

    def __str__(self) -> str:
        return self.name


class Bulletin(models.Model):
    """An earthquake or a weather warning that concerns the city, as BMKG tells it.

    `level` says what it asks for: a line at the desk, or besides a call to every lurah. The
    watcher writes what BMKG says, also over an earlier saying; the desk decides, once. Opens and
    sends nothing by itself. Kept for good: incidents refer to it.
    """

    class Kind(models.TextChoices):
        QUAKE = "quake", _("gempa bumi")
        WEATHER = "weather", _("cuaca")

    class Level(models.TextChoices):
        BANNER = "banner", _("perhatian")
        CALL = "call", _("minta laporan lurah")

    class State(models.TextChoices):
        NEW = "new", _("belum diputuskan")
        CONFIRMED = "confirmed", _("kejadian dibuka")
        DISMISSED = "dismissed", _("dikesampingkan")

    kind = models.CharField(_("jenis"), max_length=8, choices=Kind.choices)
    key = models.CharField(_("kunci"), max_length=160, unique=True)
    level = models.CharField(_("tingkat"), max_length=8, choices=Level.choices)
    happened_at = models.DateTimeField(_("waktu"))
    expires_at = models.DateTimeField(_("tampil sampai"))
    headline = models.CharField(_("judul"), max_length=200)
    text = models.TextField(_("isi"))
    lat = models.FloatField(_("lintang"), null=True)
    lon = models.FloatField(_("bujur"), null=True)
    data = models.JSONField(_("data"), default=dict)
    areas = models.ManyToManyField(
        "incidents.Area", verbose_name=_("wilayah"), related_name="+", blank=True
    )
    first_seen_at = models.DateTimeField(_("pertama dilihat"))
    changed_at = models.DateTimeField(_("diubah BMKG"))

    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.NEW)
    decided_at = models.DateTimeField(_("diputuskan"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diputuskan oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        null=True,
        on_delete=models.PROTECT,
        related_name="bulletins",
    )

    class Meta:
        verbose_name = _("info BMKG")
        verbose_name_plural = _("info BMKG")
        constraints = [
            models.CheckConstraint(
                name="bulletin_decided_by_somebody_at_some_time",
                condition=models.Q(state="new", decided_at__isnull=True)
                | (~models.Q(state="new") & models.Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="bulletin_confirmed_has_an_incident",
                condition=~models.Q(state="confirmed") | models.Q(incident__isnull=False),
            ),
        ]
        indexes = [models.Index(name="bulletin_shown", fields=["expires_at"])]

    def __str__(self) -> str:
        return self.headline
