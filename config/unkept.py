"""What a browser or a cache in between may keep: nothing, unless a view says so itself."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Unkept:
    """Mark `no-store` every answer that says nothing of caches: most hold a person's data.

    A middleware behind WhiteNoise, whose files do say.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
