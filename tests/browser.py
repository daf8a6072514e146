"""Debian's Chromium at the desk's own pages, for tests that use the product as its people do."""

import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium")
SLOW_MS = 30_000
DESK = {"width": 1366, "height": 768}
IN_BROWSER = [
    pytest.mark.embedded,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]


@contextmanager
def chromium():
    """Give a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def desk_context(browser, **more):
    """Return a context of its own cookies, as large as a desk's screen."""
    return browser.new_context(**{"locale": "id-ID", "viewport": DESK} | more)


def watched_page(context):
    """Return a page that keeps what it complained of in `complaints`."""
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def sign_in(page, server, username="dispatcher", path="/admin/papan/"):
    """Sign a member of the staff in by the form, on the way to a page."""
    page.goto(f"http://127.0.0.1:{server.port}/admin/login/?next={path}")
    page.fill("#id_username", username)
    page.fill("#id_password", server.logins[username])
    page.keyboard.press("Enter")
