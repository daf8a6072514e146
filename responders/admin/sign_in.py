"""Signing in at the desk: the password, then the second factor of whoever has one.

Between the two steps the session is nobody's: it only remembers who proved a password, and when.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from axes.helpers import get_lockout_response
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice

from responders.errors import ResponderError
from responders.models import User
from responders.policy import SIGN_IN
from responders.requests import address_of
from responders.services.lockout import forget_guesses, take_guess
from responders.services.second_factor import (
    check_factor,
    has_factor,
    note_guessing,
    recovery_codes_left,
)

PENDING = "second_factor_of"


@dataclass(frozen=True)
class Pending:
    """Somebody between the two steps. next: where they wanted to go, an address of ours."""

    user: User
    backend: str
    next: str
    tries: int


class CodeForm(forms.Form):
    """One code: of the app, or one of those on paper."""

    code = forms.CharField(
        label=_("Kode"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class SignIn(LoginView):
    """The admin's own login page; a second factor, where there or required, comes after it."""

    template_name = "admin/login.html"
    authentication_form = AdminAuthenticationForm
    next_page = "admin:index"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admin.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at no more passwords than the limit, also where a thousand come at once."""
        # As the form reads it: a name has many spellings (full width, blanks around it).
        username = UsernameField().to_python(request.POST.get("username", "")) or ""
        if take_guess(username=username, address=address_of(request), now=timezone.now()):
            return super().post(request, *args, **kwargs)
        return get_lockout_response(request, credentials={"username": username})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = admin.site.each_context(self.request) | {
            "title": _("Masuk"),
            "subtitle": None,
            "app_path": self.request.get_full_path(),
            "username": self.request.user.get_username(),
        }
        return super().get_context_data(**context, **kwargs) | {"next": self.get_success_url()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in who needs no more; send the others on, still as nobody."""
        user = form.get_user()
        forget_guesses(user.username)
        if has_factor(user):
            self._remember(user)
            return HttpResponseRedirect(reverse("second-factor"))
        if settings.GERAK_REQUIRE_2FA:
            self._remember(user)
            return HttpResponseRedirect(reverse("account-security"))
        return super().form_valid(form)

    def _remember(self, user: User) -> None:
        session = self.request.session
        wanted = self.get_success_url()
        session.flush()
        session[PENDING] = {
            "user": user.pk,
            "backend": user.backend,
            "proof": user.get_session_auth_hash(),
            "at": timezone.now().timestamp(),
            "next": wanted,
            "tries": 0,
        }


def pending_of(request: HttpRequest) -> Pending | None:
    """Return who waits for the second step in this session; None where nobody does any more."""
    kept = request.session.get(PENDING)
    if not kept or timezone.now().timestamp() - kept["at"] > SIGN_IN.pending_s:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True, is_staff=True).first()
    if user is None or user.get_session_auth_hash() != kept["proof"]:
        return None
    return Pending(user, kept["backend"], kept["next"], kept["tries"])


def finish(request: HttpRequest, pending: Pending, device: Device) -> None:
    """Sign somebody in whose device has just proved itself."""
    login(request, pending.user, backend=pending.backend)
    request.session.pop(PENDING, None)
    request.session[DEVICE_ID_SESSION_KEY] = device.persistent_id


@never_cache
@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code, after the password."""
    pending = pending_of(request)
    if pending is None:
        return HttpResponseRedirect(reverse("admin:login"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = check_factor(
                user=pending.user, code=form.cleaned_data["code"], now=timezone.now()
            )
        except ResponderError as refusal:
            if not _may_try_again(request, pending):
                return _start_over(request, pending)
            form.add_error("code", sentence_of(refusal))
        else:
            finish(request, pending, device)
            _tell_of_paper(request, pending.user, device)
            return HttpResponseRedirect(pending.next)
    context = admin.site.each_context(request)
    context |= {"title": _("Kode keamanan"), "form": form, "person": pending.user}
    return TemplateResponse(request, "admin/second_factor.html", context)


def sentence_of(refusal: ResponderError) -> str:
    """Return a refused code in words, with the wait where there is one."""
    if refusal.retry_after_s is None:
        return str(refusal)
    return ngettext(
        "Terlalu banyak kode salah. Coba lagi dalam %(wait)d detik.",
        "Terlalu banyak kode salah. Coba lagi dalam %(wait)d detik.",
        refusal.retry_after_s,
    ) % {"wait": refusal.retry_after_s}


def _may_try_again(request: HttpRequest, pending: Pending) -> bool:
    """Count one refused try; say whether the next may come without the password."""
    request.session[PENDING] = request.session[PENDING] | {"tries": pending.tries + 1}
    return pending.tries + 1 < SIGN_IN.tries_max


def _start_over(request: HttpRequest, pending: Pending) -> HttpResponse:
    note_guessing(user=pending.user, address=address_of(request))
    request.session.flush()
    messages.error(request, gettext("Terlalu banyak kode salah. Masuk lagi dari awal."))
    query = urlencode({"next": pending.next})
    return HttpResponseRedirect(f"{reverse('admin:login')}?{query}")


def _tell_of_paper(request: HttpRequest, user: User, device: Device) -> None:
    if isinstance(device, StaticDevice):
        words = gettext(
            "Kode pemulihan itu sudah terpakai; tersisa %d. "
            "Ponsel hilang? Ganti di halaman Keamanan akun."
        )
        messages.warning(request, words % recovery_codes_left(user))
