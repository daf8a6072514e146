"""Drills: a test alarm that measures the way to everybody's phone, and can be taken for no other.

Kinds, words and rows of its own: a drill is no assignment and no notice.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Drill(models.Model):
    """One drill: who called it, whom it went to, until when. At most one is open.

    The row is its own timer: it is ended at `ends_at` unless a supervisor does so before.
    """

    class Scope(models.TextChoices):
        DUTY = "duty", _("semua regu yang siaga")
        AGENCY = "agency", _("satu instansi")
        OFFICIALS = "officials", _("camat dan lurah")

    class State(models.TextChoices):
        OPEN = "open", _("berlangsung")
        ENDED = "ended", _("selesai")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(_("untuk"), max_length=10, choices=Scope.choices)
    agency = models.ForeignKey(
        "responders.Agency",
        verbose_name=_("instansi"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    title = models.CharField(_("judul"), max_length=120)
    text = models.CharField(_("isi"), max_length=500, blank=True)
    state = models.CharField(_("status"), max_length=6, choices=State.choices, default=State.OPEN)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dipanggil oleh"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    called_at = models.DateTimeField(_("dimulai"))
    ends_at = models.DateTimeField(_("berakhir sendiri"))
    ended_at = models.DateTimeField(_("diakhiri"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diakhiri oleh"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("latihan")
        verbose_name_plural = _("latihan")
        constraints = [
            models.UniqueConstraint(
                name="drill_one_open", fields=["state"], condition=models.Q(state="open")
            ),
            models.CheckConstraint(
                name="drill_of_an_agency_names_it",
                condition=models.Q(scope="agency", agency__isnull=False)
                | (~models.Q(scope="agency") & models.Q(agency__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {timezone.localtime(self.called_at):%d/%m/%Y %H:%M}"


class DrillReply(models.Model):
    """One person's answer to a drill: the first press counts."""

    drill = models.ForeignKey(
        Drill, verbose_name=_("latihan"), on_delete=models.CASCADE, related_name="replies"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("orang"), on_delete=models.PROTECT
    )
    device = models.ForeignKey(
        "responders.Device",
        verbose_name=_("perangkat"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    client_id = models.UUIDField(_("id dari klien"))
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"))
    received_at = models.DateTimeField(_("diterima"))

    class Meta:
        verbose_name = _("jawaban latihan")
        verbose_name_plural = _("jawaban latihan")
        constraints = [
            models.UniqueConstraint(name="drill_reply_once", fields=["drill", "person"]),
            models.UniqueConstraint(name="drill_reply_id_once", fields=["person", "client_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.person} {timezone.localtime(self.received_at):%H:%M:%S}"
