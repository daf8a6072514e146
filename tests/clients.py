"""Fixtures that ask as somebody: a phone, another system at the desk."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from tests.factories import make_device, make_service_token


@pytest.fixture(autouse=True)
def _empty_cache():
    """Throttle counts of one test do not reach the next."""
    cache.clear()


@pytest.fixture
def phone():
    """Return a client for a device: phone(device).get(…)."""

    def client_for(device):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {device.token}")
        return client

    return client_for


@pytest.fixture
def phone_of(phone):
    """Return a client for a new device of a person."""
    return lambda user: phone(make_device(user))


@pytest.fixture
def desk(db):
    """Return a client with a service token of an administrator."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_service_token()}")
    return client
