"""Tokens of other systems: made here, shown once, revoked here."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import ForeignKey
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.admin.forms import ServiceTokenForm
from incidents.models import ServiceToken
from incidents.services.service_tokens import issue_service_token, revoke_service_token
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.filters import by_revocation
from responders.admin.shown import badge, moment
from responders.models import User
from responders.requests import staff_of
from responders.selectors import people_beyond
from responders.tokens import digest_of


class IssuingRequest(HttpRequest):
    """A request that has made a token, whose text it carries to the page that shows it."""

    issued_token: str


def _revoke(token: ServiceToken, *, actor: Any, now: Any) -> None:
    revoke_service_token(token=token, now=now)


@admin.register(ServiceToken)
class ServiceTokenAdmin(DeskAdmin):
    """Service tokens; only their digest is kept, so each is shown once, when it is made."""

    agency_path = "user__agency"
    form = ServiceTokenForm
    list_display = ("name", "user", "created", "look")
    list_filter = (by_revocation,)
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    ordering = ("-created_at",)
    buttons = (
        Button(
            name="revoke",
            label=_("Cabut token"),
            run=_revoke,
            permission="incidents.change_servicetoken",
            shown=lambda token: token.revoked_at is None,
            danger=True,
        ),
    )
    created = staticmethod(moment("created_at", _("dibuat")))

    @admin.display(description=_("status"), ordering="revoked_at")
    def look(self, token: ServiceToken) -> str:
        if token.revoked_at is not None:
            return badge("alarm", "cross", _("dicabut"))
        return badge("ok", "check", _("berlaku"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Offer staff whose every right the maker of the token holds, too."""
        people = User.objects.filter(role=User.Role.STAFF, is_staff=True, is_active=True)
        beyond = people_beyond(staff_of(request)).values("pk")
        kwargs["queryset"] = people.exclude(pk__in=beyond).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> ServiceToken:
        """Issue the token; its text lives on this request only, until it is shown."""
        text = issue_service_token(
            user=form.cleaned_data["user"], name=form.cleaned_data["name"], now=timezone.now()
        )
        cast(IssuingRequest, request).issued_token = text
        return ServiceToken.objects.select_related("user").get(digest=digest_of(text))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Leave the writing to the service."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Leave the writing to the service."""

    def response_add(
        self, request: HttpRequest, obj: ServiceToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": _("Token layanan"),
            "original": obj,
            "secret": cast(IssuingRequest, request).issued_token,
            "explanation": _("Simpan sekarang: token ini tidak dapat ditampilkan lagi."),
            "back": reverse("admin:incidents_servicetoken_changelist"),
        }
        response = TemplateResponse(request, "admin/secret.html", context)
        response["Cache-Control"] = "no-store"
        return response
