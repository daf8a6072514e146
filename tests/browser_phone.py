"""A phone with the web app: phone-sized Chromium with a place that the test sets."""

import math
import shutil
import time

from playwright.sync_api import expect

CHROMIUM = shutil.which("chromium")
SLOW_MS = 30_000
HOME = (-0.79948, 100.65278)
METRES_PER_DEGREE = 111_195.0
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Redmi Note 12) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
# Everything this phone recorded, and what became of it.
RECORDS = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("gerak112");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const read = asked.result.transaction("records").objectStore("records").getAll();
    read.onsuccess = () => resolve(read.result.map(({ form, ...row }) => row));
  };
})"""
SESSION = """() => new Promise((resolve) => {
  const asked = indexedDB.open("gerak112");
  asked.onsuccess = () => {
    const read = asked.result.transaction("meta").objectStore("meta").get("session");
    read.onsuccess = () => resolve(read.result);
  };
})"""


class BrowserPhone:
    """One context of the browser: a phone that enrols, is carried about, loses its network."""

    def __init__(self, browser, server, *, place=True, setup=None, language="id-ID", **over):
        options = {
            "locale": language,
            "timezone_id": "Asia/Jakarta",
            "viewport": {"width": 390, "height": 844},
            "is_mobile": True,
            "has_touch": True,
            "user_agent": ANDROID,
            "permissions": ["geolocation"] if place else [],
        }
        self.server, self.base = server, f"http://127.0.0.1:{server.port}"
        self.context = browser.new_context(**options | over)
        self.context.set_default_timeout(SLOW_MS)
        if setup:
            self.context.add_init_script(setup)
        self.north_m = 0.0
        self.errors, self.hosts, self.uploads = [], set(), []
        if place:
            self.stand()
        self.page = self.tab()

    def tab(self):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note)
        return page

    def _note(self, request):
        self.hosts.add(request.url.split("/")[2])
        if request.method == "POST" and request.url.endswith("/api/v1/check-ins"):
            self.uploads.append([one["id"] for one in request.post_data_json["check_ins"]])

    def enrol(self, username):
        code = self.server.code_for(username)
        self.page.goto(f"{self.base}/app/")
        self.page.fill("[name=code]", code)
        self.page.click("button[type=submit]")
        self.shows("notices" if username.startswith(("lurah", "camat")) else "home")
        return self

    def shows(self, screen, page=None):
        locator = (page or self.page).locator(f"[data-screen={screen}]")
        expect(locator).to_be_visible(timeout=SLOW_MS)
        return locator

    def stands_at(self, state, page=None):
        locator = (page or self.page).locator(f"[data-screen=drive][data-state={state}]")
        expect(locator).to_be_visible(timeout=SLOW_MS)

    def stand(self):
        lat = HOME[0] + self.north_m / METRES_PER_DEGREE
        self.context.set_geolocation({"latitude": lat, "longitude": HOME[1], "accuracy": 8})

    def drive(self, seconds, *, speed_mps=15):
        """Drive north for a while, a fix each second, the accuracy as a real one's."""
        for _ in range(seconds):
            self.north_m += speed_mps + math.sin(self.north_m)
            self.stand()
            self.page.wait_for_timeout(1000)

    def press(self, step):
        """Press the button of a step; a second press within 1.2 s would do nothing."""
        self.page.wait_for_timeout(1300)
        self.page.click(f"button[data-step={step}]")

    def hold(self, selector):
        button = self.page.locator(selector)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.page.wait_for_timeout(1500)
        self.page.mouse.up()

    def records(self, kind=None, page=None):
        rows = (page or self.page).evaluate(RECORDS)
        return [row for row in rows if kind in (None, row["kind"])]

    def session(self):
        return self.page.evaluate(SESSION)

    def all_sent(self, page=None):
        """Wait until nothing is unsent."""
        expect((page or self.page).locator("[data-unsent]")).to_have_count(0, timeout=SLOW_MS)

    def call(self, method, path, body=None):
        return self.server.call(method, path, body, token=self.session()["token"])

    def check_ins_here(self, page=None):
        """Return (id, recorded_at) of every fix this phone took, in their order."""
        return sorted((r["id"], r["body"]["recorded_at"]) for r in self.records("check_in", page))

    def check_ins_there(self):
        """Return (id, recorded_at) of every fix the server holds of this phone."""
        status, body = self.call("GET", "/api/v1/check-ins?limit=10000")
        assert status == 200, body
        return sorted((row["id"], row["recorded_at"]) for row in body["check_ins"])

    def holds_what_the_server_holds(self):
        """Assert that both hold the same fixes; one may be taken between the two looks."""
        deadline = time.monotonic() + SLOW_MS / 1000
        while self.check_ins_there() != self.check_ins_here():
            assert time.monotonic() < deadline, "the server and the phone hold different fixes"
            self.all_sent()

    def close(self):
        self.context.close()
