"""Hostile text in every field, in a real browser, on every page: nothing runs, nothing is reported.

One database that holds little but payloads (tests/xss.py), one browser: every page of the admin,
the board, the wall, the public pages, and the app of a crew and of a village head.
"""

import json
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser import IN_BROWSER, SLOW_MS, chromium
from tests.server import Server
from tests.xss import CORPUS, all_texts

pytestmark = [pytest.mark.timeout(600), *IN_BROWSER]
PHONE = {"width": 390, "height": 844}
WATCH = """
window.__ran = [];
window.x = (...what) => { window.__ran.push(`x(${what})`); return what; };
document.addEventListener("securitypolicyviolation", (event) =>
    window.__ran.push(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
LOOK = r"""() => {
  const faults = [...window.__ran];
  if (/x59/.test(document.title) && !/<title>/.test(document.title)) faults.push("title");
  if ({}.x57) faults.push("prototype");
  const foreign = "iframe, object, embed, base, marquee, math, noscript p, style, x, " +
    "script:not([src]):not([type='application/json']):not([type='text/plain'])";
  for (const one of document.querySelectorAll(foreign)) faults.push(one.outerHTML.slice(0, 120));
  const run = /^[\s\u0000-\u001f]*(javascript|vbscript|data:text)/i;
  for (const one of document.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      const leads = /^(href|src|action|formaction|xlink:href|data|srcdoc)$/.test(name);
      if (/^on/.test(name) || (leads && run.test(value))) faults.push(`${name}=${value}`);
    }
  }
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!/^(SCRIPT|STYLE)$/.test(walk.currentNode.parentNode.nodeName)) {
      texts.push(walk.currentNode.data);
    }
  }
  for (const one of document.querySelectorAll("input, textarea")) texts.push(one.value);
  return { faults, text: texts.join("\n") };
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on a database that was filled before it started."""
    server = Server(tmp_path_factory.mktemp("xss")).fill()
    plant = "from tests.xss import plant; plant()"
    server.found = json.loads(server.manage("shell", "-v", "0", "-c", plant))
    yield server.start()
    server.stop()


class Watched:
    """Pages that are looked at: what ran, and which texts were to be read."""

    def __init__(self, context, base):
        self.context, self.base, self.faults, self.read, self.bad = context, base, [], "", []
        context.set_default_timeout(SLOW_MS)
        context.add_init_script(WATCH)
        self.page = context.new_page()
        self.listen(self.page)

    def listen(self, page):
        page.on("dialog", lambda dialog: (self.faults.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: self.faults.append(f"{page.url} {error}"))
        page.on("console", lambda said: self._said(page, said.text))

    def _said(self, page, text):
        if "Content Security Policy" in text or "Refused to" in text:
            self.faults.append(f"{page.url} {text}")

    def go(self, path, *, shows=None, within=399):
        answer = self.page.goto(self.base + path, wait_until="load")
        if answer.status > within:
            self.bad.append((path, answer.status))
        if shows:
            expect(self.page.locator(shows).first).to_be_attached()
        self.look(path)

    def look(self, path, page=None):
        seen = (page or self.page).evaluate(LOOK)
        self.faults += [f"{path} {fault}" for fault in seen["faults"]]
        self.read += "\n" + seen["text"]


def sign_in(watched, server):
    logins = dict(line.split() for line in (server.folder / "logins.txt").read_text().splitlines())
    watched.page.goto(f"{watched.base}/admin/login/")
    watched.page.fill("#id_username", "admin")
    watched.page.fill("#id_password", logins["admin"])
    watched.page.keyboard.press("Enter")
    expect(watched.page.locator("#user-tools")).to_be_visible(timeout=SLOW_MS)


def in_words(text):
    """Return a text as it is compared: a page may fold its spaces."""
    return " ".join(text.split())


def test_no_text_runs_on_any_page(server):
    base = f"http://127.0.0.1:{server.port}"
    texts = urlencode(dict(zip(all_texts(), CORPUS * 2, strict=False)))
    pages = server.found["pages"]
    incident = next(one for one in pages if "/incident/" in one and "change" in one)
    with chromium() as browser:
        desk = Watched(browser.new_context(locale="id-ID"), base)
        sign_in(desk, server)
        for number, path in enumerate(pages):
            if path.endswith("/add/"):
                desk.go(f"{path}?{texts}", within=403)
            elif path.endswith("/change/"):
                desk.go(path)
            else:
                desk.go(f"{path}?{urlencode({'q': CORPUS[number % len(CORPUS)]})}")
                desk.go(path)
        desk.go("/admin/papan/", shows=".g-incident")
        desk.go(incident, shows="#map .leaflet-marker-icon, .g-panel")
        for path in ("", "kesiapan/", "laporan/", "putar-ulang/?start=2026-11-24T00:00&hours=12"):
            desk.go("/admin/" + path)
        desk.go(f"/admin/laporan/?{texts}&first={CORPUS[1]}", within=400)
        desk.go(f"/admin/tidak-ada/{CORPUS[1]}/", within=404)
        desk.go(f"/admin/login/?next={CORPUS[10]}")
        anybody = Watched(browser.new_context(locale="id-ID"), base)
        for path in ("/publik/", "/transparansi/", f"/transparansi/{CORPUS[10]}/"):
            anybody.go(path, within=404)
        anybody.go(f"/papan/dinding/masuk/{server.found['wall']}/", shows=".g-wall-row")
        crew = in_app(browser, server, server.found["crew"], ("[data-screen=drive]", ""))
        notices = ("[data-notice]", "[data-notice] >> nth=0"), ("[data-screen=notice]", "")
        official = in_app(browser, server, server.found["official"], *notices)

    watched = [desk, anybody, crew, official]
    read = in_words("\n".join(one.read for one in watched))
    assert "\n".join(fault for one in watched for fault in one.faults) == ""
    assert [bad for one in watched for bad in one.bad] == []
    assert [text for text in CORPUS if in_words(text) not in read] == []
    assert all("x(" in one.read for one in watched)


def in_app(browser, server, username, *screens):
    """Enrol a phone, and look at each screen that it comes to."""
    base = f"http://127.0.0.1:{server.port}"
    watched = Watched(browser.new_context(locale="id-ID", viewport=PHONE), base)
    code = server.code_for(username)
    watched.page.goto(f"{base}/app/")
    watched.page.fill("[name=code]", code)
    watched.page.click("button[type=submit]")
    for screen, press in screens:
        expect(watched.page.locator(screen).first).to_be_visible(timeout=SLOW_MS)
        watched.look(screen)
        if press:
            watched.page.click(press)
    return watched
