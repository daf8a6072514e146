"""WCAG 2.2 AA, as far as axe-core can tell: the pages of desk and app, dark and light."""

import base64
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import totp
from playwright.sync_api import expect

from tests.browser import DESK, IN_BROWSER, SLOW_MS, chromium
from tests.browser_phone import BrowserPhone
from tests.server import Desk, Server

pytestmark = IN_BROWSER
WIB = ZoneInfo("Asia/Jakarta")
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
        "handovers": "/admin/incidents/shifthandover/",
        "handover form": "/admin/incidents/shifthandover/add/",
        "ladder plan": "/admin/notifications/ladderplan/2/change/",
        "public page": "/publik/",
        "transparency": "/transparansi/",
    }


@pytest.fixture(scope="module", params=["light", "dark"])
def context(request, server):
    with chromium() as browser:
        yield browser.new_context(
            locale="id-ID",
            viewport=DESK,
            color_scheme=request.param,
            bypass_csp=True,  # axe is put into the page as a script
        )


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
    titles = page.locator(".g-wall-row strong")
    assert titles.evaluate_all("all => all.every((one) => one.scrollWidth <= one.clientWidth)")

    assert found == {name: [] for name in ("login", *addresses, "wall")}


def scheme_of(context):
    is_dark = "matchMedia('(prefers-color-scheme: dark)').matches"
    return "dark" if context.new_page().evaluate(is_dark) else "light"


def test_the_recovery_codes_are_free_of_faults(server, context):
    base, scheme = f"http://127.0.0.1:{server.port}", scheme_of(context)
    own = context.browser.new_context(locale="id-ID", color_scheme=scheme, bypass_csp=True)
    page = own.new_page()
    page.set_default_timeout(SLOW_MS)
    username = {"light": "calltaker", "dark": "dispatcher"}[scheme]
    page.goto(f"{base}/admin/login/?next=/admin/keamanan/")
    page.fill("#id_username", username)
    page.fill("#id_password", server.logins[username])
    page.keyboard.press("Enter")
    typed = re.sub(r"\W", "", page.locator(".g-code.g-long").inner_text())
    code = totp(base64.b32decode(typed + "=" * (-len(typed) % 8)))
    page.fill("[name=code]", f"{code:06d}")
    page.get_by_role("button", name="Pasang").click()
    expect(page).to_have_title(re.compile("Kode pemulihan"))

    assert faults(page) + cut_on_a_phone(page) == []
    own.close()


def test_every_page_of_the_app_is_free_of_faults(server, context, addresses):
    desk = Desk(server)
    desk.opens(areas=["13.72.01.1004"])
    over = {"color_scheme": scheme_of(context), "bypass_csp": True}
    crew = BrowserPhone(context.browser, server, place=False, **over)
    crew.page.goto(f"{crew.base}/app/")
    crew.shows("enrol")
    found = {"enrol": faults(crew.page)}
    crew.enrol(desk.unit("Rescue 1")["crew"][0]["username"])
    for screen in ("home", "records", "settings"):
        crew.page.goto(f"{crew.base}/app/#/{screen}")
        crew.shows(screen)
        found[screen] = faults(crew.page)
    crew.close()

    lurah = BrowserPhone(context.browser, server, place=False, **over)
    lurah.enrol("lurah-13.72.01.1004")
    lurah.page.locator("[data-notice]").first.wait_for()
    found["notices"] = faults(lurah.page)
    lurah.page.locator("[data-notice]").first.click()
    lurah.shows("notice")
    found["notice"] = faults(lurah.page)
    lurah.close()

    screens = ("enrol", "home", "records", "settings", "notices", "notice")
    assert found == {name: [] for name in screens}
