"""The extract of the source tables that comes with the project, and what makes it anew.

    python -m tests.published_tables ../shared/data      write tests/published/ anew
    python -m tests.published_tables --unpack FOLDER     lay it out as `make snapshot` reads it

Each table lies in a Parquet file of its own, without the columns and rows that nobody reads here.
Of the master lists the sums by district are taken: no place, no name of a place, no coordinates.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from geodata.bundled.iraq import REFUGEE_DATES, REFUGEE_DEFINITION
from geodata.sources.tabular.open_table import read_rows
from tests.paths import PUBLISHED, SHARED

MANIFEST = "manifest.json"
TABLES = [
    *(f"boundaries/{name}.csv" for name in ("district_crosswalk", "governorate_aliases")),
    *(f"boundaries/{name}.csv" for name in ("governorates", "ref_governorates")),
    *(f"dtm/dtm_{name}_round.csv" for name in ("governorate", "district")),
    *(f"dtm/dtm_{name}_round.csv" for name in ("origin", "shelter", "period")),
    *(f"dtm/dtm_api_{name}_round.csv" for name in ("governorate", "origin")),
    "dtm/national_totals_published.csv",
    *(f"population/{name}.csv" for name in ("residents", "refugees_by_governorate")),
    *(f"programmes/{name}.csv" for name in ("programmes", "programme_coverage", "programme_reach")),
]
UNREAD = {"individuals_file", "camp_households", "fold_key", "name_similarity", "location_share"}
SHAPES = [
    *(f"boundaries/irq_adm{level}_full.geojson" for level in (1, 2)),
    *(f"boundaries/{name}.geojson" for name in ("neighbours_50m", "cities_naturalearth10m")),
]
LISTS = [
    f"dtm/raw/{population}_master_list_{end}"
    for population in ("idp", "returnee")
    for end in ("2019-08-31.xlsx", "2020-02-29.csv")
]
FIRST_FIGURE = {"Families", "Returnee Families", "Households"}


def extract(name: str, source: Path) -> pa.Table:
    """The extract of one source file."""
    if name in SHAPES:
        return _shapes(json.loads((source / name).read_text("utf-8")))
    return _list(source / name) if name in LISTS else _table(source / name)


def unpack(out: Path, folder: Path = PUBLISHED) -> Path:
    """Lay the extract out in files named and formed as the source tables; their folder."""
    for name in (*TABLES, *SHAPES, *LISTS):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table = pq.read_table(folder / parquet_name(name))
        if name in SHAPES:
            path.write_text(json.dumps(_features(table)), "utf-8")
        elif path.suffix == ".csv":
            path.write_text(_csv(_cells(table)), "utf-8")
        else:
            _write_workbook(path, _cells(table))
    return out


def parquet_name(name: str) -> str:
    """Name of the file that holds the extract of a source file."""
    return f"{Path(name).stem}.parquet"


def write(source: Path, out: Path) -> None:
    """Write every extract, and the manifest with their hashes."""
    hashes = {}
    for name in (*TABLES, *SHAPES, *LISTS):
        path = out / parquet_name(name)
        # Statistics speed up large files; they would be longer than many of these tables.
        pq.write_table(
            extract(name, source),
            path,
            compression="zstd",
            compression_level=22,
            write_statistics=False,
        )
        hashes[path.name] = sha256(path)
    (out / MANIFEST).write_text(json.dumps(hashes, indent=1, sort_keys=True) + "\n", "utf-8")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ------------------------------------------------------------------------------------------ tables


def _table(path: Path) -> pa.Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if path.stem == "refugees_by_governorate":
        rows = [
            {key: row[key] for key in ("date", "population_type", "governorate", "unit", "value")}
            for row in rows
            if (row["population_type"], row["date"] in REFUGEE_DATES) == (REFUGEE_DEFINITION, True)
        ]
    return pa.table(
        {name: _column([row[name] for row in rows]) for name in rows[0] if name not in UNREAD}
    )


def _column(cells: list[str]) -> pa.Array:
    """Cells as whole numbers where they are written as Python writes them, else as texts."""
    if all(cell.isdecimal() and str(int(cell)) == cell for cell in cells):
        return pa.array([int(cell) for cell in cells], pa.int32())
    return pa.array(cells)


def _cells(table: pa.Table) -> list[list[str]]:
    above = json.loads(table.schema.metadata[b"above"]) if table.schema.metadata else []
    head = above or [table.column_names]
    return [*head, *(list(map(str, row)) for row in zip(*table.to_pydict().values(), strict=True))]


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write_workbook(path: Path, rows: list[list[str]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [int(cell) if cell.isdecimal() else cell for cell in row])


# ---------------------------------------------------------------------------------- master lists


def _list(path: Path) -> pa.Table:
    """Sums by district of a master list, in the columns and under the headings of that list."""
    rows = [list(cells) for _, cells in read_rows(path)]
    start = next(i for i, row in enumerate(rows) if {"Governorate", "District"} <= set(row))
    head = rows[start]
    place = [head.index("Governorate"), head.index("District")]
    figures = slice(next(i for i, name in enumerate(head) if name in FIRST_FIGURE), None)
    sums: dict[tuple[str, ...], Any] = {}
    for row in rows[start + 1 :]:
        if key := tuple(row[i] for i in place if row[i]):
            numbers = [int(float(cell)) if cell[:1].isdecimal() else 0 for cell in row[figures]]
            sums[key] = np.add(sums.get(key, 0), numbers)
    cells = [[str(n), *("" for _ in head[1 : figures.start])] for n in range(1, len(sums) + 1)]
    for row, key in zip(cells, sums, strict=True):
        row[place[0]], row[place[1]] = key
    columns = {f"{i}": _column(list(column)) for i, column in enumerate(zip(*cells, strict=True))}
    for i, column in enumerate(np.array(list(sums.values())).T, start=len(columns)):
        columns[f"{i}"] = pa.array(column.tolist(), pa.int32())
    return pa.table(columns).replace_schema_metadata({"above": json.dumps(rows[: start + 1])})


# ---------------------------------------------------------------------------------------- shapes


def _shapes(collection: dict[str, Any]) -> pa.Table:
    features = collection.pop("features")
    table = pa.table(
        {key: [_json(one[key]) for one in features] for key in ("properties", "geometry")}
    )
    return table.replace_schema_metadata({"collection": _json(collection)})


def _features(table: pa.Table) -> dict[str, Any]:
    features = [
        {"type": "Feature", **{key: json.loads(value) for key, value in row.items()}}
        for row in table.to_pylist()
    ]
    return {**json.loads(table.schema.metadata[b"collection"]), "features": features}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--unpack", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    if asked.unpack:
        unpack(asked.unpack)
    else:
        write(asked.source, PUBLISHED)


if __name__ == "__main__":
    main()
