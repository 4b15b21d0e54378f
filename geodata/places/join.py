"""Join rows to P-codes: by code, name or alias, and report what found no place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from babel import Locale

from geodata.errors import JoinError
from geodata.i18n.language import SOURCE_LANGUAGE
from geodata.places.gazetteer import Gazetteer, Gazetteers
from geodata.places.pcode_schemes import BY_NAME, WRITTEN
from geodata.snapshots.snapshot import Snapshot
from geodata.util import amounts
from geodata.util.findings import Finding, Harm, location

_A_LIST = 3  # places that make a list: fewer may be slips
_BY_CHANCE = 0.2  # part of another country's places that may have a name of this country's


@dataclass
class Unmatched:
    """A place name that no area answers to, with what hangs on it."""

    table: str
    place: str
    rows: int
    households: int | None
    nearest: list[str]
    people: int | None = None

    def counted(self) -> str:
        """Say what hangs on it, in the units that were counted."""
        units = (("households", self.households), ("people", self.people))
        rows = amounts.counted(self.rows, "row")
        return ", ".join([rows, *(f"{n:,} {unit}" for unit, n in units if n is not None)])


@dataclass
class JoinReport:
    """What was joined to what: rows by method, what matched nothing, areas that have no rows."""

    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    unmatched: list[Unmatched] = field(default_factory=list)
    areas_without_rows: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: str, methods: pd.Series) -> None:
        """Count the rows of ``table`` by method (``code``, ``name``, ``alias`` or ``none``)."""
        counted = methods.value_counts()
        self.rows[table] = {m: int(counted.get(m, 0)) for m in ("code", "name", "alias", "none")}

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON-ready values, in a stable order."""
        return {
            "rows": self.rows,
            "unmatched": [vars(u) for u in self.unmatched],
            "areas_without_rows": self.areas_without_rows,
        }

    def lines(self) -> list[str]:
        """Return the report as lines a person can read."""
        out = ["Join report: rows matched by code / name / alias / not at all"]
        for table, n in self.rows.items():
            out.append(
                f"  {table:<24} {n['code']:>7,} {n['name']:>7,} {n['alias']:>7,} {n['none']:>7,}"
            )
        for u in self.unmatched:
            near = f"; nearest: {', '.join(u.nearest)}" if u.nearest else "; nothing is near it"
            out.append(f"  not placed: {u.place!r} in {u.table}: {u.counted()}{near}")
        for what, pcodes in self.areas_without_rows.items():
            if pcodes:
                out.append(f"  no rows ({what}): {', '.join(pcodes)}")
        return out


def match_rows(
    frame: pd.DataFrame,
    book: Gazetteer,
    report: JoinReport,
    *,
    table: str,
    name: str,
    scope: str | None = None,
    households: str | None = None,
) -> pd.Series:
    """Give every row of ``frame`` its P-code, and write down how.

    Parameters
    ----------
    frame
        Rows to place.
    book
        Gazetteer of the level.
    report
        Receives the counts by method and every name that matched nothing.
    table
        Name of the table in the report.
    name, scope, households
        Columns: the place's name (or code), the parent's P-code, the households in the row.

    Returns
    -------
    pandas.Series
        P-codes aligned with ``frame``; missing where nothing answers.
    """
    keys = frame[[name]].assign(scope="" if scope is None else frame[scope].fillna(""))
    unique = keys.drop_duplicates()
    found = {
        (row_scope, spelling): book.find(name=spelling, code=spelling, scope=row_scope)
        for spelling, row_scope in unique.itertuples(index=False)
    }
    pairs = list(zip(keys["scope"], keys[name], strict=True))
    matches = [found[pair] for pair in pairs]
    methods = pd.Series([m.method if m else "none" for m in matches], index=frame.index)
    report.add(table, methods)
    weights = frame[households] if households else pd.Series(0, index=frame.index)
    for (row_scope, spelling), match in found.items():
        parent_is_lost = scope is not None and not row_scope  # and told where it was looked for
        if match is None and not parent_is_lost:
            rows = (keys[name] == spelling) & (keys["scope"] == row_scope)
            report.unmatched.append(
                Unmatched(
                    table,
                    spelling,
                    int(rows.sum()),
                    int(weights[rows].sum()),
                    book.nearest(spelling, row_scope),
                )
            )
    return pd.Series([m.pcode if m else None for m in matches], index=frame.index, dtype="str")


