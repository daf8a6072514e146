"""Make a backup: a folder of its own, whole or not there at all."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config.backup.databases import copy_database, database_file
from config.backup.manifest import (
    BadBackup,
    Manifest,
    backups_in,
    digest_of,
    files_below,
    to_disk,
    write_manifest,
)
from config.instance import LOCK_NAME
from responders.wire_time import to_wire

DATA = "data"
ASIDE = "before-restore-"
STAGED = ".restoring"
LAST = "last-backup.txt"


def make_backup(into: Path, *, now: datetime) -> Path:
    """Copy database and data folder into a new folder below `into`; return that folder.

    May run beside live servers. All of it is on the disk when this returns; a run that is killed
    leaves a hidden folder, which the next one removes. Raises BadBackup, FileExistsError.
    """
    data = Path(settings.DATA_DIR).resolve()
    if into.resolve().is_relative_to(data):
        raise BadBackup(f"{into} lies in {data}, which is copied: choose a folder outside it.")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"gerak112-{now:%Y%m%dT%H%M%SZ}"
    target, partial = into / name, into / f".{name}.partial"
    if target.exists():
        raise FileExistsError(f"{target} is there already.")
    for left in into.glob(".gerak112-*.partial"):
        shutil.rmtree(left)
    partial.mkdir(mode=0o700)
    copy = copy_database(partial)  # first: a photo comes before its row
    _copy_data(partial / DATA)
    files = {str(path.relative_to(partial)): digest_of(path) for path in files_below(partial)}
    for path in files:
        to_disk(partial / path)
    manifest = Manifest(
        made_at=to_wire(now),
        vendor=connection.vendor,
        epoch=copy.epoch,
        seq=copy.seq,
        head=copy.head,
        migrations=newest_migrations(),
        files=files,
    )
    write_manifest(partial, manifest)
    partial.rename(target)
    to_disk(into)
    _remember(now)
    return target


def remove_old(into: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups; return those removed."""
    old = backups_in(into)[:-keep] if keep else []
    for folder in old:
        shutil.rmtree(folder)
    return old


def last_backup() -> datetime | None:
    """Return when this data folder was last backed up; None where it never was."""
    try:
        return datetime.fromisoformat((Path(settings.DATA_DIR) / LAST).read_text("ascii").strip())
    except (OSError, ValueError):
        return None


def newest_migrations() -> dict[str, str]:
    """Return app → its newest applied migration."""
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    return dict(applied)


def is_kept_apart(path: Path) -> bool:
    """Say whether a file or folder of the data folder is not copied and not replaced as it is."""
    name = path.name
    database = database_file().name if connection.vendor == "sqlite" else ""
    return (
        name in {LOCK_NAME, LAST, STAGED}
        or name.startswith(ASIDE)
        or bool(database and name.startswith(database))
    )


def _copy_data(target: Path) -> None:
    target.mkdir(mode=0o700)
    source = Path(settings.DATA_DIR)
    if not source.is_dir():
        return
    for path in source.iterdir():
        if is_kept_apart(path) or path.is_symlink():
            continue
        if path.is_dir():
            shutil.copytree(path, target / path.name, copy_function=_copy_if_there)
        elif path.is_file():
            shutil.copy2(path, target / path.name)


def _copy_if_there(source: str, target: str) -> None:
    """Copy a file; a photo that retention removed since it was listed is no error."""
    if os.path.exists(source):
        shutil.copy2(source, target)


def _remember(now: datetime) -> None:
    folder = Path(settings.DATA_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / LAST).write_text(now.isoformat() + "\n", "ascii")
