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

from geodata.boundaries.columns import GivenColumns, areas, no_level
from geodata.boundaries.encodings import shapefile_encoding
from geodata.boundaries.formats import json_format, not_in_archive, not_read
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
_READ = (*_DATASETS, ".shx", ".dbf", ".prj", ".cpg")
_CRS = re.compile(rb'"(?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)"\s*:\s*(?=\{)', re.IGNORECASE)
_SAVE = "Save the boundaries as GeoJSON, GeoPackage or a zipped Shapefile."
_NOTHING_SAID = GivenColumns()
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
    shown
        Language that names are shown in where they have it: ``"en"``, another code, or ``""``
        where the file does not say.
    """

    file: str
    name: str
    level: int
    frame: GeoDataFrame
    shown: str = "en"


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
    given: GivenColumns = _NOTHING_SAID,
) -> BoundaryLayers:
    """Read the layers of boundaries that files hold.

    Parameters
    ----------
    files
        Whose layers go to the level that their columns say.
    only
        Files of which just the layer of that level is taken.
    given
        What a person says of their columns and letters.

    Raises
    ------
    BoundaryError
        If a file cannot be opened at all, or is not safe to.
    """
    read, all_layers = BoundaryLayers(), list[Layer]()
    requested: list[tuple[Path, tuple[int, ...]]] = [(path, tuple(LEVELS)) for path in files]
    requested += [(path, (level,)) for level, path in (only or {}).items()]
    for number, (path, levels) in enumerate(requested):
        progress("Reading boundaries", number, len(requested))
        level = levels[0] if len(levels) == 1 else None
        layers = [layer for layer in _layers(path, read, given, level) if layer.level in levels]
        if not layers:
            read.findings.append(_nothing(path, levels))
        all_layers += layers
        rows = sum(len(layer.frame) for layer in layers)
        named = ", ".join(f"level {layer.level} in {layer.name}" for layer in layers)
        read.files.append(
            FileRead(path.name, _sha256(path), path.stat().st_size, rows, named or "no areas")
        )
    for level in LEVELS:
        of_level = [layer for layer in all_layers if layer.level == level]
        if len(of_level) > 1:
            read.findings.append(_several(level, of_level))
        elif of_level:
            read.layers[level] = of_level[0]
    return read


def _nothing(path: Path, levels: Sequence[int]) -> Finding:
    wanted = " or ".join(map(str, levels))
    return Finding(
        "error",
        f"No layer of level {wanted} is in it: one has polygons and the columns ADM1_PCODE and "
        "ADM1_EN (adm1_pcode, adm1_name), of level 2 also ADM2_PCODE and ADM2_EN; or those of GADM "
        "or geoBoundaries; or those that a mapping names (docs/boundaries.md).",
        path.name,
    )


def _several(level: int, layers: Sequence[Layer]) -> Finding:
    named = ", ".join(f"{layer.name} of {layer.file}" for layer in layers)
    return Finding(
        "error",
        f"Level {level} is in several layers ({named}). Name the file to take with "
        f"--level{level} FILE, or give one that holds it once.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


# ---- what a file is


def _layers(
    path: Path, read: BoundaryLayers, given: GivenColumns, level: int | None
) -> Iterator[Layer]:
    """Yield the layers of a file that have a level; warn of those that have none."""
    with _opened(path, read) as datasets:
        for dataset in datasets:
            yield from _layers_of(path, dataset, read, given, level)


@contextmanager
def _opened(path: Path, read: BoundaryLayers) -> Iterator[list[str]]:
    """Yield what GDAL is to open: the file, or what was unpacked from it."""
    head = _head(path)
    if not head.startswith(b"PK"):
        yield [_dataset(path, head)]
        return
    with TemporaryDirectory(prefix="boundaries-") as folder:
        yield _datasets(path, _unpacked(path, Path(folder)), read)


def _datasets(path: Path, unpacked: Sequence[Path], read: BoundaryLayers) -> list[str]:
    """Return the parts of an archive that can be read; warn of others, or refuse if all are."""
    datasets, refusals = [], []
    for one in unpacked:
        try:
            datasets.append(_dataset(one, _head(one)))
        except BoundaryError as refusal:
            refusals.append(refusal)
    if refusals and not datasets:
        raise refusals[0]
    read.findings += [Finding("warning", f"Left out: {one}", path.name) for one in refusals]
    return datasets


def _head(path: Path) -> bytes:
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
    """Name a file as GDAL opens it, as what its bytes say it is and nothing else."""
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
    raise BoundaryError(not_read(path, head, _SAVE))


def _check_siblings(path: Path) -> None:
    beside = {one.name.lower() for one in path.parent.iterdir()}
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
                named = str(crs["type"]).lower() in ("name", "epsg") and "://" not in name
            except (ValueError, KeyError, TypeError, AttributeError):
                named = False
            if not named:
                raise BoundaryError(
                    f"{path.name} says its coordinates by something else than a name ({text[:60]}…"
                    '). Rule: "crs" is left out, or {"type": "name", "properties": {"name": '
                    '"urn:ogc:def:crs:EPSG::4326"}}.'
                )


# ---- archives


def _unpacked(path: Path, folder: Path) -> list[Path]:
    """Unpack what can be read, and return its datasets in the order of their names."""
    with path.open("rb") as handle:
        guard = ZipGuard(path.name, handle, LIMITS)
        for part, inside in _checked_parts(guard):
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                out.writelines(guard.unpack(part))
    datasets = [
        one
        for one in sorted(folder.rglob("*"))
        if one.suffix.lower() in _DATASETS and one.is_file()
    ]
    if not datasets:
        names = [part.filename for part in guard.parts]
        raise BoundaryError(not_in_archive(path.name, names, _SAVE))
    return datasets


def _checked_parts(guard: ZipGuard) -> list[tuple[zipfile.ZipInfo, Path]]:
    """Return the parts to unpack, with their targets; refuse paths that lead out of the folder."""
    guard.check_parts()
    wanted = []
    for part in guard.parts:
        inside = Path(part.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or re.match(r"[A-Za-z]:", part.filename):
            raise _unsafe(guard.name, f"{part.filename!r} leads out of it")
        if (part.external_attr >> 16) & 0o170000 == 0o120000:
            raise _unsafe(guard.name, f"{part.filename!r} is a link")
        if inside.suffix.lower() in _READ and "__MACOSX" not in inside.parts:
            wanted.append((part, inside))
    guard.check_stated_sizes([part for part, _ in wanted])
    return wanted


def _unsafe(name: str, why: str) -> BoundaryError:
    return BoundaryError(f"{name} is not unpacked: {why}. {_SAVE}")


# ---- layers


def _layers_of(
    path: Path, dataset: str, read: BoundaryLayers, given: GivenColumns, level: int | None
) -> Iterator[Layer]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    encoding = None
    if dataset.lower().endswith(".shp"):
        encoding, findings = shapefile_encoding(Path(dataset), path.name, given.encoding)
        read.findings += findings
    try:
        for name, kind in pyogrio.list_layers(dataset):
            if kind is None or not _may_be_areas(str(kind)):
                if kind is not None:
                    read.findings.append(_left_out(path, str(name), f"It holds {kind}s, no areas."))
                continue
            frame = pyogrio.read_dataframe(dataset, layer=name, encoding=encoding)
            if frame.empty:
                read.findings.append(_left_out(path, str(name), "It holds no features."))
                continue
            known = areas(frame, given, level)
            if known is None:
                read.findings.append(_left_out(path, str(name), no_level(frame)))
                continue
            read.findings += [Finding("warning", note, path.name) for note in known.notes]
            yield Layer(path.name, str(name), known.level, known.frame, known.shown)
    except UnicodeDecodeError as error:
        shown = error.object.decode(error.encoding, "replace")[-40:]
        raise BoundaryError(
            f"{path.name} has letters that are not {error.encoding.upper()} (“{shown}”), or one "
            "that is cut off in its middle, where a cell is full. Save it again in UTF-8, with "
            "room for whole names."
        ) from None
    except (DataSourceError, DataLayerError) as error:
        reason = str(error).replace(dataset, path.name)
        raise BoundaryError(f"{path.name} is damaged or cut short ({reason}). {_SAVE}") from None


def _may_be_areas(kind: str) -> bool:
    return kind == "Unknown" or "Polygon" in kind or "Collection" in kind


def _left_out(path: Path, layer: str, why: str) -> Finding:
    return Finding("warning", f"The layer {layer} is left out. {why}", path.name)
