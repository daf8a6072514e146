"""Run the whole suite on SQLite, then on PostgreSQL: `python -m tests.run [pytest arguments]`.

Exit 0 only where every run that took place passed. Where PostgreSQL cannot run, the reason is
printed and stands in the summary; with GERAK_TEST_REQUIRE_POSTGRES=1 (CI) that is a failure.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

from tests.postgres import NoPostgres, private_cluster

INHERITED = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GERAK_DATA_DIR", "DEMO")


def main(arguments: list[str]) -> int:
    """Run pytest once or twice; the last lines printed are pytest's own."""
    with ExitStack() as running:
        try:
            url = running.enter_context(private_cluster())
        except NoPostgres as reason:
            return _without_postgres(arguments, str(reason))
        sqlite = _pytest("SQLite", arguments, {})
        earlier = {"GERAK_TEST_EARLIER": f"SQLite: {_word(sqlite)}"}
        # The cluster goes as a whole, so its database need not be dropped. What starts the
        # embedded server has a SQLite file of its own: the run before has covered it.
        kept = ["--reuse-db", "-m", "not embedded", *arguments]
        postgres = _pytest("PostgreSQL", kept, {"DATABASE_URL": url, **earlier})
        return sqlite or postgres


def _without_postgres(arguments: list[str], reason: str) -> int:
    print(f"PostgreSQL is left out: {reason}", flush=True)
    status = _pytest("SQLite", arguments, {"GERAK_TEST_EARLIER": f"PostgreSQL: no ({reason})"})
    return status or int(os.environ.get("GERAK_TEST_REQUIRE_POSTGRES") == "1")


def _pytest(database: str, arguments: list[str], extra: dict[str, str]) -> int:
    print(f"==> The suite on {database}", flush=True)
    environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env=environment | extra, check=False).returncode


def _word(status: int) -> str:
    return "passed" if status == 0 else f"FAILED (exit {status})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
