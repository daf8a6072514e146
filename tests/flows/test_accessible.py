"""WCAG 2.2 AA, as far as axe-core can tell, on the pages of the desk, dark and light."""

import shutil
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from tests.server import Desk, Server

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]
WIB = ZoneInfo("Asia/Jakarta")
SLOW_MS = 30_000
DESK = {"width": 1366, "height": 768}
NARROW = """() => [document.documentElement, document.querySelector("#header")]
    .filter((one) => one && (one.scrollWidth > one.clientWidth ||
                             (one.id && one.scrollHeight > one.clientHeight + 1)))
    .map((one) => `${one.tagName} #${one.id} holds more than it shows`)"""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("axe")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def addresses(server):
    """Rows on every page: a call that rings, an incident with a unit under way, a wall's link."""
    desk = Desk(server)
    incident = desk.opens(summary="Asap di pasar", lat=-0.8, lon=100.65)
    desk.sends(desk.unit("Damkar 1"), incident)
    desk.opens(summary="Pohon tumbang")
    server.rings("axe-1", "ringing", datetime.now(WIB).isoformat(), caller="081234567890")
    hour = f"{datetime.now(WIB) - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    return {
        "index": "/admin/",
        "board": "/admin/papan/",
        "changelist": "/admin/incidents/incident/",
        "calls": "/admin/incidents/call/",
        "incident": f"/admin/incidents/incident/{incident['id']}/change/",
        "call form": "/admin/incidents/incident/add/",
        "call": "/admin/incidents/call/3/change/",
        "readiness": "/admin/kesiapan/",
        "report": "/admin/laporan/",
        "replay": "/admin/putar-ulang/",
        "replay of the last hour": f"/admin/putar-ulang/?start={hour}&hours=2",
        "security of the account": "/admin/keamanan/",
        "password": "/admin/password_change/",
        "public page": "/publik/",
        "transparency": "/transparansi/",
    }


@pytest.fixture(scope="module", params=["light", "dark"])
def context(request, server):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_context(
            locale="id-ID",
            viewport=DESK,
            color_scheme=request.param,
            bypass_csp=True,  # axe is put into the page as a script
        )
        browser.close()


def faults(page):
    """Return what axe finds: rule, element, why."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']} {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"][:3]
    ]


def cut_on_a_phone(page):
    """Return what runs over the edge of a narrow screen, or under the header."""
    page.set_viewport_size({"width": 390, "height": 844})
    found = page.evaluate(NARROW)
    page.set_viewport_size(DESK)
    return found


def test_every_page_of_the_desk_is_free_of_faults(server, context, addresses):
    base = f"http://127.0.0.1:{server.port}"
    page = context.new_page()
    page.goto(f"{base}/admin/login/?next=/admin/notifications/walllink/add/")
    found = {"login": faults(page)}
    logins = dict(line.split() for line in (server.folder / "logins.txt").read_text().splitlines())
    page.fill("#id_username", "supervisor")
    page.fill("#id_password", logins["supervisor"])
    page.keyboard.press("Enter")
    page.fill("#id_name", "Ruang pantau")
    page.click("[name=_save]")
    link = page.locator(".g-code").inner_text().strip()

    for name, path in addresses.items():
        assert page.goto(base + path).ok, path
        if name == "board":
            expect(page.locator(".g-incident").first).to_be_visible(timeout=SLOW_MS)
        found[name] = faults(page) + cut_on_a_phone(page)
    page.goto(link)
    expect(page.locator(".g-wall-row").first).to_be_visible(timeout=SLOW_MS)
    found["wall"] = faults(page)

    assert found == {name: [] for name in ("login", *addresses, "wall")}
