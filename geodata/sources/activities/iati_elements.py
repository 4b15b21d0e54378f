"""Read the elements of one IATI activity: texts, organisations, dates, sectors, shares, places."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from geodata.boundaries.points import IMPOSSIBLE, MISSING, point_code
from geodata.sources.activities.codes import identity
from geodata.sources.activities.collector import ends_before_start
from geodata.sources.activities.iati_xml import TRANSACTION, Element
from geodata.sources.activities.places import PlaceLevels
from geodata.sources.activities.sectors import NOT_STATED, sector_name
from geodata.sources.cell_values import clean_text

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENGLISH = "en"
FUNDING, ACCOUNTABLE, EXTENDING, IMPLEMENTING = "1", "2", "3", "4"
PLANNED_START, ACTUAL_START, PLANNED_END, ACTUAL_END = "1", "2", "3", "4"
ISO_COUNTRY = "A4"  # of the vocabularies of places
_VOCABULARIES = {"10": 0, "1": 1, "2": 2}  # of sectors, the best first
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2}|T\S*)?")
_WHOLE = Decimal(100)
_TOLERANCE = Decimal("0.5")  # shares that are printed rounded add up to a little more or less
DATES_PLANNED_AND_ACTUAL = {
    (ACTUAL_START, ACTUAL_END): "actual",
    (PLANNED_START, PLANNED_END): "planned",
    (ACTUAL_START, PLANNED_END): "actual start, planned end",
    (PLANNED_START, ACTUAL_END): "planned start, actual end",
    (ACTUAL_START, ""): "actual",
    (PLANNED_START, ""): "planned",
    ("", ACTUAL_END): "actual",
    ("", PLANNED_END): "planned",
    ("", ""): "",
}
"""Types of the dates that stand for start and end ``->`` how the dates are known."""

Doubts = list[tuple[str, str, str]]
"""What a person should check: element, value, sentence."""


# ---- texts


def narratives(element: Element | None, default: str) -> list[str]:
    """Return the texts of an element, English first, then those in the activity's language."""
    if element is None:
        return []
    texts = []
    for each in element.iterfind("narrative"):
        text = clean_text("".join(each.itertext()))
        language = (each.get(LANG) or default).casefold()
        if text:
            rank = 0 if language.startswith(ENGLISH) else 1 if language == default.casefold() else 2
            texts.append((rank, text))
    return [text for _, text in sorted(texts, key=lambda entry: entry[0])]


def narrative(element: Element | None, default: str) -> str:
    """Return the text of an element in the language that most readers can read."""
    return next(iter(narratives(element, default)), "")


def default_language(element: Element) -> str:
    """Return the language that texts of an activity are in where they do not say it."""
    root = element.getparent()
    return str(element.get(LANG) or (root is not None and root.get(LANG)) or ENGLISH)


def is_humanitarian(element: Element, doubts: Doubts) -> bool:
    """Return whether an activity is marked as humanitarian: ``1`` and ``true`` say the same."""
    word = element.get("humanitarian", "").strip()
    if word not in ("", "0", "1", "true", "false"):
        doubts.append(("iati-activity/@humanitarian", word, "The mark is none: it may be 1 or 0."))
    return word in ("1", "true")


# ---- organisations


def organisations(element: Element, default: str) -> dict[str, list[str]]:
    """Return the names of the participating organisations by role, each once."""
    by_role: dict[str, dict[str, str]] = defaultdict(dict)
    for each in element.iterfind("participating-org"):
        name = narrative(each, default) or clean_text(each.get("ref", ""))
        if name:
            by_role[each.get("role", "").strip()].setdefault(identity(name), name)
    return {role: list(names.values()) for role, names in by_role.items()}


