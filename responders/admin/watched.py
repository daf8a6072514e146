"""Pages that show personal data, and the entry of the access log that stands before each.

An admin class says what its list, its page and its search hold in words; a button what it reveals.
"""

import re
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from responders.models import AccessEntry
from responders.requests import address_of, staff_of
from responders.services.access import record_access

DIGIT_BEFORE_THE_LAST_TWO = re.compile(r"\d(?=(?:\D*\d){2})")
LETTER_AFTER_THE_FIRST = re.compile(r"(?<=[^\W\d_])[^\W\d_]")


def covered(text: str) -> str:
    """Return a search text that tells little: 0812-34 → ****-34, Ani Sari → A** S***.

    The access log is kept for years after the name and number that were sought.
    """
    return LETTER_AFTER_THE_FIRST.sub("*", DIGIT_BEFORE_THE_LAST_TWO.sub("*", text))


def note_access(
    request: HttpRequest, action: str, subject: Model | type[Model], what: Any, reason: Any = ""
) -> None:
    """Write down what the person of a request is about to be shown; commits."""
    record_access(
        actor=staff_of(request),
        action=action,
        subject=subject,
        what=what,
        reason=reason,
        address=address_of(request),
        now=timezone.now(),
    )


class WatchedMixin(admin.ModelAdmin):
    """Record each look at a kind of row that is personal data.

    personal_list, personal_page, personal_search: the area of data in words; empty: none there.
    """

    personal_list: Any = ""
    personal_page: Any = ""
    personal_search: Any = ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.has_view_or_change_permission(request):
            self._note_list(request)
        return super().changelist_view(request, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if self.personal_page and request.method == "GET":
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_view_or_change_permission(request, obj):
                note_access(request, AccessEntry.Action.VIEW, obj, self.personal_page)
        return super().change_view(request, object_id, form_url, extra_context)

    def _note_list(self, request: HttpRequest) -> None:
        sought = request.GET.get("q", "").strip()
        if sought and self.personal_search:
            note_access(
                request,
                AccessEntry.Action.SEARCH,
                self.model,
                self.personal_search,
                reason=covered(sought),
            )
        if self.personal_list:
            note_access(request, AccessEntry.Action.VIEW, self.model, self.personal_list)
