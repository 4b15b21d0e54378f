"""What the columns of a DTM master list mean, in every layout that DTM has published.

::

    published      title ▸ group heads ▸ columns     Place id, …, Households, Individuals, …
    site export    columns                           Location ID, Place ID, …, Families, …, date

Columns are known by their names, folded as place names are, within the group that stands above
them where there is one; where a column stands says nothing. Nothing here opens a file.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from geodata.places.folding import fold
from geodata.places.gazetteer import Gazetteer
from geodata.sources import months
from geodata.sources.cell_values import clean_text
from geodata.sources.tabular.open_table import Row
from geodata.util.findings import Finding
from geodata.util.suggestions import suggestions

Population = Literal["idp", "returnee"]
Unit = Literal["households", "individuals"]

BREAKDOWNS = ("origin", "shelter", "period")
HEADER_WITHIN = 30
"""Rows in which the names of the columns must stand."""

# ---- names of columns

PLACE, LOCATION, ADM1, ADM2, ADM1_CODE, ADM2_CODE = (
    "place", "location", "adm1", "adm2", "adm1_code", "adm2_code",
)  # fmt: skip
LATITUDE, LONGITUDE, HOUSEHOLDS, PEOPLE, DATE, NAME, IGNORED = (
    "latitude", "longitude", "households", "people", "date", "name", "ignored",
)  # fmt: skip

_CORE: dict[str, tuple[str, ...]] = {
    PLACE: ("Place id",),
    LOCATION: ("Location ID",),
    ADM1: ("Governorate", "Governorate name", "Admin 1", "Admin1 name", "المحافظة"),
    ADM2: ("District", "District name", "Admin 2", "Admin2 name", "القضاء"),
    ADM1_CODE: (
        "OCHA Adm1 PCode", "OCHA Admin 1", "OCHA Admin 1 PCode", "Adm1 PCode", "Admin1 PCode",
        "Governorate PCode",
    ),
    ADM2_CODE: (
        "OCHA ADM2 PCode", "OCHA Admin 2", "OCHA Admin 2 PCode", "Adm2 PCode", "Admin2 PCode",
        "District PCode",
    ),
    LATITUDE: ("Latitude", "Lat", "خط العرض"),
    LONGITUDE: ("Longitude", "Long", "Lon", "Lng", "خط الطول"),
    HOUSEHOLDS: (
        "Households", "Families", "IDPs Families", "IDP Families", "IDPs Households",
        "IDP Households", "Returnee Families", "Returnees Families", "Returnee Households",
        "Returnees Households", "Master Families", "Number of Families", "Number of Households",
        "No. of Families", "No. of Households", "Total Households", "Total Families", "HH", "HHs",
        "عدد العوائل", "عدد الأسر",
    ),
    PEOPLE: (
        "Individuals", "IDPs Individuals", "IDP Individuals", "Returnee Individuals",
        "Returnees Individuals", "Number of Individuals", "No. of Individuals",
        "Total Individuals", "Persons", "عدد الأفراد",
    ),
    DATE: ("Date", "Round date", "Report date", "Reporting date", "Survey date", "التاريخ"),
    NAME: (
        "Location name", "Location name in English", "Location name English", "Arabic name",
        "Location name in Arabic", "Location name Arabic", "Place", "Place name", "اسم الموقع",
    ),
    IGNORED: (
        "Open Street Map", "Google Map", "Bing Map", "Map link", "Households Coming From Camp",
        "Families Coming From Camp", "Households returned From Camp", "Households returned to Camp",
        "Place code", "Location code", "District Code", "Governorate Code", "OCHA PCode",
        "Sub-district", "Subdistrict",
        "Round", "Round number", "Population type", "No.", "S/N", "Serial", "Year", "Month",
    ),
}  # fmt: skip

NECESSARY = {ADM1: "Governorate", HOUSEHOLDS: "Households (or Families)"}

SHELTER: dict[str, str] = {
    "Camp": "camp",
    "Abandoned/public buildings /under construction": "unfinished_building",
    "Apartment/House (not owned) (habitable)": "rented_habitable",
    "Apartment/House (not owned) (uninhabitable)": "rented_uninhabitable",
    "Habitual Pre_31_October2018": "habitual",
    "Habitual Residence": "habitual",
    "Habitual Residence (Habitable)": "habitual_habitable",
    "Habitual Residence (Uninhabitable)": "habitual_uninhabitable",
    "Habitual residnece (Habitable)": "habitual_habitable",
    "Habitual residnece (Uninhabitable)": "habitual_uninhabitable",
    "Host Community": "host_family",
    "Host_families": "host_family",
    "Hostfamilies": "host_family",
    "Hotel Motel": "hotel",
    "Hotel/Motel or short-term rental": "hotel",
    "Hotel_Motel": "hotel",
    "IDP Owned House": "own_property",
    "IDPs in Camps/ transit camps": "camp",
    "Informal/random/irregular settlements or collective shelters": "informal_settlement",
    "Informal_settlements": "informal_settlement",
    "Informalsettlements": "informal_settlement",
    "Mosques/ Holly Shrines": "religious_building",
    "Other": "other",
    "Other Informal Settlements": "informal_settlement",
    "Other shelter": "other",
    "Other shelter type": "other",
    "Other shelters": "other",
    "Own Property": "own_property",
    "Religious_building": "religious_building",
    "Religiousbuilding": "religious_building",
    "Rental (Habitable)": "rented_habitable",
    "Rental (Uninhabitable)": "rented_uninhabitable",
    "Rented Habitable": "rented_habitable",
    "Rented Hotel": "hotel",
    "Rented House": "rented",
    "Rented Uninhabitable": "rented_uninhabitable",
    "Rented pre Apr 2019": "rented",
    "Rented_houses": "rented",
    "Residence of Origin (Habitable)": "habitual_habitable",
    "Residence of Origin (Uninhabitable)": "habitual_uninhabitable",
    "School_building": "school",
    "Schoolbuilding": "school",
    "Unfinished_Abandoned_building": "unfinished_building",
    "Unfinishedbuilding": "unfinished_building",
    "Unknown shelter": "unknown",
    "Unknown_shelter_type": "unknown",
    "Unknownsheltertype": "unknown",
    "With HC - non-Relative": "host_family",
    "With Relative": "host_family",
}
"""Shelter types as DTM's lists spell them, and their codes in a snapshot."""

