"""What a caller says of its own address counts for nothing, unless our own proxy says it."""

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from config.health import metrics
from config.throttles import CallerThrottle
from responders.requests import address_of

FORGED = ("1.2.3.4", "127.0.0.1", "10.0.0.1, 127.0.0.1", "::1", "unknown", "\x00' OR 1=1")


def request(forged, **more):
    factory = RequestFactory(headers={"X-Forwarded-For": forged, "Forwarded": f"for={forged}"})
    return factory.get("/metrics", REMOTE_ADDR="203.0.113.9", **more)


@pytest.mark.parametrize("forged", FORGED)
def test_neither_rate_limit_nor_access_log_believes_it(forged):
    asked = Request(request(forged))

    assert address_of(asked) == "203.0.113.9"
    assert CallerThrottle().get_cache_key(asked, None).endswith("_a203.0.113.9")


@pytest.mark.parametrize("forged", FORGED)
def test_the_figures_stay_inside(forged):
    assert metrics(request(forged)).status_code == 404


def test_behind_our_proxy_the_last_word_is_the_proxys(settings):
    settings.BEHIND_PROXY = True

    assert address_of(request("127.0.0.1, 198.51.100.7")) == "198.51.100.7"
