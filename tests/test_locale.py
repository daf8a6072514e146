"""English stands beside the Indonesian of the source: every text has its translation."""

import gettext
import re
from pathlib import Path

from django.utils import translation

from incidents.lifecycle import Verdict

CATALOGUE = Path(__file__).resolve().parent.parent / "locale" / "en" / "LC_MESSAGES"


def entries():
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8").split("\n\n", 1)[1]
    found = re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', text, re.MULTILINE)
    return [(bare(source), bare(english)) for source, english in found]


def bare(text):
    return text.replace('\\"', '"').replace("\\n", "\n")


def test_every_text_has_its_english():
    assert [source for source, english in entries() if not english] == []


def test_the_compiled_catalogue_is_that_of_the_text():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert {source: compiled.gettext(source) for source, _ in entries()} == dict(entries())


def test_a_verdict_is_told_in_the_language_in_force():
    told = {}
    for language in ("id", "en"):
        with translation.override(language):
            told[language] = str(Verdict.MOVED.label)

    assert told == {"id": "pergerakan terbukti", "en": "movement proven"}
