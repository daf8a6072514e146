"""The layers hold: which module may import which, read from the syntax trees."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("responders", "incidents", "notifications", "config")  # each may import those before it
TOP_LEVEL = {"config", "incidents", "notifications", "responders", "tests", "docs", "locale"}
FORBIDDEN_NAMES = {"utils", "common", "core", "helpers"}

# Inside an app: a module may import its own layer and the layers before it.
LEAF, MODELS, READS, SERVICES, INTERFACES = range(5)
LAYER_NAMES = ("leaf", "models", "selectors/journal", "services", "interfaces")
LAYERS = {
    "models": MODELS,
    "migrations": MODELS,
    "selectors": READS,
    "selectors_drill": READS,
    "journal": READS,
    "services": SERVICES,
    "senders": SERVICES,
    "ingest": SERVICES,
    "messages": SERVICES,
    "presence": SERVICES,
    "reach": READS,
    "engine_watch": READS,
    "instructions": READS,
    "views": INTERFACES,
    "views_drill": INTERFACES,
    "admin": INTERFACES,
    "auth": INTERFACES,
    "serializers": INTERFACES,
    "serializers_in": INTERFACES,
    "tasks": INTERFACES,
    "receivers": INTERFACES,
    "consumers": INTERFACES,
    "routing": INTERFACES,
    "urls": INTERFACES,
    "foreign_urls": INTERFACES,
    "desk": INTERFACES,
    "feeds": INTERFACES,
    "frames": INTERFACES,
    "hub": INTERFACES,
    "me": INTERFACES,
    "permissions": INTERFACES,
    "public_page": INTERFACES,
    "gathering": INTERFACES,
    "requests": INTERFACES,
    "stream": INTERFACES,
    "tail": INTERFACES,
    "wall": INTERFACES,
    "management": INTERFACES,
    "apps": INTERFACES,
}
LEAVES_OF_THEIR_OWN = {("responders", "messages"): LEAF}
CHANNELS_ALLOWED = ("config", "notifications.realtime", "notifications.hub")
CHANNELS_ALLOWED += ("notifications.consumers", "notifications.routing")
THREAD_DOORS = ("notifications.database", "responders.ingest.asgi")  # channels.db alone


@dataclass(frozen=True)
class Import:
    """One import: who, what, in which line, and whether it stands at the top."""

    importer: str
    imported: str
    line: int
    at_top: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def _modules():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _imports_of(name, path):
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            targets = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            yield Import(name, target, node.lineno, id(node) in top)


@pytest.fixture(scope="module")
def imports():
    return [one for name, path in _modules() for one in _imports_of(name, path)]


def _app_of(module):
    return module.split(".")[0]


def _layer_of(module):
    parts = module.split(".")
    if len(parts) < 2:
        return LEAF
    return LEAVES_OF_THEIR_OWN.get((parts[0], parts[1]), LAYERS.get(parts[1], LEAF))


def _told(offences):
    return [str(one) for one in offences]


def test_an_app_imports_only_the_apps_below_it(imports):
    offences = [
        one
        for one in imports
        if _app_of(one.imported) in APPS
        and APPS.index(_app_of(one.imported)) > APPS.index(_app_of(one.importer))
    ]

    assert _told(offences) == []


def test_inside_an_app_imports_never_turn(imports):
    offences = [
        f"{one} ({LAYER_NAMES[_layer_of(one.importer)]} → {LAYER_NAMES[_layer_of(one.imported)]})"
        for one in imports
        if _app_of(one.imported) == _app_of(one.importer) != "config"
        and _layer_of(one.imported) > _layer_of(one.importer)
    ]

    assert offences == []


def test_a_leaf_knows_no_row(imports):
    """Not even one of another app: a leaf can be run without a database."""
    offences = [
        one
        for one in imports
        if _app_of(one.importer) != "config"
        and "." in one.importer
        and _layer_of(one.importer) == LEAF
        and _app_of(one.imported) in APPS
        and _layer_of(one.imported) != LEAF
    ]

    assert _told(offences) == []


def test_every_import_stands_at_the_top_of_its_file(imports):
    assert _told(one for one in imports if not one.at_top) == []


def test_imports_are_absolute():
    offences = [
        f"{name}:{node.lineno}"
        for name, path in _modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert offences == []


def test_only_the_push_sender_knows_the_push_library(imports):
    users = {one.importer for one in imports if _app_of(one.imported) == "firebase_admin"}

    assert users == {"notifications.senders.push"}


def test_only_the_sockets_know_channels(imports):
    offences = [
        one
        for one in imports
        if _app_of(one.imported) == "channels"
        and not any(
            one.importer == place or one.importer.startswith(f"{place}.")
            for place in CHANNELS_ALLOWED
        )
        and not (one.importer in THREAD_DOORS and one.imported.startswith("channels.db."))
    ]

    assert _told(offences) == []


def test_nothing_outside_the_tests_imports_them(imports):
    assert _told(one for one in imports if _app_of(one.imported) == "tests") == []


def test_a_pure_leaf_reads_no_clock(imports):
    """The movement rule is pure: no ORM, no settings, no clock, no input or output."""
    impure = ("django", "time", "logging", "os", "pathlib", "random")
    offences = [
        one
        for one in imports
        if one.importer.startswith("incidents.movement") and _app_of(one.imported) in impure
    ]

    assert _told(offences) == []


def test_no_module_is_named_for_nothing():
    folders = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    named = {part for name, _ in _modules() for part in name.split(".")}

    assert folders <= TOP_LEVEL
    assert named & FORBIDDEN_NAMES == set()


def test_no_file_is_longer_than_400_lines():
    offences = [
        f"{name}: {length}"
        for name, path in _modules()
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]

    assert offences == []
