"""People who sign in: staff at the desk, crew in the field, officials of an area."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person. Staff sign in with a password; crew and officials through an enrolled phone.

    Written in the admin. Not deleted while the journal names them: set inactive instead.
    """

    class Role(models.TextChoices):
        STAFF = "staff", _("Petugas ruang 112")
        CREW = "crew", _("Petugas lapangan")
        OFFICIAL = "official", _("Pejabat wilayah")

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("nama"), max_length=120, blank=True)
    role = models.CharField(_("peran"), max_length=10, choices=Role.choices, default=Role.STAFF)
    agency = models.ForeignKey(
        "responders.Agency",
        verbose_name=_("instansi"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )

    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("orang")
        verbose_name_plural = _("orang")

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def bound_agency_id(self) -> int | None:
        """Return the agency that a staff account is bound to; None where it sees the whole city."""
        return self.agency_id if self.is_staff and not self.is_superuser else None

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name or self.username
