"""What a change costs the other desks: 20 boards on one server, 500 open incidents.

    python -m tests.bench_board [--desks 20] [--incidents 500] [--rounds 60]

Each round opens an incident by the desk's door; what is measured runs from the moment before the
request to the moment when the frame with its row stands at each of the desks, and when the row
stands in the page of one more desk, a real browser that holds all the other rows. Also printed: the
answer to the request itself, which is no part of the feed, the snapshot's size, and the weight of
the page with everything it loads, gzipped. Exit 1 where a p99 is not under a second or the page not
under 300 KB.
"""

import argparse
import contextlib
import gzip
import json
import re
import shutil
import sys
import tempfile
import threading
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from playwright.sync_api import sync_playwright
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.server import Desk, Server

P99_S, PAGE_KB = 1.0, 300
WATCH = """
window.drawn = {};
new MutationObserver(() => {
    for (const card of document.querySelectorAll("#incidents .g-incident")) {
        window.drawn[card.id.slice(2)] ||= performance.timeOrigin + performance.now();
    }
}).observe(document.getElementById("incidents"), { childList: true });
"""


def signed_in(server):
    """Return an opener with a dispatcher's session, and its cookie."""
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    door = f"http://127.0.0.1:{server.port}/admin/login/?next=/admin/papan/"
    form = opener.open(door).read().decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    lines = (server.folder / "logins.txt").read_text().splitlines()
    password = dict(line.split() for line in lines)["dispatcher"]
    data = {"username": "dispatcher", "password": password, "csrfmiddlewaretoken": token}
    page = opener.open(door, urlencode(data).encode()).read().decode()
    return opener, page, next(c.value for c in jar if c.name == "sessionid")


def page_weight(server, opener, page):
    """Return the gzipped bytes of the board's page with every file it names."""
    files = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    files |= {"/static/gerak/icons.svg"}
    bodies = [opener.open(f"http://127.0.0.1:{server.port}{file}").read() for file in files]
    return sum(len(gzip.compress(body)) for body in [page.encode(), *bodies])


class Board(threading.Thread):
    """One desk's socket: notes when each incident's number was heard first."""

    def __init__(self, server, cookie):
        super().__init__(daemon=True)
        origin = f"http://127.0.0.1:{server.port}"
        self.socket = connect(
            f"ws://127.0.0.1:{server.port}/ws/board/",
            additional_headers={"Cookie": f"sessionid={cookie}"},
            origin=origin,
            max_size=None,
            open_timeout=30,
            legacy=True,
        )
        self.snapshot = self.socket.recv()
        self.heard = {}

    def run(self):
        with contextlib.suppress(ConnectionClosed):  # the server stops at the end
            while True:
                text, at = self.socket.recv(), time.perf_counter()
                for row in json.loads(text).get("incidents", ()):
                    self.heard.setdefault(row["id"], at)


@contextlib.contextmanager
def drawn_board(server, cookie):
    """Give a dispatcher's board in a real browser, which notes when each card came."""
    base = f"http://127.0.0.1:{server.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/admin/papan/")
        page.locator(".g-incident").first.wait_for()
        page.evaluate(WATCH)
        yield page
        browser.close()


def main(desks, incidents, rounds):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), GERAK_THROTTLE="1000000/min").start()
        try:
            return measure(server, desks, incidents, rounds)
        finally:
            server.stop()


def measure(server, desks, incidents, rounds):
    desk = Desk(server)
    for number in range(incidents):
        desk.opens(summary=f"Laporan {number}", lat=-0.8 + number % 50 / 1000, lon=100.65)
    opener, page, cookie = signed_in(server)
    weight_kb = page_weight(server, opener, page) / 1000
    boards = [Board(server, cookie) for _ in range(desks)]
    for board in boards:
        board.start()
    with drawn_board(server, cookie) as browser:
        answered, framed, drawn = press_and_wait(desk, boards, browser, rounds)
    snapshot = boards[0].snapshot.encode()
    print(f"{desks} desks and a browser, {incidents} open incidents, {rounds} changes")
    told("the press's own answer", answered)
    p99_s = max(told("frame on each other desk", framed), told("row on the screen", drawn))
    print(
        f"snapshot {len(snapshot) / 1000:.0f} KB, gzipped {len(gzip.compress(snapshot)) / 1000:.0f}"
    )
    print(f"page with all its files, gzipped: {weight_kb:.0f} KB")
    return 0 if p99_s < P99_S and weight_kb < PAGE_KB else 1


def press_and_wait(desk, boards, browser, rounds):
    """Open incidents one by one; return the seconds to each answer, frame and drawn row."""
    answered, framed, drawn = [], [], []
    for _ in range(rounds):
        began, began_at_s = time.perf_counter(), time.time()
        number = desk.opens(lat=-0.8, lon=100.65)["id"]
        answered.append(time.perf_counter() - began)
        row = browser.wait_for_function("id => window.drawn[id]", arg=number, timeout=10_000)
        drawn.append(row.json_value() / 1000 - began_at_s)
        deadline = time.perf_counter() + 10
        while any(number not in board.heard for board in boards):
            if time.perf_counter() > deadline:
                raise SystemExit("a desk heard nothing for ten seconds")
            time.sleep(0.002)
        framed += [board.heard[number] - began for board in boards]
        time.sleep(0.3)
    return answered, framed, drawn


def told(what, times_s):
    """Print the median and the 99th percentile; return the latter, in seconds."""
    times_s.sort()
    p50_s, p99_s = times_s[len(times_s) // 2], times_s[int(len(times_s) * 0.99)]
    print(f"press → {what}: p50 {p50_s * 1000:.0f} ms, p99 {p99_s * 1000:.0f} ms")
    return p99_s


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--desks", type=int, default=20)
    words.add_argument("--incidents", type=int, default=500)
    words.add_argument("--rounds", type=int, default=60)
    sys.exit(main(**vars(words.parse_args())))
