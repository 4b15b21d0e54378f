"""A view's areas as GeoParquet and as a GeoPackage: shapes, figures with their types, statuses.

::

    rows of the view + shapes of its areas ──▶ GeoDataFrame ─┬─▶ GeoParquet 1.0
                                                             └─▶ GeoPackage, layer ``areas``

Provenance stands in the files' own metadata, as JSON. The same view gives the same bytes.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from geodata.exports.provenance import Provenance, as_dict
from geodata.exports.tables.geojson import geometries
from geodata.exports.tables.long_table import COLUMNS, column_type, rows
from geodata.figures.view import ViewAt
from geodata.i18n.language import strip_isolates

if TYPE_CHECKING:
    import geopandas

WGS84 = "EPSG:4326"
LAYER = "areas"
_KEY = "displacement"  # of our metadata in a Parquet file
# GDAL writes when a layer was last changed; two files of one view must be the same.
_DATE = {"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"}


def geoparquet(at: ViewAt, provenance: Provenance, permalink: str) -> bytes:
    """Write the areas on the date as GeoParquet (https://geoparquet.org)."""
    import pyarrow.parquet as pq

    written = io.BytesIO()
    _frame(at, permalink).to_parquet(written, index=False)
    table = pq.read_table(written)
    about = {**(table.schema.metadata or {}), _KEY.encode(): _as_json(provenance).encode()}
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(about), out, compression="zstd")
    return out.getvalue()


def geopackage(at: ViewAt, provenance: Provenance, permalink: str) -> bytes:
    """Write the areas on the date as a GeoPackage (https://www.geopackage.org)."""
    import pyogrio

    # For all of the process: threads that put it back would take it from one another.
    pyogrio.set_gdal_config_options(_DATE)
    about = {"IDENTIFIER": provenance.title, "DESCRIPTION": provenance.headline}
    out = io.BytesIO()
    _frame(at, permalink).to_file(
        out,
        driver="GPKG",
        layer=LAYER,
        engine="pyogrio",
        use_arrow=True,
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        dataset_metadata={_KEY: _as_json(provenance)},
        layer_options={name: strip_isolates(text) for name, text in about.items()},
    )
    return out.getvalue()


def _as_json(provenance: Provenance) -> str:
    return json.dumps(as_dict(provenance), ensure_ascii=False)


def _frame(at: ViewAt, permalink: str) -> geopandas.GeoDataFrame:
    """Return the rows of the date with their shapes; columns that hold nothing have types, too."""
    import geopandas
    import pandas as pd
    import pyarrow as pa
    from shapely.geometry import shape

    types = {
        "string": pa.string(),
        "date": pa.date32(),
        "integer": pa.int64(),
        "number": pa.float64(),
    }
    columns: list[Any] = list(zip(*rows(at.view, [at.t], permalink), strict=True))
    series = {
        name: pd.Series(column, dtype=pd.ArrowDtype(types[column_type(name)]))
        for name, column in zip(COLUMNS, columns, strict=True)
    }
    shapes = geometries(at.snapshot, at.state.level)
    drawn = [shape(shapes[str(pcode)]) for pcode in series["pcode"]]
    return geopandas.GeoDataFrame(series, geometry=drawn, crs=WGS84)
