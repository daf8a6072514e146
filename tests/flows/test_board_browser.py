"""The desk in a real browser: live, red by itself, nothing that comes from elsewhere."""

import signal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import IN_BROWSER, SLOW_MS, chromium, desk_context, sign_in, watched_page
from tests.server import Desk, Phone, Server

pytestmark = IN_BROWSER
TRAP = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("board")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(server, browser):
    """A dispatcher's page on the board, with what it complained of and whom it asked."""
    context = desk_context(browser)
    page = watched_page(context)
    page.hosts = set()
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
    sign_in(page, server)
    expect(page.locator("#feed")).to_contain_text("Data langsung", timeout=SLOW_MS)
    yield page
    context.close()


def card(page, number):
    return page.locator(".g-incident", has_text=number)


def test_the_board_follows_without_a_reload(server, page):
    desk = Desk(server)
    unit = desk.unit("Damkar 1")
    page.evaluate("window.sameDocument = true")

    incident = desk.opens(summary=TRAP, lat=-0.8, lon=100.65)
    mine = card(page, incident["number"])
    expect(mine).to_contain_text("Belum ada regu dikirim", timeout=SLOW_MS)
    expect(mine).to_contain_text(TRAP)

    assert desk.sends(unit, incident)[0] == 201
    expect(mine.locator(".g-call-sign")).to_have_text("Damkar 1", timeout=SLOW_MS)
    assert mine.locator(".g-big").text_content() > "09:00"

    phone = Phone(server, unit["crew"][0]["username"])
    phone.listen()
    expect(mine.locator(".g-step").nth(1)).to_have_class("g-step g-done", timeout=SLOW_MS)

    assert page.evaluate("window.sameDocument") is True
    assert page.title() == "Papan · Gerak 112"
    assert page.complaints == []
    assert page.hosts == {f"127.0.0.1:{server.port}"}


NAMES_CUT = """() => {
    const map = document.getElementById("map").getBoundingClientRect();
    const boxOf = (name) => name.getBoundingClientRect();
    return [...document.querySelectorAll("#map .g-area-name:not([hidden])")]
        .filter((name) => boxOf(name).right > map.right || boxOf(name).left < map.left)
        .map((name) => name.textContent);
}"""


def test_no_name_on_the_map_is_cut(page):
    expect(page.locator("#map .g-area-name", has_text="Simpang Rumbio")).to_be_visible()

    assert page.evaluate(NAMES_CUT) == []


def test_an_undelivered_assignment_turns_red_with_words(server, page):
    desk = Desk(server)
    incident = desk.opens(summary="Asap di pasar")

    desk.sends(desk.unit("Damkar 2"), incident)

    mine = card(page, incident["number"])
    expect(mine).to_contain_text("BELUM SAMPAI", timeout=SLOW_MS)
    assert "g-level-red" in mine.get_attribute("class")


def test_one_key_says_that_a_crew_was_told_by_telephone(server, page):
    desk = Desk(server)
    incident = desk.opens(summary="Kabel putus di jalan")
    desk.sends(desk.unit("Rescue 1"), incident)

    asked = page.locator(".g-instruction", has_text="Rescue 1")
    expect(asked).to_contain_text("nomor belum diisi", timeout=SLOW_MS)
    while "Rescue 1" not in page.locator(".g-instruction").first.text_content():
        waiting = page.locator(".g-instruction").count()
        page.keyboard.press("d")
        expect(page.locator(".g-instruction")).to_have_count(waiting - 1)
    page.keyboard.press("d")

    expect(asked).to_have_count(0, timeout=SLOW_MS)
    told = desk.call("GET", f"incidents/{incident['id']}/timeline")[1]["results"]
    assert [event["kind"] for event in told][-1] == "message.spoken"
    assert page.complaints == []


def test_the_board_turns_itself_red_when_nothing_is_heard(server, page):
    server.process.send_signal(signal.SIGSTOP)
    try:
        expect(page.locator("#feed")).to_contain_text("DATA TERLAMBAT", timeout=12_000)
    finally:
        server.process.send_signal(signal.SIGCONT)

    expect(page.locator("#feed")).to_contain_text("Data langsung", timeout=SLOW_MS)


def test_a_dispatcher_opens_an_incident_and_sends_what_is_proposed(server, page):
    base = f"http://127.0.0.1:{server.port}"
    page.goto(f"{base}/admin/incidents/incident/add/")
    page.select_option("#id_type", label="Evakuasi hewan (ular, tawon)")
    page.fill("#id_summary", "Ular di dapur")
    page.fill("#id_lat", "-0.80")
    page.fill("#id_lon", "100.65")
    page.fill("#id_caller_phone", "0812 3456 7890")
    page.click(".g-open-form .g-send")

    page.locator("input[name=units]").first.check()
    page.click(".g-send")

    expect(page.locator("[data-panel=assignments]")).to_contain_text("dikirim")
    expect(page.locator(".g-timeline")).to_contain_text("Regu dikirim")
    expect(page.locator("body")).to_contain_text("+62 812-****-7890")
    assert page.complaints == []
