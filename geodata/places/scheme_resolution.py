"""Bring P-codes of a known former scheme to those of the boundaries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

import pandas as pd

from geodata.i18n.language import SOURCE_LANGUAGE, load_language
from geodata.places.folding import fold
from geodata.places.gazetteer import Gazetteer, Gazetteers, explain_retired_code, former_codes
from geodata.places.pcode_schemes import (
    BY_NAME,
    NOT_AVAILABLE,
    PLACES,
    WRITTEN,
    PcodeScheme,
    PcodeSchemes,
    pcode_schemes,
    scheme_choices,
)
from geodata.places.scheme_decision import LISTED, CodedPlace, SchemeDecision, decide_scheme
from geodata.util.findings import Finding, Harm, location
from geodata.util.suggestions import suggestions

_COMPARED = 3  # governorates from which figures tell one numbering from another


# ---- rows of a reading


@dataclass
class ResolvedCodes:
    """A reading after its codes were brought to those of the snapshot's areas.

    Attributes
    ----------
    counts, breakdowns
        As they were read, but for the codes and without the rounds that are refused; ``counts``
        have the columns of :data:`WRITTEN`, too.
    lines
        What was found, for the report; rounds next to each other that are alike in one line.
    findings
        Why rounds are refused, and what was left out.
    """

    counts: pd.DataFrame
    breakdowns: pd.DataFrame
    lines: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def resolve_codes(
    counts: pd.DataFrame,
    breakdowns: pd.DataFrame,
    country: Mapping[str, Any],
    books: Gazetteers,
    held: pd.DataFrame,
    said: str = "",
) -> ResolvedCodes:
    """Read the codes of every date by the numbering that they are of.

    Parameters
    ----------
    counts, breakdowns
        :data:`geodata.sources.contract.COUNTS_READ` and ``BREAKDOWNS_READ``.
    held
        Counts that are held, with which codes are compared that have no names beside them.
    said
        As for :func:`~geodata.places.scheme_decision.decide_scheme`; ``""`` where nothing was said.
    """
    known = pcode_schemes(country, books)
    out = ResolvedCodes(_codes_out_of_names(counts, known, books), breakdowns)
    if out.counts.empty:
        return out
    if said and said not in scheme_choices(country):
        out.findings.append(_no_such_scheme(said, country))
        out.counts = out.counts.head(0)
    elif known:
        _resolve_dates(out, known, books, held, said)
    else:
        _leave_codes(out, country, said)
    return out


def _codes_out_of_names(
    counts: pd.DataFrame, known: PcodeSchemes | None, books: Gazetteers
) -> pd.DataFrame:
    """Move codes that stand among names into their own columns, and keep how they are written."""
    made = counts.copy()
    for level, book in (("adm1", books.governorates), ("adm2", books.districts)):
        name = made[level].fillna("").str.strip()
        code = made[f"{level}_code"].fillna("").str.strip()
        is_code = name.map(lambda word, book=book: _is_code(word, known, book)).astype(bool)
        moved = is_code & ((code == "") | (code == name))
        made[f"{level}_code"] = code.mask(moved, name)
        made[level] = name.mask(moved, "")
        made[WRITTEN[f"{level}_code"]] = made[f"{level}_code"]
    return made


def _is_code(word: str, known: PcodeSchemes | None, book: Gazetteer) -> bool:
    return bool(word) and bool(book.coded(word) or (known and known.read(word)))


def _resolve_dates(
    out: ResolvedCodes, known: PcodeSchemes, books: Gazetteers, held: pd.DataFrame, said: str
) -> None:
    decisions: list[tuple[str, str]] = []
    parents = _governorates_of_names(books)
    for date, rows in out.counts.groupby("date", sort=True):
        places = _places(rows, known, books, parents)
        if not places:
            continue
        label = _label(date, rows)
        decision = decide_scheme(list(places), known, said)
        if decision.error:
            out.findings.append(_refused(decision, places, rows, label))
            out.counts = out.counts.drop(rows.index)  # one finding, not one a place
            continue
        decisions.append((label, decision.how))
        if decision.numbering and not decision.by_names:
            chosen = decision.numbering
            out.findings += _figures_say_otherwise(rows, chosen, known, held, label)
        out.findings += _districts_left(rows, decision.numbering, known, label)
        resolved = _read_by(rows, decision.numbering, known)
        for column in ("adm1_code", "adm2_code"):
            out.counts.loc[rows.index, column] = resolved[column]
        out.breakdowns = _breakdowns_read_by(out.breakdowns, date, decision.numbering, known)
    out.lines += _lines(decisions)


def _governorates_of_names(books: Gazetteers) -> Mapping[str, frozenset[str]]:
    """Map each folded name of a district to the governorates that have one of this name."""
    found: dict[str, set[str]] = {}
    book = books.districts
    for scope, name in (*book.names, *book.aliases, *book.shared):
        found.setdefault(name, set()).add(scope)
    return {name: frozenset(scopes) for name, scopes in found.items()}


def _places(
    rows: pd.DataFrame,
    known: PcodeSchemes,
    books: Gazetteers,
    parents: Mapping[str, frozenset[str]],
) -> dict[CodedPlace, Any]:
    """Map each place that the rows of a date name to the index of the first row that does."""
    found: dict[tuple[str, frozenset[str], bool], tuple[CodedPlace, Any]] = {}
    unique = rows[list(PLACES)].drop_duplicates()
    for index, adm1, adm1_code, adm2, adm2_code in unique.itertuples(name=None):
        outer = books.governorates.find(name=adm1) if adm1 else None
        meant = frozenset((outer.pcode,) if outer else ())
        if not adm1 and adm2:
            meant = parents.get(fold(adm2), frozenset())
        name = next((name for name in (adm1, adm2) if name not in ("", NOT_AVAILABLE)), "")
        for code in filter(None, (adm1_code, adm2_code)):
            digits = known.read(code)
            if digits:
                own = code.casefold() in known.own_codes
                place = CodedPlace(code, digits.governorate, name, meant, own)
                found.setdefault((place.digits, meant, own), (place, index))
    return dict(found.values())


def _read_by(
    rows: pd.DataFrame, numbering: PcodeScheme | None, known: PcodeSchemes
) -> pd.DataFrame:
    outer, inner = rows["adm1_code"], rows["adm2_code"]
    outer = outer.where(
        outer != "", inner.where(inner.map(lambda code: bool(known.read(code))), "")
    )
    return pd.DataFrame(
        {
            "adm1_code": outer.map(lambda code: _governorate(code, numbering, known)),
            "adm2_code": inner.map(lambda code: _district(code, numbering, known)),
        }
    )


def _governorate(code: str, numbering: PcodeScheme | None, known: PcodeSchemes) -> str:
    digits = known.read(code)
    if digits is None:
        return code
    return numbering.areas.get(digits.governorate, code) if numbering else ""


def _district(code: str, numbering: PcodeScheme | None, known: PcodeSchemes) -> str:
    digits = known.read(code)
    if digits is None or not digits.district:
        return code
    if numbering is None or not numbering.own:
        return ""
    return numbering.areas.get("".join(digits), code)


def _breakdowns_read_by(
    breakdowns: pd.DataFrame, date: Any, numbering: PcodeScheme | None, known: PcodeSchemes
) -> pd.DataFrame:
    if breakdowns.empty:
        return breakdowns
    of_date = pd.to_datetime(breakdowns["date"]) == pd.Timestamp(date)
    codes = breakdowns["adm1_code"].fillna("")
    resolved = codes.map(lambda code: _governorate(code, numbering, known))
    return breakdowns.assign(adm1_code=codes.mask(of_date, resolved))


# ---- findings


def _label(date: Any, rows: pd.DataFrame) -> str:
    """Name a date in findings: ``round 134, 31 December 2024``."""
    numbers = rows["round"].dropna().unique()
    of_round = f"round {int(numbers[0])}, " if len(numbers) == 1 else ""
    day: dt.date = pd.Timestamp(date).date()
    return f"{of_round}{load_language(SOURCE_LANGUAGE).date(day, 'long')}"


def _lines(decisions: Sequence[tuple[str, str]]) -> Iterator[str]:
    for how, group in groupby(decisions, key=lambda one: one[1]):
        labels = [label for label, _ in group]
        several = f" to {labels[-1]} ({len(labels):,} dates)" if len(labels) > 1 else ""
        yield f"{labels[0]}{several}: {how}"


def _refused(
    decision: SchemeDecision, places: Mapping[CodedPlace, Any], rows: pd.DataFrame, label: str
) -> Finding:
    shown = [f"{place.code} {place.name}".strip() for place in decision.examples[:LISTED]]
    more = len(decision.examples) - len(shown)
    rest = f" and {more:,} more" if more > 0 else ""
    index = places[decision.examples[0]]
    return _finding("error", decision.error, rows, index, f"{label}: {', '.join(shown)}{rest}")


def _finding(
    severity: Literal["error", "warning"],
    sentence: str,
    rows: pd.DataFrame,
    index: Any,
    value: str,
) -> Finding:
    """Return a finding about the P-code of a row, with its place in the file where known."""
    harm = Harm.OTHER_PLACE if severity == "error" else Harm.OTHER
    at = location(rows.loc[index])
    return Finding(severity, sentence, column="P-code", value=value, harm=harm, **at)


def _districts_left(
    rows: pd.DataFrame, numbering: PcodeScheme | None, known: PcodeSchemes, label: str
) -> Iterator[Finding]:
    """Report codes of districts of an unknown scheme: only names match these."""
    if numbering is not None and numbering.own:
        return
    coded = rows["adm2_code"].map(lambda code: bool((read := known.read(code)) and read.district))
    bare = rows[coded & (rows["adm2"] == "")]
    of = f"the numbering of {numbering.name}" if numbering else "codes that are left out"
    if len(bare):
        yield _finding(
            "error",
            f"Districts of {of} are known by name only: add the column of their names.",
            rows,
            bare.index[0],
            f"{label}: {bare['adm2_code'].iloc[0]}",
        )
    elif coded.any() and numbering is not None:
        yield _finding(
            "warning",
            f"Codes of districts of {of} are left out: districts are found by name, in the "
            "governorate that code and name give.",
            rows,
            rows.index[0],
            label,
        )


def _no_such_scheme(said: str, country: Mapping[str, Any]) -> Finding:
    names = scheme_choices(country)
    return Finding(
        "error",
        f"There is no such numbering of P-codes: it may be {' or '.join(names)}.",
        column="pcode_scheme",
        value=said,
        nearest=suggestions(said, names),
    )


# ---- a country of one numbering


def _leave_codes(out: ResolvedCodes, country: Mapping[str, Any], said: str) -> None:
    """Drop codes on request, and retired ones that have a name beside them."""
    rules = former_codes(country)

    def left(rows: pd.DataFrame, level: str) -> pd.Series:
        codes, named = rows[f"{level}_code"].fillna(""), rows[level].fillna("") != ""
        given_up = codes.map(lambda code: bool(explain_retired_code(rules, code))).astype(bool)
        return (codes != "") & named & (given_up | (said == BY_NAME))

    for level in ("adm1", "adm2"):
        mask, codes = left(out.counts, level), out.counts[f"{level}_code"]
        if mask.any() and not said:
            out.findings.append(
                Finding(
                    "warning",
                    "The P-codes are of a numbering that was given up, in which the same digits "
                    "meant other places: they are left out, and places are found by name.",
                    value=", ".join(sorted(codes[mask].unique())[:LISTED]),
                )
            )
        out.counts[f"{level}_code"] = codes.mask(mask, "")
    if not out.breakdowns.empty:
        codes = out.breakdowns["adm1_code"].fillna("")
        out.breakdowns = out.breakdowns.assign(
            adm1_code=codes.mask(left(out.breakdowns, "adm1"), "")
        )


# ---- what figures say, where no name does


def _figures_say_otherwise(
    rows: pd.DataFrame,
    chosen: PcodeScheme,
    known: PcodeSchemes,
    held: pd.DataFrame,
    label: str,
) -> Iterator[Finding]:
    """Compare figures whose codes have no names with those of the nearest date that is held.

    A numbering moves the figures of whole governorates. Where another one puts them close to what
    was counted there before, and the chosen one does not, the codes are most likely of that one.
    """
    codes = rows["adm1_code"].where(rows["adm1_code"] != "", rows["adm2_code"])
    digits = codes.map(lambda code: read.governorate if (read := known.read(code)) else "")
    telling = digits.map(known.is_telling) & (rows["programme"] == "")
    for population, part in rows[telling].groupby("population"):
        before = _nearest_held(held, str(population), part["date"].iloc[0])
        added = part["people"].astype("int64").groupby([digits[part.index], part["level"]]).sum()
        people = added.groupby(level=0).max()  # a governorate's own row, or its districts
        if before.empty or len(people) < _COMPARED:
            continue
        off = {one.name: _distance(people, one, before) for one in known.every}
        best = min(known.every, key=lambda one: off[one.name])
        # Half the distance, and half of all that is placed: of 42,864 pairs of dates that DTM has
        # counted in Iraq, none that is read rightly comes so near to the other numbering.
        if 2 * off[best.name] < min(off[chosen.name], int(people.sum())):
            yield _likelier(best, chosen, rows, part.index[0], label)


def _nearest_held(held: pd.DataFrame, population: str, date: Any) -> pd.Series:
    """Return people by P-code on the nearest date of the snapshot; empty where it has none."""
    whole = (held["population"] == population) & (held["programme"] == "")
    rows = held[whole & (held["level"] == 1) & held["pcode"].notna()]
    gaps = (pd.to_datetime(rows["date"]) - pd.Timestamp(date)).abs()
    return rows[gaps == gaps.min()].groupby("pcode")["people"].sum()


def _distance(people: pd.Series, numbering: PcodeScheme, before: pd.Series) -> int:
    """Count the people that a scheme puts elsewhere than where they were counted before."""
    return sum(
        abs(int(n) - int(before.get(numbering.areas.get(str(digits), ""), 0)))
        for digits, n in people.items()
    )


def _likelier(
    best: PcodeScheme, chosen: PcodeScheme, rows: pd.DataFrame, index: Any, label: str
) -> Finding:
    return _finding(
        "error",
        f"No name stands beside the P-codes, and they are read as those of {chosen.name}. By those "
        f"of {best.name} the figures are close to what is held of the nearest date, and by those "
        f"of {chosen.name} they are not. Add the column of names, or say "
        f"`pcode_scheme: {best.name}` in the mapping (--pcode-scheme {best.name}).",
        rows,
        index,
        label,
    )
