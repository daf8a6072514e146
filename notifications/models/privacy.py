"""Acts on personal data that a person or the law asks for, and who answers for each."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DataRequest(models.Model):
    """One act on personal data: asked for by one person of the room, where it needs two by another
    approved, then done or refused with its reason.

    About a caller's number or one person of ours; a purge is about nobody. The privacy services
    write it. Name, number and words go with the retention.
    """

    class Kind(models.TextChoices):
        PURGE = "purge", _("hapus data yang lewat masa simpan")
        EXPORT = "export", _("salinan data satu orang")
        CORRECT = "correct", _("perbaikan data satu orang")
        RESTRICT = "restrict", _("pembatasan data penelepon")
        LIFT = "lift", _("cabut pembatasan")

    class State(models.TextChoices):
        ASKED = "asked", _("menunggu")
        APPROVED = "approved", _("disetujui")
        DONE = "done", _("selesai")
        REFUSED = "refused", _("ditolak")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("jenis"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("status"), max_length=8, choices=State.choices, default=State.ASKED)
    number = models.CharField(_("nomor penelepon"), max_length=20, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("petugas atau pejabat"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    new_name = models.CharField(_("nama yang benar"), max_length=120, blank=True)
    new_number = models.CharField(_("nomor yang benar"), max_length=20, blank=True)
    reason = models.CharField(_("alasan"), max_length=500)
    asked_at = models.DateTimeField(_("diminta"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diminta oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer_by = models.DateTimeField(_("dijawab paling lambat"))
    approved_at = models.DateTimeField(_("disetujui pada"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("disetujui oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    ended_at = models.DateTimeField(_("berakhir"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diakhiri oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    refusal = models.CharField(_("alasan penolakan"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("permintaan data pribadi")
        verbose_name_plural = _("permintaan data pribadi")
        constraints = [
            models.CheckConstraint(
                name="data_request_approved_by_another",
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="data_request_refused_says_why",
                condition=~models.Q(state="refused") | models.Q(ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="data_request_newest", fields=["-asked_at"])]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def takes_two(self) -> bool:
        """Say whether another person must approve it."""
        return self.kind in (self.Kind.PURGE, self.Kind.EXPORT)
