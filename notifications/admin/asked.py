"""Rows that a service makes: the admin's form is only the question."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise

from notifications.errors import NotificationError
from responders.admin.desk import DeskAdmin


class AskedAdmin(DeskAdmin):
    """Makes its rows through a service; a refusal is said, and leads to `refused_to`.

    make: asks the service for what the form says and returns the row it made. Who builds on this
    says it, as it says the words.
    """

    refusals = (NotificationError,)
    make: Callable[[HttpRequest, Any], Model]
    made_words: ClassVar[Promise]
    refused_to: ClassVar[str]  # "add" or "changelist"

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Any:
        """Leave the making to `make`, where a refusal finds its way back."""
        return form.save(commit=False)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = self.make(request, obj).pk

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except NotificationError as refusal:
            messages.error(request, str(refusal))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{self.refused_to}"
            return HttpResponseRedirect(reverse(name))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, str(self.made_words))
        return self._back(obj)
