"""What every test shares: the summary says on which databases the suite ran."""

import os

from django.db import connection


def pytest_terminal_summary(terminalreporter):
    ran = f"{connection.vendor}: this run"
    earlier = os.environ.get("GERAK_TEST_EARLIER")
    terminalreporter.write_line("Databases: " + "; ".join(filter(None, (earlier, ran))))


pytest_plugins = ["tests.clients", "tests.webhook_standin"]
