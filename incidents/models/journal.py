"""The journal: every change of state as a row, in the order in which it was committed."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from responders.chain import GENESIS


class JournalHead(models.Model):
    """The one row that numbers the journal: its lock makes `seq` follow the order of commits.

    `epoch` names this history; a restored backup gets a new one, so that no phone takes its
    numbers for the old.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(_("nomor urut"), default=0)
    hash = models.CharField(_("hash"), max_length=64, default=GENESIS)
    epoch = models.UUIDField(_("riwayat"), default=uuid.uuid4)

    class Meta:
        verbose_name = _("ujung jurnal")
        verbose_name_plural = _("ujung jurnal")
        constraints = [
            models.CheckConstraint(name="journal_has_one_head", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return f"{self.seq}"


class IncidentEvent(models.Model):
    """One fact. Append-only, written by journal.record alone, chained by hash, kept for good."""

    seq = models.BigIntegerField(_("nomor urut"), primary_key=True)
    kind = models.CharField(_("peristiwa"), max_length=40)
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        null=True,
        on_delete=models.PROTECT,
        related_name="events",
    )
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="events",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pelaku"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    happened_at = models.DateTimeField(_("terjadi"))
    recorded_at = models.DateTimeField(_("dicatat"))
    data = models.JSONField(_("data"), default=dict)
    previous_hash = models.CharField(_("hash sebelumnya"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("peristiwa")
        verbose_name_plural = _("jurnal")
        indexes = [models.Index(name="event_of_incident", fields=["incident", "seq"])]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class EventText(models.Model):
    """Somebody's words beside a fact. The event holds their salted digest alone, as `key`_digest.

    Written by journal.record, never changed; the retention erases the row, the chain stays whole.
    """

    event = models.ForeignKey(
        IncidentEvent,
        verbose_name=_("peristiwa"),
        on_delete=models.PROTECT,
        related_name="texts",
        db_column="seq",
    )
    key = models.CharField(_("jenis"), max_length=20)
    salt = models.CharField(_("garam"), max_length=32)
    text = models.TextField(_("isi"))

    class Meta:
        verbose_name = _("kata-kata dalam jurnal")
        verbose_name_plural = _("kata-kata dalam jurnal")
        constraints = [
            models.UniqueConstraint(name="event_text_once_per_key", fields=["event", "key"])
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.key}"
