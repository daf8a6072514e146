"""A backup by pg_dump comes back by psql in one transaction, with a new epoch, or not at all."""

import json
import shutil
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from config.backup.manifest import digest_of
from tests.postgres import NoPostgres, private_cluster
from tests.server import Server

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]

SHAPE = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "GERAK_SECRET_KEY": "k" * 60,
    "GERAK_TELEPHONY_SECRET": "t" * 30,
}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    """A cluster whose first database is seeded, and the data folder that belongs to it."""
    try:
        with private_cluster() as url:
            folder = tmp_path_factory.mktemp("seeded")
            city = Server(folder, DATABASE_URL=url, **SHAPE)
            city.manage_all("migrate")
            city.manage_all("seed")
            yield url, folder
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture
def city(seeded, tmp_path):
    """A copy of the seeded city; give what runs commands on it."""
    url, folder = seeded
    shutil.copytree(folder, tmp_path / "data")
    name = f"copy_{uuid4().hex}"
    with psycopg.connect(_database(url, "template1"), autocommit=True) as cluster:
        cluster.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
    return Server(tmp_path / "data", DATABASE_URL=_database(url, name), **SHAPE)


def _database(url, name):
    return url.removesuffix("/postgres") + f"/{name}"


def _sees(city, expression):
    code = f"from incidents.models import *; print({expression})"
    return city.manage("shell", "--no-imports", "-c", code)


def test_all_comes_back_under_a_new_epoch(city, tmp_path):
    _sees(city, "JournalHead.objects.get_or_create(pk=1)")
    areas = _sees(city, "Area.objects.count()")
    logins = (city.folder / "logins.txt").read_text()
    backup = Path(city.manage("backup", str(tmp_path / "backups")))
    epoch = json.loads((backup / "manifest.json").read_text())["epoch"]
    _sees(city, "Area.objects.filter(parent__isnull=False).update(name='hilang')")
    (city.folder / "logins.txt").unlink()

    city.manage_all("restore", str(tmp_path / "backups"))

    assert _sees(city, "Area.objects.filter(name='hilang').count()") == "0"
    assert _sees(city, "Area.objects.count()") == areas
    assert _sees(city, "JournalHead.objects.get().epoch") not in (epoch, "")
    assert (city.folder / "logins.txt").read_text() == logins
    assert "The journal holds" in city.manage("verify_journal")


def test_beside_a_living_process_it_is_refused(city, tmp_path):
    city.manage("backup", str(tmp_path / "backups"))
    beat = "__import__('notifications.services.beats', fromlist=['x']).write_beat"
    now = "__import__('django.utils.timezone', fromlist=['x']).now()"
    _sees(city, f"{beat}('sweeper', process='sockets-8121', now={now})")

    with pytest.raises(RuntimeError, match="A server process lives .sweeper@sockets-8121."):
        city.manage("restore", str(tmp_path / "backups"))


def test_a_damaged_dump_changes_nothing(city, tmp_path):
    backup = Path(city.manage("backup", str(tmp_path / "backups")))
    areas = _sees(city, "Area.objects.count()")
    dump, manifest = backup / "database.dump", backup / "manifest.json"
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    told = json.loads(manifest.read_text())
    told["files"]["database.dump"] = digest_of(dump)
    manifest.write_text(json.dumps(told))

    with pytest.raises(RuntimeError, match="nothing has changed"):
        city.manage("restore", str(backup))

    assert _sees(city, "Area.objects.count()") == areas
