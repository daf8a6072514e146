"""Movement verdicts: what the evidence shows, and when that was known."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.lifecycle import Verdict


class MovementVerdict(models.Model):
    """One judgement of one assignment. Appended; a later one supersedes and both stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        on_delete=models.PROTECT,
        related_name="verdicts",
    )
    number = models.PositiveIntegerField(_("nomor"))
    verdict = models.CharField(_("putusan"), max_length=14, choices=Verdict.choices)
    reason = models.CharField(_("alasan"), max_length=24, blank=True)
    moved_at = models.DateTimeField(_("bergerak"), null=True)
    moved_at_low = models.DateTimeField(_("bergerak paling awal"), null=True)
    moved_at_high = models.DateTimeField(_("bergerak paling akhir"), null=True)
    known_at = models.DateTimeField(_("diketahui"), null=True)
    displacement_m = models.FloatField(_("perpindahan (m)"), null=True)
    # Check-ins by primary key, oldest first; then the same by the ids the phones gave them.
    evidence = models.JSONField(_("lapor posisi sebagai bukti"), default=list)
    evidence_ids = models.JSONField(_("id lapor posisi sebagai bukti"), default=list)
    rule = models.JSONField(_("aturan"), default=dict)
    # A, B or C: movement/deadline.py
    grade = models.CharField(_("mutu bukti"), max_length=1, blank=True)
    source_auth = models.CharField(_("keaslian sumber"), max_length=6, blank=True)
    judged_at = models.DateTimeField(_("diputuskan"))
    supersedes = models.OneToOneField(
        "self",
        verbose_name=_("menggantikan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
    )

    class Meta:
        verbose_name = _("putusan pergerakan")
        verbose_name_plural = _("putusan pergerakan")
        constraints = [
            models.UniqueConstraint(
                name="verdict_numbered_per_assignment", fields=["assignment", "number"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict} ({self.reason})" if self.reason else self.verdict
