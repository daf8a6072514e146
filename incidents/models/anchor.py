"""The journal's head hash of a day, kept outside: what shows a rewritten history."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HeadAnchor(models.Model):
    """Where the journal stood at the end of one day, and where that was written to.

    The anchor service writes it. `written` tells for each place whether it took the line.
    """

    day = models.DateField(_("hari"), unique=True)
    seq = models.BigIntegerField(_("nomor urut"))
    hash = models.CharField(_("hash"), max_length=64)
    line = models.TextField(_("baris"))
    written = models.JSONField(_("ditulis ke"), default=dict)
    made_at = models.DateTimeField(_("dibuat"))

    class Meta:
        verbose_name = _("jangkar jurnal")
        verbose_name_plural = _("jangkar jurnal")

    def __str__(self) -> str:
        return f"{self.day} {self.seq}"
