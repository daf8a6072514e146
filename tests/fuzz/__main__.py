"""Fuzz every reader, or some: `python -m tests.fuzz --seconds 60 [target …]`.

Each runs in a process of its own, so that one that falls stops no other. A finding is kept in
`--keep DIR` (default: a new folder, printed). Exit 0 only where none fell. Wants atheris, which is
no requirement: it has wheels for Python 3.11 to 3.13 on Linux alone; without it says so, exit 0.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from tests.fuzz.seeds import SEEDS
from tests.server import ROOT

ONE_INPUT_S = 5  # a reader that takes so long for at most 4 KiB hangs
INPUT_BYTES = 4096
MISSING = "atheris is not here, so nothing is fuzzed: .venv/bin/pip install atheris==3.0.0"


def main() -> int:
    """Run the targets one after another and print what each did."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - wants Django set up

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []])
    asked = parser.parse_args()
    keep = asked.keep or Path(tempfile.mkdtemp(prefix="gerak112-fuzz-"))
    fell = []
    for name in asked.targets or TARGETS:
        folder = keep / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(SEEDS[name]):
            (folder / f"seed-{number}").write_text(seed)
        command = [sys.executable, "-m", "tests.fuzz.one", name, str(folder)]
        command += [f"-max_total_time={asked.seconds}", f"-timeout={ONE_INPUT_S}"]
        command += [f"-max_len={INPUT_BYTES}", "-rss_limit_mb=1024", f"-artifact_prefix={folder}/"]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
        if ran.returncode:
            fell.append(name)
            print(ran.stderr[-4000:])
        print(f"{name}: {'FELL' if ran.returncode else 'held'}; {_told(ran.stderr)}", flush=True)
    print(f"{len(fell)} fell; kept in {keep}")
    return 1 if fell else 0


def _told(text: str) -> str:
    """Return libFuzzer's last line of figures."""
    lines = [line for line in text.splitlines() if line.startswith(("#", "Done"))]
    return " ".join(lines[-1].split()) if lines else "no figures"


if __name__ == "__main__":
    if importlib.util.find_spec("atheris") is None:
        print(MISSING)
        sys.exit(0)
    sys.exit(main())
