"""A line of the log says what happened, and nothing of whom it happened to."""

import json
import logging
import logging.config
import sys
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.error_reports import scrubbed, start_error_reports
from config.log_lines import JsonFormatter, LineFormatter, without_personal_data


def _record(message, *, error=None):
    exc_info = (type(error), error, None) if error else None
    return logging.LogRecord("gerak", logging.ERROR, "x.py", 1, message, None, exc_info)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("call from +6281234567890 failed", "call from 08… failed"),
        ("call from 081234567890", "call from 08…"),
        ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer …"),
        ("Sec-WebSocket-Protocol: bearer.abcdefghijk", "Sec-WebSocket-Protocol: bearer.…"),
        ("Not Found: /app/gd1_abcdefghijkl?t=gs1_abcdefghijkl", "Not Found: /app/gd1_…?t=gs1_…"),
        ("DETAIL:  Key (name)=(Siti) already exists.", "DETAIL: …"),
        ("Not Found: /papan/dinding/masuk/s3cret/", "Not Found: /papan/dinding/masuk/…/"),
        ("GET /api/osmand/?id=s3cret&lat=1", "GET /api/osmand/?…"),
        ("assignment 9f0c6a08-1234-4c1e-9a08-081234567890", None),
        ("seq 4711, 2026-11-24T10:00:00.123Z, 30 s late", None),
    ],
)
def test_what_tells_of_a_person_or_opens_a_door_is_hidden(written, kept):
    assert without_personal_data(written) == (kept or written)


def test_what_uvicorn_does_not_log_stays_unlogged(settings):
    access = logging.getLogger("uvicorn.access")
    access.propagate = False  # what --no-access-log does, before our settings are read
    ours = {name: settings.LOGGING[name] for name in ("version", "filters", "loggers")}
    logging.config.dictConfig(ours | {"disable_existing_loggers": False})
    assert not access.hasHandlers()


def test_a_socket_that_opens_is_no_line_of_the_log(settings):
    ours = {name: settings.LOGGING[name] for name in ("version", "filters", "loggers")}
    logging.config.dictConfig(ours | {"disable_existing_loggers": False})
    sockets = logging.getLogger("uvicorn.error")
    assert not sockets.isEnabledFor(logging.INFO)
    assert sockets.isEnabledFor(logging.WARNING)


def test_a_record_becomes_one_line_of_json():
    error = ValueError("081234567890\nis no number")

    line = JsonFormatter().format(_record("two\nlines", error=error))

    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("error", "gerak", "two\nlines")
    assert (told["error"], "0812" in line) == ("ValueError", False)


def test_a_record_for_a_person_hides_it_too():
    assert "0812" not in LineFormatter().format(_record("x", error=ValueError("081234567890")))


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\x1b[2J", "\x85", "\u2028", "\u202e"])
def test_nobody_writes_a_line_of_their_own_into_the_log(sign):
    told = f"refused GET /x{sign}2026-11-24 INFO gerak: all is well"

    line = LineFormatter().format(_record(told))

    assert sign not in line
    assert line.splitlines() == [line]
    assert len(JsonFormatter().format(_record(told)).split("\n")) == 1


def test_an_error_report_carries_no_request_and_nobody():
    event = {
        "message": "call of 081234567890",
        "request": {"url": "https://…", "data": "name=Siti"},
        "user": {"username": "siti"},
        "exception": {"values": [{"type": "ValueError", "value": "081234567890"}]},
    }

    assert scrubbed(event, {}) == {
        "message": "call of 08…",
        "exception": {"values": [{"type": "ValueError", "value": "08…"}]},
    }


def test_error_reports_start_only_with_their_client(monkeypatch):
    started = []
    client = SimpleNamespace(init=lambda **options: started.append(options))
    monkeypatch.setitem(sys.modules, "sentry_sdk", client)

    start_error_reports("https://key@errors.example/1")

    assert (started[0]["send_default_pii"], started[0]["include_local_variables"]) == (False, False)
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(ImproperlyConfigured, match="sentry-sdk is not installed"):
        start_error_reports("https://key@errors.example/1")
