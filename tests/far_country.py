"""Farland, a made-up country in the South Pacific: boundary files as an agency would publish them.

Three provinces side by side from 166° E, 18° S, each a degree wide and two high, of two districts::

                166     167     168     169
        -16      ┌───────┬───────┬───────┐
                 │FR0102 │FR0202 │FR0302 │
        -17      ├───────┼───────┼───────┤
                 │FR0101 │FR0201 │FR0301 │
        -18      └───────┴───────┴───────┘
                   FR01    FR02    FR03
                   Avela   Benoa   Cotu
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import shapely

NAME, CODE = "Farland", "FAR"
PROVINCES = {"FR01": "Avela", "FR02": "Benoa", "FR03": "Cotu"}
DISTRICTS = {
    f"{code}{number:02}": f"{side} {name}"
    for code, name in PROVINCES.items()
    for number, side in ((1, "South"), (2, "North"))
}
DATES = ("2023-03-31", "2023-06-30")
# People by province, date by date; ``None`` is no row.
PEOPLE: dict[str, tuple[int | None, int | None]] = {
    "Avela": (1200, 1500),
    "Benoa": (300, 0),
    "Cotu": (None, 90),
}
OWN = {"Avela": (400, 450)}  # of the programme WASH
SOURCE = """\
source:
  id: {id}
  title: {title}
  publisher: Nobody
  url: https://example.org/{id}
  terms: Free to use.
  credit: "Source: {title}"
  what: Made up for tests.
"""
MAPPING = SOURCE.format(id="farland-relief", title="Farland relief counts, made up")
COLUMNS = """\
columns: {adm1: Province, adm2: District, date: Date, programme: Project, people: People}
constants: {population: idp}
"""


def box(code: str) -> Any:
    """Shape of a province or of a district, with points along its sides as real ones have."""
    west = 165 + int(code[2:4])
    south = -18 + (int(code[4:]) - 1 if len(code) > 4 else 0)
    north = south + 1 if len(code) > 4 else -16
    # Points on every tenth of a degree: those of a district are points of its province, too.
    xs = [west + i / 10 for i in range(11)]
    ys = [south + i / 10 for i in range(10 * (north - south) + 1)]
    ring = [
        *((x, south) for x in xs),
        *((west + 1, y) for y in ys[1:]),
        *((x, north) for x in xs[-2::-1]),
        *((west, y) for y in ys[-2::-1]),
    ]
    return shapely.Polygon([(round(x, 6), round(y, 6)) for x, y in ring])


def provinces(**changed: Any) -> geopandas.GeoDataFrame:
    """Level 1 in COD-AB's capital columns; ``FR01=shape`` draws one otherwise, ``None`` none."""
    shapes = {code: box(code) for code in PROVINCES} | changed
    return geopandas.GeoDataFrame(
        {
            "ADM0_PCODE": "FR",
            "ADM1_PCODE": list(shapes),
            "ADM1_EN": [PROVINCES.get(code, code) for code in shapes],
        },
        geometry=list(shapes.values()),
        crs="EPSG:4326",
    )


def districts(**changed: Any) -> geopandas.GeoDataFrame:
    """Level 2 in COD-AB's small columns."""
    shapes = {code: box(code) for code in DISTRICTS} | changed
    return geopandas.GeoDataFrame(
        {
            "adm1_pcode": [code[:4] for code in shapes],
            "adm1_name": [PROVINCES[code[:4]] for code in shapes],
            "adm2_pcode": list(shapes),
            "adm2_name": [DISTRICTS.get(code, code) for code in shapes],
            "lang": "en",
        },
        geometry=list(shapes.values()),
        crs="EPSG:4326",
    )


def written(frame: geopandas.GeoDataFrame, path: Path, **options: Any) -> Path:
    """Write a layer in the format that the name says; return the path."""
    frame.to_file(path, **options)
    return path


def zipped(folder: Path, out: Path, keep: Callable[[str], bool] = lambda name: True) -> Path:
    """Pack the files of a folder, as a download comes."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            if keep(path.name):
                archive.write(path, path.name)
    return out


def boundary_mapping(folder: Path) -> Path:
    """Whose boundaries these are."""
    path = folder / "boundaries.yaml"
    path.write_text(SOURCE.format(id="farland-lines", title="Boundaries of Farland, made up"))
    return path


def table(
    folder: Path, *, by_district: bool = False, dates: tuple[str, ...] = DATES
) -> tuple[Path, Path]:
    """Write the counts as an organisation's own table, and its mapping.

    By district, two thirds of a province live in the south; a programme's counts are of provinces.
    """
    rows = []
    for project, held in (("", PEOPLE), ("WASH", OWN)):
        for name, counted in held.items():
            for day, n in zip(DATES, counted, strict=True):
                if n is None or day not in dates:
                    continue
                south = n * 2 // 3
                parts = (
                    [(f"South {name}", south), (f"North {name}", n - south)]
                    if by_district and not project
                    else [("", n)]
                )
                rows += [[name, part, day, project, people] for part, people in parts]
    path, mapping = folder / "counts.csv", folder / "counts.yaml"
    with path.open("w", encoding="utf-8", newline="") as handle:
        header = ["Province", "District", "Date", "Project", "People"]
        csv.writer(handle).writerows([header, *rows])
    mapping.write_text(MAPPING + COLUMNS, "utf-8")
    return path, mapping


def programmes(folder: Path) -> tuple[Path, Path]:
    """Write the programme that has counts of its own, and whose word that is."""
    path, mapping = folder / "programmes.csv", folder / "programmes.yaml"
    mapping.write_text(SOURCE.format(id="farland-projects", title="Projects in Farland, made up"))
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(
            [["code", "name", "pillar", "sources"], ["WASH", "Water for all", "water", "A letter"]]
        )
    return path, mapping
