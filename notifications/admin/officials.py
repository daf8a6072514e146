"""Camat and lurah at the desk: who they are, and who of them can be reached."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.models import Area
from notifications.models import (
    Official,
)
from notifications.reach import AreaReach, Contact, areas_reach
from responders.admin.buttons import Button
from responders.admin.desk import DeskAdmin
from responders.admin.enrolment import code_for, code_page
from responders.admin.shown import badge, moment

ADD_PERSON = _("Tambah orangnya dulu, dengan peran pejabat")


def _area_row(area: AreaReach) -> dict[str, Any]:
    reached = badge("ok", "check", _("terjangkau"))
    return {
        "name": area.name,
        "code": area.code,
        "level": Area.Level(area.level).label,
        "look": reached if area.is_reachable else badge("alarm", "cross", _("tidak ada")),
        "contacts": [
            {
                "name": contact.name,
                "role_words": contact.role_words,
                "phone": contact.phone,
                "look": _contact_look(contact),
            }
            for contact in area.contacts
        ],
    }


def _contact_look(contact: Contact) -> Any:
    if contact.by_socket:
        return badge("ok", "check", _("soket"))
    if contact.by_push:
        return badge("ok", "phone", _("push"))
    return badge("warn", "cross", _("tanpa ponsel"))


@admin.register(Official)
class OfficialAdmin(DeskAdmin):
    """Camat and lurah, acting ones too; their phones are enrolled from here."""

    keeps_values = True
    city_wide = True
    personal_page = _("telepon pejabat")
    list_display = ("user", "area", "role", "phone", "starts", "ends")
    change_list_template = "admin/notifications/official/change_list.html"
    list_filter = ("role", "area__level")
    list_select_related = ("user", "area")
    search_fields = ("user__name", "user__username", "area__name")
    ordering = ("area__code", "user__name")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"starts_at": timezone.now()} | super().get_changeform_initial_data(request)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Say where a new head or acting head comes from: a person first, the office then."""
        person = reverse("admin:responders_user_add")
        hint = format_html('{} <a href="{}">{}</a>', _("Belum ada di sini?"), person, ADD_PERSON)
        return super().get_form(request, *args, **kwargs | {"help_texts": {"user": hint}})

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.reach)
        return [path("jangkauan/", page, name="notifications_official_reach"), *super().get_urls()]

    def reach(self, request: HttpRequest) -> HttpResponse:
        """Show who can be reached in each area before anything happens."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        areas = areas_reach(timezone.now())
        deaf = sum(not area.is_reachable for area in areas)
        context = self.admin_site.each_context(request) | {
            "title": _("Siapa yang bisa dihubungi"),
            "summary": _("%(deaf)d dari %(all)d wilayah tidak bisa dihubungi")
            % {"deaf": deaf, "all": len(areas)},
            "areas": [_area_row(area) for area in areas],
        }
        return TemplateResponse(request, "admin/notifications/official/reach.html", context)

    buttons = (
        Button(
            name="code",
            label=_("Buat kode pendaftaran ponsel"),
            run=lambda official, *, actor, now: code_for(official.user, actor=actor, now=now),
            permission="responders.add_enrolmentcode",
            shown=lambda official: official.ends_at is None or official.ends_at > timezone.now(),
            page="admin/secret.html",
            present=code_page,
        ),
    )
    starts = staticmethod(moment("starts_at", _("mulai")))
    ends = staticmethod(moment("ends_at", _("selesai")))
