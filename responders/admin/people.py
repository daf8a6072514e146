"""People: accounts of the room, of crews and of officials."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.enrolment import code_for, code_page
from responders.models import User
from responders.requests import staff_of
from responders.selectors import groups_within, is_beyond
from responders.services.lockout import is_locked_out, lift_lockout
from responders.services.second_factor import has_factor, reset_factor

# django-otp's own pages would show the keys; a factor is reset on the person's page.
admin.site.unregister([TOTPDevice, StaticDevice])

SUPERUSERS_ONLY = ("is_superuser", "user_permissions")
GIVEN_TO_OTHERS = ("is_staff", "groups")
POWERS = (*GIVEN_TO_OTHERS, *SUPERUSERS_ONLY)


class PersonForm(AdminUserCreationForm):
    """Make a person; crew and officials need no password, they sign in by phone."""

    class Meta:
        model = User
        fields = ("username", "name", "role", "agency")

    def validate_passwords(self, *args: str, **kwargs: str) -> None:
        """Take a form without a password as meant so, unless a staff account is made."""
        given = self.cleaned_data.get("password1") or self.cleaned_data.get("password2")
        if not given and self.cleaned_data.get("role") in (User.Role.CREW, User.Role.OFFICIAL):
            self.cleaned_data["usable_password"] = "false"  # noqa: S105 (a switch, not a secret)
        super().validate_passwords(*args, **kwargs)


@admin.register(User)
class PersonAdmin(DeskAdmin, DjangoUserAdmin):
    """Accounts. Superusers are made and changed by superusers alone."""

    keeps_values = True
    agency_path = "agency"
    personal_page = _("akun petugas")
    add_form = PersonForm
    list_display = ("username", "name", "role", "agency", "is_active", "is_staff")
    list_filter = ("role", "is_active", "is_staff", "groups", "agency")
    list_select_related = ("agency",)
    search_fields = ("username", "name")
    ordering = ("username",)
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Orang"), {"fields": ("name", "role", "agency", "email", "is_active")}),
        (_("Hak di ruang 112"), {"fields": POWERS}),
        (_("Waktu"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "name",
                    "role",
                    "agency",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
    buttons = (
        Button(
            name="code",
            label=_("Buat kode pendaftaran ponsel"),
            run=lambda user, *, actor, now: code_for(user, actor=actor, now=now),
            permission="responders.add_enrolmentcode",
            shown=lambda user: user.is_active and user.role != User.Role.STAFF,
            page="admin/secret.html",
            present=code_page,
        ),
        Button(
            name="unlock",
            label=_("Buka kuncian masuk"),
            run=lambda user, *, actor, now: lift_lockout(user=user, actor=actor, now=now),
            permission="axes.delete_accessattempt",
            shown=lambda user: is_locked_out(user, timezone.now()),
        ),
        Button(
            name="reset-factor",
            label=_("Hapus faktor kedua"),
            run=lambda user, *, actor, now: reset_factor(user=user, actor=actor, now=now),
            permission="otp_totp.delete_totpdevice",
            shown=has_factor,
            danger=True,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep rights out of the hands of whoever has fewer, and one's own out of one's own."""
        fixed = ("last_login", "date_joined")
        if request.user.is_superuser:
            return fixed
        others = obj is None or not (obj == request.user or is_beyond(obj, actor=staff_of(request)))
        return (*fixed, *SUPERUSERS_ONLY, *(() if others else GIVEN_TO_OTHERS))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep superusers out of the hands of lesser accounts."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Offer the groups whose every right the giver holds."""
        if db_field.name == "groups":
            kwargs["queryset"] = groups_within(staff_of(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Set nobody's password who may do more: it would be a way into their account."""
        user = self.get_object(request, id)
        if user is not None and user != request.user and is_beyond(user, actor=staff_of(request)):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)
