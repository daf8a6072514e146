"""The access log: who looked at whose personal data, when, why and from where."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessEntry(models.Model):
    """One look at personal data. Append-only: the database refuses a change, no page offers one.

    `record_access` writes it, committed before the data is shown. It names rows by kind and id and
    the area of data in words; it never repeats the data. Kept as long as the city's rules ask.
    """

    class Action(models.TextChoices):
        VIEW = "view", _("melihat")
        SEARCH = "search", _("mencari")
        REVEAL = "reveal", _("membuka")
        EXPORT = "export", _("mengunduh")

    at = models.DateTimeField(_("waktu"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pelaku"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    action = models.CharField(_("tindakan"), max_length=6, choices=Action.choices)
    subject_kind = models.CharField(_("jenis data"), max_length=60)
    subject_id = models.CharField(_("id data"), max_length=64, blank=True)
    what = models.CharField(_("data pribadi"), max_length=200)
    reason = models.CharField(_("alasan"), max_length=300, blank=True)
    address = models.CharField(_("alamat jaringan"), max_length=45, blank=True)

    class Meta:
        verbose_name = _("catatan akses")
        verbose_name_plural = _("catatan akses data pribadi")
        indexes = [
            models.Index(name="access_newest", fields=["-at"]),
            models.Index(name="access_of_subject", fields=["subject_kind", "subject_id", "-at"]),
            models.Index(name="access_by_actor", fields=["actor", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%d/%m/%Y %H:%M:%S} {self.actor}"
