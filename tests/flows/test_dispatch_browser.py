"""Two dispatchers in a browser, by keyboard alone: from the ringing call to the closed incident."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser import IN_BROWSER, SLOW_MS, chromium, desk_context, sign_in, watched_page
from tests.flows.test_whole_story import drives_until_proven, press
from tests.server import Desk, Phone, Server

pytestmark = IN_BROWSER
SILENT_MS = 90_000  # the acknowledgement's 60 s, and room
CALLER, COVERED = "081234567890", "+62 812-****-7890"
NEAR_DAMKAR_1 = "-0.7950, 100.6510"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("dispatch")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def board_of(server, browser):
    """Return a page of a signed-in person on the board: board_of(username)."""
    contexts = []

    def page_of(username):
        contexts.append(desk_context(browser))
        page = watched_page(contexts[-1])
        sign_in(page, server, username)
        expect(page.locator("#feed")).to_contain_text("Data langsung", timeout=SLOW_MS)
        return page

    yield page_of
    for context in contexts:
        context.close()


@pytest.fixture
def phones(server):
    """Return the phones of the three crews of this story, listening."""
    desk, found = Desk(server), {}
    for call_sign in ("Damkar 1", "Damkar 2", "Ambulans PSC 1"):
        found[call_sign] = Phone(server, desk.unit(call_sign)["crew"][0]["username"])
        found[call_sign].listen()
    return found


def exchange(server, call_id, event, **over):
    assert server.rings(call_id, event, datetime.now(UTC).isoformat(), **over)[0] == 200


def unit(page, call_sign):
    return page.locator(f"article[aria-label='{call_sign}']")


def keys(page, *pressed):
    """Press keys once the page listens; what is longer than a key's name is typed."""
    page.wait_for_load_state("load")
    for one in pressed:
        if one.startswith(("Alt+", "Tab", "Enter")) or len(one) == 1:
            page.keyboard.press(one)
        else:
            page.keyboard.type(one)


def go_to_unit(page, call_sign):
    """Press the key of the next unit until the keys are those of this one."""
    for _ in range(3):
        if "g-current" in (unit(page, call_sign).get_attribute("class") or ""):
            return
        keys(page, "Alt+N")
    raise AssertionError(f"{call_sign} was not reached by Alt N")


def wait_for(page, kind):
    page.wait_for_url(f"**/admin/incidents/{kind}/*/change/", timeout=SLOW_MS)


def is_shown(page):
    """Say whether what has the focus shows it: an outline or a ring around it."""
    return page.evaluate(
        """() => {
            const style = getComputedStyle(document.activeElement);
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
                || style.boxShadow !== "none";
        }"""
    )


def takes_the_call(server, mine, theirs):
    """It rings on both desks; one takes it, the other sees by whom."""
    exchange(server, "pbx-1", "ringing", caller=CALLER, line="112")
    for page in (mine, theirs):
        expect(page.locator("#calls")).to_contain_text(COVERED, timeout=SLOW_MS)
    keys(mine, "c")
    wait_for(mine, "call")
    expect(theirs.locator("#calls .g-claim")).to_contain_text("Dispatcher", timeout=SLOW_MS)
    exchange(server, "pbx-1", "answered", agent="dispatcher")


def opens_the_incident(server, page):
    keys(page, "Alt+J", "Kebakaran bangunan")
    assert is_shown(page)
    keys(page, "Alt+L", NEAR_DAMKAR_1)
    expect(page.locator("#id_lat")).to_have_value("-0.795", timeout=SLOW_MS)
    keys(page, "Alt+U", "Rumah terbakar", "Alt+Enter")
    wait_for(page, "incident")
    exchange(server, "pbx-1", "ended")
    return page.locator(".g-facts .g-number").inner_text()


def joins_a_duplicate_and_parts_it(server, page, number):
    """The same caller rings again: joined to the incident, taken out, joined for good."""
    exchange(server, "pbx-2", "ringing", caller=CALLER, line="112")
    expect(page.locator("#calls .g-rings")).to_contain_text(COVERED, timeout=SLOW_MS)
    keys(page, "c")
    wait_for(page, "call")
    expect(page.locator("#likely")).to_contain_text(number)
    expect(page.locator("#likely")).to_contain_text("nomor sama")
    keys(page, "Alt+G")
    expect(page.locator("[data-key='Alt+K']")).to_be_visible()
    keys(page, "Alt+K")
    expect(page.locator("#likely")).to_contain_text(number)
    keys(page, "Alt+G")
    expect(page.locator("[data-key='Alt+K']")).to_be_visible()
    exchange(server, "pbx-2", "answered", agent="supervisor")
    exchange(server, "pbx-2", "ended")
    keys(page, "Alt+B")
    wait_for(page, "incident")
    expect(page.locator("[data-panel=history]")).to_contain_text(COVERED)