def who(element: Element, roles: Mapping[str, Sequence[str]], default: str) -> str:
    """Return who carries an activity out, or the nearest to that which it says."""
    for role in (IMPLEMENTING, ACCOUNTABLE, EXTENDING):
        if roles.get(role):
            return roles[role][0]
    reporting = element.find("reporting-org")
    if reporting is None:
        return ""
    return narrative(reporting, default) or clean_text(reporting.get("ref", ""))


# ---- dates


def dates(element: Element, doubts: Doubts) -> tuple[str, str, str]:
    """Return start and end of an activity, and whether they are actual or planned.

    What happened goes before what was planned. Two days for one date say nothing.
    """
    days: dict[str, set[str]] = defaultdict(set)
    for each in element.iterfind("activity-date"):
        written = each.get("iso-date", "").strip()
        match = _DAY.fullmatch(written)
        if match and _is_day(match[1]):
            days[each.get("type", "").strip()].add(match[1])
        else:
            doubts.append(("activity-date/@iso-date", written, "This is no date: it is not read."))
    for kind in [kind for kind, found in days.items() if len(found) > 1]:
        doubts.append((
            "activity-date", ", ".join(sorted(days.pop(kind))),
            "One kind of date is given several times, and none of them is taken.",
        ))  # fmt: skip
    first = next((kind for kind in (ACTUAL_START, PLANNED_START) if days.get(kind)), "")
    last = next((kind for kind in (ACTUAL_END, PLANNED_END) if days.get(kind)), "")
    start, end = (next(iter(days[kind])) if kind else "" for kind in (first, last))
    if ends_before_start(start, end):
        doubts.append((
            "activity-date", f"{start} to {end}",
            "The activity ends before it starts: its dates are taken as not known.",
        ))  # fmt: skip
        return "", "", ""
    return start, end, DATES_PLANNED_AND_ACTUAL[first, last]


def _is_day(text: str) -> bool:
    try:
        return 1900 <= dt.date.fromisoformat(text).year < 2100
    except ValueError:
        return False


# ---- sectors and shares


@dataclass(frozen=True)
class Share:
    """A sector, country or region, and the part of the activity that is of it, as printed."""

    code: str
    name: str
    printed: str

    @property
    def number(self) -> Decimal | None:
        """The share as a number; ``None`` where there is none."""
        try:
            number = Decimal(self.printed)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None

    def __str__(self) -> str:
        label = self.name or self.code
        return f"{label} {self.printed}%" if self.printed else label


def check_sum(shares: Sequence[Share], what: str, doubts: Doubts) -> None:
    """Report shares that are no numbers, or do not add up to 100; they stay as printed."""
    if not shares or (len(shares) == 1 and not shares[0].printed):
        return
    numbers = [share.number for share in shares]
    text = ", ".join(map(str, shares))
    if None in numbers:
        doubts.append((what, text, "Shares are missing or no numbers: they stay as printed."))
        return
    total = sum(filter(None, numbers), Decimal(0))
    if abs(total - _WHOLE) > _TOLERANCE:
        doubts.append((
            what, text,
            "Shares do not add up to 100: they stay as printed, and nothing is worked out of them.",
        ))  # fmt: skip


def sectors(element: Element, default: str, doubts: Doubts) -> tuple[str, str]:
    """Return the sector that a programme is listed under, and all of them as printed.

    Clusters go before purpose codes of the DAC, these before an organisation's own list, and of
    one vocabulary the largest share before others.
    """
    by_vocabulary: dict[str, list[Share]] = defaultdict(list)
    for each in element.iterfind("sector"):
        vocabulary, code = (each.get(key, "").strip() for key in ("vocabulary", "code"))
        name = sector_name(vocabulary, code, narrative(each, default))
        share = Share(code, name, each.get("percentage", "").strip())
        by_vocabulary[vocabulary or "1"].append(share)
    for shares in by_vocabulary.values():
        check_sum(shares, "sector", doubts)
    for vocabulary in sorted(by_vocabulary, key=lambda each: _VOCABULARIES.get(each, 3)):
        named = [share for share in by_vocabulary[vocabulary] if share.name]
        if named:
            largest = max(named, key=lambda share: share.number or Decimal(0))
            return largest.name, "; ".join(map(str, by_vocabulary[vocabulary]))
    return NOT_STATED, ""


