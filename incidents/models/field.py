"""What a crew sends from the field: notes and photos of an assignment, and calls for help."""

import uuid
from datetime import datetime

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def photo_storage() -> Storage:
    """Return where photos are kept: a folder that no web server serves."""
    return storages["photos"]


class Note(models.Model):
    """What a crew member wrote about an assignment, or the desk about an incident.

    Never changed; erased by the retention. Either has an assignment or an incident, never both.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="notes",
    )
    incident = models.ForeignKey(
        "incidents.Incident",
        verbose_name=_("kejadian"),
        null=True,
        on_delete=models.PROTECT,
        related_name="notes",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("penulis"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"))
    received_at = models.DateTimeField(_("diterima"))
    text = models.TextField(_("isi"))

    class Meta:
        verbose_name = _("catatan lapangan")
        verbose_name_plural = _("catatan lapangan")
        constraints = [
            models.CheckConstraint(
                name="note_of_one_thing",
                condition=models.Q(assignment__isnull=False, incident__isnull=True)
                | models.Q(assignment__isnull=True, incident__isnull=False),
            )
        ]
        indexes = [models.Index(name="note_of_assignment", fields=["assignment", "received_at"])]

    def __str__(self) -> str:
        return f"{self.author} {timezone.localtime(self.received_at):%H:%M:%S}"


class Photo(models.Model):
    """A photo from the field, drawn anew by us: no metadata, no byte of the file that was sent.

    Shown through a view that asks who looks. `digest` is the SHA-256 of the file as sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        on_delete=models.PROTECT,
        related_name="photos",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pengirim"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"))
    received_at = models.DateTimeField(_("diterima"))
    lat = models.FloatField(_("lintang"), null=True)
    lon = models.FloatField(_("bujur"), null=True)
    file = models.FileField(_("berkas"), storage=photo_storage, max_length=120)
    width = models.PositiveIntegerField(_("lebar (px)"))
    height = models.PositiveIntegerField(_("tinggi (px)"))
    digest = models.CharField(_("digest kiriman"), max_length=64)

    class Meta:
        verbose_name = _("foto lapangan")
        verbose_name_plural = _("foto lapangan")
        constraints = [
            models.CheckConstraint(
                name="photo_has_both_or_no_coordinate",
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            )
        ]
        indexes = [models.Index(name="photo_of_assignment", fields=["assignment", "received_at"])]

    def __str__(self) -> str:
        return f"{self.author} {timezone.localtime(self.received_at):%H:%M:%S}"


class CrewAlert(models.Model):
    """A crew's call for help. Red at the desk until somebody there answers or it is withdrawn.

    The row is its own timer: unanswered at `due_at` it rings once more, in the journal.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup", _("minta bantuan")
        EMERGENCY = "emergency", _("petugas dalam bahaya")

    class State(models.TextChoices):
        RAISED = "raised", _("menunggu jawaban")
        ANSWERED = "answered", _("dijawab")
        WITHDRAWN = "withdrawn", _("ditarik")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind.choices)
    state = models.CharField(
        _("status"), max_length=10, choices=State.choices, default=State.RAISED
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("petugas"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    unit = models.ForeignKey(
        "responders.Unit",
        verbose_name=_("regu"),
        null=True,
        on_delete=models.PROTECT,
        related_name="alerts",
    )
    assignment = models.ForeignKey(
        "incidents.Assignment",
        verbose_name=_("penugasan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="alerts",
    )
    text = models.CharField(_("keterangan"), max_length=500, blank=True)
    lat = models.FloatField(_("lintang"), null=True)
    lon = models.FloatField(_("bujur"), null=True)
    accuracy_m = models.FloatField(_("akurasi (m)"), null=True)
    claimed_at = models.DateTimeField(_("waktu menurut ponsel"))
    received_at = models.DateTimeField(_("diterima"))
    answered_at = models.DateTimeField(_("dijawab"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dijawab oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("ditarik"), null=True)
    due_at = models.DateTimeField(_("jatuh tempo"))
    fired_at = models.DateTimeField(_("berbunyi"), null=True)

    class Meta:
        verbose_name = _("panggilan bantuan petugas")
        verbose_name_plural = _("panggilan bantuan petugas")
        constraints = [
            models.CheckConstraint(
                name="alert_answered_names_who",
                condition=~models.Q(state="answered")
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_has_both_or_no_coordinate",
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            ),
        ]
        indexes = [
            models.Index(
                name="alert_open",
                fields=["received_at"],
                condition=models.Q(state="raised"),
            ),
            models.Index(
                name="alert_due",
                fields=["due_at"],
                condition=models.Q(state="raised", fired_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.unit or self.raised_by}"

    @property
    def ended_at(self) -> datetime | None:
        """Return when it was answered or withdrawn."""
        return self.answered_at or self.withdrawn_at
