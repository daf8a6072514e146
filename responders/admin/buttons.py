"""Buttons on an admin page that call a service: a declaration each, POST only.

Belongs here: the way from a press to a service and from its refusal to a sentence. What a button
does is the service's matter; an admin class lists its buttons.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from responders.admin.watched import note_access
from responders.errors import ResponderError
from responders.models import AccessEntry


def always(_obj: Any) -> bool:
    """Show a button whatever the state of the object."""
    return True


def nothing_more(_result: Any, _origin: str) -> dict[str, Any]:
    """Add nothing to the page of a result."""
    return {}


@dataclass(frozen=True)
class Button:
    """One act of a person on one object.

    run: called as run(obj, actor=, now=, **cleaned form). permission: its full codename. page: a
    template that shows the result once (a code, a token) instead of going back to the object;
    present(result, origin) is its context. in_panel: the page has a place of its own for it.
    reveals: the personal data that its page shows, in words: written down before the service runs.
    The form's `reason` stands there with it. prefill(obj, user): what the form holds at first.
    key: what presses it on the keyboard, with Alt. tell: the result in messages (level, text),
    where "done" does not say enough.
    """

    name: str
    label: Promise | str
    run: Callable[..., Any]
    permission: str
    shown: Callable[[Any], bool] = always
    form: type[forms.Form] | None = None
    danger: bool = False
    page: str = ""
    present: Callable[[Any, str], dict[str, Any]] = nothing_more
    in_panel: bool = False
    reveals: Promise | str = ""
    prefill: Callable[[Any, Any], dict[str, Any]] | None = None
    key: str = ""
    tell: Callable[[Any], list[tuple[int, str]]] | None = None


class ButtonsMixin(admin.ModelAdmin):
    """Give a ModelAdmin its `buttons`: URLs, permission, CSRF, the refusal as a message."""

    buttons: tuple[Button, ...] = ()
    refusals: tuple[type[Exception], ...] = (ResponderError,)

    def get_urls(self) -> list[URLPattern]:
        press = path(
            "<path:object_id>/do/<slug:name>/",
            self.admin_site.admin_view(self.press),
            name=f"{self.opts.app_label}_{self.opts.model_name}_press",
        )
        return [press, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        context = self.page_context(request, obj) if obj is not None else {}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Return what the object's page shows beyond its fields; extend it for panels."""
        return {
            "g_buttons": [self._offer(b, obj, request.user) for b in self.offered(request, obj)]
        }

    def offered(self, request: HttpRequest, obj: Any) -> list[Button]:
        """Return the buttons that this person may press now."""
        return [
            button
            for button in self.buttons
            if not button.in_panel
            and request.user.has_perm(button.permission)
            and button.shown(obj)
        ]

    def press(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Run one button's service on one visible object.

        A script that says `Accept: application/json` is told the messages, and stays on its page.
        """
        response = self._press(request, object_id, name)
        if request.headers.get("Accept") != "application/json" or response.status_code != 302:
            return response
        told = [{"level": one.level_tag, "text": str(one)} for one in get_messages(request)]
        done = all(one["level"] != "error" for one in told)
        return JsonResponse({"done": done, "messages": told})

    def _press(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        button = next((button for button in self.buttons if button.name == name), None)
        obj = self.get_object(request, unquote(object_id))
        if button is None or obj is None:
            raise Http404
        if not request.user.has_perm(button.permission):
            raise PermissionDenied
        form = self._form(button, request.POST)
        if form is not None and not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return self._back(obj)
        return self._run(request, button, obj, form.cleaned_data if form is not None else {})

    def _run(
        self, request: HttpRequest, button: Button, obj: Any, data: dict[str, Any]
    ) -> HttpResponse:
        if button.reveals:
            reason = data.get("reason", "")
            note_access(request, AccessEntry.Action.REVEAL, obj, button.reveals, reason)
        try:
            result = button.run(obj, actor=request.user, now=timezone.now(), **data)
        except self.refusals as refusal:
            messages.error(request, str(refusal))
            return self._back(obj)
        self.log_change(request, obj, str(button.label))
        if button.page:
            return self._show_once(request, button, obj, result)
        done = [(messages.SUCCESS, _("%(act)s: berhasil.") % {"act": button.label})]
        for level, text in button.tell(result) if button.tell else done:
            messages.add_message(request, level, text)
        return self._back(obj)

    def _show_once(
        self, request: HttpRequest, button: Button, obj: Any, result: Any
    ) -> HttpResponse:
        context = self.admin_site.each_context(request)
        context |= {"title": button.label, "original": obj, "back": self._url(obj)}
        context |= button.present(result, request.build_absolute_uri("/"))
        response = TemplateResponse(request, button.page, context)
        response["Cache-Control"] = "no-store"
        return response

    def _offer(self, button: Button, obj: Any, user: Any) -> dict[str, Any]:
        opts = self.opts
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_press", args=[obj.pk, button.name])
        initial = button.prefill(obj, user) if button.prefill else None
        return {"button": button, "url": url, "form": self._form(button, initial=initial)}

    def _form(
        self, button: Button, data: Any = None, initial: dict[str, Any] | None = None
    ) -> forms.Form | None:
        ids = f"id_{button.name}_%s"
        return button.form(data, auto_id=ids, initial=initial) if button.form else None

    def _url(self, obj: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def _back(self, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self._url(obj))
