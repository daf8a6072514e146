"""The page of promises names tests that are there, and leaves no promise without one."""

import ast

from tests.faults import promises
from tests.server import ROOT


def test_every_promise_is_shown_by_tests_that_exist():
    shown = promises()

    assert list(shown) == [f"R{number}" for number in range(1, 19)]
    assert [name for name, tests in shown.items() if not tests] == []
    missing = [test for tests in shown.values() for test in tests if not _exists(test)]
    assert missing == []


def _exists(test):
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.exists() and name in {
        node.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
