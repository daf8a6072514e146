"""What speaks for a misuse of an account or a phone, until a supervisor has looked at it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SecurityFinding(models.Model):
    """One suspicion, open until somebody settles it. It stops nobody: people decide.

    `note_finding` writes it where something is seen, and moves `last_at` while it goes on. The
    phone or the person it speaks of stands in its own column; no address and no words are kept.
    """

    class Kind(models.TextChoices):
        COPIED_TOKEN = "copied_token", _("token dipakai dari dua tempat sekaligus")
        LEAKED_TOKEN = "leaked_token", _("token bocor lewat alamat: daftarkan ulang")
        MANY_REVEALS = "many_reveals", _("banyak membuka nomor pelapor dalam satu jam")
        ACCOUNT_GUESSED = "account_guessed", _("sandi ditebak dari banyak tempat")
        MANY_GUESSES = "many_guesses", _("banyak percobaan masuk gagal dalam satu menit")

    kind = models.CharField(_("temuan"), max_length=16, choices=Kind.choices)
    subject = models.CharField(_("kunci"), max_length=64, blank=True)
    device = models.ForeignKey(
        "responders.Device",
        verbose_name=_("perangkat"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("orang"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    found_at = models.DateTimeField(_("ditemukan"))
    last_at = models.DateTimeField(_("terakhir terlihat"))
    settled_at = models.DateTimeField(_("selesai diperiksa"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diperiksa oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("temuan keamanan")
        verbose_name_plural = _("temuan keamanan")
        constraints = [
            models.UniqueConstraint(
                name="finding_one_open_per_subject",
                fields=["kind", "subject"],
                condition=models.Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {timezone.localtime(self.found_at):%d/%m/%Y %H:%M}"
