"""Links of wall screens: made here, shown once, revoked here."""

from typing import Any, cast

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import WallLink
from notifications.services.wall import issue_wall_link, revoke_wall_link
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.filters import by_revocation
from responders.admin.shown import badge, moment
from responders.requests import staff_of
from responders.tokens import digest_of


class IssuingRequest(HttpRequest):
    """A request that has made a link, whose secret it carries to the page that shows it."""

    issued_secret: str


def _revoke(link: WallLink, *, actor: Any, now: Any) -> None:
    revoke_wall_link(link=link, actor=actor, now=now)


@admin.register(WallLink)
class WallLinkAdmin(DeskAdmin):
    """Wall links; only their digest is kept, so each is shown once, when it is made."""

    agency_path = "created_by__agency"
    fields = ("name",)
    list_display = ("name", "look", "used", "created", "created_by")
    list_filter = (by_revocation,)
    list_select_related = ("created_by",)
    search_fields = ("name",)
    ordering = ("-created_at",)
    buttons = (
        Button(
            name="revoke",
            label=_("Cabut tautan"),
            run=_revoke,
            permission="notifications.change_walllink",
            shown=lambda link: link.revoked_at is None,
            danger=True,
        ),
    )
    created = staticmethod(moment("created_at", _("dibuat")))
    used = staticmethod(moment("last_used_at", _("terakhir dipakai")))

    @admin.display(description=_("status"), ordering="revoked_at")
    def look(self, link: WallLink) -> str:
        if link.revoked_at is not None:
            return badge("alarm", "cross", _("dicabut"))
        return badge("ok", "check", _("berlaku"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> WallLink:
        """Issue the link; its secret lives on this request only, until it is shown."""
        secret = issue_wall_link(
            name=form.cleaned_data["name"], actor=staff_of(request), now=timezone.now()
        )
        cast(IssuingRequest, request).issued_secret = secret
        return WallLink.objects.get(digest=digest_of(secret))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Leave the writing to the service."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Leave the writing to the service."""

    def response_add(
        self, request: HttpRequest, obj: WallLink, post_url_continue: str | None = None
    ) -> HttpResponse:
        door = reverse("wall-enter", args=[cast(IssuingRequest, request).issued_secret])
        context = self.admin_site.each_context(request) | {
            "title": _("Tautan layar dinding"),
            "original": obj,
            "secret": request.build_absolute_uri(door),
            "explanation": _(
                "Buka tautan ini sekali di peramban layar dinding. Tautan tidak dapat ditampilkan "
                "lagi; siapa pun yang memegangnya melihat papan tanpa data pribadi."
            ),
            "back": reverse("admin:notifications_walllink_changelist"),
        }
        response = TemplateResponse(request, "admin/secret.html", context)
        response["Cache-Control"] = "no-store"
        return response
