"""docs/glossary.md and the catalogues use the same words, and each says who has not read it yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from geodata.i18n.language import DOMAIN, LOCALES
from tests.paths import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
COLUMNS = {"ar": 1, "ckb": 2}


def terms(code: str) -> Iterator[str]:
    """The words of one language: a cell of every row, without the mark of given terms."""
    for line in GLOSSARY.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "English":
            yield cells[COLUMNS[code]].removeprefix("• ")


def said(code: str) -> list[str]:
    """Every translation of a language, each plural form apart."""
    with (LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        found = [message.string for message in read_po(file) if message.id]
    return [text for each in found for text in ([each] if isinstance(each, str) else each or ())]


@pytest.mark.parametrize("code", COLUMNS)
def test_the_words_of_the_glossary_are_those_of_the_catalogue(code):
    words, texts = list(terms(code)), said(code)
    assert len(words) > 25
    assert [word for word in words if not any(word in text for text in texts)] == []


@pytest.mark.parametrize("code", COLUMNS)
def test_the_glossary_says_which_catalogues_nobody_has_reviewed(code):
    note = GLOSSARY[: GLOSSARY.index("## ")]
    assert f"(`{code}`)" in note
    assert "Not yet reviewed by a native speaker" in note
