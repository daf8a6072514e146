"""A stand-in for Firebase on loopback: the OAuth token endpoint and FCM HTTP v1, with bad moods.

As a fixture: `from tests.fcm_standin import fcm` (the name `fcm`), or `with FcmStandin(file)`.
By hand: `python -m tests.fcm_standin --port 9112 --write-credentials FILE`, then run the server
with GERAK_FCM_CREDENTIALS=FILE and GERAK_FCM_URL=http://127.0.0.1:9112. There, `GET /posts` shows
what was posted and `POST /mood {"mood": "503", "address"?: "…"}` changes the mood.
"""

import argparse
import contextlib
import json
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import pytest

from tests.fcm_google import (
    ERRORS,
    GRANT_TYPE,
    HANG_S,
    PROJECT_ID,
    RETRY_AFTER_S,
    WITH_RETRY_AFTER,
    Mood,
    error_body,
    problem_of_assertion,
    service_account,
)
from tests.fcm_schema import BadField, check_request


@dataclass(frozen=True)
class Post:
    """One request to `messages:send`: its message, how it was answered, and whether it counts."""

    message: dict[str, Any] | None
    mood: str
    status: int | None
    accepted: bool
    error: str = ""

    @property
    def address(self) -> str:
        message = self.message or {}
        return message.get("token") or message.get("fid") or ""