SHELTER_OTHER = (
    "Collective centres",
    "Non-residential structure",
    "Other Collective center",
    "Other Critical shelter",
    "Other Formal Settlements",
    "Other formal settlements/ collective centres",
    "Public Buildings or Collective shelters",
    "Tent/Caravan/makeshift shelter/mud or block house",
)
"""Types that a snapshot has no code for: they are counted as ``other``, with a warning."""

_GROUPS = {
    "locationofdisplacement": ("location", "idp"),
    "locationofreturn": ("location", "returnee"),
    "governorateoforigin": ("origin", "idp"),
    "governorateoflastdisplacement": ("origin", "returnee"),
    "sheltertype": ("shelter", ""),
    "periodofdisplacement": ("period", ""),
    "periodofformerdisplacement": ("period", "returnee"),
    "linkformap": ("link", ""),
}
_SUMS = frozenset(fold(name) for name in ("Total", "Grand total", "Sum", "المجموع"))


def header_fold(name: str) -> str:
    r"""Fold a column's name to what stays the same between spellings of it.

    Of a name in two languages the Latin part is taken.

    >>> header_fold("\ufeffLocation name\nin English ") == header_fold("location_name in english")
    True
    """
    return fold(latin_part(name))


def latin_part(name: str) -> str:
    """Return what a name in two languages says in Latin letters; a name in one as it is.

    >>> latin_part("Salah al-Din / صلاح الدين"), latin_part("المحافظة")
    ('Salah al-Din', 'المحافظة')
    """
    if re.search("[A-Za-z]", name):
        latin = re.sub(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+", " ", name)
        name = latin if latin == name else re.sub(r"^[\s/|()\-]+|[\s/|()\-]+$", "", latin)
    return clean_text(name)


_CORE_BY_FOLD = {header_fold(name): what for what, names in _CORE.items() for name in names}
_SHELTER_BY_FOLD = {
    **{header_fold(name): code for name, code in SHELTER.items()},
    **dict.fromkeys(map(header_fold, SHELTER_OTHER), "other"),
}
_SHELTER_OTHER_FOLDS = frozenset(map(header_fold, SHELTER_OTHER))
_KNOWN_NAMES = tuple(itertools.chain(*_CORE.values(), SHELTER, SHELTER_OTHER))

# ---- periods of displacement

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_PERIOD = re.compile(rf"(pre|post|since|from)?(\d{{1,2}})?{_MONTH}(?:july?)?(\d{{2}}|\d{{4}})?")
_PERIOD_TAIL = re.compile(r"(?:period|wave)?(?:of(?:former)?displacement)?$")
_PERIODS = {
    ("jun", 14): "jun_jul_2014",
    ("aug", 14): "aug_2014",
    ("sep", 14): "post_sep_2014",
    ("apr", 15): "post_apr_2015",
    ("mar", 16): "post_mar_2016",
    ("oct", 16): "post_17_oct_2016",
    ("jul", 17): "jul_2017_on",
}
_WITHOUT_YEAR = {"jun": 14, "aug": 14}  # "Pre-June", "June / July", "Post-August" of 2014's lists
_OPEN_SINCE = 19  # every January from 2019 on falls in the period that has no end yet


def period_code(name: str) -> str:
    """Return the code of a period of displacement, ``""`` where ``name`` is none.

    A spreadsheet that took "July 17" for a day writes ``17-Jul`` or keeps a date: both are read.

    >>> [period_code(n) for n in ("Pre-June14 Period", "17-Jul", "2026-07-17", "2017-07")]
    ['pre_jun_2014', 'jul_2017_on', 'jul_2017_on', 'jul_2017_on']
    """
    if day := re.fullmatch(r"\s*(\d{4})-(\d\d)(?:-(\d\d))?\s*", name):
        year = int(day[3]) if day[3] not in (None, "01") else int(day[1]) % 100
        return _period("", _MONTHS[(int(day[2]) - 1) % 12], year)
    folded = header_fold(name)
    found = _PERIOD.fullmatch(_PERIOD_TAIL.sub("", folded))
    if not found:
        return ""
    before, number, month = found[1] or "", found[2], found[3][:3]
    year = int((found[4] or number or "0")[-2:]) or _WITHOUT_YEAR.get(month, 0)
    if before == "post" and month == "aug":
        month = "sep"
    return _period(before, month, year)


def _period(before: str, month: str, year: int) -> str:
    if before == "pre":
        return "pre_jun_2014" if (month, year) == ("jun", 14) else ""
    if month == "jan" and year >= _OPEN_SINCE:
        return "jan_2019_on"
    return _PERIODS.get((month, year), "")


# ---- dates


def days_in(said: str) -> set[dt.date]:
    """Return every day that a title, a file's name or a cell may say.

    A day that may be two (``03/04/2020``) gives both; numbers that are no day give none.

    >>> sorted(map(str, days_in("DTM : IDP Master List 29-02-2020")))
    ['2020-02-29']
    >>> sorted(map(str, days_in("IDPs_MasterList_dataset_DTM_IOMAug 15, 2018")))
    ['2018-08-15']
    """
    said = clean_text(said).translate(_DIGITS)
    found: set[dt.date] = set()
    for pattern in _FORMS:
        for match in pattern.finditer(said):
            found |= _day(match["y"], match["m"], match["d"])
    for match in _BACKWARDS.finditer(said):
        either = _day(match["y"], match["m"], match["d"])
        if match["by"] == "/" or not either:
            either |= _day(match["y"], match["d"], match["m"])
        found |= either
    return found


def _day(year: str, month: str, day: str) -> set[dt.date]:
    number = int(month) if month.isdecimal() else months.number_of(month)
    try:
        return {dt.date(int(year), number or 0, int(day))}
    except ValueError:
        return set()


_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_Y, _BY = r"(?P<y>(?:19|20)\d\d)", r"[ ._-]+"
_D, _M = r"(?P<d>\d{1,2})", rf"(?P<m>{_MONTH[1:-1]})"
_WORDS = r"[^\W\d_]+(?: [^\W\d_]+)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_Y}(?P<by>[-_./ ])(?P<m>\d{{1,2}})(?P=by){_D}(?!\d)",
        rf"(?<!\d){_Y}(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
        rf"(?<!\d){_Y}{_BY}{_M}{_BY}{_D}(?!\d)",
        rf"{_M}{_BY}{_D}(?:st|nd|rd|th)?,?{_BY}{_Y}(?!\d)",
        rf"(?<!\d){_D}(?:st|nd|rd|th)?{_BY}{_M},?{_BY}{_Y}(?!\d)",
        # One or two words of any language, also twice: ``30 حزيران/يونيو 2021``.
        rf"(?<!\d){_D}[یي]?{_BY}(?P<m>{_WORDS}(?:/{_WORDS})?)[,،]?{_BY}{_Y}(?!\d)",
    )
)
_BACKWARDS = re.compile(
    rf"(?<!\d){_D}(?P<by>[-_./ ])(?P<m>\d{{1,2}})(?P=by){_Y}(?!\d)",
)


