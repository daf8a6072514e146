"""Two dispatchers and one incident, in a real browser: sent, silent, replaced, moved, closed."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.flows.test_whole_story import drives_until_proven, press
from tests.server import Desk, Phone, Server

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]
SLOW_MS = 30_000
SILENT_MS = 90_000  # the acknowledgement's 60 s, and room
PLACE = {"lat": -0.7950, "lon": 100.6510}  # nearer to Damkar 1 than to Damkar 2


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("dispatch")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def screen(server, browser):
    """Return a page of a signed-in person on an incident: screen(username, incident)."""
    contexts = []
    lines = (server.folder / "logins.txt").read_text().splitlines()
    logins = dict(line.split() for line in lines)

    def page_of(username, incident):
        context = browser.new_context(locale="id-ID", viewport={"width": 1366, "height": 768})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SLOW_MS)
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        address = f"/admin/incidents/incident/{incident['id']}/change/"
        page.goto(f"http://127.0.0.1:{server.port}/admin/login/?next={address}")
        page.fill("#id_username", username)
        page.fill("#id_password", logins[username])
        page.keyboard.press("Enter")
        expect(page.locator("#incident")).to_be_attached()
        page.evaluate("window.sameDocument = true")
        return page

    yield page_of
    for context in contexts:
        context.close()


def unit(page, call_sign):
    return page.locator(f"article[aria-label='{call_sign}']")


def test_two_dispatchers_send_replace_and_close_without_a_reload(server, screen):
    desk = Desk(server)
    phones = {}
    for call_sign in ("Damkar 1", "Damkar 2", "Ambulans PSC 1"):
        phones[call_sign] = Phone(server, desk.unit(call_sign)["crew"][0]["username"])
        phones[call_sign].listen()
    incident = desk.opens(**PLACE)
    mine, theirs = screen("dispatcher", incident), screen("supervisor", incident)

    mine.keyboard.press("Alt+K")
    for page in (mine, theirs):
        expect(unit(page, "Damkar 1")).to_contain_text("dikirim", timeout=SLOW_MS)
        expect(unit(page, "Ambulans PSC 1")).to_contain_text("dikirim", timeout=SLOW_MS)
    expect(mine.locator("#told")).to_contain_text("Damkar 1 dikirim.")

    medic = phones["Ambulans PSC 1"].waits_for("assignment.dispatched")["data"]
    phones["Damkar 1"].waits_for("assignment.dispatched")
    assert press(phones["Ambulans PSC 1"], medic, "acknowledge")[0] == 200
    expect(unit(theirs, "Ambulans PSC 1")).to_contain_text("diterima", timeout=SLOW_MS)
    expect(unit(theirs, "Damkar 1")).to_contain_text("di Redmi", timeout=SLOW_MS)

    mine.keyboard.press("Alt+C")
    mine.keyboard.type("Pelapor menunggu di simpang")
    expect(unit(theirs, "Damkar 1")).to_contain_text("BELUM DIJAWAB", timeout=SILENT_MS)
    expect(unit(theirs, "Damkar 1")).to_contain_text("Usulan pengganti: Damkar 2", timeout=SLOW_MS)
    expect(unit(mine, "Damkar 1")).to_contain_text("Usulan pengganti: Damkar 2", timeout=SLOW_MS)
    assert mine.locator("#note-text").input_value() == "Pelapor menunggu di simpang"
    assert mine.evaluate("document.activeElement.id") == "note-text"

    theirs.keyboard.press("Alt+G")
    expect(unit(mine, "Damkar 2")).to_contain_text("dikirim", timeout=SLOW_MS)
    expect(mine.locator(".g-next")).to_have_count(0, timeout=SLOW_MS)
    second = phones["Damkar 2"].waits_for("assignment.dispatched")["data"]
    press(phones["Damkar 2"], second, "acknowledge")
    drives_until_proven(phones["Damkar 2"], desk, second)
    expect(unit(mine, "Damkar 2")).to_contain_text("pergerakan terbukti", timeout=SLOW_MS)
    mine.select_option("#track-of", label="Damkar 2")
    expect(mine.locator("#track-words")).to_contain_text("pergerakan terbukti", timeout=SLOW_MS)
    expect(mine.locator("#incident-map path.g-proof").first).to_be_attached()

    mine.locator("#note-text").press("Tab")
    mine.keyboard.press("Enter")
    expect(theirs.locator("[data-panel=field]")).to_contain_text("di simpang", timeout=SLOW_MS)

    first = unit(mine, "Damkar 1")
    first.locator("input[name=reason]").fill("diganti Damkar 2")
    first.locator("input[name=reason]").press("Enter")
    expect(first).to_contain_text("dibatalkan", timeout=SLOW_MS)
    for call_sign, assignment in (("Damkar 2", second), ("Ambulans PSC 1", medic)):
        press(phones[call_sign], assignment, "complete")
    expect(mine.locator("[data-key='Alt+T']")).to_be_visible(timeout=SLOW_MS)
    mine.keyboard.press("Alt+T")

    for page in (mine, theirs):
        expect(page.locator("[data-panel=facts]")).to_contain_text("ditutup", timeout=SLOW_MS)
        assert page.evaluate("window.sameDocument") is True
        assert page.complaints == []
