"""What every test shares: the summary says on which databases the suite ran."""

import os

from django.db import connection
from hypothesis import HealthCheck, settings
from playwright.sync_api import expect

# Speed is measured by `make bench`: on a busy machine no test fails for being slow.
settings.register_profile(
    "gerak", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("gerak")
# Nor a page in a browser.
expect.set_options(timeout=30_000)


def pytest_terminal_summary(terminalreporter):
    ran = f"{connection.vendor}: this run"
    earlier = os.environ.get("GERAK_TEST_EARLIER")
    terminalreporter.write_line("Databases: " + "; ".join(filter(None, (earlier, ran))))


pytest_plugins = ["tests.clients", "tests.webhook_standin"]
