"""Doors for whoever watches the server: alive, ready, figures."""

import ipaddress
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.figures import REGISTRY
from config.readiness import Problem, problems_of, warnings_of

RETRY_AFTER_S = "5"
PROBLEM_JSON = "application/problem+json"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is alive. Touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether work may be sent here; 503 with what is wrong otherwise.

    `warnings` are what stands still elsewhere: for a person, not for the balancer. The sentences
    name processes, units and areas without an official: whoever asks from outside gets the codes.
    """
    now = datetime.now(UTC)
    told = _whole if is_internal(request) else _codes
    problems = told(problems_of(now))
    warnings = told(warnings_of(now))
    if not problems:
        return _uncached(JsonResponse({"status": "ready", "warnings": warnings}))
    body = {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": " ".join(problem.get("message", problem["code"]) for problem in problems),
        "code": "not_ready",
        "problems": problems,
        "warnings": warnings,
    }
    return _uncached(
        JsonResponse(
            body,
            status=503,
            content_type=PROBLEM_JSON,
            headers={"Retry-After": RETRY_AFTER_S},
        )
    )


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures for Prometheus, to internal addresses only."""
    if not is_internal(request):
        body = {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is nothing here.",
            "code": "not_found",
        }
        return JsonResponse(body, status=404, content_type=PROBLEM_JSON)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def is_internal(request: HttpRequest) -> bool:
    """Say whether every address on the way of a request, proxies included, is a private one."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    addresses = [request.META.get("REMOTE_ADDR", ""), *filter(None, forwarded.split(","))]
    return "Forwarded" not in request.headers and all(map(_is_private, addresses))


def _whole(problems: list[Problem]) -> list[Problem]:
    return problems


def _codes(problems: list[Problem]) -> list[Problem]:
    """Return each kind of problem once, without its sentence."""
    return [{"code": code} for code in dict.fromkeys(problem["code"] for problem in problems)]


def _is_private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.strip()).is_private
    except ValueError:
        return False


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
