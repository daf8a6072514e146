"""A-5: single check-ins on the embedded server's SQLite, beside SQLite's own loop of one row.

The server is `manage.py serve` as it comes (daphne, WAL, synchronous=FULL). The loop inserts into a
copy of the table, with its indexes, in a file of its own on the same disk: one row a commit.
"""

import sqlite3
import time
from uuid import uuid4

from tests.bench.embedded import enrol
from tests.bench.figures import Figure, nearest_rank
from tests.bench.ingest import CLIENTS, WARM_UP_S, made_before, upload
from tests.bench.posts import post_for
from tests.bench.world import cpu_s
from tests.city import DATABASE
from tests.server import Desk, Server

PHONES = 40
SECONDS = 3
LINE = 0.35
TABLE = "responders_checkin"


class SqlitePosts:
    """The figures of the embedded server's check-ins, filled a round at a time."""

    left_out: dict[str, str] = {}

    def __init__(self, folder):
        self.folder = folder / "embedded"
        self.folder.mkdir()
        self.server = Server(self.folder, GERAK_THROTTLE="1000000/min").start()
        desk = Desk(self.server)
        self.tokens = enrol(self.server, desk, desk.unit("Damkar 1"), PHONES)
        self.limit = Figure("A-5", "one row a commit", "SQLite FULL", "rows/s")
        what = f"POST of one, {CLIENTS} connections"
        self.posts = Figure("A-5", what, "embedded", "rows/s", LINE, against="SQLite FULL")
        self.p99 = Figure("A-5", "the same, p99", "embedded", "ms")
        self.loop = self._copy_of_the_table()

    def figures(self):
        return [self.limit, self.posts, self.p99]

    async def round(self):
        limit = self._one_row_loop()
        make = upload(self.tokens, 1)
        warm = await post_for(WARM_UP_S, self.server.port, CLIENTS, make)
        make = made_before(make, int(len(warm.delays_ms) / warm.seconds * SECONDS * 1.5))
        before, used = self._stored(), cpu_s(self.server.process)
        answers = await post_for(SECONDS, self.server.port, CLIENTS, make)
        used, stored = cpu_s(self.server.process) - used, self._stored() - before
        wrong = f"{answers.refused} were refused" if answers.refused else ""
        if stored != answers.stored:
            wrong = f"{stored} rows, {answers.stored} acknowledged"
        self.limit.add(limit)
        per_row = used / max(1, answers.stored) * 1e6
        self.posts.add(answers.stored / answers.seconds, beside=limit, cpu_us=per_row, wrong=wrong)
        self.p99.add(nearest_rank(answers.delays_ms, 99), wrong=wrong)

    def stop(self):
        self.loop.close()
        self.server.stop()

    def _stored(self):
        with sqlite3.connect(self.folder / DATABASE) as line:
            count = line.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0]
        line.close()
        return count

    def _copy_of_the_table(self):
        """Return a connection to a file with the table alone, and one row to repeat."""
        with sqlite3.connect(self.folder / DATABASE) as line:
            asked = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
            made = [row[0] for row in line.execute(asked, [TABLE])]
            names = [row[1] for row in line.execute(f"PRAGMA table_info({TABLE})")]
        line.close()
        loop = sqlite3.connect(self.folder / "loop.sqlite3", isolation_level=None)
        loop.execute("PRAGMA journal_mode=WAL")
        loop.execute("PRAGMA synchronous=FULL")
        for statement in sorted(made, key=lambda sql: not sql.startswith("CREATE TABLE")):
            loop.execute(statement)
        self.names = [name for name in names if name != "id"]
        return loop

    def _one_row_loop(self):
        """Return rows a second, each in a commit of its own."""
        words = ", ".join("?" * len(self.names))
        insert = f"INSERT INTO {TABLE} ({', '.join(self.names)}) VALUES ({words})"
        device, began, count = uuid4().hex, time.perf_counter(), 0
        while time.perf_counter() - began < SECONDS:
            self.loop.execute(insert, [_value(name, device) for name in self.names])
            count += 1
        return count / (time.perf_counter() - began)


def _value(name, device):
    """Return what a column of the row holds: as long as in earnest, and legal."""
    if name == "device_id":
        return device
    if name == "client_id":
        return uuid4().hex
    if name.endswith("_at"):
        return "2026-11-24 03:00:00.123456"
    if name == "source":
        return "gps"
    if name == "source_auth":
        return "strong"
    if name in ("data_digest", "previous_hash", "hash", "salt"):
        return uuid4().hex * 2
    return 0