def recipients(element: Element, doubts: Doubts) -> list[Share]:
    """Return the countries of an activity, or of its transactions where it names none itself."""
    own = [_recipient(each) for each in element.iterfind("recipient-country")]
    regions = [
        Share("", f"region {each.get('code', '')}", each.get("percentage", "").strip())
        for each in element.iterfind("recipient-region")
        if each.get("vocabulary", "1").strip() in ("", "1")
    ]
    check_sum([*own, *regions], "recipient-country", doubts)
    if own or regions:
        return own
    path = f"{TRANSACTION}/recipient-country"
    return [Share(code, code, "") for code in {_recipient(e).code for e in element.iterfind(path)}]


def _recipient(element: Element) -> Share:
    code = element.get("code", "").strip().upper()
    return Share(code, code, element.get("percentage", "").strip())


# ---- places


@dataclass(frozen=True)
class Location:
    """A place of an activity: the columns that say where, and how the file names it.

    Attributes
    ----------
    whole_country
        Whether it is the country and no part of it.
    coded
        Whether a P-code of the country stands there.
    """

    cells: Mapping[str, str]
    point: int
    locator: str
    note: str
    whole_country: bool = False
    coded: bool = False


def locations(
    element: Element, levels: PlaceLevels, default: str, doubts: Doubts
) -> Iterator[Location]:
    """Yield the places of an activity."""
    for each in element.iterfind("location"):
        names = narratives(each.find("name"), default)
        ids = [
            (code.get("code", "").strip(), code.get("vocabulary", "").strip())
            for path in ("location-id", "administrative")
            for code in each.iterfind(path)
        ]
        coded: dict[str, str] = next(filter(None, (levels.of_code(code) for code, _ in ids)), {})
        point, printed = _point(each, doubts)
        feature = each.find("feature-designation")
        whole = not coded and (
            any(vocabulary == ISO_COUNTRY for _, vocabulary in ids[:1])
            or (feature is not None and feature.get("code", "").startswith("PCL"))
            or any(map(levels.is_the_country, names))
        )
        if coded or names or point != MISSING or whole:
            label = next(iter(names), "") or next((code for code, _ in ids), "") or printed
            yield Location(
                {**levels.of_names(names), **coded}, point, label, _note(each), whole, bool(coded)
            )


def _point(location: Element, doubts: Doubts) -> tuple[int, str]:
    """Return the code of a location's point, latitude first, and how it is printed."""
    point = location.find("point")
    if point is None:
        return MISSING, ""
    system, printed = point.get("srsName", ""), clean_text(point.findtext("pos", ""))
    if system and "4326" not in system:
        sentence = "The point is of another reference system than EPSG:4326, and is not read."
        doubts.append(("location/point/@srsName", system, sentence))
        return MISSING, printed
    if not printed:
        return MISSING, ""
    try:
        latitude, longitude = map(float, re.split(r"[\s,]+", printed))
        code = point_code(latitude, longitude)
    except ValueError:
        code = IMPOSSIBLE
    if code == IMPOSSIBLE:
        sentence = "The point is no latitude and longitude on Earth, and is not read."
        doubts.append(("location/point/pos", printed, sentence))
        return MISSING, printed
    return code, printed


def _note(location: Element) -> str:
    """Return what a location says of itself: approximate, or where beneficiaries live."""
    marks: dict[tuple[str, str], str] = {
        ("exactness", "2"): "approximate",
        ("location-reach", "2"): "where beneficiaries live",
    }
    found: list[Any] = [
        word
        for (tag, code), word in marks.items()
        if (each := location.find(tag)) is not None and each.get("code", "").strip() == code
    ]
    return ", ".join(found)
