"""Boundary files as agencies publish them: opened safely, recognised by their columns.

::

    .geojson .gpkg .shp .fgb ─┐
    .zip of any of them ──────┴▶ layers ─▶ columns ─▶ Layer(level, pcode, parent, names)

A file is believed by its bytes, not its name, and GDAL is only handed what was looked at: a GeoJSON
may name an address that GDAL would fetch, an archive may hold paths that lead out of it.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from geodata.boundaries.columns import ColumnOptions, areas, no_level
from geodata.boundaries.encodings import shapefile_encoding
from geodata.boundaries.formats import explain_empty_archive, explain_unreadable_file, json_format
from geodata.errors import BoundaryError
from geodata.populations import LEVELS
from geodata.util.findings import FileRead, Finding, Progress, no_progress
from geodata.util.zip_guard import ALL_METHODS, Refusals, ZipGuard, ZipLimits

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

MAX_BYTES = 1_000_000_000
"""Bytes of a file, and of all that an archive holds once unpacked."""
_HEAD = 4096

_SHAPEFILE = bytes.fromhex("0000270a")
_SIBLINGS = (".shx", ".dbf")
_FLATGEOBUF = b"fgb\x03fgb"
_DATASETS = (
    ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".geojsonseq", ".ndgeojson",
    ".topojson", ".gpkg", ".shp", ".fgb",
)  # fmt: skip
_UNPACKED = (*_DATASETS, ".shx", ".dbf", ".prj", ".cpg")
_CRS = re.compile(rb'"(?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)"\s*:\s*(?=\{)', re.IGNORECASE)
_SAVE = "Save the boundaries as GeoJSON, GeoPackage or a zipped Shapefile."
_NO_OPTIONS = ColumnOptions()
_NOT_UNPACKED = f"{{name}} is not unpacked: {{}}. {_SAVE}"
_DAMAGED = "{name} is damaged or cut short ({why})."
LIMITS = ZipLimits(
    BoundaryError,
    Refusals(
        no_archive=_DAMAGED,
        locked=_NOT_UNPACKED.replace("{}", "it is locked with a password; unpack it first"),
        many=_NOT_UNPACKED.replace("{}", "it holds {size} files; {parts} are allowed"),
        doubled=_NOT_UNPACKED.replace("{}", "it holds {part!r} twice"),
        method=_DAMAGED.replace("{why}", "{part!r} is packed in a way that is not known"),
        large=_NOT_UNPACKED.replace("{}", "it unpacks to more than {megabytes} MB"),
        dense=_NOT_UNPACKED.replace("{}", "{part!r} unpacks to more than {ratio} times its size"),
        length=_DAMAGED.replace("{why}", "{part!r} has {size} bytes and should have {stated}"),
        damaged=_DAMAGED,
    ),
    max_unpacked=MAX_BYTES,
    max_parts=500,
    methods=ALL_METHODS,
)


@dataclass(frozen=True)
class Layer:
    """The areas of one level, as one layer of one file holds them.

    Attributes
    ----------
    file, name
        Of the file, as it was given, and of the layer within it.
    frame
        Text columns ``pcode``, ``name``, ``lang`` (of that name), ``name_ar``, ``name_ckb``, and
        of level 2 ``parent``, ``parent_name``, ``parent_lang``, ``parent_name_ar``,
        ``parent_name_ckb`` (``""`` where a file has none); the shapes in the file's coordinates.
    language
        Language that names are displayed in where they have it: ``"en"``, another code, or ``""``
        where the file does not say.
    """

    file: str
    name: str
    level: int
    frame: GeoDataFrame
    language: str = "en"


@dataclass
class BoundaryLayers:
    """What files hold: at most one layer of each level, the files, and what is wrong."""

    layers: dict[int, Layer] = field(default_factory=dict)
    files: list[FileRead] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_files(
    files: Sequence[Path],
    only: Mapping[int, Path] | None = None,
    progress: Progress = no_progress,
    options: ColumnOptions = _NO_OPTIONS,
) -> BoundaryLayers:
    """Read the layers of boundaries that files hold.

    Parameters
    ----------
    files
        Files whose layers go to the level that their columns say.
    only
        Level ``->`` file of which just the layer of that level is taken.
    options
        What a person says of their columns and encoding.

    Raises
    ------
    BoundaryError
        If a file cannot be opened at all, or is not safe to.
    """
    result, all_layers = BoundaryLayers(), list[Layer]()
    requested: list[tuple[Path, tuple[int, ...]]] = [(path, tuple(LEVELS)) for path in files]
    requested += [(path, (level,)) for level, path in (only or {}).items()]
    for number, (path, levels) in enumerate(requested):
        progress("Reading boundaries", number, len(requested))
        level = levels[0] if len(levels) == 1 else None
        layers = [layer for layer in _layers(path, result, options, level) if layer.level in levels]
        if not layers:
            result.findings.append(_no_layer(path, levels))
        all_layers += layers
        rows = sum(len(layer.frame) for layer in layers)
        layer_names = ", ".join(f"level {layer.level} in {layer.name}" for layer in layers)
        result.files.append(
            FileRead(path.name, _sha256(path), path.stat().st_size, rows, layer_names or "no areas")
        )
    for level in LEVELS:
        of_level = [layer for layer in all_layers if layer.level == level]
        if len(of_level) > 1:
            result.findings.append(_several_layers(level, of_level))
        elif of_level:
            result.layers[level] = of_level[0]
    return result


def _no_layer(path: Path, levels: Sequence[int]) -> Finding:
    """Return the finding on a file without a layer of these levels."""
    numbers = " or ".join(map(str, levels))
    return Finding(
        "error",
        f"No layer of level {numbers} is in it: one has polygons and the columns ADM1_PCODE and "
        "ADM1_EN (adm1_pcode, adm1_name), of level 2 also ADM2_PCODE and ADM2_EN; or those of GADM "
        "or geoBoundaries; or those that a mapping names (docs/boundaries.md).",
        path.name,
    )


def _several_layers(level: int, layers: Sequence[Layer]) -> Finding:
    """Return the finding on a level that several layers have."""
    names = ", ".join(f"{layer.name} of {layer.file}" for layer in layers)
    return Finding(
        "error",
        f"Level {level} is in several layers ({names}). Name the file to take with "
        f"--level{level} FILE, or give one that holds it once.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


# ---- what a file is


def _layers(
    path: Path, result: BoundaryLayers, options: ColumnOptions, level: int | None
) -> Iterator[Layer]:
    """Yield the layers of a file that have a level; warn of those that have none."""
    with _open_datasets(path, result) as datasets:
        for dataset in datasets:
            yield from _layers_of(path, dataset, result, options, level)


@contextmanager
def _open_datasets(path: Path, result: BoundaryLayers) -> Iterator[list[str]]:
    """Yield the paths that GDAL opens: the file, or what was unpacked from it."""
    head = _head(path)
    if not head.startswith(b"PK"):
        yield [_dataset(path, head)]
        return
    with TemporaryDirectory(prefix="boundaries-") as folder:
        yield _datasets(path, _unpack(path, Path(folder)), result)


def _datasets(path: Path, unpacked: Sequence[Path], result: BoundaryLayers) -> list[str]:
    """Return the parts of an archive that can be read; warn of others, or raise if none can."""
    datasets, refusals = [], []
    for part in unpacked:
        try:
            datasets.append(_dataset(part, _head(part)))
        except BoundaryError as refusal:
            refusals.append(refusal)
    if refusals and not datasets:
        raise refusals[0]
    result.findings += [
        Finding("warning", f"Left out: {refusal}", path.name) for refusal in refusals
    ]
    return datasets


def _head(path: Path) -> bytes:
    """Return the first bytes of a file; raise BoundaryError if it is empty or too large."""
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            head = handle.read(_HEAD)
    except OSError as error:
        raise BoundaryError(f"{path} cannot be read: {error.strerror}.") from None
    if not head:
        raise BoundaryError(f"{path.name} is empty.")
    if size > MAX_BYTES:
        raise BoundaryError(
            f"{path.name} has {size / 1e6:,.0f} MB; boundaries may have {MAX_BYTES / 1e6:,.0f} MB. "
            "Simplify it, or leave out layers below level 2."
        )
    return head


def _dataset(path: Path, head: bytes) -> str:
    """Return the path, or driver and path, by which GDAL opens what the bytes say it is."""
    if head.startswith(_SHAPEFILE) and path.suffix.lower() != ".shx":  # both begin alike
        _check_siblings(path)
        return str(path)
    if head.startswith(b"SQLite format 3"):
        if path.suffix.lower() != ".gpkg":
            raise BoundaryError(f"{path.name} is a database; a GeoPackage is named .gpkg.")
        return str(path)
    if head.startswith(_FLATGEOBUF):
        return str(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")  # RFC 8142 begins with 1E
    if text.startswith(b"{"):
        _check_geojson(path)
        return f"{json_format(path)}:{path}"
    raise BoundaryError(explain_unreadable_file(path, head, _SAVE))


def _check_siblings(path: Path) -> None:
    beside = {file.name.lower() for file in path.parent.iterdir()}
    missing = [end for end in _SIBLINGS if f"{path.stem}{end}".lower() not in beside]
    if missing:
        raise BoundaryError(
            f"{path.name} lacks {' and '.join(path.stem + end for end in missing)}: a Shapefile "
            "is several files, kept together. Put them beside it, or give the zip they came in."
        )


def _check_geojson(path: Path) -> None:
    """Refuse a coordinate system that is given by a URL, which GDAL would fetch."""
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for match in _CRS.finditer(data):
            text = data[match.end() : match.end() + _HEAD].decode("utf-8", "replace")
            try:
                crs, _ = json.JSONDecoder().raw_decode(text)
                name = str(crs["properties"].get("name") or crs["properties"].get("code"))
                is_named = str(crs["type"]).lower() in ("name", "epsg") and "://" not in name
            except (ValueError, KeyError, TypeError, AttributeError):
                is_named = False
            if not is_named:
                raise BoundaryError(
                    f"{path.name} says its coordinates by something else than a name ({text[:60]}…"
                    '). Rule: "crs" is left out, or {"type": "name", "properties": {"name": '
                    '"urn:ogc:def:crs:EPSG::4326"}}.'
                )


# ---- archives


def _unpack(path: Path, folder: Path) -> list[Path]:
    """Unpack the parts that can be read, and return the datasets in order of their names."""
    with path.open("rb") as handle:
        guard = ZipGuard(path.name, handle, LIMITS)
        for part, inside in _checked_parts(guard):
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                out.writelines(guard.unpack(part))
    datasets = [
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in _DATASETS and file.is_file()
    ]
    if not datasets:
        names = [part.filename for part in guard.parts]
        raise BoundaryError(explain_empty_archive(path.name, names, _SAVE))
    return datasets


def _checked_parts(guard: ZipGuard) -> list[tuple[zipfile.ZipInfo, Path]]:
    """Return the parts to unpack, with their targets; refuse paths that lead out of the folder."""
    guard.check_parts()
    parts = []
    for part in guard.parts:
        target = Path(part.filename.replace("\\", "/"))
        if target.is_absolute() or ".." in target.parts or re.match(r"[A-Za-z]:", part.filename):
            raise _unsafe(guard.name, f"{part.filename!r} leads out of it")
        if (part.external_attr >> 16) & 0o170000 == 0o120000:
            raise _unsafe(guard.name, f"{part.filename!r} is a link")
        if target.suffix.lower() in _UNPACKED and "__MACOSX" not in target.parts:
            parts.append((part, target))
    guard.check_stated_sizes([part for part, _ in parts])
    return parts


def _unsafe(name: str, why: str) -> BoundaryError:
    return BoundaryError(f"{name} is not unpacked: {why}. {_SAVE}")


# ---- layers


def _layers_of(
    path: Path, dataset: str, result: BoundaryLayers, options: ColumnOptions, level: int | None
) -> Iterator[Layer]:
    """Yield the layers of one dataset that have a level; warn of those that have none."""
    import pyogrio

    encoding = None
    if dataset.lower().endswith(".shp"):
        encoding, findings = shapefile_encoding(Path(dataset), path.name, options.encoding)
        result.findings += findings
    with _reading(path, dataset):
        for name, kind in pyogrio.list_layers(dataset):
            if kind is None:
                continue
            if not _may_be_areas(str(kind)):
                result.findings.append(_skipped(path, str(name), f"It holds {kind}s, no areas."))
                continue
            frame = pyogrio.read_dataframe(dataset, layer=name, encoding=encoding)
            columns = None if frame.empty else areas(frame, options, level)
            if columns is None:
                reason = "It holds no features." if frame.empty else no_level(frame)
                result.findings.append(_skipped(path, str(name), reason))
                continue
            result.findings += [Finding("warning", note, path.name) for note in columns.notes]
            yield Layer(path.name, str(name), columns.level, columns.frame, columns.language)


@contextmanager
def _reading(path: Path, dataset: str) -> Iterator[None]:
    """Raise what GDAL cannot read as a BoundaryError that names the file and the way out."""
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        yield
    except UnicodeDecodeError as error:
        example = error.object.decode(error.encoding, "replace")[-40:]
        raise BoundaryError(
            f"{path.name} has letters that are not {error.encoding.upper()} (“{example}”), or one "
            "that is cut off in its middle, where a cell is full. Save it again in UTF-8, with "
            "room for whole names."
        ) from None
    except (DataSourceError, DataLayerError) as error:
        reason = str(error).replace(dataset, path.name)
        raise BoundaryError(f"{path.name} is damaged or cut short ({reason}). {_SAVE}") from None


def _may_be_areas(kind: str) -> bool:
    return kind == "Unknown" or "Polygon" in kind or "Collection" in kind


def _skipped(path: Path, layer: str, why: str) -> Finding:
    return Finding("warning", f"The layer {layer} is left out. {why}", path.name)
