"""The pages that name tests name such as are there: no promise and no threat is without one."""

from tests.faults import promises
from tests.named_tests import missing, named_tests
from tests.server import ROOT

SECURITY = ROOT / "docs" / "security.md"


def test_every_promise_is_shown_by_tests_that_exist():
    shown = promises()

    assert list(shown) == [f"R{number}" for number in range(1, 19)]
    assert [name for name, tests in shown.items() if not tests] == []
    assert missing([test for tests in shown.values() for test in tests]) == []


def test_every_threat_has_tests_that_exist():
    shown = named_tests(SECURITY, "T")

    assert list(shown) == [f"T{number}" for number in range(1, 23)]
    assert [name for name, tests in shown.items() if not tests] == []
    assert missing([test for tests in shown.values() for test in tests]) == []


def test_every_test_of_security_stands_in_the_page():
    written = {
        f"tests/security/{file.name}" for file in (ROOT / "tests/security").glob("test_*.py")
    }
    shown = named_tests(SECURITY, "T")

    named = {test.partition("::")[0] for tests in shown.values() for test in tests}

    assert written - named == set()
