"""Put a backup in place of what is here; what was here is kept aside, never deleted."""

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from config.backup.databases import (
    POSTGRES_NAME,
    SQLITE_NAME,
    database_file,
    restore_postgres,
    stage_sqlite,
)
from config.backup.make import ASIDE, DATA, STAGED, is_kept_apart
from config.backup.manifest import BadBackup, Manifest, backups_in, check_digests, read_manifest


def chosen_backup(folder: Path) -> Path:
    """Return the backup that a path means: itself, or the newest in it. Raises BadBackup."""
    inside = backups_in(folder)
    if inside:
        return inside[-1]
    read_manifest(folder)
    return folder


def checked_manifest(folder: Path) -> Manifest:
    """Return a backup's manifest once every digest holds and this version can read the database.

    Raises BadBackup.
    """
    manifest = read_manifest(folder)
    if manifest.vendor != connection.vendor:
        raise BadBackup(f"The backup is of {manifest.vendor}, this is {connection.vendor}.")
    loader = MigrationLoader(None)
    for app, name in manifest.migrations.items():
        if app in loader.migrated_apps and (app, name) not in loader.disk_migrations:
            raise BadBackup(f"The backup was made by a newer version: {app} {name} is unknown.")
    check_digests(folder, manifest)
    return manifest


def put_in_place(folder: Path, *, now: datetime) -> tuple[str, Path]:
    """Restore; return the new epoch, and the folder in which what was here now lies.

    All that can fail comes before the first change. Nobody else may use database or data folder
    meanwhile. Raises BadBackup, with everything as it was.
    """
    data = Path(settings.DATA_DIR)
    staged, aside = data / STAGED, data / f"{ASIDE}{now:%Y%m%dT%H%M%SZ}"
    shutil.rmtree(staged, ignore_errors=True)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copytree(folder / DATA, staged)
    if connection.vendor == "sqlite":
        place = database_file()
        epoch = stage_sqlite(folder / SQLITE_NAME, staged / place.name)
        connections.close_all()
        aside.mkdir(mode=0o700)
        for file in sorted(place.parent.glob(f"{place.name}*")):  # with its -wal and -shm
            file.rename(aside / file.name)
    else:
        epoch = restore_postgres(folder / POSTGRES_NAME)
        connections.close_all()
        aside.mkdir(mode=0o700)
    for path in sorted(data.iterdir()):
        if path not in (staged, aside) and not is_kept_apart(path):
            path.rename(aside / path.name)
    for path in sorted(staged.iterdir()):
        path.rename(data / path.name)
    staged.rmdir()
    return epoch, aside
