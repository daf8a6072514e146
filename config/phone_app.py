"""The phone's web app at /app/: the shell, its words, its manifest and its service worker.

Plain files, no build. Everything here is public and holds no row of anybody: what a person sees
comes over the wire of the contract, to a phone that enrolled. Not here: the scripts
(config/static/app/) and the words (phone_app_words.py).
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from config.phone_app_words import WORDS
from incidents.selectors.report_names import type_labels

FOLDER = Path(__file__).resolve().parent / "static" / "app"
TEMPLATES = Path(__file__).resolve().parent / "templates" / "app"
# Scripts name each other by their plain names, so the first is named by its plain name too.
SCRIPTS = f"/{settings.STATIC_URL.lstrip('/')}app/"
SHELL_ENDINGS = {".js", ".css", ".svg"}
LAZY = ("vendor/",)  # fetched when asked for, never part of the shell
# Push is the one thing that speaks to another host, and only where the city set it up.
PUSH_SOURCES = (
    {
        "connect-src": [
            SELF,
            "https://firebaseinstallations.googleapis.com",
            "https://fcmregistrations.googleapis.com",
        ]
    }
    if settings.GERAK_FCM_WEB
    else {}
)


def shell_files() -> list[str]:
    """Return the files that the app needs to start, relative to static/app/, in a fixed order."""
    paths = (path for path in FOLDER.rglob("*") if path.suffix in SHELL_ENDINGS)
    names = sorted(path.relative_to(FOLDER).as_posix() for path in paths)
    return [name for name in names if not name.startswith(LAZY)]


@lru_cache(maxsize=1)
def version() -> str:
    """Return a short word that changes when any file of the shell does."""
    digest = hashlib.sha256()
    for path in sorted([*(FOLDER / name for name in shell_files()), *TEMPLATES.iterdir()]):
        digest.update(path.read_bytes())
    digest.update(repr(sorted(WORDS)).encode())
    return digest.hexdigest()[:12]


def push_config() -> dict[str, Any] | None:
    """Return Firebase's public web configuration, None where the city has none.

    GERAK_FCM_WEB names a JSON file: apiKey, projectId, messagingSenderId, appId, vapidKey.
    """
    if not settings.GERAK_FCM_WEB:
        return None
    return json.loads(Path(settings.GERAK_FCM_WEB).read_text(encoding="utf-8"))


@require_safe
@gzip_page
@csp_update(PUSH_SOURCES)
def shell(request: HttpRequest) -> HttpResponse:
    """Return the one page of the app."""
    # Named ahead, or the browser would find them one import after the other.
    modules = [name for name in shell_files() if name.endswith(".js")]
    setup = {"version": version(), "push": push_config()}
    shown = {"setup": setup, "scripts": SCRIPTS, "modules": modules}
    return _fresh(render(request, "app/index.html", shown))


@require_safe
@gzip_page
def words(request: HttpRequest, language: str) -> HttpResponse:
    """Return the app's words, and the city's incident types, in one language."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        told = {"words": {key: str(text) for key, text in WORDS.items()}, "types": type_labels()}
    return _fresh(JsonResponse(told))


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Return what a phone needs to put the app on its home screen."""
    icons = [
        {"src": static(f"app/icons/{name}.png"), "sizes": size, "type": "image/png", "purpose": use}
        for name, size, use in (
            ("icon-192", "192x192", "any"),
            ("icon-512", "512x512", "any"),
            ("maskable-512", "512x512", "maskable"),
        )
    ]
    body = {
        "id": "/app/",
        "name": "Gerak 112",
        "short_name": "Gerak 112",
        "description": str(WORDS["app.description"]),
        "lang": translation.get_language() or settings.LANGUAGE_CODE,
        "dir": "ltr",
        "start_url": "/app/",
        "scope": "/app/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#07111a",
        "theme_color": "#07111a",
        "categories": ["utilities", "government"],
        "icons": icons,
    }
    return _fresh(JsonResponse(body, content_type="application/manifest+json"))


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker; it stands under /app/, so that its scope is the app alone."""
    files = ["/app/", *(f"/app/words/{code}.json" for code, _ in settings.LANGUAGES)]
    files += [static(f"app/{name}") for name in shell_files()]
    files += [f"{settings.STATIC_URL}app/{name}" for name in shell_files() if name.endswith(".js")]
    shown = {
        "version": version(),
        "files": json.dumps(sorted(set(files)), indent=1),
        "icon": static("app/icons/icon-192.png"),
    }
    return _fresh(render(request, "app/sw.js", shown, content_type="text/javascript"))


def _fresh(response: HttpResponse) -> HttpResponse:
    """Let caches ask each time whether there is a newer one."""
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Language"])
    return response
