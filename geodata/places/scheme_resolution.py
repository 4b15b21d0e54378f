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
    AS_WRITTEN,
    BY_NAME,
    NOT_AVAILABLE,
    PLACE_COLUMNS,
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
    """Counts and breakdowns of a file, with the P-codes of the snapshot's areas.

    Attributes
    ----------
    counts, breakdowns
        As read, but for the codes and without refused rounds; ``counts`` have the columns of
        :data:`AS_WRITTEN`, too.
    lines
        Decisions, for the report; consecutive rounds that are alike share a line.
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
    stored: pd.DataFrame,
    choice: str = "",
    *,
    by: str = "date",
) -> ResolvedCodes:
    """Replace codes of former schemes by today's P-codes, deciding the scheme of each date.

    Parameters
    ----------
    counts, breakdowns
        :data:`geodata.sources.contract.COUNTS_READ` and ``BREAKDOWNS_READ``.
    stored
        Counts of the snapshot, with which codes are compared that have no names beside them.
    choice
        As for :func:`~geodata.places.scheme_decision.decide_scheme`.
    by
        Column whose rows of one value are of one scheme.
    """
    schemes = pcode_schemes(country, books)
    out = ResolvedCodes(_codes_out_of_names(counts, schemes, books), breakdowns)
    if out.counts.empty:
        return out
    if choice and choice not in scheme_choices(country):
        out.findings.append(_no_such_scheme(choice, country))
        out.counts = out.counts.head(0)
    elif schemes:
        _resolve_dates(out, schemes, books, stored, choice, by)
    else:
        _leave_codes(out, country, choice)
    return out


def _codes_out_of_names(
    counts: pd.DataFrame, schemes: PcodeSchemes | None, books: Gazetteers
) -> pd.DataFrame:
    """Move codes that stand among names into their own columns, and copy codes as written."""
    result = counts.copy()
    for level, book in (("adm1", books.governorates), ("adm2", books.districts)):
        name = result[level].fillna("").str.strip()
        code = result[f"{level}_code"].fillna("").str.strip()
        is_code = name.map(lambda text, book=book: _is_code(text, schemes, book)).astype(bool)
        misplaced = is_code & ((code == "") | (code == name))
        result[f"{level}_code"] = code.mask(misplaced, name)
        result[level] = name.mask(misplaced, "")
        result[AS_WRITTEN[f"{level}_code"]] = result[f"{level}_code"]
    return result


def _is_code(text: str, schemes: PcodeSchemes | None, book: Gazetteer) -> bool:
    return bool(text) and bool(book.coded(text) or (schemes and schemes.parse(text)))


def _resolve_dates(
    out: ResolvedCodes,
    schemes: PcodeSchemes,
    books: Gazetteers,
    stored: pd.DataFrame,
    choice: str,
    by: str,
) -> None:
    """Decide the scheme of each date, and replace its codes or refuse it, in ``out``."""
    decisions: list[tuple[str, str]] = []
    parents = governorates_of_districts(books)
    for date, rows in out.counts.groupby(by, sort=True):
        places = _places(rows, schemes, books, parents)
        if not places:
            continue
        label = _label(date, rows)
        decision = decide_scheme(list(places), schemes, choice)
        if decision.error:
            out.findings.append(_refused(decision, places, rows, label))
            out.counts = out.counts.drop(rows.index)  # one finding, not one a place
            continue
        decisions.append((label, decision.how))
        if decision.scheme and not decision.by_names:
            chosen = decision.scheme
            out.findings += _figures_say_otherwise(rows, chosen, schemes, stored, label)
        out.findings += _districts_left(rows, decision.scheme, schemes, label)
        resolved = _translate(rows, decision.scheme, schemes)
        for column in ("adm1_code", "adm2_code"):
            out.counts.loc[rows.index, column] = resolved[column]
        out.breakdowns = _translate_breakdowns(out.breakdowns, date, decision.scheme, schemes)
    out.lines += _lines(decisions)


def governorates_of_districts(books: Gazetteers) -> Mapping[str, frozenset[str]]:
    """Map each folded name of a district to the governorates that have a district so named."""
    scopes_by_name: dict[str, set[str]] = {}
    book = books.districts
    for scope, name in (*book.names, *book.aliases, *book.shared):
        scopes_by_name.setdefault(name, set()).add(scope)
    return {name: frozenset(scopes) for name, scopes in scopes_by_name.items()}


def _places(
    rows: pd.DataFrame,
    schemes: PcodeSchemes,
    books: Gazetteers,
    parents: Mapping[str, frozenset[str]],
) -> dict[CodedPlace, Any]:
    """Map each distinct place of a date to the index of its first row."""
    places: dict[tuple[str, frozenset[str], bool], tuple[CodedPlace, Any]] = {}
    unique = rows[list(PLACE_COLUMNS)].drop_duplicates()
    for index, adm1, adm1_code, adm2, adm2_code in unique.itertuples(name=None):
        outer = books.governorates.find(name=adm1) if adm1 else None
        governorates = frozenset((outer.pcode,) if outer else ())
        if not adm1 and adm2:
            governorates = parents.get(fold(adm2), frozenset())
        name = next((name for name in (adm1, adm2) if name not in ("", NOT_AVAILABLE)), "")
        for code in filter(None, (adm1_code, adm2_code)):
            digits = schemes.parse(code)
            if digits:
                own = code.casefold() in schemes.own_codes
                place = CodedPlace(code, digits.governorate, name, governorates, own)
                places.setdefault((place.digits, governorates, own), (place, index))
    return dict(places.values())


def _translate(
    rows: pd.DataFrame, scheme: PcodeScheme | None, schemes: PcodeSchemes
) -> pd.DataFrame:
    """Return the P-codes of rows (columns ``adm1_code``, ``adm2_code``) by a scheme."""
    outer, inner = rows["adm1_code"], rows["adm2_code"]
    outer = outer.where(
        outer != "", inner.where(inner.map(lambda code: bool(schemes.parse(code))), "")
    )
    return pd.DataFrame(
        {
            "adm1_code": outer.map(lambda code: _governorate(code, scheme, schemes)),
            "adm2_code": inner.map(lambda code: _district(code, scheme, schemes)),
        }
    )


def _governorate(code: str, scheme: PcodeScheme | None, schemes: PcodeSchemes) -> str:
    """Return the P-code of a governorate's code by a scheme; ``""`` where the scheme is unknown."""
    digits = schemes.parse(code)
    if digits is None:
        return code
    return scheme.areas.get(digits.governorate, code) if scheme else ""


