"""What one would take instead, on the same machine: each tells all its subscribers one text.

nchan (nginx, websocket subscribers), mosquitto (MQTT over websockets, QoS 0) and the limit in
Python (`tests.bench.broadcaster`). None of them stores, authorises or confirms anything.
"""

import base64
import os
import shutil
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.sockets import BINARY
from tests.bench.world import claim_port, cpu_s, end_process, resident_kb, spawn
from tests.deployment import until
from tests.server import ROOT

NCHAN_PLACES = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/etc/nginx/modules")
NGINX = """
load_module {module}; {user} daemon off; worker_processes 1; worker_rlimit_nofile 65536;
pid {folder}/nchan.pid; error_log {folder}/nchan.log;
events {{ worker_connections 16384; }}
http {{
    access_log off; {paths}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /publish {{ nchan_publisher; nchan_channel_id all; }}
        location = /listen {{
            nchan_subscriber websocket; nchan_channel_id all; nchan_subscriber_first_message newest;
        }}
    }}
}}
"""
MOSQUITTO = """
listener {port} 127.0.0.1
protocol websockets
listener {publish} 127.0.0.1
allow_anonymous true
max_connections -1
persistence false
{user}
"""
AS_ROOT = os.geteuid() == 0


class Peer:
    """A server of somebody else. `missing` says why it cannot run."""

    name = path = missing = ""
    headers: tuple[str, ...] = ()
    hello: tuple[tuple[int, bytes], ...] = ()
    ready = ""  # the text that ends a subscription; empty: the handshake does

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, claim_port(), None

    def opening(self):
        """Return what its subscribers do to begin."""
        hello = [(opcode, base64.b64encode(said).decode()) for opcode, said in self.hello]
        return {
            "port": self.port,
            "path": self.path,
            "headers": [list(self.headers)],
            "hello": hello,
            "ready": self.ready,
        }

    def cpu_s(self):
        return cpu_s(self.process)

    def resident_kb(self):
        return resident_kb(self.process)

    def stop(self):
        if self.process:
            end_process(self.process)

    def _answers(self):
        with socket.create_connection(("127.0.0.1", self.port), 1):
            return True


class Nchan(Peer):
    name, path = "nchan", "/listen"

    def __init__(self, folder):
        super().__init__(folder)
        places = [Path(place) / "ngx_nchan_module.so" for place in NCHAN_PLACES]
        self._module = next((place for place in places if place.exists()), None)
        if not (shutil.which("nginx") and self._module):
            self.missing = "not installed (nginx, libnginx-mod-nchan)"

    def start(self):
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        site = NGINX.format(
            module=self._module,
            user="user root;" if AS_ROOT else "",
            folder=self.folder,
            port=self.port,
            paths=" ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds),
        )
        (self.folder / "nchan.conf").write_text(site)
        command = ["nginx", "-p", str(self.folder), "-c", str(self.folder / "nchan.conf")]
        self.process = spawn(command, self.folder / "nchan.log")
        until(self._answers)

    def publish(self, text):
        line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("POST", "/publish", text.encode())
        line.getresponse().read()
        line.close()


class Mosquitto(Peer):
    name, path = "mosquitto", "/mqtt"
    headers = ("Sec-WebSocket-Protocol: mqtt",)
    hello = (
        (BINARY, b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"),  # CONNECT, clean session
        (BINARY, b"\x82\x08\x00\x01\x00\x03all\x00"),  # SUBSCRIBE all, QoS 0
    )
    ready = "\x90\x03"  # SUBACK

    def __init__(self, folder):
        super().__init__(folder)
        self.missing = "" if shutil.which("mosquitto") else "not installed (mosquitto)"
        self._publisher = None

    def start(self):
        publish = claim_port()
        configuration = MOSQUITTO.format(
            port=self.port, publish=publish, user="user root" if AS_ROOT else ""
        )
        (self.folder / "mosquitto.conf").write_text(configuration)
        command = ["mosquitto", "-c", str(self.folder / "mosquitto.conf")]
        self.process = spawn(command, self.folder / "mosquitto.log")
        until(self._answers)
        self._publisher = socket.create_connection(("127.0.0.1", publish), 5)
        self._publisher.sendall(self.hello[0][1])
        self._publisher.recv(16)

    def publish(self, text):
        body = b"\x00\x03all" + text.encode()
        self._publisher.sendall(b"\x30" + _length(len(body)) + body)

    def stop(self):
        if self._publisher:
            self._publisher.close()
        super().stop()


class Broadcast(Peer):
    name, path = "websockets.broadcast", "/"

    def start(self):
        with (self.folder / "broadcaster.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.broadcaster", str(self.port)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        until(self._answers)

    def publish(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()


PEERS = (Nchan, Mosquitto, Broadcast)


def _length(size):
    """Return MQTT's variable length."""
    out = b""
    while True:
        size, low = divmod(size, 128)
        out += bytes([low | (0x80 if size else 0)])
        if not size:
            return out
