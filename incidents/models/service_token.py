"""Other systems at the desk: their tokens, and what they asked before."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceToken(models.Model):
    """A token with the rights of one staff user. Kept as a digest; revoked, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pengguna"),
        on_delete=models.PROTECT,
        related_name="service_tokens",
    )
    name = models.CharField(_("nama"), max_length=80, blank=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("dibuat"))
    revoked_at = models.DateTimeField(_("dicabut"), null=True, blank=True)

    class Meta:
        verbose_name = _("token layanan")
        verbose_name_plural = _("token layanan")

    def __str__(self) -> str:
        return f"{self.name or self.id} ({self.user})"


class ClientRequest(models.Model):
    """What somebody made under an identifier of their client's: a repeat finds it again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("pengguna"), on_delete=models.CASCADE
    )
    client_id = models.UUIDField(_("id dari klien"))
    body_digest = models.CharField(_("digest isi"), max_length=64)
    object_id = models.UUIDField(_("id objek"))
    created_at = models.DateTimeField(_("dibuat"))

    class Meta:
        verbose_name = _("permintaan sistem lain")
        verbose_name_plural = _("permintaan sistem lain")
        constraints = [
            models.UniqueConstraint(name="request_id_once_per_user", fields=["user", "client_id"])
        ]

    def __str__(self) -> str:
        return f"{self.client_id}"
