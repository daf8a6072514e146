"""Run the long form of every test that shows a promise: `python -m tests.faults [R5 R9 …]`.

What shows what stands in docs/promises.md alone. Prints under each promise what its tests measured;
a test that shows several promises runs once. Exit 0 only where all held.
"""

import os
import subprocess
import sys

from tests.named_tests import named_tests
from tests.server import ROOT

PAGE = ROOT / "docs" / "promises.md"
ASSIGNMENTS = "300"  # under SIGKILL, unless GERAK_TEST_KILLS says another number


def promises() -> dict[str, list[str]]:
    """Return promise → the tests that show it, as the page names them."""
    return named_tests(PAGE, "R")


def main(asked: list[str]) -> int:
    """Run the promises asked for, or all, one after another."""
    environment = {"GERAK_TEST_KILLS": ASSIGNMENTS, **os.environ}
    worst, ran = 0, set()
    for name, tests in promises().items():
        if asked and name not in asked:
            continue
        fresh = [test for test in tests if test not in ran]
        ran.update(fresh)
        print(
            f"\n==> {name}: {len(tests)} tests, {len(tests) - len(fresh)} of them above", flush=True
        )
        if fresh:
            command = [sys.executable, "-m", "pytest", "-s", *fresh]
            worst = max(worst, subprocess.run(command, cwd=ROOT, env=environment).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
