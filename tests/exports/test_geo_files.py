"""GeoParquet and GeoPackage, read by programs that share nothing with what wrote them."""

from __future__ import annotations

import io
import json
import sqlite3
from typing import Any

import duckdb
import pytest
import shapely

from geodata.exports.formats import FILES, ExportRequest
from geodata.exports.tables.geojson import geojson
from geodata.exports.tables.long_table import COLUMNS
from geodata.figures.view import View
from tests.views import viewed

HERE = "https://maps.example.org/"
KINDS: list[dict[str, str]] = [
    {"level": "2", "time": "2017-05-15"},
    {"mode": "change", "base": "2017-05-15", "lang": "ckb"},
]


def made(name: str, view: View) -> bytes:
    return FILES[name].make(ExportRequest(view, page=HERE))


def wanted(view: View) -> dict[str, dict[str, Any]]:
    """Properties and shape of every area, as GeoJSON has them."""
    request = ExportRequest(view, page=HERE)
    features = json.loads(geojson(request.at, request.provenance, HERE))["features"]
    return {each["id"]: each["properties"] | {"geometry": each["geometry"]} for each in features}


def same(found: list[dict[str, Any]], view: View) -> None:
    expected = wanted(view)
    assert [row["pcode"] for row in found] == list(expected)
    for row in found:
        area = expected[row["pcode"]]
        assert row.pop("shape").equals(shapely.geometry.shape(area.pop("geometry")))
        texts = {name: str(row[name]) for name in ("date", "compared_with") if row[name]}
        assert row | texts == area


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_geoparquet_read_by_duckdb_has_types_figures_statuses_and_shapes(tmp_path, query):
    view, path = viewed(**query), tmp_path / "areas.parquet"
    path.write_bytes(made("data.parquet", view))
    with duckdb.connect() as con:
        con.execute("SET enable_geoparquet_conversion = false")
        read = con.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in read.description]
        kinds = {column[0]: str(column[1]) for column in read.description}
        rows = [dict(zip(names, row, strict=True)) for row in read.fetchall()]
        about = dict(
            con.execute(
                "SELECT key::VARCHAR, decode(value) FROM parquet_kv_metadata(?)", [str(path)]
            ).fetchall()
        )
    assert names == [*COLUMNS, "geometry"]
    assert [kinds[name] for name in ("date", "compared_with", "round", "rank", "value")] == [
        *("DATE", "DATE", "BIGINT", "BIGINT", "DOUBLE")
    ]
    same([row | {"shape": shapely.from_wkb(row.pop("geometry"))} for row in rows], view)
    geo = json.loads(about["geo"])
    assert geo["version"].startswith("1.") and geo["primary_column"] == "geometry"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert json.loads(about["displacement"])["snapshot"] == view.snapshot.version


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_a_geopackage_read_by_sqlite_has_figures_statuses_and_shapes(tmp_path, query):
    view, path = viewed(**query), tmp_path / "areas.gpkg"
    path.write_bytes(made("data.gpkg", view))
    with sqlite3.connect(path) as con:
        con.row_factory = sqlite3.Row
        assert con.execute("PRAGMA application_id").fetchone()[0] == int.from_bytes(b"GPKG")
        assert con.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        rows = [dict(row) for row in con.execute("SELECT * FROM areas ORDER BY fid")]
        layers = con.execute("SELECT table_name, srs_id FROM gpkg_contents").fetchall()
        (about,) = con.execute("SELECT metadata FROM gpkg_metadata").fetchone()
    con.close()
    assert [tuple(layer) for layer in layers] == [("areas", 4326)]
    assert view.snapshot.version in about
    for row in rows:
        assert row.pop("fid")
        row["shape"] = shapely.from_wkb(_well_known(row.pop("geom")))
    assert [*rows[0]] == [*COLUMNS, "shape"]
    for row in rows:  # GeoPackage makes multipolygons of all
        row["shape"] = row["shape"].geoms[0] if len(row["shape"].geoms) == 1 else row["shape"]
    same(rows, view)


def _well_known(blob: bytes) -> bytes:
    """Take the header off a geometry: OGC 12-128r19, 2.1.3."""
    envelope = (0, 32, 48, 48, 64)[blob[3] >> 1 & 7]
    assert blob[:2] == b"GP"
    return io.BytesIO(blob[8 + envelope :]).read()
