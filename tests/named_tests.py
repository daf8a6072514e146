"""Pages that name tests: which section names which, and whether each is there."""

import ast
import re
from pathlib import Path

from tests.server import ROOT


def named_tests(page: Path, letter: str) -> dict[str, list[str]]:
    """Return section → the tests that it names, of a page with sections such as `## R1. …`."""
    named: dict[str, list[str]] = {}
    for part in re.split(r"^## ", page.read_text(), flags=re.MULTILINE)[1:]:
        name = part.split(".")[0]
        if re.fullmatch(rf"{letter}\d+", name):
            named[name] = re.findall(r"`(tests/[\w/]+\.py::\w+)`", part)
    return named


def missing(tests: list[str]) -> list[str]:
    """Return those of some tests that do not exist."""
    return [test for test in tests if not _exists(test)]


def _exists(test: str) -> bool:
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.exists() and name in {
        node.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