# ------------------------------------------------------------------------------------- places


def find_places(
    rows: pd.DataFrame,
    book: Gazetteer,
    name: str,
    code: str,
    scope: pd.Series | None,
    what: str,
    report: JoinReport,
    findings: list[Finding],
) -> pd.Series:
    """P-codes of the places that rows name; what matches nothing goes into the report."""
    asked = pd.DataFrame(
        {
            "name": rows[name].fillna("").str.strip(),
            "code": rows[code].fillna("").str.strip(),
            "scope": "" if scope is None else scope.fillna(""),
        },
        index=rows.index,
    )
    found: dict[tuple[str, str, str], str | None] = {}
    methods: dict[tuple[str, str, str], str] = {}
    for index, *key_ in asked.drop_duplicates().itertuples(name=None):
        key = (key_[0], key_[1], key_[2])
        found[key], methods[key] = _one_place(book, *key, rows.loc[index], findings)
    keys = list(zip(asked["name"], asked["code"], asked["scope"], strict=True))
    counted = pd.Series([methods[key] for key in keys], index=rows.index)
    _tell(report, what, rows, counted)
    lost = counted == "none"
    if scope is not None:
        lost &= asked["scope"] != ""  # a governorate that is lost was told where it was looked for
    grouped = rows[lost].groupby([asked["name"][lost], asked["code"][lost], asked["scope"][lost]])
    for (spelling, written, where), group in grouped:
        shown = str(spelling or written)
        report.unmatched.append(
            Unmatched(
                what,
                shown,
                int(group["rows"].sum()) if "rows" in group else len(group),
                _sum_or_none(group["households"]),
                book.nearest(shown, str(where)),
                _sum_or_none(group["people"]) if "people" in group else None,
            )
        )
    return pd.Series([found[key] for key in keys], index=rows.index, dtype="str")


def _sum_or_none(numbers: pd.Series) -> int | None:
    """A sum; ``None`` where no row has a number, as of a source that does not count households."""
    known = numbers.dropna()
    return int(known.sum()) if len(known) else None


def _one_place(
    book: Gazetteer, name: str, code: str, scope: str, row: Any, findings: list[Finding]
) -> tuple[str | None, str]:
    written = row.get(WRITTEN[f"adm{book.level}_code"]) or code or name
    try:
        match = book.find(name=name, code=code, scope=scope)
        named = book.find(name=name, scope=scope) if name and code else None
    except JoinError as error:
        at = location(row)
        findings.append(
            Finding(
                "error",
                str(error),
                column="P-code",
                value=written,
                harm=Harm.OTHER_PLACE,
                **at,
            )
        )
        return None, "none"
    if match and named and match.pcode != named.pcode:
        findings.append(
            Finding(
                "error",
                f"the code means {book.display[match.pcode]} ({match.pcode}), and the name beside "
                f"it, {name!r}, means {book.display[named.pcode]} ({named.pcode}): mend whichever "
                f"is wrong, or leave the codes out (`pcode_scheme: {BY_NAME}` in the mapping, or "
                f"--pcode-scheme {BY_NAME}).",
                column="P-code",
                value=written,
                harm=Harm.OTHER_PLACE,
                **location(row),
            )
        )
    return (match.pcode, match.method) if match else (None, "none")


