"""The embedded server sends its scripts compressed, to whoever takes them so."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from config.static_files import _kept, gzip_of

SCRIPT = "app/main.js"


@pytest.fixture
def folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    _kept.cache_clear()
    yield tmp_path
    _kept.cache_clear()


def asked(**headers):
    answer = Client().get(f"/static/{SCRIPT}", headers=headers)
    return answer, b"".join(answer.streaming_content)


def test_a_script_leaves_compressed(folder):
    with open(finders.find(SCRIPT), "rb") as file:
        script = file.read()

    answer, body = asked(accept_encoding="gzip, br")

    assert answer["Content-Encoding"] == "gzip"
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Vary"] == "Accept-Encoding"
    assert int(answer["Content-Length"]) == len(body) < len(script)
    assert gzip.decompress(body) == script
    assert asked()[1] == script


def test_what_is_kept_is_made_once(folder):
    asked(accept_encoding="gzip")
    kept = {path: path.stat().st_mtime_ns for path in (folder / "static").iterdir()}
    _kept.cache_clear()
    asked(accept_encoding="gzip")

    assert {path: path.stat().st_mtime_ns for path in (folder / "static").iterdir()} == kept


def test_where_nothing_can_be_kept_it_leaves_as_it_is(folder):
    (folder / "static").write_text("a file where the folder should be")

    answer, body = asked(accept_encoding="gzip")

    assert (answer.status_code, "Content-Encoding" in answer) == (200, False)
    assert body.startswith(b"//")


def test_two_who_make_it_at_once_both_have_it(folder, monkeypatch):
    both_wrote, put = threading.Barrier(2, timeout=30), Path.replace

    def late(path, target):
        both_wrote.wait()
        return put(path, target)

    monkeypatch.setattr(Path, "replace", late)
    with ThreadPoolExecutor(2) as threads:
        kept = list(threads.map(gzip_of, [finders.find(SCRIPT)] * 2))

    assert None not in kept
    assert [str(path) for path in (folder / "static").iterdir()] == kept[:1]
