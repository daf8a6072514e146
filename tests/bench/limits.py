"""The limit of ingest: pgbench on the same PostgreSQL, with rows, durability and clients as ours.

Its tables are copies of the product's, with every column, index and foreign key, and it draws from
as many phones. `statements` does for each check-in, `batches` for fifty of one phone, what our
commit does for all that waited: lock the phone, look for the ids, insert, move the phone. `rows`
inserts alone.
"""

import re
import shutil
import subprocess
from urllib.parse import unquote, urlsplit

import psycopg

PHONES = 1_000  # as many as `tests.bench.ingest` draws from
TABLES = """
DROP TABLE IF EXISTS bench_checkin, bench_device;
CREATE TABLE bench_device (LIKE responders_device INCLUDING ALL);
INSERT INTO bench_device SELECT * FROM responders_device;
CREATE TABLE bench_checkin (LIKE responders_checkin INCLUDING ALL);
ALTER TABLE bench_checkin ADD FOREIGN KEY (device_id) REFERENCES bench_device (id);
ANALYZE bench_device;
"""
PHONE = "('00000000-0000-4000-8000-' || lpad(to_hex(CAST(:n AS int)), 12, '0'))::uuid"
INSERT = f"""
INSERT INTO bench_checkin (device_id, client_id, recorded_at, received_at, lat, lon, accuracy_m,
    speed_mps, heading_deg, battery_pct, source, salt, source_auth, time_suspect,
    data_digest, previous_hash, hash)
SELECT {PHONE}, gen_random_uuid(), now(), now(), -0.79, 100.65, 12, 8.5, 90, 80, 'gps',
    md5(random()::text), 'strong', false, md5('a') || md5('b'), md5(random()::text) || md5('d'),
    md5('e') || md5('f') FROM generate_series(1, {{rows}});"""
LOCK = f"SELECT * FROM bench_device WHERE id = {PHONE} FOR NO KEY UPDATE;"
FRESH = f"""unnest(
    ARRAY(SELECT {PHONE} FROM generate_series(1, {{rows}})),
    ARRAY(SELECT gen_random_uuid() FROM generate_series(1, {{rows}}))
) AS fresh(device_id, client_id)"""
KNOWN = f"""
SELECT stored.device_id, stored.client_id FROM {FRESH} JOIN bench_checkin AS stored
    ON stored.device_id = fresh.device_id AND stored.client_id = fresh.client_id;"""
MOVE = f"""UPDATE bench_device SET chain_head = md5('g') || md5('h'), last_lat = -0.79,
    last_lon = 100.65, last_accuracy_m = 12, last_recorded_at = now(), last_seen_at = now()
    WHERE id = {PHONE};"""
DRAW = f"\\set n random(0, {PHONES - 1})"


def _commit_of(rows):
    known, insert = KNOWN.format(rows=rows), INSERT.format(rows=rows)
    return "\n".join([DRAW, "BEGIN;", LOCK, known, insert, MOVE, "END;"])


SCRIPTS = {
    "rows": "\n".join([DRAW, INSERT.format(rows=1)]),
    "statements": _commit_of(1),
    "batches": _commit_of(50),
}


class Pgbench:
    """pgbench against one cluster; `missing` says why it cannot run."""

    def __init__(self, folder, database_url):
        self._folder = folder
        self._host = unquote(urlsplit(database_url).netloc.split("@")[1])
        self.missing = "" if shutil.which("pgbench") else "pgbench is not installed (postgresql)"
        with psycopg.connect(host=self._host, user="gerak112", dbname="postgres") as line:
            line.execute(TABLES)

    def rate(self, script, *, clients, seconds):
        """Return transactions a second."""
        path = self._folder / f"{script}.sql"
        path.write_text(SCRIPTS[script])
        command = ["pgbench", "-n", "-M", "prepared", "-f", str(path), "-T", str(seconds)]
        command += ["-c", str(clients), "-j", "1", "-h", self._host, "-U", "gerak112", "postgres"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-500:])
        return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
