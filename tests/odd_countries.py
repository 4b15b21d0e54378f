"""Odd countries, all made up: what the commands can make a snapshot of and nobody would draw first.

Each is made by the commands themselves, from files as an office would have them, in a library of
its own. The country is Farland (:mod:`tests.far_country`) unless told otherwise.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import shapely

from tests import far_country
from tests.commanding import base_of, run
from tests.far_country import DISTRICTS, PROVINCES

Row = dict[str, object]
FIRST, LAST = "2023-03-31", "2023-06-30"
DATES = (FIRST, LAST)
HOSTILE = '<script>alert(1)</script> “O\'Neil” & "Söhne" </title>'
RIGHT_TO_LEFT = "\u202eمحافظة (نينوى)\u202c"
LONG = " ".join(["Grand-Saint-Bernard-sur-Mer"] * 40)


@dataclass
class Making:
    """A library into which countries are brought, step by step; the last step is the active one."""

    folder: Path
    version: str = ""
    begun: dict[bool, str] = field(default_factory=dict)

    @property
    def library(self) -> str:
        """Where its snapshots are held."""
        return str(self.folder / "library")

    def drawn(self, *, districts: bool = False) -> None:
        """Begin with Farland, whose boundaries are added once."""
        if districts not in self.begun:
            self.boundaries(far_country.provinces(), far_country.districts() if districts else None)
            self.begun[districts] = self.version
        self.version = self.begun[districts]

    def boundaries(
        self,
        provinces: geopandas.GeoDataFrame,
        districts: geopandas.GeoDataFrame | None = None,
        *,
        name: str = far_country.NAME,
        disclaimer: str = "",
    ) -> None:
        """Begin with a country of these areas."""
        files = [far_country.written(provinces, self.folder / "provinces.geojson")]
        if districts is not None:
            files.append(far_country.written(districts, self.folder / "districts.geojson"))
        said = run(
            self.library, "boundaries", "add", *files, "--new", "--country-name", name,
            "--country-code", far_country.CODE, "--disclaimer", disclaimer,
            "--mapping", far_country.boundary_mapping(self.folder),
        )  # fmt: skip
        self.version = base_of(said)

    def table(
        self,
        rows: Iterable[Row],
        *options: str,
        source: str = "far-count",
        said: Mapping[str, str] | None = None,
        **constants: object,
    ) -> None:
        """Add counts from a table whose columns have the names that a mapping gives them."""
        path, mapping = self._written("counts", rows), self.folder / "counts.yaml"
        header = path.read_text("utf-8").splitlines()[0].split(",")
        parts = {"population": "idp"} | constants if "population" not in header else constants
        mapping.write_text(
            _source(source, said)
            + f"columns: {{{', '.join(f'{name}: {name}' for name in header)}}}\n"
            + f"constants: {{{', '.join(f'{key}: {value}' for key, value in parts.items())}}}\n",
            "utf-8",
        )
        self._ingest("table", path, mapping, *options)

    def reference(self, kind: str, rows: Iterable[Row]) -> None:
        """Add programmes, coverage, reach or residents."""
        mapping = self.folder / f"{kind}.yaml"
        mapping.write_text(_source(f"far-{kind}"), "utf-8")
        self._ingest(kind, self._written(kind, rows), mapping)

    def _written(self, name: str, rows: Iterable[Row]) -> Path:
        path, listed = self.folder / f"{name}.csv", list(rows)
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(listed[0]))
            writer.writeheader()
            writer.writerows(listed)
        return path

    def _ingest(self, kind: str, path: Path, mapping: Path, *options: str) -> None:
        asked = ["--mapping", mapping, "--base", self.version, *options]
        said = run(self.library, "ingest", kind, path, *asked, "--json")
        self.version = str(json.loads(said)["version"])


def _source(name: str, said: Mapping[str, str] | None = None) -> str:
    source = far_country.SOURCE.format(id=name, title=f"Count {name}, made up")
    for key, words in (said or {}).items():
        start = source.index(f"  {key}:")
        end = source.index("\n", start)
        source = f"{source[:start]}  {key}: {words}{source[end:]}"
    return source


def by_province(people: Mapping[str, object], dates: Iterable[str] = DATES) -> list[Row]:
    """The same people in each province on every date."""
    return [{"adm1": name, "date": day, "people": n} for day in dates for name, n in people.items()]


def by_district(counted: Iterable[object], dates: Iterable[str] = DATES, **more: Any) -> list[Row]:
    """As many in each district, in order, on every date."""
    names = [(PROVINCES[code[:4]], name) for code, name in DISTRICTS.items()]
    return [
        {"adm1": province, "adm2": district, "date": day, "people": n, **more}
        for day in dates
        for (province, district), n in zip(names, counted, strict=False)
    ]


PEOPLE = {"Avela": 1200, "Benoa": 300, "Cotu": 90}
MANY = (700, 500, 200, 100, 60, 30)
ODD: dict[str, Callable[[Making], None]] = {}
"""What makes each odd country, by what is odd about it."""


def odd(make: Callable[[Making], None]) -> Callable[[Making], None]:
    """Add a country to :data:`ODD`."""
    ODD[make.__name__] = make
    return make


# ------------------------------------------------------------------------- areas and their levels


@odd
def districts_counted_and_not_drawn(made: Making) -> None:
    """Figures by district where only provinces are held."""
    made.drawn()
    rows = [{"adm1": name, "adm2": "", "date": FIRST, "people": n} for name, n in PEOPLE.items()]
    made.table([*by_district(MANY, [FIRST]), *rows], "--allow-unmatched")


@odd
def districts_drawn_and_not_counted(made: Making) -> None:
    """Districts are held; figures are of provinces."""
    made.drawn(districts=True)
    made.table(by_province(PEOPLE))


@odd
def one_area_on_one_date(made: Making) -> None:
    """The least that can be shown."""
    made.boundaries(far_country.provinces().head(1))
    made.table(by_province({"Avela": 1200}, [FIRST]))


@odd
def one_district_in_one_province(made: Making) -> None:
    """Both levels are the same area."""
    whole = far_country.box("FR01")
    made.boundaries(far_country.provinces().head(1), far_country.districts(FR0101=whole).head(1))
    made.table(by_district([40], [FIRST]))


@odd
def areas_without_figures(made: Making) -> None:
    """Of three provinces one was counted."""
    made.drawn(districts=True)
    made.table(by_district([40, 50]))


@odd
def nowhere(made: Making) -> None:
    """No row matches an area: what is left is a figure of the country."""
    made.drawn(districts=True)
    rows = [{"adm1": "Elsewhere", "date": day, "people": 70} for day in DATES]
    made.table(rows, "--allow-unmatched")


@odd
def districts_nowhere(made: Making) -> None:
    """Provinces match, their districts do not."""
    made.drawn(districts=True)
    rows = [
        {"adm1": name, "adm2": f"Old {name}", "date": FIRST, "people": n}
        for name, n in PEOPLE.items()
    ]
    made.table(rows, "--allow-unmatched")


@odd
def islands_too_small_to_draw(made: Making) -> None:
    """An area that is less than a unit of the drawing, far from the others."""
    speck = shapely.box(170.0, -17.0, 170.0004, -16.9996)
    made.boundaries(far_country.provinces(FR03=speck))
    made.table(by_province(PEOPLE))


@odd
def near_the_pole(made: Making) -> None:
    """An area that reaches up to where the map's plane ends."""
    ice = shapely.box(10.0, 80.0, 40.0, 90.0)
    made.boundaries(far_country.provinces(FR01=ice, FR02=shapely.box(40, 80, 60, 90)).head(2))
    made.table(by_province({"Avela": 12, "Benoa": 30}))