class FcmStandin:
    """Serve on loopback while the context is open, and write a service-account file for it.

    `mood` holds for every request, `next_moods` come first, one a post, and `moods_by_address`
    holds for single phones. `posts` are all send requests, `accepted` those that Firebase would
    deliver, `token_requests` the number of requests to the token endpoint, `connections` that of
    connections opened.
    """

    def __init__(self, credentials_path: Path, *, port: int = 0) -> None:
        self.mood = Mood.OK
        self.next_moods: deque[Mood] = deque()
        self.moods_by_address: dict[str, Mood] = {}
        self.posts: list[Post] = []
        self.token_requests = 0
        self.connections = 0
        self.token_lifetime_s = 3600
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.tokens: dict[str, float] = {}
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.standin = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.credentials_path = credentials_path

    def __enter__(self) -> Self:
        self.write_credentials(self.credentials_path)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Hear no more connections. A second call does nothing."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def accepted(self) -> list[Post]:
        return [post for post in self.posts if post.accepted]

    def write_credentials(self, path: Path) -> None:
        """Write a throw-away service-account file, readable by its owner alone."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(service_account(f"{self.url}/token"), indent=1))

    def revoke_tokens(self) -> None:
        """Forget every access token that was given out."""
        self.tokens.clear()

    def mood_of_post(self, address: str) -> Mood:
        with self.lock:
            if self.next_moods:
                return self.next_moods.popleft()
            return self.moods_by_address.get(address, self.mood)

    def record(self, post: Post) -> int:
        with self.lock:
            self.posts.append(post)
            return len(self.posts)


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024  # a burst of senders must not meet a full backlog
    daemon_threads = True
    standin: FcmStandin

    def handle_error(self, *_: object) -> None:
        """Stay silent about clients that gave up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body leave in one packet
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        with self.standin.lock:
            self.standin.connections += 1

    def log_message(self, *_: object) -> None:
        """Keep the terminal quiet."""

    @property
    def standin(self) -> FcmStandin:
        return self.server.standin

    def do_GET(self) -> None:
        if self.path != "/posts":
            return self.answer(404, {})
        return self.answer(200, {"posts": [asdict(post) for post in self.standin.posts]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/token":
            return self.give_token(body)
        if self.path == "/mood":
            return self.change_mood(json.loads(body))
        if self.path == f"/v1/projects/{PROJECT_ID}/messages:send":
            return self.take_message(body)
        return self.answer(404, error_body(404, "NOT_FOUND", None, "Not found."))

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def hang(self) -> None:
        self.standin.released.wait(HANG_S)
        self.drop()

    def drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def change_mood(self, body: dict[str, str]) -> None:
        mood = Mood(body["mood"])
        if "address" in body:
            self.standin.moods_by_address[body["address"]] = mood
        else:
            self.standin.mood = mood
        self.answer(200, {"mood": mood.value})

    def give_token(self, body: bytes) -> None:
        standin = self.standin
        with standin.lock:
            standin.token_requests += 1
        match standin.mood:
            case Mood.TOKEN_UNAVAILABLE:
                return self.answer(503, {"error": "temporarily_unavailable"})
            case Mood.TOKEN_HANG:
                return self.hang()
            case Mood.TOKEN_GARBAGE:
                return self.answer(200, b'"<html>captive portal</html>"')
            case Mood.TOKEN_REFUSED:
                return self.refuse_assertion("Invalid JWT Signature.")
        form = parse_qs(body.decode())
        if form.get("grant_type") != [GRANT_TYPE] or len(form.get("assertion", [])) != 1:
            return self.answer(400, {"error": "unsupported_grant_type"})
        problem = problem_of_assertion(form["assertion"][0])
        if problem:
            return self.refuse_assertion(problem)
        token = secrets.token_urlsafe(24)
        standin.tokens[token] = time.time() + standin.token_lifetime_s
        return self.answer(
            200,
            {
                "access_token": token,
                "expires_in": standin.token_lifetime_s,
                "token_type": "Bearer",
            },
        )

    def refuse_assertion(self, why: str) -> None:
        self.answer(400, {"error": "invalid_grant", "error_description": why})

    def take_message(self, body: bytes) -> None:
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or self.standin.tokens.get(token, 0.0) < time.time():
            self.refuse(None, Mood.UNAUTHENTICATED)
            return
        try:
            message = check_request(json.loads(body))
        except BadField as error:
            self.refuse_field(None, error.field, f"Invalid value: {error.why}")
            return
        except ValueError:
            self.refuse_field(None, "", "Invalid JSON payload received.")
            return
        mood = self.standin.mood_of_post(message.get("token") or message.get("fid") or "")
        self.treat(message, mood)

    def treat(self, message: dict[str, Any], mood: Mood) -> None:
        match mood:
            case Mood.HANG:
                self.note(message, mood, None)
                self.hang()
            case Mood.DROP_AFTER_ACCEPT:
                self.note(message, mood, None, accepted=True)
                self.drop()
            case Mood.GARBAGE:
                self.note(message, mood, 200)
                self.answer(200, b"<html>captive portal</html>")
            case Mood.GARBAGE_ERROR:
                self.note(message, mood, 502)
                self.answer(502, b'{"error": "bad gateway"}')
            case Mood.REDIRECT:
                self.note(message, mood, 307)
                self.answer(307, {}, {"Location": self.path})
            case Mood.BAD_ADDRESS_FIELD:
                field = "message.fid" if "fid" in message else "message.token"
                self.refuse_field(message, field, "Invalid registration token")
            case Mood.BAD_MESSAGE:
                self.refuse_field(message, "message.android.ttl", "Invalid ttl")
            case _ if mood in ERRORS or mood in WITH_RETRY_AFTER:
                self.refuse(message, mood)
            case _:
                number = self.note(message, mood, 200, accepted=True)
                self.answer(200, {"name": f"projects/{PROJECT_ID}/messages/{number}"})

    def refuse(self, message: dict[str, Any] | None, mood: Mood) -> None:
        status, rpc_status, code, text = ERRORS[WITH_RETRY_AFTER.get(mood, mood)]
        headers = {}
        if mood is Mood.UNAVAILABLE_RETRY_DATE:
            headers["Retry-After"] = formatdate(time.time() + RETRY_AFTER_S, usegmt=True)
        elif mood in WITH_RETRY_AFTER:
            headers["Retry-After"] = str(RETRY_AFTER_S)
        self.note(message, mood, status, error=code or rpc_status)
        self.answer(status, error_body(status, rpc_status, code, text), headers)

    def refuse_field(self, message: dict[str, Any] | None, field: str, why: str) -> None:
        self.note(message, Mood.BAD_MESSAGE, 400, error=f"{field}: {why}")
        self.answer(400, error_body(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", why, field))

    def note(
        self,
        message: dict[str, Any] | None,
        mood: Mood,
        status: int | None,
        *,
        accepted: bool = False,
        error: str = "",
    ) -> int:
        return self.standin.record(Post(message, mood.value, status, accepted, error))


@pytest.fixture
def fcm(tmp_path: Path) -> Iterator[FcmStandin]:
    """Give a stand-in in good mood, with its credentials in a folder of the test."""
    with FcmStandin(tmp_path / "service-account.json") as standin:
        yield standin


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A stand-in for Firebase Cloud Messaging.")
    parser.add_argument("--port", type=int, default=9112)
    parser.add_argument("--write-credentials", type=Path, required=True, metavar="FILE")
    parser.add_argument("--mood", choices=[mood.value for mood in Mood], default="ok")
    options = parser.parse_args()
    with FcmStandin(options.write_credentials, port=options.port) as standin:
        standin.mood = Mood(options.mood)
        print(f"GERAK_FCM_CREDENTIALS={options.write_credentials}")
        print(f"GERAK_FCM_URL={standin.url}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
