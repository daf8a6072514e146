"""The own page of staff: the second factor, set up by the person who holds the phone."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import DEVICE_ID_SESSION_KEY

from responders.admin.enrolment import drawing
from responders.admin.sign_in import CodeForm, Pending, finish, pending_of, sentence_of
from responders.errors import ResponderError
from responders.models import User
from responders.policy import SIGN_IN
from responders.services.second_factor import (
    check_factor,
    has_factor,
    link_of,
    new_key,
    recovery_codes_left,
    remove_factor,
    renew_recovery_codes,
    set_up_factor,
    typed_key,
)

KEY, REPLACING = "factor_key", "factor_replacing_at"


@never_cache
@sensitive_post_parameters("code")
def account_security(request: HttpRequest) -> HttpResponse:
    """Show and change one's own second factor.

    Whoever must have one and has none comes here between the two steps of signing in. Every
    change of a factor that is there asks for a code of it.
    """
    pending = None if admin.site.has_permission(request) else pending_of(request)
    person = pending.user if pending else request.user
    if not isinstance(person, User) or not (pending or admin.site.has_permission(request)):
        return HttpResponseRedirect(reverse("admin:login"))
    if pending and has_factor(person):
        return HttpResponseRedirect(reverse("second-factor"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _act(request, person, pending, form.cleaned_data["code"])
        except ResponderError as refusal:
            form.add_error("code", sentence_of(refusal))
    return _page(request, person, pending, form)


def _act(request: HttpRequest, person: User, pending: Pending | None, code: str) -> HttpResponse:
    """Do what the pressed button says; without one, take the new app."""
    if _sets_up(request, person):
        return _set_up(request, person, pending, code)
    check_factor(user=person, code=code, now=timezone.now())
    act = request.POST.get("act")
    if act == "paper":
        return _codes_page(request, renew_recovery_codes(user=person), _here())
    if act == "replace":
        request.session[REPLACING] = timezone.now().timestamp()
    elif act == "remove" and not settings.GERAK_REQUIRE_2FA:
        remove_factor(user=person)
        messages.success(request, _("Faktor kedua dilepas."))
    return HttpResponseRedirect(_here())


def _set_up(request: HttpRequest, person: User, pending: Pending | None, code: str) -> HttpResponse:
    made = set_up_factor(user=person, key=_key(request), code=code, now=timezone.now())
    if pending:
        finish(request, pending, made.device)
    for name in (KEY, REPLACING):
        request.session.pop(name, None)
    request.session[DEVICE_ID_SESSION_KEY] = made.device.persistent_id
    return _codes_page(request, made.codes, pending.next if pending else _here())


def _sets_up(request: HttpRequest, person: User) -> bool:
    """Say whether the page takes a new app: there is none, or a code allowed to replace it."""
    since = request.session.get(REPLACING, 0)
    return not has_factor(person) or timezone.now().timestamp() - since < SIGN_IN.pending_s


def _key(request: HttpRequest) -> str:
    """Return the key that this session offers; it is nobody's until a code proves it."""
    if KEY not in request.session:
        request.session[KEY] = new_key()
    return str(request.session[KEY])


def _page(
    request: HttpRequest, person: User, pending: Pending | None, form: forms.Form
) -> HttpResponse:
    context = admin.site.each_context(request) | {
        "title": _("Keamanan akun"),
        "form": form,
        "person": person,
        "pending": pending,
        "required": settings.GERAK_REQUIRE_2FA,
        "has_factor": has_factor(person),
        "left": recovery_codes_left(person),
    }
    if _sets_up(request, person):
        key = _key(request)
        context |= {"qr": drawing(link_of(person, key)), "key": typed_key(key)}
    return TemplateResponse(request, "admin/account_security.html", context)


def _codes_page(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    context: dict[str, Any] = admin.site.each_context(request)
    context |= {"title": _("Kode pemulihan"), "codes": codes, "onward": onward}
    return TemplateResponse(request, "admin/recovery_codes.html", context)


def _here() -> str:
    return reverse("account-security")
