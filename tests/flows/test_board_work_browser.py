"""Working at the board in a real browser: filters, sounds, cries for help, one-key presses."""

import signal
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser import IN_BROWSER, SLOW_MS, chromium, desk_context, sign_in, watched_page
from tests.flows.test_whole_story import press
from tests.server import Desk, Phone, Server

pytestmark = IN_BROWSER
TANAH_GARAM, KAMPUNG_JAWA = "13.72.01.1001", "13.72.02.1005"
# A browser's sound, written down: no voice before a gesture; a clock that a test can move on.
STUB = """
window.heard = []; window.touched = false; window.leapMs = 0;
for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => { window.touched = true; }, { capture: true });
}
const real = performance.now.bind(performance);
performance.now = () => real() + window.leapMs;
window.AudioContext = class {
    constructor() { this.state = "suspended"; this.currentTime = 0; this.destination = {}; }
    async resume() { if (window.touched) this.state = "running"; else await new Promise(() => {}); }
    createGain() {
        const still = () => {};
        const gain = { setValueAtTime: still, exponentialRampToValueAtTime: still };
        return { gain, connect: (next) => next };
    }
    createOscillator() {
        const voice = { frequency: {}, connect: (next) => next, stop() {} };
        voice.start = () => window.heard.push(`${voice.type} ${voice.frequency.value}`);
        return voice;
    }
};
"""
VOICES = {  # the first note of each kind
    "call": "sine 480",
    "red": "sawtooth 330",
    "proposal": "triangle 520",
    "backup": "triangle 700",
    "emergency": "square 880",
    "late": "square 220",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("work")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def desk(server):
    return Desk(server)


@pytest.fixture(scope="module")
def state(server):
    """A dispatcher's session, signed in once."""
    with chromium() as browser:
        page = browser.new_page()
        sign_in(page, server, path="/admin/")
        expect(page.locator(".g-doors")).to_be_visible()
        return page.context.storage_state()


@pytest.fixture
def page(server, state):
    """The dispatcher's board that nobody has touched yet."""
    with chromium() as browser:
        context = desk_context(browser, storage_state=state)
        context.add_init_script(STUB)
        page = watched_page(context)
        page.goto(f"http://127.0.0.1:{server.port}/admin/papan/")
        expect(page.locator("#feed")).to_contain_text("Data langsung", timeout=SLOW_MS)
        yield page


def now():
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def cards(page):
    return page.locator(".g-incident .g-number")


def phone_of(server, desk, call_sign):
    phone = Phone(server, desk.unit(call_sign)["crew"][0]["username"])
    phone.listen()
    return phone


def cries(phone, kind):
    """Let a crew ask for help; return the alert's id."""
    status, alert = phone.call(
        "POST", "/api/v1/alerts", {"id": str(uuid4()), "kind": kind, "at": now()}
    )
    assert status == 201, alert
    return alert["id"]


def declined(desk, phone, call_sign, **incident):
    """Send a unit whose crew declines; return the incident."""
    incident = desk.opens(**incident)
    assert desk.sends(desk.unit(call_sign), incident)[0] == 201
    sent = phone.waits_for("assignment.dispatched")["data"]
    assert press(phone, sent, "decline", reason="Ban pecah")[0] == 200
    return incident


def waits_for_sound(page, kind):
    page.wait_for_function("note => window.heard.includes(note)", arg=VOICES[kind])


def rung(page, kind):
    """Return how often a kind was begun."""
    return page.evaluate("note => window.heard.filter((one) => one === note).length", VOICES[kind])


def test_filters_by_agency_and_area_stand_in_the_address(desk, page):
    pump = desk.opens(summary="Bocor", lat=-0.80, lon=100.66, areas=[TANAH_GARAM])
    tree = desk.opens(summary="Tumbang", lat=-0.78, lon=100.65, areas=[KAMPUNG_JAWA])
    desk.sends(desk.unit("PDAM 1"), pump)
    desk.sends(desk.unit("PKLH 1"), tree)
    expect(cards(page)).to_have_count(2)
    crew = page.locator(".g-assignment .g-who", has_text="PDAM 1")
    pdam = crew.locator("small").text_content()

    page.select_option("#filter-agency", label=pdam)
    expect(cards(page)).to_have_text([pump["number"]])
    expect(page.locator("#filter-state")).to_contain_text("1 disembunyikan saringan")
    page.reload()
    expect(cards(page)).to_have_text([pump["number"]])
    assert parse_qs(urlsplit(page.url).query) == {"instansi": [pdam]}

    page.select_option("#filter-agency", "")
    page.select_option("#filter-area", KAMPUNG_JAWA)
    expect(cards(page)).to_have_text([tree["number"]])
    assert parse_qs(urlsplit(page.url).query) == {"wilayah": [KAMPUNG_JAWA]}

    page.locator("#open-title").click()
    page.keyboard.press("x")
    expect(cards(page)).to_have_count(2)
    assert urlsplit(page.url).query == ""
    assert page.complaints == []


def test_the_desk_says_that_it_is_mute_until_somebody_touches_it(server, page):
    server.rings(str(uuid4()), "ringing", now(), caller="081234567890")
    expect(page.locator("#sound")).to_contain_text("SUARA MATI")
    expect(page.locator(".g-rings").first).to_be_visible()
    assert page.evaluate("window.heard") == []

    page.locator("#open-title").click()

    expect(page.locator("#sound")).not_to_contain_text("SUARA MATI")
    waits_for_sound(page, "call")


def test_silence_lasts_a_minute_and_ends_by_itself(server, page):
    server.rings(str(uuid4()), "ringing", now(), caller="081234567891")
    page.locator("#open-title").click()
    waits_for_sound(page, "call")
    page.locator("#sound button", has_text="Panggilan masuk").click()
    silent = page.locator("#sound .g-silent", has_text="Panggilan masuk")

    expect(silent).to_contain_text("senyap 00:5")
    before = rung(page, "call")
    page.evaluate("window.leapMs += 50_000")
    expect(silent).to_contain_text("senyap 00:0")
    assert rung(page, "call") == before

    page.evaluate("window.leapMs += 10_000")
    expect(silent).to_have_count(0)
    page.wait_for_function(
        "([note, before]) => window.heard.filter((one) => one === note).length > before",
        arg=[VOICES["call"], before],
    )


def test_a_crews_emergency_turns_the_board_red_and_one_press_answers_it(server, desk, page):
    phone = phone_of(server, desk, "Satpol PP 1")

    alert = cries(phone, "emergency")

    expect(page.locator(".g-alert.g-emergency")).to_contain_text("DARURAT KRU")
    expect(page.locator(".g-alert.g-emergency")).to_contain_text("Satpol PP 1")
    expect(page.locator("#board.g-crying")).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator("#alerts")).to_be_hidden()
    expect(page.locator("#board.g-crying")).to_have_count(0)
    assert phone.call("GET", f"/api/v1/alerts/{alert}")[1]["state"] == "answered"
    assert page.complaints == []