def in_another_governorate(
    inner: pd.DataFrame,
    governorate: pd.Series,
    district: pd.Series,
    parents: pd.Series,
    books: Gazetteers,
) -> Iterable[Finding]:
    """Districts that lie, by their code, in another governorate than their row says."""
    lies = district.map(parents)
    wrong = lies.notna() & governorate.notna() & (lies != governorate)
    for index in inner[wrong].drop_duplicates(["adm1", "adm1_code", "adm2", "adm2_code"]).index:
        row, outer = inner.loc[index], str(governorate[index])
        code, inside = str(district[index]), str(lies[index])
        yield Finding(
            "error",
            f"the code of the district means {books.districts.display[code]} ({code}) in "
            f"{books.governorates.display[inside]}, and the row is of "
            f"{books.governorates.display[outer]} ({outer}): mend whichever is wrong.",
            column="P-code",
            value=row.get(WRITTEN["adm2_code"]) or row["adm2_code"],
            harm=Harm.OTHER_PLACE,
            **location(row),
        )


def of_another_country(rows: pd.DataFrame, books: Gazetteers, held: Snapshot) -> list[Finding]:
    """Say of a list of which hardly a place is known that it is another country's."""
    book, country = books.governorates, held.manifest["country"]
    places = rows[["adm1", "adm1_code"]].drop_duplicates() if len(rows) else rows
    lost = [
        (name, code)
        for name, code in places[["adm1", "adm1_code"]].itertuples(index=False, name=None)
        if (name or code) and not (book.coded(code) or book.find(name=name))
    ]
    ours = {_letters(code) for code in book.codes}
    if all(code and _letters(code) in ours for _, code in lost):
        return []
    if len(lost) < _A_LIST or len(lost) < (1 - _BY_CHANCE) * len(places):
        return []
    shown = ", ".join(name or code for name, code in lost[:_A_LIST])
    name = str(country["name"])
    return [
        Finding(
            "error",
            f"This is a list of another country than {name}, as it seems: {len(lost):,} of its "
            f"{len(places):,} governorates are none of {name}'s ({shown} …)"
            f"{_other_prefix([code for _, code in lost], ours)}. Bring it into snapshots of its "
            "own country (docs/boundaries.md); should it be of this one, add its spellings with "
            "`flask --app app ingest aliases FILE`.",
            harm=Harm.OTHER_PLACE,
        )
    ]


def _other_prefix(codes: Sequence[str], ours: Collection[str]) -> str:
    """What the first letters of codes say of the country; empty where they say nothing."""
    met = {_letters(code) for code in codes if code}
    if len(met) != 1 or not all(met) or not all(ours):
        return ""
    (found,) = met
    called = Locale(SOURCE_LANGUAGE).territories.get(found, "")
    return (
        f", and its P-codes begin with {found}{called and f' ({called})'}, not with "
        f"{' or '.join(sorted(ours))}"
    )


def _letters(code: str) -> str:
    """The two letters of its country (ISO 3166) that a P-code begins with."""
    found = re.match(r"[A-Z]{2}", code.strip().upper())
    return found[0] if found else ""


def _tell(report: JoinReport, what: str, rows: pd.DataFrame, methods: pd.Series) -> None:
    """Count rows of the file, of which one here may stand for many."""
    weights = rows["rows"] if "rows" in rows else pd.Series(1, index=rows.index)
    counted = weights.groupby(methods).sum()
    report.rows[what] = {
        method: int(counted.get(method, 0)) for method in ("code", "name", "alias", "none")
    }


def not_placed(lost: Unmatched, severity: str) -> Finding:
    """Describe rows that found no area, and how to mend them."""
    counted = "its governorate and the country" if lost.table == "districts" else "the country"
    kept = f"It is kept as “not placed” and counts in the total of {counted} only."
    mend = (
        "Mend the spelling, add it with `flask --app app ingest aliases FILE`, or pass "
        "--allow-unmatched to keep it as “not placed”."
    )
    return Finding(
        "warning" if severity == "warning" else "error",
        f"no area answers to this place ({lost.counted()}). "
        f"{kept if severity == 'warning' else mend}",
        column=lost.table,
        value=lost.place,
        nearest=tuple(lost.nearest),
        harm=Harm.NOT_PLACED,
    )
