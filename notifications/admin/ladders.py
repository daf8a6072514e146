"""Ladders at the desk: how a message climbed, and what a dispatcher is asked to say."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin import AssignmentAdmin
from incidents.selectors.access import assignments_visible_to, is_operator
from notifications.admin.notices import NoticeAdmin
from notifications.errors import NotificationError
from notifications.ladder_rules import SPOKEN
from notifications.models import AuditFinding, Ladder, OutsideAttempt, OutsideMessage
from notifications.services.outside import confirm_spoken
from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin, LookOnlyInline
from responders.admin.filters import filled_or_not
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of

SPEAKS = "incidents.change_assignment"
OUTSIDE_LOOKS = {
    "planned": ("alarm", "late"),
    "retry": ("warn", "late"),
    "accepted": ("info", "phone"),
    "dead": ("alarm", "cross"),
    "said": ("ok", "check"),
    "unanswered": ("warn", "cross"),
    "needless": ("quiet", "check"),
}
TURN_TONES = {"taken": ("info", "dot"), "needless": ("quiet", "check"), "nobody": ("warn", "cross")}


class LadderInline(LookOnlyInline):
    """How the messages of an assignment or a notice climbed."""

    model = Ladder
    fields = ("what", "plan", "started", "climbed", "following")
    readonly_fields = fields
    ordering = ("event_id",)
    verbose_name_plural = _("tangga pengiriman")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ladder]:
        rows = super().get_queryset(request).select_related("event", "plan")
        return rows.prefetch_related("turns__step", "outside__ended_by")

    @admin.display(description=_("mulai"))
    def started(self, ladder: Ladder) -> str:
        """Return when the message was recorded: `started_at` moves back where steps are hurried."""
        return clock_text(ladder.event.recorded_at)

    @admin.display(description=_("pesan"))
    def what(self, ladder: Ladder) -> str:
        return ladder.plan.get_kind_display()

    @admin.display(description=_("langkah"))
    def climbed(self, ladder: Ladder) -> str:
        rows = [
            (badge(*TURN_TONES[turn.outcome], f"{turn.step} · {turn.get_outcome_display()}"),)
            for turn in sorted(ladder.turns.all(), key=lambda turn: (turn.at, turn.pk))
        ]
        rows += [(outside_badge(message),) for message in ladder.outside.all()]
        return format_html_join(" ", "{}", rows) or "–"

    @admin.display(description=_("langkah berikut"))
    def following(self, ladder: Ladder) -> str:
        if ladder.next_step_at is not None:
            return clock_text(ladder.next_step_at)
        return ladder.get_ending_display()


# The ladder belongs on the page of what it carries, and this app knows it: imports point right.
pages: tuple[type[Any], ...] = (AssignmentAdmin, NoticeAdmin)
for page in pages:
    page.inlines = (*page.inlines, LadderInline)


def outside_badge(message: OutsideMessage) -> Any:
    """Return an outside message as channel, whom, state and time."""
    at = clock_text(message.ended_at or message.planned_at)
    words = (message.get_channel_display(), message.to_name, message.get_state_display(), at)
    return badge(*OUTSIDE_LOOKS[message.state], " · ".join(str(word) for word in words))


class OutsideAttemptInline(LookOnlyInline):
    """What the gateway said of each try."""

    model = OutsideAttempt
    fields = ("at", "state", "detail")
    readonly_fields = fields
    ordering = ("at", "id")


@admin.register(OutsideMessage)
class OutsideMessageAdmin(LookOnlyAdmin):
    """What leaves past the apps; a spoken one waits here until a dispatcher has said it."""

    refusals = (NotificationError,)
    personal_page = _("alamat dan isi pesan")
    list_display = ("planned", "channel", "to_name", "to_address", "text", "look", "ended_by")
    list_filter = (
        filled_or_not("ended_at", _("selesai"), empty=_("masih menunggu"), filled=_("selesai")),
        "channel",
        "state",
    )
    list_select_related = ("ended_by",)
    search_fields = ("to_name", "text")
    ordering = ("-planned_at", "-pk")
    fields = ("channel", "to_name", "to_address", "text", "look", "planned", "ended_by")
    readonly_fields = fields
    inlines = (OutsideAttemptInline,)
    planned = staticmethod(moment("planned_at", _("diminta")))
    buttons = (
        Button(
            name="said",
            label=_("Sudah disampaikan"),
            run=lambda message, *, actor, now: confirm_spoken(
                message=message, heard=True, actor=actor, now=now
            ),
            permission=SPEAKS,
            shown=lambda message: message.channel == SPOKEN and message.ended_at is None,
        ),
        Button(
            name="unanswered",
            label=_("Tidak diangkat"),
            run=lambda message, *, actor, now: confirm_spoken(
                message=message, heard=False, actor=actor, now=now
            ),
            permission=SPEAKS,
            shown=lambda message: message.channel == SPOKEN and message.ended_at is None,
            danger=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutsideMessage]:
        rows = super().get_queryset(request)
        if not is_operator(staff_of(request)):
            return rows
        mine = assignments_visible_to(staff_of(request)).values("pk")
        return rows.filter(Q(ladder__assignment__in=mine))

    @admin.display(description=_("status"), ordering="state")
    def look(self, message: OutsideMessage) -> str:
        return badge(*OUTSIDE_LOOKS[message.state], message.get_state_display())


@admin.register(AuditFinding)
class AuditFindingAdmin(LookOnlyAdmin):
    """Open assignments that nothing would have moved on, found and mended."""

    agency_path = "assignment__unit__agency"
    list_display = ("found", "code", "assignment")
    list_filter = ("code",)
    list_select_related = ("assignment__unit", "assignment__incident")
    ordering = ("-found_at",)
    found = staticmethod(moment("found_at", _("ditemukan")))
