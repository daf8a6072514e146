"""One reader under one fuzzer, in this process: `python -m tests.fuzz.one NAME DIR [flags]`."""

import os
import sys

import atheris
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
OURS = ["config", "incidents", "notifications", "responders"]

if __name__ == "__main__":
    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=OURS):
        django.setup()
        from tests.fuzz.targets import TARGETS
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
