"""Find the columns of a 3W table: by its HXL tags, or by the titles that a mapping gives.

``docs/sources.md`` has the table of tags. Columns of people reached or targeted are not read: by
organisation, place and month they count few people, whom a map must not point at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geodata.places.pcode_schemes import PLACE_COLUMNS
from geodata.sources import hxl
from geodata.sources.contract import ReadOptions
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import Sheet, find_header, width_of
from geodata.sources.hxl import Tag
from geodata.sources.mapping import TableMapping
from geodata.sources.tabular.open_table import TableRows
from geodata.util.findings import Harm

_PEOPLE_TAGS = frozenset({"reached", "targeted", "affected", "beneficiary", "inneed", "population"})
_UNTAGGED = "Where a table has none, name its columns in the mapping (`columns`)."
_FIGURE_WORDS = ("reached", "target", "benefici", "people", "individual", "household")
_PLAIN = frozenset({"name", "en", "i_en", "text"})  # attributes that leave a tag what it is

_ROLES: Mapping[str, Sequence[tuple[frozenset[str], str]]] = {
    "org": (
        (frozenset({"funder", "funding", "donor", "fund"}), "funder"),
        (frozenset({"impl", "implementing", "implementer", "partner"}), "partner"),
        (frozenset({"prog", "programming", "lead", "reporting"}), "organisation"),
    ),
    "activity": (
        (frozenset({"project", "title", "programme"}), "project"),
        (frozenset({"status"}), "status"),
    ),
    "date": ((frozenset({"start"}), "start_date"), (frozenset({"end"}), "end_date")),
    "geo": (
        (frozenset({"lat", "latitude"}), "latitude"),
        (frozenset({"lon", "long", "longitude"}), "longitude"),
    ),
}
"""Tag ``->`` attributes, and what a column with one of them is read as."""

_PLAIN_ROLES = {
    "org": "organisation", "sector": "sector", "activity": "activity", "status": "status",
    "date": "date", "project": "project", "lat_deg": "latitude", "lon_deg": "longitude",
}  # fmt: skip
"""Tag ``->`` what a column is read as that has no attributes, or only :data:`_PLAIN` ones."""

_CODES = frozenset({"code", "id", "type", "acronym", "abbr", "abbreviation", "url"})
"""Attributes of columns that say no name."""


def role_of(tag: Tag) -> str:
    """Return what a column is read as, as ``organisation``; ``""``: it is not read.

    >>> role_of(Tag("org", frozenset({"impl", "name"}))), role_of(Tag("reached"))
    ('partner', '')
    """
    if tag.name in ("adm1", "adm2"):
        return hxl.role_of(tag) if "origin" not in tag.attributes else ""
    if tag.name == "country":
        return hxl.role_of(tag)
    if tag.attributes & _CODES:
        return ""
    for attributes, role in _ROLES.get(tag.name, ()):
        if tag.attributes & attributes:
            return role
    plain = tag.name == "date" and tag.attributes <= {"reported"} or tag.attributes <= _PLAIN
    if tag.name in ("sector", "activity"):
        plain = plain or bool(tag.attributes & {"cluster", "description", "type"})
    return _PLAIN_ROLES.get(tag.name, "") if plain else ""


def find_columns(
    rows: TableRows, mapping: TableMapping, request: ReadOptions, log: FindingLog
) -> Sheet | None:
    """Find the columns of a file; log what is missing, and return ``None`` then."""
    sheet = _mapped(rows, mapping, log) if mapping.columns else _tagged(rows, log)
    if sheet is None or not _is_complete(sheet, mapping, log):
        return None
    _log_people(sheet, log)
    return sheet


def _mapped(rows: TableRows, mapping: TableMapping, log: FindingLog) -> Sheet | None:
    return find_header(rows, mapping.columns, mapping.columns, log, header_row=mapping.header_row)


def _tagged(rows: TableRows, log: FindingLog) -> Sheet | None:
    tag_row = hxl.find_tags(rows, log, _UNTAGGED)
    if tag_row is None:
        return None
    number, tags = tag_row
    columns: dict[str, list[tuple[int, Tag]]] = {}
    for at, tag in enumerate(tags):
        if tag and (role := role_of(tag)):
            columns.setdefault(role, []).append((at, tag))
    chosen = {role: min(found, key=_rank) for role, found in columns.items()}
    read = {at for at, _ in chosen.values()}
    unread = [str(tag or f"column {at + 1}") for at, tag in enumerate(tags) if at not in read]
    return Sheet(
        rows,
        number,
        {role: at for role, (at, _) in chosen.items()},
        {role: str(tag) for role, (_, tag) in chosen.items()},
        width_of(rows, tags),
        unread=unread,
    )


def _rank(column: tuple[int, Tag]) -> tuple[int, int]:
    """Put the simplest tag first, and of several that are alike the one on the left."""
    at, tag = column
    return len(tag.attributes - _PLAIN), at


def _is_complete(sheet: Sheet, mapping: TableMapping, log: FindingLog) -> bool:
    """Return whether who, what, where and status are said; log what is missing."""
    before, number = log.errors, sheet.header_row
    have = sheet.positions.keys() | mapping.constants.keys()
    needs = {
        "who: #org (or #org+impl), or `organisation`": {"organisation", "partner"},
        "what: #sector, or #activity+project; `sector` or `project`": {"sector", "project"},
        "where: #adm1+name or #adm1+code, or `adm1`": {*PLACE_COLUMNS, "latitude"},
        "of which status an activity is: #status, or `status`; where every row is of work that is "
        "under way or done, say `constants: {status: implemented}`": {"status"},
    }  # fmt: skip
    for what, columns in needs.items():
        if not have & columns:
            log.error(f"No column says {what}.", row=number)
    return log.errors == before


def _log_people(sheet: Sheet, log: FindingLog) -> None:
    """Log columns of people, which are left unread."""
    people = [
        title
        for title in sheet.unread
        if title.lstrip("#").split("+")[0] in _PEOPLE_TAGS
        or any(word in title.casefold() for word in _FIGURE_WORDS)
    ]
    if people:
        log.warning(
            "Columns of people reached or targeted are not read: by organisation, place and date "
            "they are of few people. Bring results that may be shown in with `ingest reach`.",
            row=sheet.header_row,
            value=", ".join(people),
            harm=Harm.NOT_READ,
        )
