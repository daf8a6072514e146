"""Assignments: a unit sent to an incident. The owner of every response clock."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.lifecycle import (
    OPEN_ASSIGNMENT_STATES,
    AssignmentState,
    MilestoneSource,
    Observation,
    Verdict,
)


class Assignment(models.Model):
    """One unit × one incident × one attempt. A unit has at most one open one.

    The step services write state and times, evidence the movement fields. Kept for good.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    unit = models.ForeignKey(
        "responders.Unit",
        verbose_name=_("regu"),
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    crew = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("petugas saat dikirim"),
        through="incidents.AssignmentCrew",
        related_name="assignments",
    )
    state = models.CharField(
        _("status"),
        max_length=12,
        choices=AssignmentState.choices,
        default=AssignmentState.DISPATCHED,
    )
    dispatched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dikirim oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    dispatched_at = models.DateTimeField(_("dikirim"))
    move_by = models.DateTimeField(_("batas waktu pergerakan"))
    delivered_at = models.DateTimeField(_("sampai di ponsel"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("diterima"), null=True, blank=True)
    en_route_at = models.DateTimeField(_("menuju lokasi"), null=True, blank=True)
    on_scene_at = models.DateTimeField(_("tiba di lokasi"), null=True, blank=True)
    completed_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    declined_at = models.DateTimeField(_("ditolak"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("dibatalkan"), null=True, blank=True)
    reason = models.CharField(_("alasan"), max_length=300, blank=True)

    verdict = models.CharField(
        _("pergerakan"), max_length=14, choices=Verdict.choices, default=Verdict.PENDING
    )
    verdict_reason = models.CharField(_("alasan putusan"), max_length=24, blank=True)
    moved_at = models.DateTimeField(_("bergerak"), null=True, blank=True)
    movement_known_at = models.DateTimeField(_("diketahui"), null=True, blank=True)
    displacement_m = models.FloatField(_("perpindahan (m)"), null=True, blank=True)
    review_due_at = models.DateTimeField(_("ditinjau ulang pada"), null=True, blank=True)

    class Meta:
        verbose_name = _("penugasan")
        verbose_name_plural = _("penugasan")
        constraints = [
            models.UniqueConstraint(
                name="assignment_one_open_per_unit",
                fields=["unit"],
                condition=models.Q(state__in=[s.value for s in OPEN_ASSIGNMENT_STATES]),
            ),
            models.CheckConstraint(
                name="assignment_state_known", condition=models.Q(state__in=AssignmentState.values)
            ),
            models.CheckConstraint(
                name="assignment_verdict_known", condition=models.Q(verdict__in=Verdict.values)
            ),
            models.CheckConstraint(
                name="assignment_moves_after_dispatch",
                condition=models.Q(move_by__gt=models.F("dispatched_at")),
            ),
        ]
        indexes = [
            models.Index(
                name="assignment_to_review",
                fields=["review_due_at"],
                condition=models.Q(review_due_at__isnull=False),
            ),
            models.Index(name="assignment_of_incident", fields=["incident", "dispatched_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.incident}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ASSIGNMENT_STATES

    @property
    def ended_at(self) -> datetime | None:
        """Return when it was completed, declined or cancelled."""
        return self.completed_at or self.declined_at or self.cancelled_at


class AssignmentCrew(models.Model):
    """Who was on the unit when it was sent: whose phones can prove that it moved."""

    assignment = models.ForeignKey(
        Assignment, verbose_name=_("penugasan"), on_delete=models.CASCADE
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("petugas"), on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = _("petugas penugasan")
        verbose_name_plural = _("petugas penugasan")
        constraints = [
            models.UniqueConstraint(name="assignment_crew_once", fields=["assignment", "user"])
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class Milestone(models.Model):
    """One step of an assignment as claimed. Never changed: a correction is a new row."""

    assignment = models.ForeignKey(
        Assignment, verbose_name=_("penugasan"), on_delete=models.PROTECT, related_name="milestones"
    )
    step = models.CharField(
        _("langkah"), max_length=16, choices=[*AssignmentState.choices, *Observation.choices]
    )
    source = models.CharField(_("sumber"), max_length=10, choices=MilestoneSource.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pelaku"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"), null=True)
    happened_at = models.DateTimeField(_("waktu kejadian"))
    received_at = models.DateTimeField(_("diterima"))
    clock_doubtful = models.BooleanField(_("jam meragukan"), default=False)
    note = models.CharField(_("catatan"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("tonggak waktu")
        verbose_name_plural = _("tonggak waktu")

    def __str__(self) -> str:
        return f"{self.get_step_display()} {timezone.localtime(self.happened_at):%H:%M:%S}"