def _district(code: str, scheme: PcodeScheme | None, schemes: PcodeSchemes) -> str:
    """Return the P-code of a district's code, which only the areas' own scheme knows."""
    digits = schemes.parse(code)
    if digits is None or not digits.district:
        return code
    if scheme is None or not scheme.own:
        return ""
    return scheme.areas.get("".join(digits), code)


def _translate_breakdowns(
    breakdowns: pd.DataFrame, date: Any, scheme: PcodeScheme | None, schemes: PcodeSchemes
) -> pd.DataFrame:
    """Return breakdowns with the codes of one date replaced by today's P-codes."""
    if breakdowns.empty:
        return breakdowns
    is_of_date = pd.to_datetime(breakdowns["date"]) == pd.Timestamp(date)
    codes = breakdowns["adm1_code"].fillna("")
    resolved = codes.map(lambda code: _governorate(code, scheme, schemes))
    return breakdowns.assign(adm1_code=codes.mask(is_of_date, resolved))


# ---- findings


def _label(date: Any, rows: pd.DataFrame) -> str:
    """Name a date in findings: ``round 134, 31 December 2024``; other groups have their name."""
    if isinstance(date, str):
        return date
    numbers = rows["round"].dropna().unique()
    of_round = f"round {int(numbers[0])}, " if len(numbers) == 1 else ""
    day: dt.date = pd.Timestamp(date).date()
    return f"{of_round}{load_language(SOURCE_LANGUAGE).date(day, 'long')}"


