"""The shell of the web app: small, complete, installable, and asking nobody else."""

import gzip
import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from config.phone_app import FOLDER, SCRIPTS, shell_files
from config.phone_app_words import WORDS
from tests.factories import make_type

SHELL_MAX_BYTES = 150 * 1024  # gzipped
SCRIPT_MAX_LINES = 200
# Words that scripts put together from a state: "duty." + status and the like.
FAMILIES = {
    "alert": ("emergency", "backup", "unsent", "raised", "answered"),
    "answer": ("text", "needs"),
    "announce": ("assignment.dispatched", "drill.called", "notice.issued"),
    "backup": ("people", "ambulance", "water", "police", "gear"),
    "condition": ("safe", "light_damage", "heavy_damage", "victims"),
    "decline": ("busy", "vehicle", "crew", "far", "wrong", "other"),
    "done": ("acknowledge", "en-route", "on-scene"),
    "duty": ("available", "assigned", "out_of_service", "off_duty"),
    "kind": ("step", "duty", "note", "photo", "alert", "withdraw", "seen", "drill", "read"),
    "link": ("open", "polling", "trying", "offline"),
    "note": ("safe", "needs_more", "blocked", "false_alarm"),
    "notice": ("issued", "updated", "withdrawn", "closed"),
    "place": ("denied", "unavailable", "timeout", "mode.busy", "mode.duty", "mode.off"),
    "ready": ("running.push", "running.fix", "running.server", "running.probe"),
    "state": ("dispatched", "acknowledged", "en_route", "on_scene", "completed", "declined"),
    "theme": ("auto", "light", "dark"),
    "verdict": ("pending", "moved", "moved_late", "stationary", "indeterminate", "unverifiable"),
}


def scripts():
    return sorted(path for path in FOLDER.rglob("*.js") if "vendor" not in path.parts)


def test_the_shell_is_under_150_kb_gzipped(client):
    page = client.get("/app/").content
    bodies = [page, *((FOLDER / name).read_bytes() for name in shell_files())]
    size = sum(len(gzip.compress(body)) for body in bodies)
    print(f"app shell, gzipped: {size / 1024:.1f} KB in {len(bodies)} files")

    assert size < SHELL_MAX_BYTES


def test_a_script_is_about_one_thing():
    assert [p.name for p in scripts() if len(p.read_text().splitlines()) > SCRIPT_MAX_LINES] == []


def test_scripts_name_only_scripts_that_are_there():
    wanted = [
        (path.parent / name).resolve()
        for path in scripts()
        for name in re.findall(r'from "(\./[^"]+|\.\./[^"]+)"', path.read_text())
    ]

    assert [str(path) for path in wanted if not path.exists()] == []


def test_every_word_that_a_script_asks_for_is_there():
    asked = {
        key
        for path in scripts()
        for key in re.findall(r'\bt\((?:[^"()`]*\? )?"([a-z][\w.-]*)"', path.read_text())
    }
    asked |= {f"{family}.{word}" for family, words in FAMILIES.items() for word in words}

    assert asked - set(WORDS) == set()


@pytest.mark.django_db
def test_the_words_come_in_two_languages_with_the_citys_types(client):
    make_type("banjir", label="Banjir", label_en="Flood")

    indonesian = client.get("/app/words/id.json").json()
    english = client.get("/app/words/en.json").json()

    assert indonesian["words"].keys() == english["words"].keys() == WORDS.keys()
    assert indonesian["words"]["acknowledge"] == "Terima tugas"
    assert (indonesian["types"]["banjir"], english["types"]["banjir"]) == ("Banjir", "Flood")
    assert client.get("/app/words/fr.json").status_code == 404


def test_a_phone_can_install_it(client):
    answer = client.get("/app/manifest.webmanifest")
    told = answer.json()

    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["start_url"], told["scope"], told["display"]) == ("/app/", "/app/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        picture = Path(finders.find(icon["src"].removeprefix("/static/"))).read_bytes()
        width, height = struct.unpack(">II", picture[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_the_service_worker_keeps_the_whole_shell(client):
    answer = client.get("/app/sw.js")
    kept = json.loads(re.search(r"const FILES = (\[.*?\]);", answer.content.decode(), re.S)[1])

    assert answer["Content-Type"] == "text/javascript"
    assert {"/app/", "/app/words/id.json", "/app/words/en.json"} <= set(kept)
    assert {f"{SCRIPTS}{path.relative_to(FOLDER).as_posix()}" for path in scripts()} <= set(kept)
    assert [name for name in kept if "vendor" in name] == []


def test_the_page_holds_no_code_and_asks_nobody_else(client):
    answer = client.get("/app/")
    page = answer.content.decode()
    policy = answer["Content-Security-Policy"]

    assert "http" not in policy
    assert "unsafe" not in policy
    inline = re.findall(r"<script(?![^>]*src=)([^>]*)>", page)
    assert [kind for kind in inline if "application/json" not in kind] == []
    assert " style=" not in page
    assert answer.cookies == {}
