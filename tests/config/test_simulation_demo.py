"""The demo gets its plan from outside and never opens the database."""

import io
import subprocess
import sys

import pytest
from django.conf import settings

from config.simulation.demo import read_plan

PLAN = {"url": "http://127.0.0.1:1", "service_token": "t", "crew": []}
ONE_LINE = '{"url": "http://127.0.0.1:1", "service_token": "t", "crew": []}\n'


@pytest.mark.parametrize("text", [ONE_LINE, ONE_LINE.replace(", ", ",\n")])
def test_the_plan_is_read_from_standard_input(monkeypatch, text):
    monkeypatch.delenv("GERAK_DEMO_PLAN", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    assert read_plan() == PLAN


def test_the_plan_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("GERAK_DEMO_PLAN", ONE_LINE)
    assert read_plan() == PLAN


def test_a_plan_that_is_no_object_is_refused(monkeypatch):
    monkeypatch.setenv("GERAK_DEMO_PLAN", "[1]")
    with pytest.raises(ValueError, match="not a JSON object"):
        read_plan()


def test_the_demo_loads_neither_settings_nor_models():
    code = (
        "import sys, config.simulation.demo as _;"
        "sys.exit(bool({'config.settings', 'incidents.models', 'responders.models'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, timeout=60)
    assert done.returncode == 0


def test_the_demo_ends_quietly_on_sigterm_while_no_server_answers():
    child = subprocess.Popen(
        [sys.executable, "-m", "config.simulation.demo"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    child.stdin.write(ONE_LINE.encode())
    child.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(2.0)
    child.terminate()
    output, _ = child.communicate(timeout=10)
    assert (child.returncode, output) == (0, b"")
