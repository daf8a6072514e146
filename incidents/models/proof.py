"""Movement proofs: what was signed, so that the same verdict always gives the same proof."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class MovementProof(models.Model):
    """The signed proof of one verdict. Appended, never changed, kept for good.

    `document` holds all that is signed, and the signature. Positions are not in it: they are read
    from the check-ins when the proof is handed out, so that retention erases them in one place.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        on_delete=models.PROTECT,
        related_name="proofs",
    )
    verdict = models.OneToOneField(
        "incidents.MovementVerdict",
        verbose_name=_("putusan"),
        on_delete=models.PROTECT,
        related_name="proof",
    )
    document = models.JSONField(_("dokumen"))
    key_id = models.CharField(_("id kunci"), max_length=64)
    issued_at = models.DateTimeField(_("diterbitkan"))
    supersedes = models.OneToOneField(
        "self",
        verbose_name=_("menggantikan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    class Meta:
        verbose_name = _("bukti pergerakan")
        verbose_name_plural = _("bukti pergerakan")

    def __str__(self) -> str:
        return f"{self.id}"
