"""Reports that were issued: what was said, drawn from what, with the digests of the files."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IssuedReport(models.Model):
    """One report as it was given away. Written once, kept for good; the files stand beside it.

    The same period, `up_to_seq`, version and language make the same bytes again, while goals and
    names are the same. `public`: heading and tables of the open data by language, as they were told
    then (reports/open_tables.py); None where it was issued before they were kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    starts_at = models.DateTimeField(_("dari"))
    ends_at = models.DateTimeField(pgettext_lazy("akhir masa", "sampai"))
    version = models.CharField(_("versi definisi"), max_length=8)
    language = models.CharField(_("bahasa"), max_length=5)
    up_to_seq = models.BigIntegerField(_("jurnal sampai"))
    chain = models.CharField(_("hash jurnal"), max_length=64)
    digests = models.JSONField(_("SHA-256 berkas"), default=dict)
    public = models.JSONField(_("data terbuka"), null=True, blank=True, editable=False)
    issued_at = models.DateTimeField(_("diterbitkan"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diterbitkan oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("laporan terbit")
        verbose_name_plural = _("laporan terbit")
        constraints = [
            models.UniqueConstraint(
                name="report_issued_once_per_range",
                fields=["starts_at", "ends_at", "up_to_seq", "version", "language"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} · {self.up_to_seq}"
