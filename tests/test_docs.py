"""The pages lead nowhere that is not there: links, files, modules and commands."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"```.*?```", re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(r"`((?:config|docs|incidents|notifications|responders|tests)/[\w./-]+)`")
MODULE = re.compile(r"python -m (tests\.[\w.]+)")
COMMAND = re.compile(r"manage\.py ([a-z_]+)")


def anchors_of(page):
    """Return what a page's headings are called in an address."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", one.strip().lower()).replace(" ", "-") for one in headings}


def leads_somewhere(page, link):
    if re.match(r"[a-z]+:", link):
        return True  # another host's: its matter
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not anchor or anchor in anchors_of(target))


def is_there(module):
    path = ROOT / module.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_leads_nowhere_that_is_not_there(page):
    text = page.read_text(encoding="utf-8")
    prose = BLOCK.sub("", text)
    commands = get_commands()

    dead = [link for link in LINK.findall(prose) if not leads_somewhere(page, link)]
    dead += [name for name in FILE.findall(prose) if not (ROOT / name).exists()]
    dead += [module for module in MODULE.findall(text) if not is_there(module)]
    dead += [name for name in COMMAND.findall(text) if name not in commands]

    assert dead == []
