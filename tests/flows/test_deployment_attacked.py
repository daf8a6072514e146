"""The documented deployment, spoken to raw: nothing is slipped past nginx or taken on its word."""

import re
import socket

import pytest

from tests.flows.test_deployment import box  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(300)]
SMUGGLED = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
DOORS = ("/api/v1/check-ins", "/admin/login/")  # a socket process, a page process
UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@pytest.fixture
def say(box):  # noqa: F811
    """Send bytes by TLS; return the statuses that come back, and all of it."""

    def talk(text, host="127.0.0.1:{port}"):
        text = text.replace("{host}", f"Host: {host}\r\n".replace("{port}", str(box.port)))
        line = socket.create_connection(("127.0.0.1", box.port), timeout=10)
        with box.trust.wrap_socket(line, server_hostname="127.0.0.1") as line:
            line.sendall(text.replace("{port}", str(box.port)).encode("latin-1"))
            line.settimeout(2)
            heard = b""
            try:
                while piece := line.recv(65536):
                    heard += piece
            except OSError:
                pass  # it stays open, or was cut off
        told = heard.decode("utf-8", "replace")
        return [int(one) for one in re.findall(r"^HTTP/1\.[01] (\d+)", told, re.M)], told

    return talk


@pytest.mark.parametrize("door", DOORS)
def test_a_body_of_two_minds_is_one_refusal(say, door):
    length, te = len(SMUGGLED) + 5, "Transfer-Encoding: chunked\r\n"
    bodies = {
        "CL.TE": f"Content-Length: {length}\r\n{te}\r\n0\r\n\r\n{SMUGGLED}",
        "TE.CL": f"Content-Length: 4\r\n{te}\r\n24\r\n{SMUGGLED}\r\n0\r\n\r\n",
        "TE.TE": f"{te}Transfer-Encoding: x\r\n\r\n0\r\n\r\n",
        "odd TE": "Content-Length: 6\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\nG",
        "folded": "X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "blank": "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "two lengths": "Content-Length: 5\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG",
        "signed": "Content-Length: +5\r\n\r\n0\r\n\r\n",
    }

    told = {
        name: say(f"POST {door} HTTP/1.1\r\n{{host}}{body}")[0] for name, body in bodies.items()
    }

    assert {
        name: statuses for name, statuses in told.items() if statuses not in ([400], [501])
    } == {}


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "//metrics",
        "/x/../metrics",
        "/%6detrics",
        "/..;/metrics",
        "/ws/%2e%2e/metrics",
        "/static/../metrics",
        "/static../secret_key",
        "/static/..%2fsecret_key",
        "/api//v1/me",
        "/%2fmetrics",
    ],
)
def test_no_spelling_of_a_path_leads_past_the_doors(say, path):
    statuses, told = say(f"GET {path} HTTP/1.1\r\n{{host}}Connection: close\r\n\r\n")

    assert statuses in ([404], [400])
    assert "gerak_" not in told


def test_another_name_reaches_no_process(say, box):  # noqa: F811
    request = "GET /admin/ HTTP/1.1\r\n{host}Connection: close\r\n\r\n"

    assert say(request, host="evil.example") == ([], "")
    assert say(request)[0] == [302]
    assert "evil.example" not in box.log()


@pytest.mark.parametrize(
    "told",
    [
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: http",
        "X-Original-URL: /metrics",
        "Forwarded: for=1.1.1.1;host=evil.example;proto=http",
        "X-Script-Name: /evil.example",
    ],
)
def test_what_only_a_proxy_may_say_is_not_believed_of_a_stranger(say, told):
    request = f"GET /admin/ HTTP/1.1\r\n{{host}}{told}\r\nConnection: close\r\n\r\n"
    statuses, answer = say(request)

    assert statuses == [302]
    assert "Location: /admin/login/?next=/admin/\r\n" in answer
    assert "evil" not in answer


def opens(say, origin, **how):
    lines = f"GET /ws/board/ HTTP/1.1\r\n{{host}}{UPGRADE}{origin}\r\n"
    return say(lines, **how)[0]


def test_a_page_of_another_site_opens_no_board(say):
    ours = "Origin: https://127.0.0.1:{port}\r\n"
    theirs = [
        "",
        "Origin: null\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: http://127.0.0.1:{port}\r\n",
        "Origin: https://127.0.0.1\r\n",
        "Origin: https://127.0.0.1:{port}.evil.example\r\n",
    ]

    assert [opens(say, origin) for origin in theirs] == [[403]] * 6
    assert opens(say, ours) == [101]
    assert opens(say, "Origin: https://evil.example\r\n", host="evil.example") == []
    assert opens(say, ours + "Origin: https://evil.example\r\n") == [400]


def test_after_a_refused_upgrade_the_line_leads_nowhere_else(say):
    for upgrade in (UPGRADE.replace("13", "777"), "Upgrade: h2c\r\nConnection: Upgrade\r\n"):
        statuses, told = say(f"GET /ws/stream/ HTTP/1.1\r\n{{host}}{upgrade}\r\n{SMUGGLED}")

        assert statuses[0] in (400, 404)
        assert "gerak_" not in told
