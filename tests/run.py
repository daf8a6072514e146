"""Run the whole suite on SQLite, then on PostgreSQL: `python -m tests.run [pytest arguments]`.

Exit 0 only where every run that took place passed. Where PostgreSQL cannot run, the reason is
printed and stands in the summary; with GERAK_TEST_REQUIRE_POSTGRES=1 (CI) that is a failure.

Flows use real servers, browsers and clocks, so a busy machine can spoil one of three thousand
tests. Where no more than SECOND_TRIES of them failed, and nothing else, they are tried once more,
alone. The first failure stays printed, and the summary names it.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.postgres import NoPostgres, private_cluster

INHERITED = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "GERAK_DATA_DIR", "DEMO")
FLOWS, SECOND_TRIES = "tests/flows/", 2
SOME_FAILED = 1  # pytest's exit code


def main(arguments: list[str]) -> int:
    """Run pytest once or twice; the last lines printed are pytest's own."""
    with ExitStack() as running:
        try:
            url = running.enter_context(private_cluster())
        except NoPostgres as reason:
            return _without_postgres(arguments, str(reason))
        sqlite, told = _suite("SQLite", arguments, {})
        # The cluster goes as a whole, so its database need not be dropped. What starts the
        # embedded server has a SQLite file of its own: the run before has covered it.
        kept = ["--reuse-db", "-m", "not embedded", *arguments]
        postgres, _ = _suite("PostgreSQL", kept, {"DATABASE_URL": url}, told)
        return sqlite or postgres


def _without_postgres(arguments: list[str], reason: str) -> int:
    print(f"PostgreSQL is left out: {reason}", flush=True)
    status, _ = _suite("SQLite", arguments, {}, f"PostgreSQL: no ({reason})")
    return status or int(os.environ.get("GERAK_TEST_REQUIRE_POSTGRES") == "1")


def _suite(
    database: str, arguments: list[str], extra: dict[str, str], told: str = ""
) -> tuple[int, str]:
    """Run pytest; return its exit code and what a later summary says of this run."""
    print(f"==> The suite on {database}", flush=True)
    with TemporaryDirectory() as cache:
        status = _pytest([*arguments, "-o", f"cache_dir={cache}"], extra, told)
        failed = failed_in(Path(cache))
    first = ""
    if status == SOME_FAILED and may_try_again(failed):
        first = f" at the second try of {', '.join(failed)}"
        print(f"==> {database}, a second try of what failed", flush=True)
        told = "; ".join(filter(None, (told, f"{database}: {len(failed)} FAILED at the first try")))
        status = _pytest([*arguments, *failed], extra, told)
    return status, f"{database}: {'passed' if status == 0 else f'FAILED (exit {status})'}{first}"


def _pytest(arguments: list[str], extra: dict[str, str], told: str) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
    environment |= extra | ({"GERAK_TEST_EARLIER": told} if told else {})
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def failed_in(cache: Path) -> list[str]:
    """Return the ids of the tests that failed in the run that kept this cache."""
    kept = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else []


def may_try_again(failed: list[str]) -> bool:
    """Say whether a few flows failed, and nothing but flows."""
    return 0 < len(failed) <= SECOND_TRIES and all(one.startswith(FLOWS) for one in failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
