"""Calls: one row a ring, closed with its class by one press."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.admin.call_page import call_page
from incidents.admin.forms import HANDLING, ClassForm, JoinForm, RevealForm
from incidents.admin.looks import CALL_CLASS_LOOKS
from incidents.admin.maps import map_setup
from incidents.admin.restricted import is_covered
from incidents.admin.suggestions import suggest
from incidents.errors import IncidentError
from incidents.lifecycle import CallClass, CallState
from incidents.masking import PSEUDONYM
from incidents.models import Call, Incident
from incidents.selectors.access import calls_visible_to
from incidents.selectors.day_totals import day_totals, without_class
from incidents.services.call_desk import (
    claim_call,
    is_stale,
    join_call,
    leave_incident,
    release_call,
)
from incidents.services.calls import classify_call
from responders.admin.buttons import Button
from responders.admin.desk import LookOnlyAdmin
from responders.admin.shown import badge, clock_text, moment
from responders.requests import staff_of

CHANGE = "incidents.change_call"
CALL_LOOKS = {
    CallState.RINGING: ("alarm", "phone"),
    CallState.ANSWERED: ("info", "phone"),
    CallState.ENDED: ("quiet", "check"),
    CallState.ABANDONED: ("warn", "cross"),
}


def _classify(call: Call, *, call_class: str, note: str, actor: Any, now: datetime) -> None:
    classify_call(call=call, call_class=call_class, note=note, actor=actor, now=now)


def _claim(call: Call, *, actor: Any, now: datetime) -> None:
    claim_call(call=call, actor=actor, now=now)


def _take_over(call: Call, *, actor: Any, now: datetime) -> None:
    claim_call(call=call, actor=actor, now=now, take_over=True)


def _release(call: Call, *, actor: Any, now: datetime) -> None:
    release_call(call=call, actor=actor, now=now)


def _join(call: Call, *, incident: Incident, actor: Any, now: datetime) -> None:
    join_call(call=call, incident=incident, actor=actor, now=now)


def _leave(call: Call, *, actor: Any, now: datetime) -> None:
    leave_incident(call=call, actor=actor, now=now)


def is_free(call: Call) -> bool:
    """Say whether a call that still needs somebody may be taken: unclaimed, or let ring on."""
    free = call.claimed_by_id is None or is_stale(call, timezone.now())
    return free and not call.call_class


def is_taken(call: Call) -> bool:
    """Say whether somebody has a call that still needs somebody."""
    return call.claimed_by_id is not None and not call.call_class


def is_erased(call: Call) -> bool:
    """Say whether the retention put a pseudonym in place of the number."""
    return call.caller_number.startswith(PSEUDONYM)


def _reveal(call: Call, *, reason: Any, actor: Any, now: datetime) -> Call:
    """Hand the call to the page that shows its number; press and reason are logged before."""
    return call


def _reason_at_hand(call: Call, user: Any) -> dict[str, Any]:
    """Fill in the reason for whoever has this call: one key, no question in the middle of it."""
    return {"reason": HANDLING} if is_taken(call) and call.claimed_by_id == user.pk else {}


def _number(call: Call, _origin: str) -> dict[str, Any]:
    return {
        "secret": call.caller_number or call.caller_raw or "–",
        "explanation": _(
            "Nomor pelapor adalah data pribadi. Pembukaan ini tercatat atas nama Anda."
        ),
    }


@admin.register(Call)
class CallAdmin(LookOnlyAdmin):
    """Every ring, its number covered until somebody asks for it by a logged press."""

    refusals = (IncidentError,)
    personal_page = _("nama pelapor")
    personal_search = _("nomor pelapor")
    change_form_template = "admin/incidents/call/change_form.html"
    change_list_template = "admin/incidents/call/change_list.html"
    list_display = ("received", "number", "look", "kind", "incident", "taker", "line")
    list_filter = ("state", "call_class", "received_at")
    list_select_related = ("incident", "answered_by", "claimed_by")
    search_fields = ("call_id", "=caller_number", "incident__number")
    ordering = ("-received_at",)
    fields = (
        "call_id",
        "look",
        "kind",
        "number",
        "caller_name",
        "ringing",
        "answered",
        "ended",
        "abandoned",
        "received",
        "answered_by",
        "claimed_by",
        "line",
        "incident",
        "note",
    )
    buttons = (
        Button("claim", _("Ambil panggilan"), _claim, CHANGE, is_free, key="A"),
        Button(
            "take-over", _("Ambil alih"), _take_over, "incidents.take_over_call", is_taken, key="I"
        ),
        Button("release", _("Kembalikan ke ruang"), _release, CHANGE, is_taken, key="R"),
        Button(
            "classify", _("Tutup dengan kelas"), _classify, CHANGE, form=ClassForm, in_panel=True
        ),
        Button("join", _("Gabungkan ke kejadian ini"), _join, CHANGE, form=JoinForm, in_panel=True),
        Button(
            "leave",
            _("Lepaskan dari kejadian"),
            _leave,
            CHANGE,
            lambda call: call.incident_id is not None,
            key="K",
        ),
        Button(
            name="reveal",
            label=_("Tampilkan nomor pelapor"),
            run=_reveal,
            permission=CHANGE,
            shown=lambda call: bool(call.caller_number or call.caller_raw) and not is_erased(call),
            key="N",
            page="admin/secret.html",
            present=_number,
            reveals=_("nomor pelapor"),
            form=RevealForm,
            prefill=_reason_at_hand,
        ),
    )
    restricted = staticmethod(moment("restricted_at", _("dibatasi sejak")))
    received = staticmethod(moment("received_at", _("diketahui")))
    ringing = staticmethod(moment("ringing_at", _("berdering")))
    answered = staticmethod(moment("answered_at", _("dijawab")))
    ended = staticmethod(moment("ended_at", _("selesai")))
    abandoned = staticmethod(moment("abandoned_at", _("ditutup penelepon")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        return calls_visible_to(staff_of(request))

    @admin.display(description=_("nomor pelapor"), ordering="caller_number")
    def number(self, call: Call) -> Promise | str:
        return call.masked_number or _("tanpa nomor")

    @admin.display(description=_("status"), ordering="state")
    def look(self, call: Call) -> str:
        return badge(*CALL_LOOKS[CallState(call.state)], call.get_state_display())

    @admin.display(description=_("kelas"), ordering="call_class")
    def kind(self, call: Call) -> str:
        unclassified = ("warn", "question", _("belum digolongkan"))
        return badge(*CALL_CLASS_LOOKS.get(call.call_class, unclassified))

    @admin.display(description=_("ditangani oleh"))
    def taker(self, call: Call) -> str:
        return str(call.claimed_by or call.answered_by or "–")

    def get_urls(self) -> list[URLPattern]:
        suggesting = path(
            "suggest/", self.admin_site.admin_view(self._suggest), name="incidents_call_suggest"
        )
        return [suggesting, *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Call | None = None) -> tuple[Any, ...]:
        """Leave out a caller who is covered for this person, and say why."""
        if obj is None or obj.restricted_at is None:
            return self.fields
        hidden = ("caller_name", "note") if is_covered(obj, staff_of(request)) else ()
        shown = tuple(name for name in self.fields if name not in hidden)
        return (*shown, ("restricted", "restricted_reason"))

    def offered(self, request: HttpRequest, obj: Call) -> list[Button]:
        offered = super().offered(request, obj)
        if not is_covered(obj, staff_of(request)):
            return offered
        return [button for button in offered if not button.reveals]

    def press(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        call = self.get_object(request, unquote(object_id)) if name == "reveal" else None
        if call is not None and is_covered(call, staff_of(request)):
            raise PermissionDenied
        return super().press(request, object_id, name)

    def page_context(self, request: HttpRequest, obj: Call) -> dict[str, Any]:
        page = call_page(staff_of(request), obj, timezone.now()) | {"g_look": self.look(obj)}
        if page["g_open_form"] is not None:
            page["map"] = map_setup()
        return super().page_context(request, obj) | page

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more: dict[str, Any] = {}
        if staff_of(request).bound_agency_id is None:
            totals = day_totals(timezone.localdate())
            work = without_class()
            more = {
                "g_totals": totals,
                "g_work": work.calls,
                "g_work_since": clock_text(work.since),
                "g_classes": [
                    (CallClass(name).label if name else _("Belum digolongkan"), count)
                    for name, count in totals.by_class.items()
                ],
                "g_takers": sorted(totals.by_taker.items()),
            }
        return super().changelist_view(request, more | (extra_context or {}))

    def _suggest(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("incidents.add_incident"):
            raise PermissionDenied
        return suggest(request)
