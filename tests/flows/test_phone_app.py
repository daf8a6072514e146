"""The web app on a phone against the real server: what it did and what arrived are the same set."""

import io
import json
from datetime import datetime, timedelta
from unittest.mock import ANY

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.browser_phone import CHROMIUM, SLOW_MS, BrowserPhone
from tests.server import Desk, Server

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed"),
]
STEP_TIMES = {
    "acknowledge": "acknowledged_at",
    "en-route": "en_route_at",
    "on-scene": "on_scene_at",
    "complete": "completed_at",
}
SEVEN_MINUTES_BEHIND = """
const Real = Date, late = 7 * 60 * 1000;
Date = class extends Real {
  constructor(...parts) { if (parts.length) super(...parts); else super(Real.now() - late); }
  static now() { return Real.now() - late; }
};
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("app")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def phone_of(browser, server):
    """Return a maker of phones: phone_of(call_sign) is enrolled for that unit's first crew."""
    phones = []

    def make(call_sign, **over):
        unit = Desk(server).unit(call_sign)
        phones.append(BrowserPhone(browser, server, **over))
        return phones[-1].enrol(unit["crew"][0]["username"])

    yield make
    for phone in phones:
        phone.close()


def send(server, call_sign):
    """Open an incident and send a unit; return (incident, assignment)."""
    desk = Desk(server)
    caller = {"name": "Bu Ani", "phone": "081234567890"}
    incident = desk.opens(address="Jl. Lubuk Sikarah 14", lat=-0.7931, lon=100.6601, caller=caller)
    status, assignment = desk.sends(desk.unit(call_sign), incident)
    assert status == 201, assignment
    return incident, assignment


def picture():
    """Return a photo as a camera makes it: far larger than what goes over the air."""
    file = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).save(file, "PNG")
    return file.getvalue()


def presses(phone):
    """Return {field: time} of the steps pressed on this phone."""
    return {STEP_TIMES[row["step"]]: row["at"] for row in phone.records("step")}


