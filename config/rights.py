"""The table of rights as docs/rights.md shows it, from what the seed gives the groups."""

from config.seed.groups import GROUPS

LETTERS = {"view": "v", "add": "a", "change": "c", "delete": "d"}
HEAD = """# Rights

Made by `manage.py rights > docs/rights.md` from `config/seed/groups.py`; a test holds the two
together. **v** see, **a** make, **c** change or press its buttons, **d** remove; ● has the right of
that name. What somebody sees of a kind is narrowed further: an operator sees the own agency alone,
camat and lurah their areas, a crew its unit. A superuser has every right; every look at personal
data is logged for all.
"""


def rights_table() -> str:
    """Return the whole file: a row a kind of data or act, a column a group."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for group, labels in GROUPS.items():
        for label in labels:
            app, codename = label.split(".")
            verb, _mark, model = codename.partition("_")
            what, letter = (model, LETTERS[verb]) if verb in LETTERS else (codename, "●")
            cell = rows.setdefault((app, what), {})
            cell[group] = cell.get(group, "") + letter
    lines = [f"| | {' | '.join(GROUPS)} |", "| --- |" + " --- |" * len(GROUPS)]
    for (app, what), cells in sorted(rows.items()):
        shown = (_sorted(cells.get(group, "")) for group in GROUPS)
        lines.append(f"| {app}: {what} | {' | '.join(shown)} |")
    return HEAD + "\n" + "\n".join(lines) + "\n"


def _sorted(letters: str) -> str:
    order = "".join(LETTERS.values())
    return "".join(sorted(letters, key=lambda one: order.find(one)))
