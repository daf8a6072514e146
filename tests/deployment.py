"""The documented deployment on loopback: nginx, two socket processes, pages, worker, beat.

Command lines, environment and the nginx site are those of docs/deploy/, with ports and paths of our
own in place of the box's.
"""

import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from shutil import which
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from websockets.sync.client import connect

from tests.ports import free_port
from tests.server import ROOT, Phone, Server

FILES = ROOT / "docs" / "deploy"
BIN = Path(sys.executable).parent
START_WAIT_S = 90


def unit_lines(name):
    """Return (key, value) of each setting of a unit file."""
    lines = (FILES / name).read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and line[0] not in "#["]


def command_of(name):
    """Return the words that a unit starts."""
    (line,) = [value for key, value in unit_lines(name) if key == "ExecStart"]
    return shlex.split(line)


def example_environment():
    """Return the environment file's example."""
    lines = (FILES / "environment.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def missing_programs():
    """Return what the deployment needs and this machine lacks."""
    return [name for name in ("nginx", "redis-server", "openssl") if not which(name)]


@contextmanager
def redis(folder):
    """Run a Redis of our own; give its URL."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen([*command, "--dir", str(folder)], stdout=log, stderr=log)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)


class Deployment(Server):
    """What stands behind one public door, spoken to by TLS."""

    def __init__(self, folder, database_url, redis_url):
        super().__init__(folder)
        self.unready = ""  # what a process said last of why it may not be sent work
        self.ports = {"8113": free_port(), "8121": free_port(), "8122": free_port()}
        secrets = ("secret_key", "telephony_secret")
        for name in secrets:
            (self.folder / name).write_text(token_urlsafe(48))
        kept = {"GERAK_DATA_DIR": str(self.folder / "data"), "DATABASE_URL": database_url}
        kept |= {f"GERAK_{name.upper()}_FILE": str(self.folder / name) for name in secrets}
        kept |= {"REDIS_URL": redis_url, "GERAK_SIGNING_KEY_FILE": ""}
        kept |= {"GERAK_TRUSTED_ORIGINS": self.origin, "PYTHONUNBUFFERED": "1"}
        kept |= {"GERAK_REQUIRE_2FA": "0"}  # a password is enough for what is tried here
        kept |= {"GERAK_STATIC_ROOT": str(self.folder / "static")}
        self.environment = self.environment | example_environment() | kept
        del self.environment["GERAK_PORT"]
        self.processes = {}
        self.plain_port = free_port()
        self.trust = None

    @property
    def origin(self):
        return f"https://127.0.0.1:{self.port}"

    def start(self, *, seconds=START_WAIT_S):
        self.prepared = [self.manage_all("migrate"), self.manage_all("seed")]
        self.manage_all("collectstatic", "--noinput")
        self.run("gerak112-web.service", "8113")
        self.run("gerak112-sockets@.service", "8121")
        self.run("gerak112-sockets@.service", "8122")
        self.run("gerak112-worker.service")
        self.run("gerak112-beat.service")
        for instance in self.ports:
            self.wait_for(instance, seconds)
        self._start_nginx()
        return self

    def run(self, unit, instance=""):
        """Start what a unit starts."""
        words = [word.replace("%i", instance) for word in command_of(unit)]
        for documented, port in self.ports.items():
            words = [word.replace(documented, str(port)) for word in words]
        words = [word.replace("/tmp/", f"{self.folder}/") for word in words]
        words = [word.replace("/srv/gerak112/.venv/bin", str(BIN)) for word in words]
        added = dict(
            value.replace("%i", instance).split("=", 1)
            for key, value in unit_lines(unit)
            if key == "Environment"
        )
        self._spawn(unit.replace("@", f"@{instance}"), words, added)

    def _spawn(self, name, words, added):
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                words, cwd=ROOT, env=self.environment | added, stdout=log, stderr=log
            )

    def _start_nginx(self):
        certificate = ["-keyout", "privkey.pem", "-out", "fullchain.pem", "-subj", "/CN=gerak"]
        certificate += ["-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes"]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", *certificate],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        self.trust = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        (self.folder / "nginx.conf").write_text(self._nginx_conf())
        command = ["nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        subprocess.run([*command, "-t", "-q"], check=True)
        self._spawn("nginx", [*command, "-g", "daemon off;"], {})
        until(lambda: self.call("GET", "/healthz")[0] == 200)

    def _nginx_conf(self):
        site = (FILES / "nginx-site.conf").read_text()
        site = re.sub(r"listen \[::\].*;", "", site)
        site = site.replace("listen 443", f"listen 127.0.0.1:{self.port}")
        site = site.replace("listen 80", f"listen 127.0.0.1:{self.plain_port}")
        site = site.replace("112.example.go.id", "127.0.0.1")
        site = site.replace("/etc/ssl/gerak112", str(self.folder))
        site = site.replace("/srv/gerak112/staticfiles", str(self.folder / "static"))
        site = site.replace("/var/log/nginx", str(self.folder))
        for documented, port in self.ports.items():
            site = site.replace(f"127.0.0.1:{documented}", f"127.0.0.1:{port}")
        paths = "".join(
            f"{kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        return (
            f"{user} pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ include /etc/nginx/mime.types; {paths}\n{site}\n}}\n"
        )

    def wait_for(self, instance, seconds=START_WAIT_S):
        """Wait until one process says at its own port that it may be sent work."""
        told = lambda: f"{self.unready}\n{self.log()}"  # noqa: E731
        until(lambda: self._ready(instance), seconds=seconds, told=told)

    def _ready(self, instance):
        try:
            with urlopen(f"http://127.0.0.1:{self.ports[instance]}/readyz", timeout=10) as answer:
                return answer.status == 200
        except HTTPError as refusal:
            self.unready = refusal.read().decode(errors="replace")
            return False

    def stop_one(self, unit):
        """End one process in order."""
        process = self.processes.pop(unit)
        process.send_signal(signal.SIGTERM)
        process.wait(25)

    def stop(self):
        for process in reversed(self.processes.values()):
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(25)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self):
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in logs)

    def request(self, method, path, body):
        request = Request(f"{self.origin}{path}", data=body, method=method)
        request.add_header("Referer", f"{self.origin}/admin/login/")
        return request

    def open(self, request):
        return urlopen(request, timeout=30, context=self.trust)

    def socket(self, path, **options):
        """Open a websocket through nginx."""
        url = f"wss://127.0.0.1:{self.port}{path}"
        return connect(url, ssl=self.trust, open_timeout=20, legacy=True, **options)


class DeployedPhone(Phone):
    """A phone that comes in through nginx."""

    def open_stream(self):
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.server.socket("/ws/stream/", additional_headers=headers)


def until(holds, *, seconds=30, told=lambda: ""):
    """Wait until something holds; connection errors count as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)
