"""Name the format of a file by its bytes, and the way from it to one that is read.

A sound file of another format is named, never called damaged.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from geodata.errors import BoundaryError

_HEAD = 4096
_MAX_PARSED = 50_000_000  # bytes of a JSON that are parsed to say what is wrong with it
_FEATURES = re.compile(rb'"type"\s*:\s*"(?:FeatureCollection|Feature)"')
_TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
_ESRI = re.compile(rb'"geometryType"\s*:\s*"esriGeometry')
_CONVERT = (
    "QGIS (Export, Save Features As), mapshaper.org, or ogr2ogr areas.geojson {name} makes it one."
)

# By the first bytes, looked for without regard to case.
_SIGNATURES = (
    (b"par1", "GeoParquet"),
    (b"%pdf", "a PDF"),
    (b"\x1f\x8b", "packed with gzip: unpack it"),
    (b"7z\xbc\xaf", "packed with 7-Zip: unpack it"),
    (b"rar!", "packed with RAR: unpack it"),
    (b"version https://git-lfs", "a pointer of Git LFS, which says where the file is: download it"),
)
_CONTENTS = (
    (b"<kml", "KML"),
    (b"<gpx", "GPX"),
    (b"opengis.net/gml", "GML"),
    (b"<!doctype html", "a web page, as a download that failed leaves it"),
    (b"<html", "a web page, as a download that failed leaves it"),
)
_SUFFIXES = {
    ".dbf": "the table of a Shapefile: give the .shp that lies beside it",
    ".shx": "the index of a Shapefile: give the .shp that lies beside it",
    ".prj": "the projection of a Shapefile: give the .shp that lies beside it",
    ".kml": "KML", ".kmz": "KML", ".gml": "GML", ".gdbtable": "a file geodatabase of Esri",
    ".tab": "MapInfo", ".mif": "MapInfo", ".parquet": "GeoParquet", ".csv": "a table",
    ".xlsx": "a workbook", ".docx": "a document", ".gpx": "GPX", ".pbf": "OpenStreetMap's format",
}  # fmt: skip


def json_format(path: Path) -> str:
    """Name the JSON that GDAL may read: ``GeoJSON``, or ``GeoJSONSeq`` of one feature a line.

    Raises
    ------
    BoundaryError
        If it is TopoJSON, Esri's JSON, or no boundaries at all.
    """
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if _is_lines(data):
            return "GeoJSONSeq"
        if not _FEATURES.search(data, 0, _HEAD):
            for sign, kind in ((_TOPOLOGY, "TopoJSON"), (_ESRI, "JSON of Esri")):
                if sign.search(data):
                    raise BoundaryError(_other_format(path.name, kind))
            if not _FEATURES.search(data) and len(data) < _MAX_PARSED and _is_json(data[:]):
                raise BoundaryError(
                    f"{path.name} is JSON, but no GeoJSON: that holds a FeatureCollection of areas."
                )
    return "GeoJSON"


def _is_lines(data: mmap.mmap) -> bool:
    """Tell whether each line is a feature by itself, which no single JSON is."""
    if data[:1] == b"\x1e":
        return True
    end = data.find(b"\n")
    following = data[end : end + _HEAD].lstrip()
    return end > 0 and data[:end].rstrip().endswith(b"}") and following[:1] == b"{"


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _other_format(name: str, kind: str) -> str:
    """Return the sentence on a known format that is not read, and how to convert it."""
    return (
        f"{name} is {kind}, which is not read. Save the boundaries as GeoJSON: "
        f"{_CONVERT.format(name=name)}"
    )


def explain_unreadable_file(path: Path, head: bytes, save: str) -> str:
    """Explain that a file is no JSON, GeoPackage, FlatGeobuf or Shapefile, and what it is."""
    low = head.lower()
    kind = next((kind for sign, kind in _SIGNATURES if low.startswith(sign)), "")
    kind = kind or next((kind for sign, kind in _CONTENTS if sign in low), "")
    kind = kind or _SUFFIXES.get(path.suffix.lower(), "")
    if not kind:
        return f"{path.name} holds no boundaries that are read here. {save}"
    return f"{path.name} is {kind}." if ":" in kind else _other_format(path.name, kind)


def explain_empty_archive(name: str, names: Sequence[str], save: str) -> str:
    """Explain that a ZIP holds no boundaries, and what it holds."""
    parts = [PurePosixPath(entry.replace("\\", "/")) for entry in names if not entry.endswith("/")]
    if any(part.parts[0] == "xl" for part in parts):
        return f"{name} is a workbook, no boundaries. {save}"
    suffixes = sorted({part.suffix.lower() for part in parts})
    lacking = [part.stem for part in parts if part.suffix.lower() in (".dbf", ".shx")]
    if lacking:
        return f"{name} lacks {lacking[0]}.shp: a Shapefile is several files, kept together."
    kinds = [_SUFFIXES[end] for end in suffixes if end in _SUFFIXES and ":" not in _SUFFIXES[end]]
    content = f"{', '.join(suffixes) or 'nothing'}" + (f": {kinds[0]}" if kinds else "")
    return f"{name} holds no boundaries that are read here (only {content}). {save}"
