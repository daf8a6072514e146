"""Chores: slow, regular work with a due time, done by one process at a time."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Chore(models.Model):
    """One regular piece of work, by name. Claimed with a lease; the fence tells whose it is.

    The chore services write it; a process that dies in the middle loses its lease, and the chore is
    done again.
    """

    name = models.CharField(_("nama"), max_length=40, unique=True)
    due_at = models.DateTimeField(_("jatuh tempo"))
    leased_until = models.DateTimeField(_("dikerjakan sampai"), null=True, blank=True)
    fence = models.PositiveIntegerField(_("pagar"), default=0)
    done_at = models.DateTimeField(_("terakhir selesai"), null=True, blank=True)
    failed_at = models.DateTimeField(_("terakhir gagal"), null=True, blank=True)

    class Meta:
        verbose_name = _("pekerjaan berkala")
        verbose_name_plural = _("pekerjaan berkala")

    def __str__(self) -> str:
        return self.name
