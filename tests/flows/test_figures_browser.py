"""Figures in a real browser: a report keeps its columns on paper, a replay goes by facts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser import IN_BROWSER, chromium, desk_context, sign_in, watched_page
from tests.flows.test_whole_story import press
from tests.server import Desk, Phone, Server

pytestmark = IN_BROWSER
WIB = ZoneInfo("Asia/Jakarta")
SHEET = {"width": 1031, "height": 703}  # A4 landscape without its margins of 12 mm, at 96 dpi
CUT = """() => [...document.querySelectorAll(".g-report-table")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth)
    .map((one) => one.closest("section").id)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("figures")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def incident(server):
    """A unit was sent, and its crew took the task."""
    desk = Desk(server)
    unit, incident = desk.unit("Damkar 1"), desk.opens(summary="Asap", lat=-0.8, lon=100.65)
    phone = Phone(server, unit["crew"][0]["username"])
    phone.listen()
    desk.sends(unit, incident)
    sent = phone.waits_for("assignment.dispatched")["data"]
    assert press(phone, sent, "acknowledge")[0] == 200
    return incident


@pytest.fixture
def page(server):
    with chromium() as browser:
        page = watched_page(desk_context(browser))
        sign_in(page, server, "supervisor", "/admin/")
        expect(page.locator(".g-doors")).to_be_visible()
        yield page


def test_no_column_of_a_printed_report_falls_off_the_sheet(server, incident, page):
    page.goto(f"http://127.0.0.1:{server.port}/admin/laporan/")
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    assert page.locator(".g-report-table").count() > 5
    assert page.evaluate(CUT) == []
    expect(page.locator(".g-keys-open")).to_be_hidden()


def test_the_replay_goes_from_fact_to_fact_and_names_what_each_was_of(server, incident, page):
    hour = f"{datetime.now(WIB) - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    page.goto(f"http://127.0.0.1:{server.port}/admin/putar-ulang/?start={hour}&hours=2")
    expect(page.locator("#replay-empty")).to_be_visible()

    page.keyboard.press("j")

    expect(page.locator("#replay-rows tr")).to_have_count(1)
    expect(page.locator("#replay-empty")).to_be_hidden()
    # Facts of one tenth of a second come together: the one looked for need not be the newest.
    taken = f"Penugasan diterima  {incident['number']} · Damkar 1"
    facts = page.locator("#replay-facts li")
    for _ in range(20):
        if any(taken in text for text in facts.all_text_contents()):
            break
        page.click("#replay-next")
    expect(facts.filter(has_text=taken)).to_have_count(1)

    page.keyboard.press("k")
    expect(facts.filter(has_text=taken)).to_have_count(0)
