"""What a backup says of itself: when, of which history, and the digest of every file.

Belongs here: the file `manifest.json` and how it is held against the files beside it. Not here: how
a database is copied.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

NAME = "manifest.json"
FORMAT = 1
CHUNK_BYTES = 1024 * 1024


class BadBackup(Exception):
    """A folder that cannot be restored from. The message is the sentence to show."""


@dataclass(frozen=True)
class Manifest:
    """What was copied. files: path below the backup → hex SHA-256; migrations: app → the newest."""

    made_at: str
    vendor: str
    epoch: str
    seq: int
    head: str
    migrations: dict[str, str]
    files: dict[str, str]
    format: int = FORMAT

    @property
    def when(self) -> datetime:
        """The time of the copy, aware."""
        return datetime.fromisoformat(self.made_at)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it to disk, the last file of a backup."""
    path = folder / NAME
    path.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n", "utf-8")
    to_disk(path)


def read_manifest(folder: Path) -> Manifest:
    """Return what a backup says of itself. Raises BadBackup where it says nothing readable."""
    try:
        told = json.loads((folder / NAME).read_text("utf-8"))
        manifest = Manifest(**told)
        manifest.when  # noqa: B018  (raises where it is no time)
        unsafe = [name for name in manifest.files if not _is_below(name)]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadBackup(f"{folder} holds no readable {NAME}: {error}") from error
    if manifest.format != FORMAT:
        raise BadBackup(f"{folder} was made by another version (format {manifest.format}).")
    if unsafe:
        raise BadBackup(f"{folder} names a file outside of itself: {unsafe[0]}")
    return manifest


def check_digests(folder: Path, manifest: Manifest) -> None:
    """Raise BadBackup, naming the file, where one is missing or is not what was copied."""
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file() or path.is_symlink():
            raise BadBackup(f"{name} is missing from {folder}.")
        if digest_of(path) != digest:
            raise BadBackup(f"{name} in {folder} is not what was backed up: its digest differs.")


def backups_in(folder: Path) -> list[Path]:
    """Return the complete backups in a folder, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"gerak112-*/{NAME}"))


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the regular files of a folder and of those in it, in order."""
    yield from sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()
    )


def digest_of(path: Path) -> str:
    """Return a file's hex SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def to_disk(path: Path) -> None:
    """Have the disk hold a file or folder before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_below(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