def test_a_whole_assignment_with_a_hole_in_the_network_and_a_reload(server, phone_of):
    phone = phone_of("Damkar 1")
    incident, assignment = send(server, "Damkar 1")
    phone.shows("ringing")
    expect(phone.page.locator(".ringing")).to_contain_text("Jl. Lubuk Sikarah 14")
    phone.press("acknowledge")
    phone.stands_at("acknowledged")
    expect(phone.page.locator("[data-call]")).to_have_attribute("href", "tel:+6281234567890")
    phone.press("en-route")
    phone.drive(20)

    phone.context.set_offline(True)
    phone.drive(20)
    phone.page.reload()
    phone.stands_at("en_route")
    phone.drive(15)
    phone.press("on-scene")
    phone.stands_at("on_scene")
    phone.page.get_by_role("button", name="Catatan").click()
    phone.page.fill("#note-text", "Api di dapur, satu korban luka.")
    phone.page.click("[data-send=note]")
    phone.page.set_input_files(
        "[data-photo]", {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(phone.page.locator("[data-unsent]")).to_contain_text("belum terkirim")
    phone.context.set_offline(False)
    phone.drive(8)
    phone.hold("[data-key=complete]")
    phone.shows("home")
    phone.all_sent()

    phone.holds_what_the_server_holds()
    assert len(phone.check_ins_here()) >= 9
    there = phone.call("GET", f"/api/v1/assignments/{assignment['id']}")[1]
    assert {field: there[field] for field in STEP_TIMES.values()} == presses(phone)
    notes = phone.call("GET", f"/api/v1/assignments/{assignment['id']}/notes")[1]["results"]
    kept = [(row["id"], row["at"], row["body"]["text"]) for row in phone.records("note")]
    assert [(row["id"], row["at"], row["text"]) for row in notes] == kept
    timeline = Desk(server).call("GET", f"incidents/{incident['id']}/timeline")[1]
    kinds = [row["kind"] for row in timeline["results"]]
    steps = ("acknowledged", "en_route", "on_scene", "completed")
    assert [kinds.count(f"assignment.{step}") for step in steps] == [1, 1, 1, 1]
    assert [row["kind"] for row in phone.records("photo")] == ["photo"]
    assert there["movement"]["verdict"] == "moved"
    assert {row["state"] for row in phone.records()} == {"sent"}
    assert phone.errors == []
    assert phone.hosts == {f"127.0.0.1:{server.port}"}


def test_two_tabs_send_nothing_twice_and_one_outlives_the_other(server, phone_of):
    phone = phone_of("Damkar 2")
    second = phone.tab()
    second.goto(f"{phone.base}/app/")
    phone.shows("home", second)
    send(server, "Damkar 2")
    phone.shows("ringing")
    phone.shows("ringing", second)
    phone.press("acknowledge")
    phone.stands_at("acknowledged", second)
    phone.drive(15)
    before = len(phone.check_ins_here(second))

    phone.page.close()
    phone.page = second
    phone.drive(25)
    phone.press("en-route")
    phone.hold("[data-key=emergency]")
    phone.all_sent()

    assert len(phone.check_ins_here()) >= before + 2
    phone.holds_what_the_server_holds()
    sent = [one for batch in phone.uploads for one in batch]
    assert sorted(sent) == sorted(set(sent))
    assert [row["state"] for row in phone.records("alert")] == ["sent"]
    assert phone.errors == []


def test_an_answer_lost_in_a_killed_server_leaves_each_fix_there_once(server, phone_of):
    phone = phone_of("Rescue 1", service_workers="block")
    _incident, assignment = send(server, "Rescue 1")
    phone.shows("ringing")
    phone.press("acknowledge")
    phone.stands_at("acknowledged")
    cut = []

    def lose_the_answer(route):
        """The server has committed the batch; the phone never hears of it."""
        if cut:
            route.continue_()
            return
        cut.append(route.fetch())
        server.kill()
        route.abort()

    phone.page.route("**/api/v1/check-ins", lose_the_answer)
    phone.drive(12)
    assert [answer.status for answer in cut] == [200]
    phone.press("en-route")
    phone.stands_at("en_route")
    phone.drive(8)
    server.start()
    phone.all_sent()

    phone.holds_what_the_server_holds()
    there = phone.call("GET", f"/api/v1/assignments/{assignment['id']}")[1]
    assert {field: at for field in STEP_TIMES.values() if (at := there[field])} == presses(phone)
    first = cut[0].json()["results"][0]["id"]
    assert sum(first in batch for batch in phone.uploads) >= 2


def test_without_permission_the_app_says_so_and_the_assignment_works(server, phone_of):
    phone = phone_of("Satpol PP 1", place=False)
    expect(phone.page.locator(".banner.alarm")).to_contain_text("Izin lokasi ditolak")
    _incident, assignment = send(server, "Satpol PP 1")
    phone.shows("ringing")
    phone.press("acknowledge")
    phone.stands_at("acknowledged")
    phone.all_sent()

    assert phone.check_ins_there() == []
    there = phone.call("GET", f"/api/v1/assignments/{assignment['id']}")[1]
    assert there["acknowledged_at"] == presses(phone)["acknowledged_at"]


def test_a_wrong_clock_is_shown_and_the_ten_minutes_are_the_servers(server, phone_of):
    phone = phone_of("BPBD TRC 1", setup=SEVEN_MINUTES_BEHIND)
    _incident, assignment = send(server, "BPBD TRC 1")
    phone.shows("ringing")
    left = phone.page.locator(".dial b").inner_text()
    assert "09:30" < left <= "10:00"
    phone.press("acknowledge")
    phone.stands_at("acknowledged")
    expect(phone.page.locator(".banner.alarm")).to_contain_text("terlambat 7 menit")
    phone.drive(10)
    phone.all_sent()

    phone.holds_what_the_server_holds()
    there = phone.call("GET", f"/api/v1/assignments/{assignment['id']}")[1]
    at = datetime.fromisoformat(presses(phone)["acknowledged_at"])
    assert datetime.fromisoformat(there["dispatched_at"]) - at > timedelta(minutes=6)


def test_a_revoked_phone_says_so_and_keeps_what_was_not_sent(server, phone_of, tmp_path):
    phone = phone_of("BPBD TRC 2")
    send(server, "BPBD TRC 2")
    phone.shows("ringing")
    phone.context.set_offline(True)
    phone.press("acknowledge")
    phone.stands_at("acknowledged")
    assert phone.call("DELETE", "/api/v1/me/device")[0] == 204

    phone.context.set_offline(False)
    phone.shows("revoked")

    assert phone.session()["token"] is None
    kept = [(row["step"], row["problem"]["code"]) for row in phone.records("step")]
    assert kept == [("acknowledge", "revoked")]
    phone.page.click("a[href='#/records']")
    with phone.page.expect_download() as download:
        phone.page.click("[data-export]")
    download.value.save_as(tmp_path / "gerak112.json")
    exported = json.loads((tmp_path / "gerak112.json").read_text())
    assert phone.records("step")[0]["id"] in [row["id"] for row in exported["records"]]


def test_off_duty_no_place_is_taken(server, phone_of):
    phone = phone_of("Dishub 1")
    expect(phone.page.locator(".place")).to_have_attribute("data-mode", "duty")
    phone.page.click("[data-duty=off_duty]")
    expect(phone.page.locator(".place")).to_have_attribute("data-mode", "off")
    phone.all_sent()
    before = phone.check_ins_here()

    phone.page.reload()
    phone.shows("home")
    phone.drive(12)

    assert phone.check_ins_here() == before == phone.check_ins_there()
    assert phone.call("GET", "/api/v1/me")[1]["unit"]["status"] == "off_duty"


def test_eight_hours_without_a_network_go_up_in_batches(server, phone_of):
    phone = phone_of("PKLH 1")
    phone.all_sent()
    phone.context.set_offline(True)
    phone.page.evaluate(
        """async () => {
          const { keep } = await import("/static/app/outbox.js");
          for (let n = 0; n < 2880; n += 1) {
            const id = crypto.randomUUID();
            const recorded_at = new Date(Date.now() - (2880 - n) * 10000).toISOString();
            const body = { id, recorded_at, lat: -0.8 + n / 1e5, lon: 100.65, accuracy_m: 8 };
            await keep({ lane: "check_ins", kind: "check_in", id, at: recorded_at, body });
          }
        }"""
    )
    phone.uploads.clear()

    phone.context.set_offline(False)
    phone.all_sent()

    assert len(phone.check_ins_here()) >= 2880
    phone.holds_what_the_server_holds()
    assert max(len(batch) for batch in phone.uploads) == 500


def test_an_official_answers_a_notice_with_one_tap(server, browser):
    phone = BrowserPhone(browser, server, place=False).enrol("lurah-13.72.01.1004")
    Desk(server).opens(areas=["13.72.01.1004"])
    card = phone.page.locator("[data-notice]", has_text="Kebakaran bangunan")
    card.first.click(timeout=SLOW_MS)
    phone.shows("notice")
    phone.page.fill("[name=text]", "Dua atap lepas")
    phone.page.fill("[name=needs]", "Terpal 4 lembar")
    phone.page.click("[data-condition=light_damage]")
    given = phone.page.locator("[data-answer=light_damage]")
    expect(given).to_contain_text("Dua atap lepas · Dibutuhkan: Terpal 4 lembar")
    phone.all_sent()

    (answer,) = phone.records("answer")
    said = answer["body"]
    assert (said["text"], said["needs"]) == ("Dua atap lepas", "Terpal 4 lembar")
    assert phone.call("POST", answer["path"], answer["body"]) == (200, ANY)  # it is there already
    assert {row["state"] for row in phone.records()} == {"sent"}
    phone.close()


def test_a_drill_is_marked_as_one_and_answered(server, phone_of):
    phone = phone_of("Tagana 1")
    call_drill(server, phone.context)
    drill = phone.page.locator("[data-drill]")
    expect(drill).to_contain_text("LATIHAN, bukan kejadian sungguhan", timeout=SLOW_MS)
    assert phone.page.locator("[data-screen=ringing]").count() == 0

    drill.locator("[data-reply]").click()
    expect(drill).to_contain_text("Balasan terkirim", timeout=SLOW_MS)

    drills = phone.call("GET", "/api/v1/drills?state=open")[1]["results"]
    assert [drill["replied_at"] is None for drill in drills] == [False]


def call_drill(server, context):
    """Let a supervisor call one at the desk."""
    logins = dict(line.split() for line in (server.folder / "logins.txt").read_text().splitlines())
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/admin/login/?next=/admin/notifications/drill/add/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", logins["admin"])
    page.keyboard.press("Enter")
    page.select_option("#id_scope", "duty")
    page.click("[name=_save]")
    page.wait_for_selector(".messagelist .success")
    page.close()