def test_a_declined_assignment_proposes_the_next_and_one_key_sends_it(server, desk, page):
    first, _second = (phone_of(server, desk, sign) for sign in ("Damkar 1", "Damkar 2"))
    incident = declined(desk, first, "Damkar 1", lat=-0.7950, lon=100.6510)
    mine = page.locator(".g-incident", has_text=incident["number"])
    expect(mine.locator(".g-proposal")).to_contain_text("Usulan berikutnya: Damkar 2")

    page.keyboard.press("s")

    expect(mine.locator(".g-call-sign", has_text="Damkar 2")).to_be_visible()
    expect(mine.locator(".g-proposal")).to_have_count(0)
    expect(page.locator("#said")).to_be_empty()
    [sent] = desk.call("GET", f"incidents/{incident['id']}")[1]["assignments"][1:]
    assert desk.call("GET", f"assignments/{sent}")[1]["unit"]["call_sign"] == "Damkar 2"
    assert page.complaints == []


def test_keys_are_listed_on_a_question_mark_and_can_be_turned_off(desk, page):
    desk.opens(summary="Asap di pasar")
    expect(cards(page).first).to_be_visible()
    board = page.url

    page.keyboard.press("?")
    listed = page.locator("#g-keys dl")
    expect(page.locator("#g-keys")).to_be_visible()
    for key, label in (("j", "Kejadian berikutnya"), ("n", "Buka kejadian baru"), ("b", "Papan")):
        expect(listed.locator("div", has=page.get_by_text(key, exact=True))).to_contain_text(label)
    page.locator("#g-keys input").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("j")
    assert page.url == board
    assert page.evaluate("document.activeElement.className") != "g-title"

    page.locator(".g-toolbar [data-keys-help]").click()
    page.locator("#g-keys input").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.className") == "g-title"
    page.keyboard.press("n")
    page.wait_for_url("**/admin/incidents/incident/add/")


