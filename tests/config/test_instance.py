"""One process at a time on a data folder."""

import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from config.instance import AlreadyRunning, hold, holder_of

HOLDER = """
import sys, pathlib
from config.instance import hold
with hold(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other_process(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def test_a_second_process_is_refused_with_a_sentence(tmp_path, other_process):
    with pytest.raises(AlreadyRunning) as refusal, hold(tmp_path):
        pass

    assert str(refusal.value) == (
        f"Another Gerak 112 process ({other_process.pid}) is using {tmp_path}. "
        "Stop it first, or choose another folder with GERAK_DATA_DIR."
    )
    assert holder_of(tmp_path) == other_process.pid


def test_the_lock_dies_with_its_holder(tmp_path, other_process):
    other_process.kill()
    other_process.wait()

    assert holder_of(tmp_path) is None
    with hold(tmp_path):
        pass


def test_the_holder_itself_may_hold_again(tmp_path):
    with hold(tmp_path), hold(tmp_path):
        pass

    assert holder_of(tmp_path) is None


@pytest.mark.django_db
def test_migrate_is_refused_beside_a_running_server(tmp_path, other_process, settings):
    settings.DATA_DIR = tmp_path
    settings.EMBEDDED = True

    with pytest.raises(CommandError, match=r"Another Gerak 112 process \(\d+\) is using"):
        call_command("migrate", verbosity=0)
