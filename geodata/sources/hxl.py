"""Reader of tables with a row of HXL tags (Humanitarian Exchange Language, https://hxlstandard.org).

The row of tags is one of the first 25, and a tag is a hash sign and a name, with attributes in any
order, each with a plus sign: ``#affected+idps+ind`` is ``#affected +ind +idps``. That is all of the
standard that reading takes; the library for Python, ``libhxl``, would bring eight packages for it,
and opens addresses by itself.

:data:`PLACE_ATTRIBUTES`, :data:`POPULATIONS_OF` and :func:`role_of` say what is read, by tag;
``docs/sources.md`` has the table. The source of the figures stands in ``--mapping``, as a file does
not name it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from geodata.populations import POPULATIONS
from geodata.sources.cell_values import clean_text
from geodata.sources.contract import ReadOptions, SourceKind
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import HEADER_WITHIN, Sheet, width_of
from geodata.sources.mapping import TableMapping
from geodata.sources.tabular.open_table import TableRows
from geodata.sources.tidy import SPLIT, FigureColumns, MappedTables, TableColumns
from geodata.util.findings import Harm

POPULATIONS_OF = {
    attribute: population.code
    for population in POPULATIONS.values()
    for attribute in population.hxl
}
"""Attribute of ``#affected`` ``->`` population."""

HOUSEHOLD_ATTRIBUTES = frozenset({"hh", "households", "families"})
PEOPLE_ATTRIBUTES = frozenset({"ind", "individuals", "people", "persons", "total", "num"})
CODE_ATTRIBUTES = frozenset({"code", "pcode"})
PLACE_ATTRIBUTES = frozenset({"name", "provider", "alt", "current", "host", "dest", "present"})
"""Attributes with which ``#adm1`` and ``#adm2`` say where people are, beside codes, languages
(``+ar``, ``+i_en``) and vocabularies (``+v_pcode``)."""

DATE_ATTRIBUTES = ("", "reported", "survey", "occurred", "end", "start")
"""Attribute of ``#date``, first the one that is taken where there are several."""