# ---- layouts


@dataclass(frozen=True)
class Column:
    """A column of a list.

    Attributes
    ----------
    name
        As the file writes it, on one line.
    field
        What it holds: one of the names above, or a kind of breakdown.
    category
        Code of the shelter type or period; for ``origin`` the governorate as written, in Latin
        letters where it is in two.
    """

    position: int
    name: str
    field: str
    category: str = ""


@dataclass(frozen=True)
class Layout:
    """How a list is laid out.

    Attributes
    ----------
    header_row
        Number of the row that names the columns.
    columns
        Those that are read, each meaning once.
    repeated
        Columns whose name stands a second time, with the first: they must hold the same.
    titles
        What stands above the columns.
    grouped
        Whether group heads stand above the columns.
    population
        Whom the list says it counts; ``""`` where it does not say.
    """

    header_row: int
    columns: tuple[Column, ...]
    repeated: tuple[tuple[Column, Column], ...]
    titles: tuple[str, ...]
    grouped: bool
    population: str
    findings: tuple[Finding, ...] = ()

    def one(self, field: str) -> Column | None:
        """Return the column of a field that is held at most once."""
        return next((column for column in self.columns if column.field == field), None)

    def breakdown(self, kind: str) -> list[Column]:
        """Return the columns of a breakdown."""
        return [column for column in self.columns if column.field == kind]

    @property
    def called(self) -> str:
        """What a report calls the layout."""
        if self.grouped:
            return "published layout (title, group heads)"
        export = self.one(LOCATION) is not None and self.one(PLACE) is not None
        return "site export layout" if export else "a list without group heads"