def test_from_the_ringing_call_to_the_closed_incident(server, board_of, phones):
    desk = Desk(server)
    mine, theirs = board_of("dispatcher"), board_of("supervisor")
    takes_the_call(server, mine, theirs)
    number = opens_the_incident(server, mine)
    joins_a_duplicate_and_parts_it(server, theirs, number)
    for page in (mine, theirs):
        page.evaluate("window.sameDocument = true")

    # Two units are sent with one key; one answers, one does not, and its row turns red.
    keys(mine, "Alt+K")
    for page in (mine, theirs):
        expect(unit(page, "Damkar 1")).to_contain_text("dikirim", timeout=SLOW_MS)
        expect(unit(page, "Ambulans PSC 1")).to_contain_text("dikirim", timeout=SLOW_MS)
    expect(mine.locator("#told")).to_contain_text("Damkar 1 dikirim.")
    medic = phones["Ambulans PSC 1"].waits_for("assignment.dispatched")["data"]
    phones["Damkar 1"].waits_for("assignment.dispatched")
    assert press(phones["Ambulans PSC 1"], medic, "acknowledge")[0] == 200
    expect(unit(theirs, "Ambulans PSC 1")).to_contain_text("diterima", timeout=SLOW_MS)
    expect(unit(theirs, "Damkar 1")).to_contain_text("di Redmi", timeout=SLOW_MS)

    # What somebody types stays while the panels around it change.
    go_to_unit(theirs, "Damkar 1")
    keys(theirs, "Alt+Z", "radio mati")
    keys(mine, "Alt+C", "Pelapor menunggu di simpang")
    for page in (mine, theirs):
        expect(unit(page, "Damkar 1")).to_contain_text("BELUM DIJAWAB", timeout=SILENT_MS)
        expect(unit(page, "Damkar 1")).to_contain_text(
            "Usulan pengganti: Damkar 2", timeout=SLOW_MS
        )
    assert mine.locator("#note-text").input_value() == "Pelapor menunggu di simpang"
    assert mine.evaluate("document.activeElement.id") == "note-text"
    reason = unit(theirs, "Damkar 1").locator("[name=reason]")
    expect(reason).to_have_value("radio mati")
    expect(reason).to_be_focused()
    assert is_shown(mine)
    assert is_shown(theirs)

    # The next unit is proposed, sent, and moves; its evidence is looked at on the map.
    keys(theirs, "Alt+G")
    expect(unit(mine, "Damkar 2")).to_contain_text("dikirim", timeout=SLOW_MS)
    expect(mine.locator(".g-next")).to_have_count(0, timeout=SLOW_MS)
    second = phones["Damkar 2"].waits_for("assignment.dispatched")["data"]
    press(phones["Damkar 2"], second, "acknowledge")
    drives_until_proven(phones["Damkar 2"], desk, second)
    expect(unit(mine, "Damkar 2")).to_contain_text("pergerakan terbukti", timeout=SLOW_MS)
    keys(mine, "Tab", "Enter")
    expect(theirs.locator("[data-panel=field]")).to_contain_text("di simpang", timeout=SLOW_MS)
    keys(mine, "Alt+B", "Damkar 2")
    expect(mine.locator("#track-words")).to_contain_text("pergerakan terbukti", timeout=SLOW_MS)
    expect(mine.locator("#incident-map path.g-proof").first).to_be_attached()

    # The silent one is called back, the others finish, and the incident is closed on both desks.
    keys(theirs, "Enter")
    expect(unit(mine, "Damkar 1")).to_contain_text("dibatalkan", timeout=SLOW_MS)
    for call_sign, assignment in (("Damkar 2", second), ("Ambulans PSC 1", medic)):
        press(phones[call_sign], assignment, "complete")
    expect(mine.locator("[data-key='Alt+T']")).to_be_visible(timeout=SLOW_MS)
    keys(mine, "Alt+T")
    for page in (mine, theirs):
        expect(page.locator("[data-panel=facts]")).to_contain_text("ditutup", timeout=SLOW_MS)
        assert page.evaluate("window.sameDocument") is True

    # Two rings, two rows, both of the one incident: the day's totals agree.
    mine.goto(f"http://127.0.0.1:{server.port}/admin/incidents/call/")
    expect(mine.locator(".g-totals")).to_contain_text("Jumlah cocok")
    counts = mine.locator(".g-totals dl").first
    expect(counts).to_contain_text("Dering2")
    expect(counts).to_contain_text("Darurat2")
    assert (mine.complaints, theirs.complaints) == ([], [])
