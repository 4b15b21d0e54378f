"""Join rows to P-codes by code, name or alias, and report what matched nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from babel import Locale

from geodata.errors import JoinError
from geodata.i18n.language import SOURCE_LANGUAGE
from geodata.places.gazetteer import Gazetteer, Gazetteers, Match
from geodata.places.pcode_schemes import AS_WRITTEN, BY_NAME
from geodata.snapshots.snapshot import Snapshot
from geodata.util import amounts
from geodata.util.findings import Finding, Harm, location

_A_LIST = 3  # places that make a list: fewer may be slips
_BY_CHANCE = 0.2  # part of another country's places that may have a name of this country's


@dataclass
class Unmatched:
    """A place that matched no area, and how many rows, households and people it stands for."""

    table: str
    place: str
    rows: int
    households: int | None
    nearest: list[str]
    people: int | None = None

    def describe_size(self) -> str:
        """Return rows, households and people as text, without units that have no count."""
        units = (("households", self.households), ("people", self.people))
        rows = amounts.pluralise(self.rows, "row")
        return ", ".join([rows, *(f"{n:,} {unit}" for unit, n in units if n is not None)])


@dataclass
class JoinReport:
    """Report of a join: rows by method, places that matched nothing, areas without rows."""

    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    unmatched: list[Unmatched] = field(default_factory=list)
    areas_without_rows: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: str, methods: pd.Series, rows: pd.Series | int = 1) -> None:
        """Count the rows of ``table`` by method (``code``, ``name``, ``alias`` or ``none``).

        ``rows`` are those of the file that each stands for.
        """
        by_method = pd.Series(rows, index=methods.index).groupby(methods).sum()
        self.rows[table] = {m: int(by_method.get(m, 0)) for m in ("code", "name", "alias", "none")}

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON-ready values, in a stable order."""
        return {
            "rows": self.rows,
            "unmatched": [vars(u) for u in self.unmatched],
            "areas_without_rows": self.areas_without_rows,
        }

    def lines(self) -> list[str]:
        """Return the report as lines for a person."""
        out = ["Join report: rows matched by code / name / alias / not at all"]
        for table, n in self.rows.items():
            out.append(
                f"  {table:<24} {n['code']:>7,} {n['name']:>7,} {n['alias']:>7,} {n['none']:>7,}"
            )
        for u in self.unmatched:
            near = f"; nearest: {', '.join(u.nearest)}" if u.nearest else "; nothing is near it"
            out.append(f"  not placed: {u.place!r} in {u.table}: {u.describe_size()}{near}")
        for level, pcodes in self.areas_without_rows.items():
            if pcodes:
                out.append(f"  no rows ({level}): {', '.join(pcodes)}")
        return out


def match_rows(
    rows: pd.DataFrame,
    book: Gazetteer,
    report: JoinReport,
    table: str,
    name: str,
    code: str = "",
    *,
    scope: pd.Series | None = None,
    findings: list[Finding] | None = None,
) -> pd.Series:
    """Give every row its P-code, and report how and what matched nothing.

    Parameters
    ----------
    rows
        Rows to place. The report adds up the columns ``rows`` (how many rows of the file one
        stands for), ``households`` and ``people``, where there are any.
    book
        Gazetteer of the level.
    report
        Receives the counts by method and every place that matched nothing.
    table
        Name of the table in the report.
    name, code
        Columns: the place's name and its code; without one of codes they may be among the names.
    scope
        P-codes of the parents. A place whose parent is missing is not reported: the parent is.
    findings
        Receives codes that the country gave up, or that mean another place than the name.

    Returns
    -------
    pandas.Series
        P-codes aligned with ``rows``; missing where nothing matches.

    Raises
    ------
    JoinError
        If a code is one that the country gave up, and there are no ``findings``.
    """
    places = _distinguish_places(rows, name, code, scope)
    by_place = {
        (spelling, number, parent): _match(
            book, spelling, number, parent, rows.loc[index], findings
        )
        for index, spelling, number, parent in places.drop_duplicates().itertuples(name=None)
    }
    matches = [by_place[place] for place in places.itertuples(index=False, name=None)]
    methods = pd.Series([match.method if match else "none" for match in matches], index=rows.index)
    report.add(table, methods, rows["rows"] if "rows" in rows else 1)
    lost = methods == "none"
    if scope is not None:
        lost &= places["scope"] != ""
    report.unmatched += _unmatched(table, rows[lost], places[lost], book)
    return pd.Series(
        [match.pcode if match else None for match in matches], index=rows.index, dtype="str"
    )


def _distinguish_places(
    rows: pd.DataFrame, name: str, code: str, scope: pd.Series | None
) -> pd.DataFrame:
    """Return name, code and parent of each row's place, without blanks around them."""
    return pd.DataFrame(
        {
            "name": rows[name].fillna("").str.strip(),
            "code": rows[code or name].fillna("").str.strip(),
            "scope": "" if scope is None else scope.fillna(""),
        },
        index=rows.index,
    )


def _unmatched(
    table: str, rows: pd.DataFrame, places: pd.DataFrame, book: Gazetteer
) -> Iterator[Unmatched]:
    """Add up the rows, households and people of each place that matched nothing."""
    for (spelling, number, parent), group in rows.groupby([places[key] for key in places]):
        place = str(spelling or number)
        yield Unmatched(
            table,
            place,
            int(group["rows"].sum()) if "rows" in group else len(group),
            _sum_or_none(group, "households"),
            book.nearest(place, str(parent)),
            _sum_or_none(group, "people"),
        )