_TAG = re.compile(r"#([a-z][a-z0-9_]*)((?:\s*\+\s*[a-z][a-z0-9_]*)*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"i_[a-z0-9_]+|v_[a-z0-9_]+|[a-z]{2}|ckb|kmr")
_PLACE_TAGS = ("adm1", "adm2")

_PLAIN_ROLES = {
    ("adm", "level"): "adm_level",
    ("round", "code"): "round",
    ("round", "num"): "round",
    ("round", ""): "round",
    ("operation", "name"): "operation",
    ("operation", ""): "operation",
    ("assessment", "type"): "assessment",
}
"""Tag and its attributes ``->`` what a column is read as."""


UNTAGGED = "A table without them is read with `ingest table` and a mapping."


@dataclass(frozen=True)
class Tag:
    """A tag and its attributes, in small letters."""

    name: str
    attributes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return "+".join([f"#{self.name}", *sorted(self.attributes)])


def parse_tag(cell: str) -> Tag | None:
    """Parse a tag; return ``None`` where a cell holds none.

    >>> str(parse_tag(" #Affected +ind+idps"))
    '#affected+idps+ind'
    """
    match = _TAG.fullmatch(clean_text(cell))
    if not match:
        return None
    attributes = (attribute.strip() for attribute in match[2].casefold().split("+"))
    return Tag(match[1].casefold(), frozenset(filter(None, attributes)))


def role_of(tag: Tag) -> str:
    """Return the meaning of a column, as ``adm1_code`` or ``idp people``; ``""``: it is not read.

    Places and dates are ranked afterwards, as a file may have several columns of each.
    """
    has = tag.attributes
    if tag.name in _PLACE_TAGS and "origin" not in has:
        others = {a for a in has - CODE_ATTRIBUTES - PLACE_ATTRIBUTES if not _LANGUAGE.fullmatch(a)}
        code = "_code" if has & CODE_ATTRIBUTES or any(a.startswith("v_") for a in has) else ""
        return "" if others else f"{tag.name}{code}"
    if tag.name in (*_PLACE_TAGS, "cause", "loc", "adm3", "adm4", "adm5"):  # an origin, or smaller
        return SPLIT
    if tag.name == "date":
        return "date" if has <= set(DATE_ATTRIBUTES) else ""
    if tag.name == "country" and has & {"code", "iso3", "v_iso3"}:
        return "country"
    return _PLAIN_ROLES.get((tag.name, "".join(has)), _measure_of(tag))


def _measure_of(tag: Tag) -> str:
    """Return ``idp people`` or ``idp households``; empty where the column counts a part of them."""
    populations = {POPULATIONS_OF[a] for a in tag.attributes if a in POPULATIONS_OF}
    if tag.name != "affected" or len(populations) != 1:
        return ""
    rest = {a for a in tag.attributes if a not in POPULATIONS_OF}
    if rest <= PEOPLE_ATTRIBUTES:
        return f"{populations.pop()} people"
    is_households = rest <= HOUSEHOLD_ATTRIBUTES | {"total", "num"}
    return f"{populations.pop()} households" if is_households else ""


# ---- columns of a file


def find_tags(
    rows: TableRows, log: FindingLog, otherwise: str = UNTAGGED
) -> tuple[int, list[Tag | None]] | None:
    """Find the row of tags: of the first 25 rows, one with tags in at least half of its cells.

    ``otherwise`` says how a table without tags is read.
    """
    for number, cells in rows.head(HEADER_WITHIN):
        if number > HEADER_WITHIN:
            break
        tags = [parse_tag(cell) for cell in cells]
        filled = [cell for cell in map(clean_text, cells) if cell]
        if any(tags) and 2 * sum(cell.startswith("#") for cell in filled) >= len(filled):
            _log_broken_tags(number, cells, tags, log)
            return number, tags
    log.error(
        f"None of the first {HEADER_WITHIN} rows holds HXL tags, like #adm1+code, #date, "
        f"#affected+idps+ind. {otherwise}"
    )
    return None


def _log_broken_tags(
    number: int, cells: list[str], tags: list[Tag | None], log: FindingLog
) -> None:
    for cell, tag in zip(cells, tags, strict=True):
        if tag is None and clean_text(cell).startswith("#"):
            log.warning(
                "This is no HXL tag (a name, then attributes, each beginning with a letter): its "
                "column is not read.",
                row=number,
                value=cell,
                harm=Harm.NOT_READ,
            )


def assign_columns(
    number: int, tags: Sequence[Tag | None], rows: TableRows, log: FindingLog
) -> tuple[Sheet, tuple[FigureColumns, ...]]:
    """Return the columns that are read; log others that a user of the file might miss."""
    candidates = _candidates(tags)
    unread = [
        str(tag)
        for tag in tags
        if tag and not role_of(tag) and tag.name in ("affected", "adm1", "adm2", "date")
    ]
    if unread:
        log.warning(
            "Columns that count a part of the people, or say another place or date, are not read.",
            row=number,
            value=", ".join(unread),
            harm=Harm.NOT_READ,
        )
    chosen = {name: _choose(name, columns, number, log) for name, columns in candidates.items()}
    sheet = Sheet(
        rows,
        number,
        {name: at for name, (at, _) in chosen.items()},
        {name: str(tag) for name, (_, tag) in chosen.items()},
        width_of(rows, tags),
        [name for name in chosen if " " in name],
        _unread_columns(tags, {at for at, _ in chosen.values()}),
        [at for at, tag in enumerate(tags) if tag and tag.name == "id"],
    )
    return sheet, _measures(list(chosen))


def _candidates(tags: Sequence[Tag | None]) -> dict[str, list[tuple[int, Tag]]]:
    """Return the columns of each role, with their tags; every column of a split is one."""
    candidates: dict[str, list[tuple[int, Tag]]] = {}
    for at, tag in enumerate(tags):
        if tag and (role := role_of(tag)):
            name = f"{SPLIT}{at}" if role == SPLIT else role
            candidates.setdefault(name, []).append((at, tag))
    return candidates


def _unread_columns(tags: Sequence[Tag | None], chosen: Collection[int]) -> list[str]:
    """Return tags of the columns that are not read; numbers of those without a tag."""
    return [str(tag or f"column {at + 1}") for at, tag in enumerate(tags) if at not in chosen]


def _choose(
    name: str, columns: list[tuple[int, Tag]], number: int, log: FindingLog
) -> tuple[int, Tag]:
    """Return the column with the simplest tag of several; log an error if two are alike."""

    def rank(column: tuple[int, Tag]) -> tuple[int, int]:
        attributes = column[1].attributes
        if name == "date":
            return min((DATE_ATTRIBUTES.index(a) for a in attributes or {""}), default=0), 0
        return len(attributes - CODE_ATTRIBUTES - {"name"}), "code" in attributes

    ordered = sorted(columns, key=rank)
    first = ordered[0][1]
    if len(columns) > 1 and (rank(ordered[0]) == rank(ordered[1]) or " " in name):
        log.error(
            f"{len(columns)} columns have tags that mean the same: remove the tags of all but one.",
            row=number,
            column=str(first),
            value=", ".join(str(tag) for _, tag in columns),
        )
    return ordered[0]


def _measures(names: Sequence[str]) -> tuple[FigureColumns, ...]:
    """Return the columns of figures of each population."""
    populations = dict.fromkeys(name.split(" ")[0] for name in names if " " in name)
    return tuple(
        FigureColumns(f"{population} people", f"{population} households", population)
        for population in populations
    )


# ---- reading


def _find_columns(
    rows: TableRows, mapping: TableMapping, request: ReadOptions, log: FindingLog
) -> TableColumns | None:
    tag_row = find_tags(rows, log)
    if tag_row is None:
        return None
    sheet, measures = assign_columns(*tag_row, rows, log)
    complete = _is_complete(sheet, measures, mapping, request, log)
    return TableColumns(sheet, measures) if complete else None


def _is_complete(
    sheet: Sheet,
    measures: Sequence[FigureColumns],
    mapping: TableMapping,
    request: ReadOptions,
    log: FindingLog,
) -> bool:
    """Return whether there are a place, a date and a figure; log what is missing."""
    before, number = log.errors, sheet.header_row
    have = sheet.positions.keys() | mapping.constants.keys()
    if not have & {"adm1", "adm1_code", "adm2_code"}:
        log.error(
            "No tag says the place: #adm1+code or #adm1+name, and #adm2 for districts.", row=number
        )
    if "date" not in have and not request.date:
        log.error(
            "No tag says the date: tag its column #date+reported, or pass --date.", row=number
        )
    if not measures:
        log.error(
            "No tag says how many: #affected+idps+ind for people, #affected+idps+hh for "
            "households; +returnees and +refugees for others.",
            row=number,
        )
    elif not any(each.people in sheet.positions for each in measures) and (
        "people_per_household" not in mapping.constants
    ):
        log.error(
            "There are households only: tag a column of people (+ind), or say "
            "`people_per_household` in `constants` of the mapping.",
            row=number,
        )
    return log.errors == before


read = MappedTables("hxl", "HXL", _find_columns).read

KINDS = (
    SourceKind(
        "hxl",
        "any HXL-tagged table, with a mapping of its source",
        read,
        needs_mapping=True,
    ),
)
