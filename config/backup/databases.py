"""Copy a database while it is in use, and put a copy in its place as a history of its own.

SQLite by its online backup; PostgreSQL by its own pg_dump, pg_restore and psql. A restored history
gets a new epoch, so that phones take none of its numbers for the old ones, and nobody stays signed
in by a session that was ended since.
"""

import os
import shutil
import sqlite3
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.sessions.models import Session
from django.db import connection, transaction

from config.backup.manifest import BadBackup
from incidents.models import JournalHead

SQLITE_NAME = "database.sqlite3"
POSTGRES_NAME = "database.dump"
NO_HEAD = ("", 0, "")
LOCK_WAIT = "10s"

# Written into statements as they are: names of our own tables. Values are bound, or a UUID of ours.
_HEAD = JournalHead._meta.db_table
_SESSIONS = Session._meta.db_table


@dataclass(frozen=True)
class Copy:
    """A copied database: its file, and the journal's end in it."""

    name: str
    epoch: str
    seq: int
    head: str


def copy_database(folder: Path) -> Copy:
    """Copy the database into a folder as of one moment, while others go on. Raises BadBackup."""
    return _copy_sqlite(folder) if connection.vendor == "sqlite" else _copy_postgres(folder)


def database_file() -> Path:
    """Return the file of the SQLite database."""
    return Path(str(connection.settings_dict["NAME"]))


def _copy_sqlite(folder: Path) -> Copy:
    path = folder / SQLITE_NAME
    source, target = _open(database_file()), sqlite3.connect(path)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        row = target.execute(f"SELECT epoch, seq, hash FROM {_HEAD}").fetchone()  # noqa: S608  # nosec B608
    finally:
        source.close()
        target.close()
    epoch, seq, head = row or NO_HEAD
    return Copy(SQLITE_NAME, epoch and str(uuid.UUID(epoch)), seq, head)


def _open(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    except sqlite3.OperationalError as error:
        raise BadBackup(f"There is no database at {path}: {error}") from error


def _copy_postgres(folder: Path) -> Copy:
    path = folder / POSTGRES_NAME
    command = [tool("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        row = JournalHead.objects.values_list("epoch", "seq", "hash").first()
        _run([*command, f"--snapshot={snapshot}", f"--file={path}", *_address()])
    epoch, seq, head = row or NO_HEAD
    return Copy(POSTGRES_NAME, str(epoch), seq, head)


def stage_sqlite(copy: Path, target: Path) -> str:
    """Make a database of a copy, beside its place, with a new epoch; return that.

    Raises BadBackup where SQLite finds the copy damaged.
    """
    shutil.copyfile(copy, target)
    epoch = uuid.uuid4()
    database = sqlite3.connect(target)
    try:
        (answer,) = database.execute("PRAGMA integrity_check").fetchone()
        if answer != "ok":
            raise BadBackup(f"SQLite finds {copy} damaged: {answer}")
        with database:
            database.execute(f"UPDATE {_HEAD} SET epoch = ?", [epoch.hex])  # noqa: S608  # nosec B608
            database.execute(f"DELETE FROM {_SESSIONS}")  # noqa: S608  # nosec B608
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"SQLite cannot read {copy}: {error}") from error
    finally:
        database.close()
    return str(epoch)


def restore_postgres(copy: Path) -> str:
    """Replace all that is in the database, in one transaction, with a new epoch; return that.

    Raises BadBackup where a tool is missing or refuses; then nothing has changed.
    """
    epoch = uuid.uuid4()
    before = f"SET lock_timeout = '{LOCK_WAIT}'; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
    after = f"UPDATE public.{_HEAD} SET epoch = '{epoch}'; DELETE FROM public.{_SESSIONS};"  # noqa: S608  # nosec B608
    read = [tool("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(copy)]
    write = [tool("psql"), "--no-psqlrc", "--quiet", "--single-transaction"]
    write += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", *_address()]
    with subprocess.Popen(  # noqa: S603
        write, env=_environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as psql:
        failure = _pour(psql.stdin, before, read, after)
        if failure:
            psql.kill()  # before its input ends, which would commit
        _out, refused = psql.communicate()
    if failure or psql.returncode:
        words = refused.decode(errors="replace").strip() or failure
        raise BadBackup(f"PostgreSQL did not take the copy; nothing has changed. {words}")
    return str(epoch)


def _pour(into: IO[bytes] | None, before: str, read: list[str], after: str) -> str:
    """Write the whole restoring script; return why it is not whole, or nothing."""
    if into is None:
        return "psql cannot be written to."
    try:
        into.write(before.encode() + b"\n")
        into.flush()
        done = subprocess.run(read, stdout=into, stderr=subprocess.PIPE, check=False)  # noqa: S603
        into.write(b"\n" + after.encode() + b"\n")
        into.flush()
    except BrokenPipeError:
        return "psql stopped reading."
    return done.stderr.decode(errors="replace").strip() if done.returncode else ""


def tool(name: str) -> str:
    """Return the path of one of PostgreSQL's own programs. Raises BadBackup where it is missing."""
    found = shutil.which(name)
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version, reverse=True)
    if newest:
        return str(newest[0])
    if not found:
        raise BadBackup(f"{name} is missing. On Debian: apt-get install postgresql-client")
    return found


def _version(path: Path) -> float:
    text = path.parts[-3]
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0


def _address() -> list[str]:
    told = connection.settings_dict
    named = {"host": told["HOST"], "port": told["PORT"], "username": told["USER"]}
    return [
        *(f"--{key}={value}" for key, value in named.items() if value),
        f"--dbname={told['NAME']}",
    ]


def _environment() -> dict[str, str]:
    return os.environ | {"PGPASSWORD": connection.settings_dict["PASSWORD"]}


def _run(command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603
        command, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BadBackup(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
