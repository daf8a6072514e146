"""The table of rights in the docs is what the seed gives."""

from pathlib import Path

from config.rights import rights_table

FILE = Path(__file__).resolve().parents[2] / "docs" / "rights.md"


def test_the_docs_show_the_rights_that_the_seed_gives():
    assert FILE.read_text(encoding="utf-8") == rights_table()