# ------------------------------------------------------------------------------ who and in what


@odd
def returnees_only(made: Making) -> None:
    """The population that is shown first is not held."""
    made.drawn(districts=True)
    made.table(by_district(MANY), population="returnee")


@odd
def refugees_only(made: Making) -> None:
    """Of three populations the last."""
    made.drawn()
    made.table(by_province(PEOPLE, [FIRST]), population="refugee")


@odd
def every_population_elsewhere_and_at_other_times(made: Making) -> None:
    """Three populations: other levels, other dates, other sources."""
    made.drawn(districts=True)
    made.table(by_district(MANY))
    made.table(by_province({"Cotu": 5}, ["2019-01-31"]), population="returnee", source="far-b")
    made.table(by_province({"Avela": 7}, ["2024-12-31"]), population="refugee", source="far-c")


@odd
def households_only(made: Making) -> None:
    """People are so many to a household."""
    made.drawn(districts=True)
    rows = [
        {key: value for key, value in row.items() if key != "people"}
        | {"households": row["people"]}
        for row in by_district(MANY)
    ]
    made.table(rows, people_per_household=6)


@odd
def households_on_one_date(made: Making) -> None:
    """Households are known on the first date, and for some areas."""
    made.drawn(districts=True)
    rows = by_district(MANY)
    made.table(
        [
            {**row, "households": n // 5 if i % 2 == 0 and row["date"] == FIRST else ""}
            for i, row in enumerate(rows)
            if isinstance(n := row["people"], int)
        ]
    )


# -------------------------------------------------------------------------------------- how many


@odd
def nobody(made: Making) -> None:
    """Everything is zero."""
    made.drawn(districts=True)
    made.table(by_district([0] * 6, households=0))


@odd
def too_few_to_show(made: Making) -> None:
    """Every figure points at people."""
    made.drawn(districts=True)
    made.table(by_district([6, 12, 18, 6, 12, 6], households=1))


@odd
def one_household(made: Making) -> None:
    """A single small figure in the country, and no other to hide behind."""
    made.drawn(districts=True)
    made.table(by_district([6], households=1))


@odd
def billions(made: Making) -> None:
    """Figures with more digits than there is room for."""
    made.drawn(districts=True)
    made.table(by_district([2_000_000_000, 1, 0, 999_999_999, 5, 70_000]))


# -------------------------------------------------------------------------------------- when


@odd
def a_generation(made: Making) -> None:
    """Dates as far apart as they may be."""
    made.drawn()
    made.table(by_province(PEOPLE, ["1990-01-01", "2024-02-29", f"{dt.date.today()}"]))


@odd
def day_after_day(made: Making) -> None:
    """Dates that follow each other, with the same figures."""
    made.drawn()
    made.table(by_province(PEOPLE, [f"2024-02-{day:02}" for day in range(26, 30)]))


@odd
def rounds_are_numbered(made: Making) -> None:
    """Some rounds have numbers, and one of them a large one."""
    made.drawn()
    numbers = {"2023-01-31": "", FIRST: 1, LAST: 9999}
    made.table(
        [{**row, "round": numbers[str(row["date"])]} for row in by_province(PEOPLE, numbers)]
    )


# -------------------------------------------------------------------------------- beside the counts

WASH: Row = {"code": "WASH", "name": "Water for all", "pillar": "water", "sources": "A letter"}


@odd
def programmes_without_places(made: Making) -> None:
    """A programme of which nothing is known, and one with places where nobody was counted."""
    made.drawn(districts=True)
    made.table(by_district([40, 50]))
    made.reference(
        "programmes",
        [WASH, WASH | {"code": "AID", "name": HOSTILE}, WASH | {"code": "PLAN", "name": LONG}],
    )
    made.reference(
        "coverage",
        [
            {"programme": code, "pcode": pcode, "status": status, "source": "A letter"}
            for code, pcode, status in (("AID", "FR03", "implemented"), ("PLAN", "FR01", "planned"))
        ],
    )


@odd
def counted_by_programmes_only(made: Making) -> None:
    """No count belongs to none; one programme counts provinces, the other districts."""
    made.drawn(districts=True)
    made.reference("programmes", [WASH, WASH | {"code": "AID"}])
    made.table(by_district(MANY), programme="WASH")
    made.table(by_province({"Cotu": 5}, ["2024-01-31"]), programme="AID", source="far-b")


@odd
def programmes_with_counts_of_their_own(made: Making) -> None:
    """A programme counted on other dates than everybody."""
    made.drawn(districts=True)
    made.reference("programmes", [WASH, WASH | {"code": "AID"}])
    made.table(by_district(MANY))
    made.table(by_province({"Cotu": 0}, ["2024-01-31"]), programme="AID", source="far-b")


@odd
def residents_of_all(made: Making) -> None:
    """Rates can be had; where nobody lives they are of nobody."""
    made.drawn()
    made.table(by_province(PEOPLE))
    made.reference(
        "residents",
        [
            {"pcode": code, "year": 2020, "residents": n, "basis": "A guess",
             "url": "https://example.org/census"}
            for code, n in zip(PROVINCES, (10_000, 0, 5), strict=True)
        ],
    )  # fmt: skip


@odd
def residents_of_some(made: Making) -> None:
    """Rates cannot be had."""
    made.drawn()
    made.table(by_province(PEOPLE))
    made.reference(
        "residents",
        [{"pcode": "FR01", "year": 2020, "residents": 10_000, "basis": "A guess",
          "url": "https://example.org/census"}],
    )  # fmt: skip


# ------------------------------------------------------------------------------- what it is called


def _named(level: int, *names: str) -> geopandas.GeoDataFrame:
    frame = far_country.provinces() if level == 1 else far_country.districts()
    column = "ADM1_EN" if level == 1 else "adm2_name"
    return frame.assign(**{column: list(names)})


@odd
def hostile_names(made: Making) -> None:
    """Markup, quotes and marks of direction wherever a name can be given."""
    names = (HOSTILE, RIGHT_TO_LEFT, "'\"`{}%s &amp; \\")
    made.boundaries(_named(1, *names), name=f"Fär{HOSTILE}", disclaimer=HOSTILE)
    rows = [{"adm1_code": code, "date": day, "people": 7} for day in DATES for code in PROVINCES]
    quoted = {key: "'<b>\"{0}\" & %s</b>'" for key in ("title", "publisher", "terms", "credit")}
    made.table(rows, said=quoted)


@odd
def very_long_names(made: Making) -> None:
    """Names that fit nowhere, of the country, too."""
    made.boundaries(
        _named(1, LONG, f"{LONG} II", "X"),
        far_country.districts(),
        name="United Provinces of " + "Farland and " * 20,
        disclaimer=LONG,
    )
    made.table(
        [{"adm2_code": code, "date": FIRST, "people": 7} for code in DISTRICTS],
        said={key: LONG[:990] for key in ("title", "credit", "terms")},
    )


@odd
def names_in_three_scripts(made: Making) -> None:
    """Arabic names of some provinces, Sorani ones of none."""
    frame = far_country.provinces().assign(ADM1_AR=["أفيلا", None, "كوتو"])
    made.boundaries(frame, far_country.districts())
    made.table(by_district(MANY))