def _sum_or_none(rows: pd.DataFrame, column: str) -> int | None:
    """Add up a column; ``None`` where no row has a number, or there is no such column."""
    numbers = rows[column].dropna() if column in rows else ()
    return int(sum(numbers)) if len(numbers) else None


def _match(
    book: Gazetteer, name: str, code: str, scope: str, row: Any, findings: list[Finding] | None
) -> Match | None:
    """Find a place, and report a code that was given up or contradicts the name beside it."""
    try:
        match = book.find(name=name, code=code, scope=scope)
        by_name = book.find(name=name, scope=scope) if name and code else None
    except JoinError as error:
        if findings is None:
            raise
        findings.append(_wrong_code(str(error), book.level, row, code or name))
        return None
    if findings is not None and match and by_name and match.pcode != by_name.pcode:
        sentence = (
            f"the code means {book.display[match.pcode]} ({match.pcode}), and the name beside it, "
            f"{name!r}, means {book.display[by_name.pcode]} ({by_name.pcode}): mend whichever is "
            f"wrong, or leave the codes out (`pcode_scheme: {BY_NAME}` in the mapping, or "
            f"--pcode-scheme {BY_NAME})."
        )
        findings.append(_wrong_code(sentence, book.level, row, code or name))
    return match


def _wrong_code(sentence: str, level: int, row: Any, code: str) -> Finding:
    """Return the finding on a row's code, quoting it as the file writes it."""
    value = row.get(AS_WRITTEN[f"adm{level}_code"]) or code
    at = location(row)
    return Finding("error", sentence, column="P-code", value=value, harm=Harm.OTHER_PLACE, **at)


def in_another_governorate(
    inner: pd.DataFrame,
    governorate: pd.Series,
    district: pd.Series,
    parents: pd.Series,
    books: Gazetteers,
) -> Iterator[Finding]:
    """Report districts that lie, by their code, in another governorate than their row says."""
    lies = district.map(parents)
    wrong = lies.notna() & governorate.notna() & (lies != governorate)
    for index in inner[wrong].drop_duplicates(["adm1", "adm1_code", "adm2", "adm2_code"]).index:
        row, outer = inner.loc[index], str(governorate[index])
        code, inside = str(district[index]), str(lies[index])
        sentence = (
            f"the code of the district means {books.districts.display[code]} ({code}) in "
            f"{books.governorates.display[inside]}, and the row is of "
            f"{books.governorates.display[outer]} ({outer}): mend whichever is wrong."
        )
        yield _wrong_code(sentence, 2, row, row["adm2_code"])


def of_another_country(rows: pd.DataFrame, books: Gazetteers, stored: Snapshot) -> list[Finding]:
    """Report a table of which hardly any governorate is known: it is of another country."""
    book, country = books.governorates, stored.manifest["country"]
    places = rows[["adm1", "adm1_code"]].drop_duplicates() if len(rows) else rows
    unknown = [
        (name, code)
        for name, code in places[["adm1", "adm1_code"]].itertuples(index=False, name=None)
        if (name or code) and not (book.coded(code) or book.find(name=name))
    ]
    prefixes = {_letters(code) for code in book.codes}
    if all(code and _letters(code) in prefixes for _, code in unknown):
        return []
    if len(unknown) < _A_LIST or len(unknown) < (1 - _BY_CHANCE) * len(places):
        return []
    examples = ", ".join(name or code for name, code in unknown[:_A_LIST])
    name = str(country["name"])
    return [
        Finding(
            "error",
            f"This is a list of another country than {name}, as it seems: {len(unknown):,} of its "
            f"{len(places):,} governorates are none of {name}'s ({examples} …)"
            f"{_describe_prefix([code for _, code in unknown], prefixes)}. Bring it into snapshots "
            "of its own country (docs/boundaries.md); should it be of this one, add its spellings "
            "with `flask --app app ingest aliases FILE`.",
            harm=Harm.OTHER_PLACE,
        )
    ]


def _describe_prefix(codes: Sequence[str], own: Collection[str]) -> str:
    """Name the country by the first letters of codes; empty where these differ."""
    others = {_letters(code) for code in codes if code}
    if len(others) != 1 or not all(others) or not all(own):
        return ""
    (prefix,) = others
    country = Locale(SOURCE_LANGUAGE).territories.get(prefix, "")
    return (
        f", and its P-codes begin with {prefix}{country and f' ({country})'}, not with "
        f"{' or '.join(sorted(own))}"
    )


def _letters(code: str) -> str:
    """Return the two letters of the country (ISO 3166) that a P-code begins with."""
    match = re.match(r"[A-Z]{2}", code.strip().upper())
    return match[0] if match else ""


def not_placed(lost: Unmatched, severity: str) -> Finding:
    """Report rows that matched no area, and how to mend them."""
    totals = "its governorate and the country" if lost.table == "districts" else "the country"
    consequence = f"It is kept as “not placed” and counts in the total of {totals} only."
    remedy = (
        "Mend the spelling, add it with `flask --app app ingest aliases FILE`, or pass "
        "--allow-unmatched to keep it as “not placed”."
    )
    return Finding(
        "warning" if severity == "warning" else "error",
        f"no area answers to this place ({lost.describe_size()}). "
        f"{consequence if severity == 'warning' else remedy}",
        column=lost.table,
        value=lost.place,
        nearest=tuple(lost.nearest),
        harm=Harm.NOT_PLACED,
    )
