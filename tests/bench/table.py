"""Print the figures and write them as JSON."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.figures import Figure, spread

LIBRARIES = ("django", "channels", "channels_redis", "daphne", "uvicorn", "uvloop", "psycopg")
PROGRAMS = (
    ("postgres", ["pgbench", "--version"]),
    ("redis", ["redis-server", "--version"]),
    ("nginx", ["nginx", "-v"]),
    ("mosquitto", ["mosquitto", "-h"]),
)
HEADS = ("id", "what", "system", "median", "spread", "beside", "ratio", "line", "CPU µs", "")


def machine() -> dict[str, str]:
    """Return the machine, its load now, and the versions of all that was measured."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(": ")[1] for line in lines if line.startswith("model name")), "?")
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": f"{os.cpu_count()} × {model}",
        "load before": " ".join(f"{value:.1f}" for value in os.getloadavg()),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    told |= {name: version(name) for name in LIBRARIES}
    for name, command in PROGRAMS:
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            told[name] = "not installed"
        else:
            told[name] = (done.stdout or done.stderr).splitlines()[0].strip()
    return told


def show(figures: Sequence[Figure], left_out: Mapping[str, str], where: Mapping[str, str]) -> None:
    """Print the machine, the table as Markdown, and what was left out, with the reason."""
    for name, value in where.items():
        print(f"{name}: {value}")
    print("\n| " + " | ".join(HEADS) + " |\n|" + " --- |" * len(HEADS))
    for figure in figures:
        if figure.rounds:
            print("| " + " | ".join(cells(figure)) + " |")
    for figure in figures:
        for said in figure.wrong:
            print(f"VOID {figure.id} {figure.system}: {said}")
    for name, reason in left_out.items():
        print(f"not measured: {name}: {reason}")


def cells(figure: Figure) -> list[str]:
    """Return one row's cells."""
    sign = "≥" if figure.more_is_better else "≤"
    line = "" if figure.line is None else f"{sign} {figure.line:g}"
    return [
        figure.id,
        figure.what,
        figure.system,
        f"{number(figure.value)} {figure.unit}",
        f"{spread(figure.rounds):.0%}",
        figure.against,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        line,
        number(sum(figure.cpu_us) / len(figure.cpu_us)) if figure.cpu_us else "",
        figure.verdict,
    ]


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def keep(
    path: Path, figures: Sequence[Figure], left_out: Mapping[str, str], where: Mapping[str, str]
) -> None:
    """Write everything, each round of it, as JSON."""
    rows = [
        vars(figure) | {"ratio": figure.ratio, "verdict": figure.verdict}
        for figure in figures
        if figure.rounds
    ]
    told = {"machine": where, "figures": rows, "left_out": left_out}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
