"""Which unit to send in the place of one that declined or does not answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NextUnit(models.Model):
    """The proposal beside one assignment. A proposal is kept current by the sweeper, never sent by
    it: sending is a dispatcher's press.

    unit: None where nobody of the agency is ready. Gone once the matter is settled.
    """

    assignment = models.OneToOneField(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="next_unit",
    )
    unit = models.ForeignKey(
        "responders.Unit",
        verbose_name=_("regu yang diusulkan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    why = models.CharField(_("sebab"), max_length=16)
    distance_m = models.FloatField(_("jarak (m)"), null=True)
    proposed_at = models.DateTimeField(_("diusulkan"))

    class Meta:
        verbose_name = _("regu berikutnya")
        verbose_name_plural = _("regu berikutnya")
        constraints = [
            models.CheckConstraint(
                name="next_unit_has_a_cause",
                condition=models.Q(why__in=["declined", "unacknowledged"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} → {self.unit or '–'}"
