"""A backup never copies itself."""

from datetime import UTC, datetime

import pytest

from config.backup.make import make_backup
from config.backup.manifest import BadBackup


@pytest.mark.parametrize("place", [".", "backups", "photos/backups"])
def test_a_backup_into_what_it_copies_is_refused_and_leaves_nothing(settings, tmp_path, place):
    settings.DATA_DIR = tmp_path

    with pytest.raises(BadBackup, match="choose a folder outside it"):
        make_backup(tmp_path / place, now=datetime.now(UTC))

    assert list(tmp_path.iterdir()) == []