class NoList(Exception):
    """The first rows are no master list's.

    Parameters
    ----------
    findings
        What is missing, and what was found.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].sentence)
        self.findings = tuple(findings)


def header_score(head: Sequence[Row]) -> float:
    """Return how many fields of a list the best of these rows names.

    To choose a workbook's sheet.
    """
    return max((_fields_named(cells) for _, cells in head[:HEADER_WITHIN]), default=0)


def _fields_named(cells: Iterable[str]) -> int:
    named = {_CORE_BY_FOLD.get(header_fold(cell), IGNORED) for cell in cells if cell.strip()}
    return len(named - {IGNORED})


def recognise(head: Sequence[Row], governorates: Gazetteer, *, sheet: str = "") -> Layout:
    """Recognise the layout of a list from its first rows.

    Parameters
    ----------
    governorates
        Of the active snapshot: where no group heads say which columns are governorates of origin,
        their names do.

    Raises
    ------
    NoList
        If no row names the columns that a list must have.
    """
    head = list(head[:HEADER_WITHIN])
    best = max(range(len(head)), key=lambda i: _fields_named(head[i][1]), default=0)
    if not head or _fields_named(head[best][1]) < 2:
        raise NoList([_no_header(head)])
    number, names = head[best]
    above = [cells for _, cells in head[:best]]
    groups, marks = _groups(above, len(names))
    columns, repeated, findings = _columns(names, groups, governorates)
    missing = [
        Finding(
            "error",
            f"The column {shown} is missing. The columns are {_listed(names)}.",
            row=number,
            nearest=suggestions(shown, [clean_text(name) for name in names if name.strip()]),
        )
        for what, shown in NECESSARY.items()
        if not any(column.field == what for column in columns)
    ]
    if missing:
        raise NoList(missing)
    titles = tuple(clean_text(cell) for cells in above for cell in cells if cell.strip())
    return Layout(
        number,
        tuple(columns),
        tuple(repeated),
        titles,
        any(groups),
        _population([*titles, sheet], names, marks),
        tuple(findings),
    )


def _no_header(head: Sequence[Row]) -> Finding:
    shown = _listed(max((cells for _, cells in head), key=_filled, default=[]))
    return Finding(
        "error",
        f"It is no DTM master list: none of its first {HEADER_WITHIN} rows names columns like "
        f"Governorate, District, Households and Individuals. They hold {shown}.",
    )


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _listed(names: Sequence[str]) -> str:
    said = [clean_text(name)[:40] for name in names if name.strip()]
    return ", ".join(said[:25]) + (" …" if len(said) > 25 else "") if said else "nothing"


def _groups(above: Sequence[Sequence[str]], width: int) -> tuple[list[str], list[str]]:
    """Return the kind of the group above each column, and the populations that heads name."""
    kinds, marks = [""] * width, []
    for cells in above:
        heads = [_group(cell) for cell in cells]
        if not any(kind for kind, _ in heads):
            continue
        now = ""
        for i in range(width):
            kind, population = heads[i] if i < len(heads) else ("", "")
            if i < len(cells) and cells[i].strip():
                now = kind
            kinds[i] = now or kinds[i]
            marks += [population] if population else []
    return kinds, marks


def _group(cell: str) -> tuple[str, str]:
    folded = header_fold(cell)
    return next((said for head, said in _GROUPS.items() if folded.startswith(head)), ("", ""))


def _columns(
    names: Sequence[str], groups: Sequence[str], governorates: Gazetteer
) -> tuple[list[Column], list[tuple[Column, Column]], list[Finding]]:
    columns: list[Column] = []
    repeated: list[tuple[Column, Column]] = []
    findings: list[Finding] = []
    first: dict[tuple[str, str], Column] = {}
    for position, written in enumerate(names):
        name = clean_text(written)
        if not name:
            continue
        field, category = _meaning(name, groups[position], governorates)
        if not field:
            findings.append(_unknown(name, groups[position]))
            continue
        column = Column(position, name, field, category)
        if field == IGNORED or field == NAME:
            continue
        key = (field, header_fold(name) if field in BREAKDOWNS else "")
        if key in first:
            repeated.append((first[key], column))
            continue
        first[key] = column
        columns.append(column)
        if field == "shelter" and header_fold(name) in _SHELTER_OTHER_FOLDS:
            findings.append(
                Finding(
                    "warning",
                    "There is no category of its own for this shelter type: its households are "
                    "counted as “other”.",
                    column=name,
                )
            )
    return columns, repeated, findings


def _meaning(name: str, group: str, governorates: Gazetteer) -> tuple[str, str]:
    """Return field and category of a column; two empty texts where it has none."""
    folded = header_fold(name)
    if folded in _CORE_BY_FOLD:
        return _CORE_BY_FOLD[folded], ""
    if folded in _SUMS or group == "link":
        return IGNORED, ""
    if group in ("", "period") and (code := period_code(name)):
        return "period", code
    if group in ("", "shelter") and folded in _SHELTER_BY_FOLD:
        return "shelter", _SHELTER_BY_FOLD[folded]
    named = latin_part(name)
    if group == "origin" or (not group and governorates.find(name=named)):
        return "origin", named
    return "", ""


def _unknown(name: str, group: str) -> Finding:
    known: Iterable[str] = (*SHELTER, *SHELTER_OTHER) if group == "shelter" else _KNOWN_NAMES
    return Finding(
        "warning",
        "The column is not known, and is left out.",
        column=name,
        nearest=suggestions(name, known),
    )


_SAYS = {
    "returnee": re.compile(
        r"return(?:ee|ees|ed)?\b|\breturn|last displacement|العائد", re.IGNORECASE
    ),
    "idp": re.compile(r"\bIDPs?\b|internally displaced|النازح", re.IGNORECASE),
}


def population_of(said: Sequence[str]) -> str:
    """Return whom titles or names of files say they count; ``""`` where they say none, or both."""
    spaced = [clean_text(one).replace("_", " ") for one in said]
    found = {who for who, says in _SAYS.items() if any(says.search(one) for one in spaced)}
    return found.pop() if len(found) == 1 else ""


def _population(said: Sequence[str], names: Sequence[str], marks: Sequence[str]) -> str:
    """Return whom a list counts: by its title, else the heads of its groups, else its columns."""
    if titled := population_of(said):
        return titled
    if len(set(marks)) == 1:
        return marks[0]
    folds = [header_fold(name) for name in names]
    returned = any(f.startswith(("returnee", "householdsreturned", "habitualresid")) for f in folds)
    displaced = any(f.startswith(("idp", "householdscomingfromcamp", "ownproperty")) for f in folds)
    if returned != displaced:
        return "returnee" if returned else "idp"
    return ""
