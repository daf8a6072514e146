"""Two desks and their calls in a real browser: one has it, the other sees by whom, none is lost."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser import IN_BROWSER, SLOW_MS, chromium, desk_context, sign_in, watched_page
from tests.server import Server

pytestmark = IN_BROWSER
COVERED = "+62 812-****-7890"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("calls")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk_of(server, browser):
    """Return a page on the board for a member of the staff: desk_of("dispatcher")."""
    contexts = []

    def opened(username):
        contexts.append(desk_context(browser))
        page = watched_page(contexts[-1])
        sign_in(page, server, username)
        expect(page.locator("#feed")).to_contain_text("Data langsung", timeout=SLOW_MS)
        return page

    yield opened
    for context in contexts:
        context.close()


def tell(server, call_id, event, **over):
    at = datetime.now(UTC).isoformat()
    assert server.rings(call_id, event, at, **over)[0] == 200


def rings(server, call_id, caller="081234567890"):
    tell(server, call_id, "ringing", caller=caller, line="112")


def wait_for_call_page(page):
    page.wait_for_url("**/admin/incidents/call/*/change/", timeout=SLOW_MS)


def press(page, key):
    """Press a key once the page's scripts listen: its words stand there a moment earlier."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def test_two_desks_take_join_part_and_count_calls_without_a_mouse(server, desk_of):
    ayu, budi = desk_of("dispatcher"), desk_of("calltaker")

    # It rings on both desks; one takes it by a key, the other sees by whom.
    rings(server, "pbx-1")
    for page in (ayu, budi):
        expect(page.locator("#calls")).to_contain_text(COVERED, timeout=SLOW_MS)
    ayu.keyboard.press("c")
    wait_for_call_page(ayu)
    expect(budi.locator("#calls .g-claim")).to_be_visible(timeout=SLOW_MS)
    tell(server, "pbx-1", "answered", agent="dispatcher")

    # The report is typed: a kind, a place by name, and it is an incident.
    press(ayu, "Alt+j")
    ayu.keyboard.type("Kebakaran bangunan")
    press(ayu, "Alt+l")
    ayu.keyboard.type("https://www.google.com/maps?q=-0.7927,100.6547")
    expect(ayu.locator("#id_lat")).to_have_value("-0.7927", timeout=SLOW_MS)
    press(ayu, "Alt+Enter")
    ayu.wait_for_url("**/admin/incidents/incident/*/change/", timeout=SLOW_MS)
    number = ayu.locator(".g-facts .g-number").inner_text()
    tell(server, "pbx-1", "ended")

    # The same caller rings again: joined by a key, parted by a key, closed with its class by a key.
    rings(server, "pbx-2")
    expect(budi.locator("#calls")).to_contain_text(COVERED, timeout=SLOW_MS)
    budi.keyboard.press("c")
    wait_for_call_page(budi)
    expect(budi.locator("#likely")).to_contain_text(number)
    expect(budi.locator("#likely")).to_contain_text("nomor sama")
    press(budi, "Alt+g")
    expect(budi.locator(".g-call-page")).to_contain_text("Lepaskan dari kejadian")
    press(budi, "Alt+k")
    expect(budi.locator(".g-call-noise")).to_be_visible()
    tell(server, "pbx-2", "answered", agent="calltaker")
    tell(server, "pbx-2", "ended")
    press(budi, "Alt+1")
    expect(budi.locator(".g-call-noise [aria-pressed=true]")).to_contain_text("Prank")

    # Every ring is one row with one class, and the page says so.
    budi.goto(f"http://127.0.0.1:{server.port}/admin/incidents/call/")
    expect(budi.locator(".g-totals")).to_contain_text("Jumlah cocok")
    expect(budi.locator(".g-totals")).to_contain_text("Prank")
    assert (ayu.complaints, budi.complaints) == ([], [])


def test_a_call_that_nobody_takes_is_cried_out_in_words(server, desk_of):
    page = desk_of("supervisor")
    rings(server, "pbx-3", caller="081298765432")
    line = page.locator("#calls .g-call", has_text="5432")
    expect(line).to_contain_text("belum diambil", timeout=SLOW_MS)
    expect(line).to_contain_text("SUPERVISOR", timeout=SLOW_MS)
    page.keyboard.press("c")
    wait_for_call_page(page)
    press(page, "Alt+2")
    expect(page.locator(".g-call-noise [aria-pressed=true]")).to_contain_text("Ghost")
