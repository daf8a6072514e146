"""What crews send from the field, at the desk: calls for help to be answered, notes and photos."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from incidents.errors import IncidentError
from incidents.models import CrewAlert, Note, Photo
from incidents.selectors.access import alerts_visible_to, photos_visible_to
from incidents.services.alerts import answer_alert
from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin, LookOnlyInline
from responders.admin.shown import badge, moment
from responders.models import AccessEntry
from responders.requests import address_of, staff_of
from responders.services.access import record_access

ALERT_LOOKS = {
    CrewAlert.State.RAISED: ("alarm", "alert"),
    CrewAlert.State.ANSWERED: ("ok", "check"),
    CrewAlert.State.WITHDRAWN: ("quiet", "cross"),
}


def _answer(alert: CrewAlert, *, actor: Any, now: Any) -> None:
    answer_alert(alert=alert, actor=actor, now=now)


@admin.register(CrewAlert)
class CrewAlertAdmin(LookOnlyAdmin):
    """Crews that asked for help. Answering is a button: it takes the red off the board."""

    refusals = (IncidentError,)
    personal_page = _("posisi dan keterangan petugas")
    list_display = ("received", "kind", "look", "unit", "raised_by", "incident", "answered")
    list_filter = ("state", "kind", "received_at")
    list_select_related = ("unit", "raised_by", "assignment__incident", "assignment__unit")
    search_fields = ("unit__call_sign", "raised_by__name", "assignment__incident__number")
    ordering = ("-received_at",)
    fields = (
        ("kind", "look"),
        ("unit", "raised_by"),
        ("assignment", "incident"),
        "text",
        "place",
        ("received", "claimed"),
        ("answered", "answered_by"),
        "withdrawn",
    )
    buttons = (
        Button(
            name="answer",
            label=_("Jawab: bantuan ditangani"),
            run=_answer,
            permission="incidents.change_crewalert",
            shown=lambda alert: alert.state == CrewAlert.State.RAISED,
        ),
    )
    received = staticmethod(moment("received_at", _("diterima")))
    claimed = staticmethod(moment("claimed_at", _("waktu menurut ponsel")))
    answered = staticmethod(moment("answered_at", _("dijawab")))
    withdrawn = staticmethod(moment("withdrawn_at", _("ditarik")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[CrewAlert]:
        return alerts_visible_to(staff_of(request))

    @admin.display(description=_("status"), ordering="state")
    def look(self, alert: CrewAlert) -> str:
        return badge(*ALERT_LOOKS[CrewAlert.State(alert.state)], alert.get_state_display())

    @admin.display(description=_("kejadian"))
    def incident(self, alert: CrewAlert) -> str:
        return str(alert.assignment.incident) if alert.assignment else "–"

    @admin.display(description=_("posisi"))
    def place(self, alert: CrewAlert) -> str:
        if alert.lat is None or alert.lon is None:
            return "–"
        accuracy = f" ± {alert.accuracy_m:.0f} m" if alert.accuracy_m is not None else ""
        return f"{alert.lat:.5f}, {alert.lon:.5f}{accuracy}"


class NoteInline(LookOnlyInline):
    """What the crew wrote."""

    model = Note
    fields = ("received", "author", "text")
    readonly_fields = fields
    ordering = ("received_at",)
    received = staticmethod(moment("received_at", _("diterima")))


class PhotoInline(LookOnlyInline):
    """What the crew photographed."""

    model = Photo
    fields = ("received", "author", "picture")
    readonly_fields = fields
    ordering = ("received_at",)
    received = staticmethod(moment("received_at", _("diterima")))

    @admin.display(description=_("foto"))
    def picture(self, photo: Photo) -> str:
        return photo_link(photo)


def photo_link(photo: Photo) -> str:
    """Return a photo as a small picture that opens the whole one."""
    return format_html(
        '<a href="{0}"><img class="g-photo" src="{0}" alt="{1}" loading="lazy" width="160"></a>',
        reverse("photo", args=[photo.pk]),
        gettext("Foto oleh %(author)s") % {"author": photo.author},
    )


@require_GET
@permission_required("incidents.view_photo", raise_exception=True)
def _photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Hand out the picture to whoever may see its assignment."""
    user = staff_of(request)
    photo = get_object_or_404(photos_visible_to(user), pk=photo_id)
    record_access(
        actor=user,
        action=AccessEntry.Action.VIEW,
        subject=photo,
        what=_("foto lapangan"),
        address=address_of(request),
        now=timezone.now(),
    )
    with photo.file.open("rb") as stored:
        content = stored.read()
    headers = {
        "Content-Disposition": f'inline; filename="{photo.pk}.jpg"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="image/jpeg", headers=headers)


# Staff alone; strangers are sent to the sign-in page.
photo = admin.site.admin_view(_photo)
