"""The files of a deployment say the same thing, and name only what the code reads."""

import json
import re
import shlex
import subprocess
from importlib.metadata import requires
from pathlib import Path
from shutil import which

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from config.figures import REGISTRY
from tests.deployment import FILES, command_of, example_environment, unit_lines
from tests.server import ROOT

UNITS = sorted(path.name for path in FILES.glob("*.service"))
SERVICES = {
    "web": ("gerak112-web.service", ""),
    "sockets-8121": ("gerak112-sockets@.service", "8121"),
    "sockets-8122": ("gerak112-sockets@.service", "8122"),
    "worker": ("gerak112-worker.service", ""),
    "beat": ("gerak112-beat.service", ""),
}


def _compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def _names_read():
    """Return the environment names that the settings read."""
    text = "".join((ROOT / "config" / name).read_text() for name in ("settings.py", "env.py"))
    names = set(re.findall(r'"((?:GERAK_)\w+|DATABASE_URL|REDIS_URL|CELERY_BROKER_URL)"', text))
    return names | {f"{name}_FILE" for name in names}


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_runs_what_its_unit_runs(service):
    unit, instance = SERVICES[service]
    command, *words = command_of(unit)

    documented = [Path(command).name, *(word.replace("%i", instance) for word in words)]

    told = _compose()["services"][service]
    assert [word.replace("0.0.0.0", "127.0.0.1") for word in shlex.split(told["command"])] == [
        *documented
    ]
    names = [value for key, value in unit_lines(unit) if key == "Environment"]
    assert names == [
        f"GERAK_PROCESS_NAME={told['environment']['GERAK_PROCESS_NAME']}".replace(
            instance or " ", "%i" if instance else " "
        )
    ]


def test_every_name_in_an_environment_is_one_that_the_settings_read():
    named = set(example_environment())
    for service in _compose()["services"].values():
        named |= {key for key in service.get("environment", {}) if not key.startswith("POSTGRES_")}

    assert named - _names_read() == set()


def test_the_proxy_speaks_to_the_ports_that_the_processes_listen_at():
    site = (FILES / "nginx-site.conf").read_text()

    ports = set(re.findall(r"server 127\.0\.0\.1:(\d+)", site))

    published = {
        port.split(":")[1]
        for service in _compose()["services"].values()
        for port in service.get("ports", ())
    }
    assert ports == published == {"8113", "8121", "8122"}


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_hardened_and_knows_no_secret(unit):
    lines = unit_lines(unit)

    assert {
        ("User", "gerak112"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
        ("StateDirectoryMode", "0700"),
        ("EnvironmentFile", "/etc/gerak112/environment"),
    } <= set(lines)
    assert not [value for key, value in lines if key == "Environment" and "SECRET" in value]


@pytest.mark.skipif(not which("systemd-analyze"), reason="systemd-analyze is not on this machine")
def test_systemd_understands_the_units(tmp_path):
    for path in FILES.glob("gerak112-*"):
        text = path.read_text().replace("/srv/gerak112/.venv/bin/", "/bin/true ")
        (tmp_path / path.name.replace("@", "@8121")).write_text(text)

    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
    )

    lines = told.stderr.splitlines()
    assert not [line for line in lines if "gerak112" in line and "Unknown" in line], told.stderr


@pytest.mark.django_db
def test_the_dashboard_asks_for_figures_that_there_are():
    dashboard = json.loads((FILES / "grafana-dashboard.json").read_text())
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
        for name in re.findall(r"\bgerak_\w+", target["expr"])
    }
    given = set()
    for family in REGISTRY.collect():
        suffixes = ("", "_total", "_bucket", "_count", "_sum")
        given |= {family.name + suffix for suffix in suffixes}

    assert asked
    assert asked - given == set()


def test_the_lock_holds_what_requirements_name_with_a_hash_each():
    lock = (ROOT / "requirements.lock").read_text()
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.M))
    wanted = re.findall(
        r"^([\w.-]+)(?:\[.*?\])?==(\S+)", (ROOT / "requirements.txt").read_text(), re.M
    )

    assert {name: locked.get(name) for name, _version in wanted} == dict(wanted)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", lock)) > len(locked)
    assert not re.search(r"://|--(extra-)?index-url|--find-links", lock)


def test_the_lock_holds_what_the_oldest_python_needs_too():
    """It is made with a newer 3.11 than Debian 12 has: what only the older needs is named by us."""
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.M)
    oldest = {"python_version": "3.11", "python_full_version": "3.11.0", "extra": ""}
    wanted = {
        (name, canonicalize_name(one.name))
        for name in locked
        for one in map(Requirement, requires(name) or ())
        if one.marker is None or one.marker.evaluate(oldest)
    }

    assert wanted
    assert {(name, one) for name, one in wanted if one not in locked} == set()


def test_nothing_is_locked_below_its_floor():
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.M))
    floors = re.findall(
        r"^([\w.-]+)>=(\S+)  # \S", (ROOT / "requirements-floors.txt").read_text(), re.M
    )

    assert floors
    assert [name for name, floor in floors if Version(locked[name]) < Version(floor)] == []
