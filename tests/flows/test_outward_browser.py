"""A quake at BMKG, a banner at the desk, one press, every office and the public told: for real."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest
from lxml import etree
from playwright.sync_api import expect

from tests.browser import IN_BROWSER, SLOW_MS, chromium, desk_context, sign_in
from tests.notifications.bmkg_samples import index, quake, quakes
from tests.server import Desk, Phone, Server

pytestmark = IN_BROWSER


class _Bmkg(BaseHTTPRequestHandler):
    """A BMKG where the earth has just shaken under the city."""

    def do_GET(self):  # noqa: N802
        shaken = quake(DateTime=datetime.now(UTC).replace(microsecond=0).isoformat())
        body = index() if self.path.endswith("rss.xml") else quakes(self.server.quake or shaken)
        self.server.quake = self.server.quake or shaken
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    bmkg = ThreadingHTTPServer(("127.0.0.1", 0), _Bmkg)
    bmkg.quake = None
    threading.Thread(target=bmkg.serve_forever, args=(0.05,), daemon=True).start()
    base = f"http://127.0.0.1:{bmkg.server_port}/"
    server = Server(
        tmp_path_factory.mktemp("outward"),
        GERAK_BMKG="1",
        GERAK_BMKG_QUAKES_URL=base,
        GERAK_BMKG_WEATHER_URL=base,
    ).start()
    yield server
    server.stop()
    bmkg.shutdown()
    bmkg.server_close()


@pytest.fixture
def page(server):
    """A dispatcher's page, with its errors; that sound waits for a gesture is a warning."""
    with chromium() as browser:
        page = desk_context(browser).new_page()
        page.set_default_timeout(SLOW_MS)
        page.complaints = []
        page.on("console", lambda one: one.type == "error" and page.complaints.append(one.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        sign_in(page, server)
        yield page


def test_a_quake_is_drafted_confirmed_told_to_every_office_and_to_the_public(server, page):
    base = f"http://127.0.0.1:{server.port}"
    lurah = Phone(server, "lurah-13.72.01.1004")
    lurah.listen()

    banner = page.locator("#banners .g-banner")
    expect(banner).to_contain_text("Gempa M 5.2", timeout=SLOW_MS)
    expect(banner).to_contain_text("BMKG")
    assert Desk(server).call("GET", "incidents?state=open")[1]["results"] == []

    banner.get_by_role("link", name="Putuskan").click()
    expect(page.locator("body")).to_contain_text("Sumber: BMKG")
    page.get_by_role("button", name="minta semua lurah dan camat melapor").click()
    expect(page.locator("body")).to_contain_text("kejadian dibuka", timeout=SLOW_MS)

    notice = lurah.waits_for("notice.issued", seconds=20)["data"]
    assert notice["type"] == "gempa_bumi"
    [incident] = Desk(server).call("GET", "incidents?state=open")[1]["results"]
    assert incident["call_id"] is None
    page.goto(f"{base}/admin/papan/")
    expect(page.locator(".g-incident")).to_contain_text("Gempa bumi", timeout=SLOW_MS)
    expect(page.locator("#banners .g-banner")).to_have_count(0)

    page.goto(f"{base}/admin/notifications/publicalert/add/?incident={incident['id']}")
    page.fill("#id_headline", "Gempa bumi: periksa bangunan Anda")
    page.fill("#id_description", "Gempa terasa kuat di Kota Solok.")
    page.fill("#id_instruction", "Jauhi bangunan yang retak.")
    page.get_by_role("button", name="Umumkan kepada publik").click()
    expect(page.locator("body")).to_contain_text("ada di umpan CAP", timeout=SLOW_MS)

    page.goto(f"{base}/publik/")
    expect(page.locator(".g-public-alert")).to_contain_text("Gempa bumi: periksa bangunan")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".g-public-alert")).to_contain_text("Earthquake:")
    atom = {"a": "http://www.w3.org/2005/Atom"}
    feed = etree.fromstring(urlopen(f"{base}/feeds/cap/").read())  # noqa: S310
    [url] = feed.xpath("a:entry/a:link/@href", namespaces=atom)
    assert b"urn:oasis:names:tc:emergency:cap:1.2" in urlopen(url).read()  # noqa: S310
    assert page.complaints == []
    assert json.loads(urlopen(f"{base}/readyz").read())  # noqa: S310
