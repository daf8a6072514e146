"""A private PostgreSQL for the tests: a cluster in a temporary folder, gone afterwards.

It listens on a unix socket in that folder alone and never touches a cluster of the machine. As root
it runs under an unprivileged user, since PostgreSQL refuses root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

SUPERUSER = "gerak112"
START_WAIT_S = 60
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
}


class NoPostgres(Exception):
    """PostgreSQL cannot run here; the message says why."""


def find_binaries(*, install: bool) -> Path:
    """Return the folder of initdb and pg_ctl, the newest version first.

    With `install`, root tries apt-get where there is none. Raises NoPostgres.
    """
    found = _look()
    if found is None and install and os.geteuid() == 0 and shutil.which("apt-get"):
        _apt_get_install()
        found = _look()
    if found is None:
        raise NoPostgres(
            "no PostgreSQL server binaries in /usr/lib/postgresql/*/bin or on PATH"
            + ("" if os.geteuid() == 0 else ", and only root could install them")
        )
    return found


def crash_and_start(url: str) -> None:
    """End a private cluster as a power cut would, and start it again with the same options."""
    _pg_ctl(url, "-m", "immediate", "restart")


def start_if_down(url: str) -> bool:
    """Start a private cluster that ended itself, as its unit would; say whether it had."""
    try:
        _pg_ctl(url, "status")
    except NoPostgres:
        _pg_ctl(url, "restart")  # a start would have lost its options
        return True
    return False


def _pg_ctl(url: str, *words: str) -> None:
    folder = Path(unquote(urlsplit(url).netloc.rpartition("@")[2]))
    program = [*_unprivileged(), find_binaries(install=False) / "pg_ctl", "-D", folder / "data"]
    _run([*program, "-w", "-t", str(START_WAIT_S), "-l", folder / "log", *words])


DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@contextmanager
def private_cluster(
    *, install: bool = True, durable: bool = False, place: Path | None = None
) -> Iterator[str]:
    """Run a cluster while the block runs; give the DATABASE_URL of its database.

    `durable`: a commit is on the disk, as in earnest (slower, for what is measured). `place`: where
    its folder is made, if not in the machine's own; a short path, as it holds the socket.
    """
    binaries = find_binaries(install=install)
    prefix = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="gerak112-pg-", dir=place))
    try:
        if prefix:
            shutil.chown(folder, _owner())
        data = folder / "data"
        _run(
            [*prefix, binaries / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust"]
            + ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        )
        chosen = OPTIONS | (DURABLE if durable else {})
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in chosen.items())
        pg_ctl = [*prefix, binaries / "pg_ctl", "-D", data, "-w", "-t", str(START_WAIT_S)]
        _run([*pg_ctl, "-l", folder / "log", "-o", f"{options} -k {folder}", "start"])
        try:
            yield f"postgres://{SUPERUSER}@{quote(str(folder), safe='')}/postgres"
        finally:
            with suppress(NoPostgres):
                _run([*pg_ctl, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _look() -> Path | None:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: float(path.parts[-3]), reverse=True)
    if newest:
        return newest[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _apt_get_install() -> None:
    print("No PostgreSQL on this machine: trying apt-get install postgresql …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-qy", "--no-install-recommends", "postgresql"]):
        subprocess.run(["apt-get", *command], check=False, env=environment, capture_output=True)


def _unprivileged() -> list[str]:
    """Return what to put before a command so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    owner = _owner()
    if shutil.which("setpriv"):
        entry = pwd.getpwnam(owner)
        return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    if shutil.which("runuser"):
        return ["runuser", "-u", owner, "--"]
    raise NoPostgres("neither setpriv nor runuser is there to leave root")


def _owner() -> str:
    """Return the unprivileged user: postgres where there is one."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[object]) -> None:
    """Run a command of the cluster; its words are shown where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NoPostgres(f"{Path(str(command[-1])).name}: {done.stdout.strip()[-500:]}")
