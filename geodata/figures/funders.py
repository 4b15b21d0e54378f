"""Funders: who pays for which programmes, and in which years, as sources print it.

A programme names its funders as free text, ``Japan (2008); US PRM among others``: parts of a list
with what is known of each in brackets. The spellings of one funder are folded by the table
``funders`` of the country (``geodata/bundled``), offices of a government to the government; a
name that is not in the table is a funder of its own. What a source prints is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geodata.errors import StateError
from geodata.figures.query_keys import SEPARATOR, QueryReader, split_list
from geodata.i18n.language import Language
from geodata.places.folding import fold
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import records

_PART = re.compile(r"(?P<name>[^(]*?)\s*(?:\((?P<note>[^)]*)\))?\s*(?:among others)?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Funding:
    """That a funder pays for a programme.

    Attributes
    ----------
    printed
        How the source puts it.
    years
        Those that it names; mostly none.
    """

    programme: str
    printed: str
    years: tuple[int, ...]


@dataclass(frozen=True)
class Funder:
    """One who pays for programmes.

    Attributes
    ----------
    name, within
        What it is called, alone and within a sentence; to be translated.
    """

    code: str
    name: str
    within: str
    fundings: tuple[Funding, ...]

    @property
    def programmes(self) -> tuple[str, ...]:
        """Codes of the programmes, sorted, each once."""
        return tuple(sorted({funding.programme for funding in self.fundings}))


@memoise(1)
def funders(snapshot: Snapshot) -> tuple[Funder, ...]:
    """List all funders by name, each with the programmes that it pays for.

    >>> funders(snapshot)
    ()
    """
    country = snapshot.manifest["country"].get("funders", {})
    names: dict[str, str] = {}
    fundings: dict[str, list[Funding]] = {}
    known = _known(snapshot)
    for row in records(snapshot.tables.programmes):
        for code, name, funding in _fundings(row, known):
            names[code] = name
            fundings.setdefault(code, []).append(funding)
    return tuple(
        Funder(code, name, country.get(code, {}).get("within", name), tuple(fundings[code]))
        for code, name in sorted(names.items(), key=lambda pair: pair[1])
    )


def _known(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """Return code and name by folded spelling; empty for what stands for no funder."""
    country = snapshot.manifest["country"]
    ours = {
        fold(spelling): (code, entry["name"])
        for code, entry in country.get("funders", {}).items()
        for spelling in (entry["name"], *entry["spellings"])
    }
    return ours | {fold(spelling): ("", "") for spelling in country.get("no_funders", ())}


def _fundings(row: Any, known: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str, Funding]]:
    """Yield code and name of each funder of a programme, with what is printed of it."""
    for printed in filter(None, map(str.strip, row.funders.split(";"))):
        match = _PART.fullmatch(printed)
        written, note = (match["name"], match["note"] or "") if match else (printed, "")
        written = written or printed  # all of it stands in brackets
        code, name = known.get(fold(written), (_slug(written), written))
        if code:
            years = tuple(int(year) for year in _YEAR.findall(note))
            yield code, name, Funding(row.code, printed, years)


def _slug(name: str) -> str:
    """Write a name as a code: ``World Bank`` as ``WORLD-BANK``."""
    return re.sub(r"[^\w]+", "-", name).strip("-").upper()


def funder_codes(snapshot: Snapshot) -> tuple[str, ...]:
    """List the codes of all funders.

    >>> funder_codes(snapshot)
    ()
    """
    return tuple(funder.code for funder in funders(snapshot))


def funder_names(snapshot: Snapshot) -> dict[str, str]:
    """Return the code of each funder by its folded name, and by itself.

    >>> funder_names(snapshot)
    {}
    """
    every = funders(snapshot)
    return {fold(word): each.code for each in every for word in (each.name, each.code)}


def funders_of(snapshot: Snapshot, programme: str) -> tuple[Funder, ...]:
    """List those who pay for a programme.

    >>> funders_of(snapshot, "AID")
    ()
    """
    return tuple(each for each in funders(snapshot) if programme in each.programmes)


def paid_by(snapshot: Snapshot, codes: Collection[str]) -> tuple[str, ...]:
    """Return the codes of the programmes that any of the funders pays for, sorted.

    >>> paid_by(snapshot, ())
    ()
    """
    chosen = [funder for funder in funders(snapshot) if funder.code in codes]
    return tuple(sorted({code for funder in chosen for code in funder.programmes}))


def names_of(
    snapshot: Snapshot, codes: Iterable[str], language: Language, *, within: bool = False
) -> list[str]:
    """Name funders in the reader's language, as they are called alone, or ``within`` a sentence.

    >>> names_of(snapshot, (), english)
    []
    """
    every = {each.code: each.within if within else each.name for each in funders(snapshot)}
    return [language.gettext(every[code]) for code in codes]


def read_funders(reader: QueryReader, snapshot: Snapshot, text: str) -> tuple[str, ...]:
    """Read codes of funders; whoever writes a name is told the code.

    >>> read_funders(QueryReader({}, False, english), snapshot, "")
    ()
    """
    known_codes, choices = funder_codes(snapshot), funder_names(snapshot)
    written = set(split_list(text))
    for code in sorted(written):
        if code.upper() not in known_codes:
            raise reader.wrong("funder", code, known_codes, choices)
    return tuple(sorted({code.upper() for code in written}))


def programmes_paid_for(
    reader: QueryReader, snapshot: Snapshot, prog: tuple[str, ...], funder: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse programmes of which none is funded by the funders: nothing would be chosen.

    >>> programmes_paid_for(QueryReader({}, False, english), snapshot, ("AID",), ())
    ('AID',)
    """
    paid = paid_by(snapshot, funder)
    if not funder or not prog or set(prog) & set(paid):
        return prog
    language, chosen = reader.language, SEPARATOR.join(prog)
    sentence = language.gettext(
        "prog={value} is not funded by {funders}: with funder={funders}, prog may be {allowed}.",
        value=language.quoted(chosen),
        funders=SEPARATOR.join(funder),
        allowed=language.join_items(paid),
    )
    default_notice = language.gettext("The default is shown instead.")
    reader.refuse(StateError("prog", chosen, sentence), f"{sentence} {default_notice}")
    return ()