OFFERED = """(html) => {
    const box = document.querySelector("#said");
    box.innerHTML = html;
    for (const one of box.querySelectorAll(".unseen")) one.style.visibility = "hidden";
    window.pressed = [];
    for (const one of box.querySelectorAll("[data-key]"))
        one.addEventListener("click", () => window.pressed.push(one.textContent));
}"""


def test_no_key_presses_what_cannot_be_seen_or_is_off(page):
    page.evaluate(
        OFFERED,
        """<button class="unseen" data-key="y">hidden</button>
        <fieldset disabled><button data-key="y">off</button></fieldset>
        <button data-key="y">seen</button>""",
    )

    page.keyboard.press("y")

    assert page.evaluate("window.pressed") == ["seen"]


def test_every_kind_of_trouble_has_a_sound_of_its_own(server, desk, page):
    page.locator("#open-title").click()
    server.rings(str(uuid4()), "ringing", now(), caller="081234567892")
    waits_for_sound(page, "call")
    desk.sends(desk.unit("Tagana 1"), desk.opens(summary="Tanpa ponsel"))
    waits_for_sound(page, "red")  # twenty seconds without a receipt
    medics = ("Ambulans PSC 1", "Ambulans PSC 2")
    first, _second = (phone_of(server, desk, sign) for sign in medics)
    declined(desk, first, medics[0], type="darurat_medis", lat=-0.80, lon=100.67)
    waits_for_sound(page, "proposal")
    crew = phone_of(server, desk, "Rescue 1")
    for kind in ("backup", "emergency"):
        cries(crew, kind)
        waits_for_sound(page, kind)

    server.process.send_signal(signal.SIGSTOP)
    try:
        waits_for_sound(page, "late")
    finally:
        server.process.send_signal(signal.SIGCONT)


def test_what_only_waits_to_be_closed_stands_below_what_still_runs(server, desk, page):
    phone = phone_of(server, desk, "Dishub 1")
    over = desk.opens(type="kebakaran_bangunan", summary="Sudah padam")
    assert desk.sends(desk.unit("Dishub 1"), over)[0] == 201
    sent = phone.waits_for("assignment.dispatched")["data"]
    for step in ("acknowledge", "en-route", "on-scene", "complete"):
        assert press(phone, sent, step)[0] == 200
    runs = desk.opens(type="pohon_tumbang", summary="Dahan di jalan")
    assert desk.sends(desk.unit("BPBD TRC 2"), runs)[0] == 201

    card = page.locator(".g-incident", has_text=over["number"])
    expect(card).to_contain_text("selesai ditangani")
    page.wait_for_function(
        "([below, above]) => { const all = [...document.querySelectorAll('.g-incident .g-number')]"
        ".map((one) => one.textContent); return all.indexOf(above) >= 0 &&"
        " all.indexOf(above) < all.indexOf(below); }",
        arg=[over["number"], runs["number"]],
    )