def _lines(decisions: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Say how the scheme of each date was decided; consecutive dates that are alike in one line."""
    for how, group in groupby(decisions, key=lambda decision: decision[1]):
        labels = [label for label, _ in group]
        several = f" to {labels[-1]} ({len(labels):,} dates)" if len(labels) > 1 else ""
        yield f"{labels[0]}{several}: {how}"


def _refused(
    decision: SchemeDecision, places: Mapping[CodedPlace, Any], rows: pd.DataFrame, label: str
) -> Finding:
    """Return the finding on a date whose codes cannot be read, with some of its places."""
    examples = [f"{place.code} {place.name}".strip() for place in decision.examples[:LISTED]]
    more = len(decision.examples) - len(examples)
    remainder = f" and {more:,} more" if more > 0 else ""
    index = places[decision.examples[0]]
    return _finding(
        "error", decision.error, rows, index, f"{label}: {', '.join(examples)}{remainder}"
    )


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
    rows: pd.DataFrame, scheme: PcodeScheme | None, schemes: PcodeSchemes, label: str
) -> Iterator[Finding]:
    """Report codes of districts of an unknown scheme: only names match these."""
    if scheme is not None and scheme.own:
        return
    is_coded = rows["adm2_code"].map(
        lambda code: bool((digits := schemes.parse(code)) and digits.district)
    )
    bare = rows[is_coded & (rows["adm2"] == "")]
    of = f"the numbering of {scheme.name}" if scheme else "codes that are left out"
    if len(bare):
        yield _finding(
            "error",
            f"Districts of {of} are known by name only: add the column of their names.",
            rows,
            bare.index[0],
            f"{label}: {bare['adm2_code'].iloc[0]}",
        )
    elif is_coded.any() and scheme is not None:
        yield _finding(
            "warning",
            f"Codes of districts of {of} are left out: districts are found by name, in the "
            "governorate that code and name give.",
            rows,
            rows.index[0],
            label,
        )


def _no_such_scheme(choice: str, country: Mapping[str, Any]) -> Finding:
    """Return the error on a scheme that the country does not have."""
    names = scheme_choices(country)
    return Finding(
        "error",
        f"There is no such numbering of P-codes: it may be {' or '.join(names)}.",
        column="pcode_scheme",
        value=choice,
        nearest=suggestions(choice, names),
    )


# ---- a country of one numbering


def _leave_codes(out: ResolvedCodes, country: Mapping[str, Any], choice: str) -> None:
    """Drop codes on request, and retired ones that have a name beside them."""
    rules = former_codes(country)

    def left(rows: pd.DataFrame, level: str) -> pd.Series:
        codes, is_named = rows[f"{level}_code"].fillna(""), rows[level].fillna("") != ""
        is_retired = codes.map(lambda code: bool(explain_retired_code(rules, code))).astype(bool)
        return (codes != "") & is_named & (is_retired | (choice == BY_NAME))

    for level in ("adm1", "adm2"):
        mask, codes = left(out.counts, level), out.counts[f"{level}_code"]
        if mask.any() and not choice:
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
    schemes: PcodeSchemes,
    stored: pd.DataFrame,
    label: str,
) -> Iterator[Finding]:
    """Compare figures whose codes have no names with those of the nearest date of the snapshot.

    A numbering moves the figures of whole governorates. Where another one puts them close to what
    was counted there before, and the chosen one does not, the codes are most likely of that one.
    """
    codes = rows["adm1_code"].where(rows["adm1_code"] != "", rows["adm2_code"])
    digits = codes.map(lambda code: parsed.governorate if (parsed := schemes.parse(code)) else "")
    is_distinctive = digits.map(schemes.distinguishes) & (rows["programme"] == "")
    for population, part in rows[is_distinctive].groupby("population"):
        before = _nearest_counts(stored, str(population), part["date"].iloc[0])
        added = part["people"].astype("int64").groupby([digits[part.index], part["level"]]).sum()
        people = added.groupby(level=0).max()  # a governorate's own row, or its districts
        if before.empty or len(people) < _COMPARED:
            continue
        off = {scheme.name: _distance(people, scheme, before) for scheme in schemes.all}
        best = min(schemes.all, key=lambda scheme: off[scheme.name])
        # Half the distance, and half of all that is placed: of 42,864 pairs of dates that DTM has
        # counted in Iraq, none that is read rightly comes so near to the other numbering.
        if 2 * off[best.name] < min(off[chosen.name], int(people.sum())):
            yield _likelier(best, chosen, rows, part.index[0], label)


def _nearest_counts(stored: pd.DataFrame, population: str, date: Any) -> pd.Series:
    """Return people by P-code on the nearest date of the snapshot; empty where it has none."""
    whole = (stored["population"] == population) & (stored["programme"] == "")
    rows = stored[whole & (stored["level"] == 1) & stored["pcode"].notna()]
    gaps = (pd.to_datetime(rows["date"]) - pd.Timestamp(date)).abs()
    return rows[gaps == gaps.min()].groupby("pcode")["people"].sum()


def _distance(people: pd.Series, scheme: PcodeScheme, before: pd.Series) -> int:
    """Count the people that a scheme puts elsewhere than where they were counted before."""
    return sum(
        abs(int(n) - int(before.get(scheme.areas.get(str(digits), ""), 0)))
        for digits, n in people.items()
    )


def _likelier(
    best: PcodeScheme, chosen: PcodeScheme, rows: pd.DataFrame, index: Any, label: str
) -> Finding:
    """Return the error on codes whose figures fit another scheme than theirs."""
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
