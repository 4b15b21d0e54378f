"""A master list of any length that nobody published: made up, and named so, to measure reading.

It has the columns of the site export of displaced people (section 4c of the source tables' notes),
real names of governorates and districts, and points inside them; every figure is drawn by lot. The
households of a row are shared by two governorates of origin, two shelter types, two periods. A
number is written for every cell, 0 included, as the site does. Rows are written as they are made.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import shapely

from geodata.boundaries.topology import decode
from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import Snapshot, load

CHUNK = 50_000
POINTS = 400  # of each governorate, to choose from
SHELTER = (
    "Camp", "Hostfamilies", "Hotel Motel", "Informalsettlements", "Own Property", "Other",
    "Religiousbuilding", "Rented pre Apr 2019", "Rented Habitable", "Rented Uninhabitable",
    "Schoolbuilding", "Unfinishedbuilding", "Unknownsheltertype",
)  # fmt: skip
PERIODS = (
    "Pre June14 Period of displacement", "June July14 Period of displacement",
    "August14 Period of displacement", "Post September 14 Period of displacement",
    "Post April15 Period of displacement", "Post March 16 Period of displacement",
    "Post 17 October 16 Period of displacement", "July 17 Period of displacement", "Jan19",
)  # fmt: skip


def write(path: Path, rows: int, *, seed: int = 1) -> Path:
    """Write a made-up list of so many places, all different."""
    snapshot = load(BUNDLED)
    areas = snapshot.tables.areas
    districts = areas[areas["level"] == 2]
    governorates = areas[areas["level"] == 1].sort_values("pcode")
    points = _points(snapshot, list(governorates["pcode"]), seed)
    writer: pc.CSVWriter | None = None
    options = pc.WriteOptions(quoting_style="needed")
    try:
        for first, count in _chunks(rows):
            rng = np.random.default_rng([seed, first])
            chosen = rng.integers(0, len(districts), count)
            of = governorates["pcode"].searchsorted(districts["parent"].to_numpy()[chosen])
            table = _table(
                first,
                governorates["name_en"].to_numpy(str),
                of,
                districts["name_en"].to_numpy(str)[chosen],
                points[of, rng.integers(0, POINTS, count)],
                rng,
            )
            writer = writer or pc.CSVWriter(path, table.schema, write_options=options)
            writer.write_table(table)
    finally:
        if writer:
            writer.close()
    return path


def _chunks(rows: int) -> Iterator[tuple[int, int]]:
    for first in range(0, rows, CHUNK):
        yield first, min(CHUNK, rows - first)


def _points(snapshot: Snapshot, pcodes: list[str], seed: int) -> np.ndarray:
    """Points inside every governorate: governorates x POINTS x (latitude, longitude)."""
    shapes = decode(dict(snapshot.topology), "governorates").set_index("id").geometry
    rng = np.random.default_rng(seed)
    points = []
    for pcode in pcodes:
        west, south, east, north = shapes[pcode].bounds
        longitude = rng.uniform(west, east, POINTS * 20)
        latitude = rng.uniform(south, north, POINTS * 20)
        inside = shapely.contains_xy(shapes[pcode], longitude, latitude)
        points.append(np.column_stack([latitude[inside], longitude[inside]])[:POINTS])
    return np.stack(points)


def _table(
    first: int,
    names: np.ndarray,
    of: np.ndarray,
    districts: np.ndarray,
    points: np.ndarray,
    rng: np.random.Generator,
) -> pa.Table:
    count = len(of)
    ids = np.arange(first, first + count)
    households = rng.integers(1, 300, count)
    text = ids.astype(str)
    columns: dict[str, object] = {
        "Location ID": ids + 1_000_000_000,
        "Place ID": ids + 1,
        "Governorate": names[of],
        "District": districts,
        "Location Name": np.char.add("Synthetic place ", text),
        "Arabic Name": np.char.add("مكان مصطنع ", text),
        "Latitude": np.round(points[:, 0] + rng.uniform(-0.01, 0.01, count), 10),
        "Longitude": np.round(points[:, 1] + rng.uniform(-0.01, 0.01, count), 10),
        "Families": households,
        "Individuals": households * 6,
    }
    for categories in (tuple(names), SHELTER, PERIODS):
        columns |= _shared(households, categories, rng)
    columns["date"] = np.full(count, "2019-08-31")
    return pa.table(columns)


def _shared(
    households: np.ndarray, categories: tuple[str, ...], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Households shared by two of the categories, or in one; the same sum in every row."""
    count = len(households)
    shares = np.zeros((count, len(categories)), dtype="int64")
    part = rng.integers(0, households + 1)
    every = np.arange(count)
    np.add.at(shares, (every, rng.integers(0, len(categories), count)), part)
    np.add.at(shares, (every, rng.integers(0, len(categories), count)), households - part)
    return dict(zip(categories, shares.T, strict=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.synthetic_list", description=__doc__
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    write(options.path, options.rows)
