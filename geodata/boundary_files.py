"""Boundary files as agencies publish them: opened safely, recognised by their columns.

::

    .geojson .gpkg .shp ─┐
    .zip of any of them ─┴▶ layers ─▶ level 1 or 2 by its columns ─▶ Layer(pcode, parent, names)

COD-AB has had several naming schemes; all that are known here come to one form. A file is believed
by its bytes, not its name, and GDAL is only handed what was looked at: a GeoJSON may name an
address that GDAL would fetch, an archive may hold paths that lead out of it.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

from geodata.errors import BoundaryError
from geodata.sources.reading import FileRead, Finding, Progress, silent

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

MAX_BYTES = 1_000_000_000
"""Bytes of a file, and of all that an archive holds once unpacked."""
MAX_RATIO = 250
"""How many times its packed size a part of more than :data:`RATIO_FROM` bytes may hold."""
RATIO_FROM = 20_000_000
MAX_PARTS = 500
_LEVELS = (1, 2)
_CHUNK = 1 << 20
_HEAD = 4096
_SHOWN = 12  # columns or layers that a message lists

_SHAPEFILE = bytes.fromhex("0000270a")
_SIBLINGS = (".shx", ".dbf")
_READ = (".geojson", ".json", ".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg")
_CRS = re.compile(rb'"(?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)"\s*:\s*(?=\{)', re.IGNORECASE)
_SAVE = "Save the boundaries as GeoJSON, GeoPackage or a zipped Shapefile."

# A column's name without case and underscores: whose code or name it holds, and in what language.
_TITLE = re.compile(
    r"(?:adm(?:in)?(?P<level>[0-9]))?(?:(?P<code>p?code)|name(?P<number>[0-9])?(?P<of>[a-z]{2,3})?"
    r"|(?P<lang>[a-z]{2,3}))"
)
_LANGUAGES = (
    "en", "fr", "es", "pt", "ar", "ckb", "uk", "ru", "fa", "ps", "dr", "ur", "hi", "bn", "ne", "my",
    "th", "lo", "km", "vi", "id", "sw", "so", "am", "ti", "ht", "tr", "hy", "ka", "az", "ro", "mg",
    "mn", "si", "ta", "it", "de", "nl", "bi",
)  # fmt: skip
_LATIN = ("en", "", "fr", "es", "pt")  # the order in which a name to show is looked for


@dataclass(frozen=True)
class Layer:
    """The areas of one level, as one layer of one file holds them.

    Attributes
    ----------
    file, name
        Of the file, as it was given, and of the layer within it.
    frame
        Text columns ``pcode``, ``parent`` (of level 2), ``name``, ``name_ar``, ``name_ckb``,
        ``parent_name``, ``parent_name_ar``, ``parent_name_ckb`` (``""`` where a file has none), and
        the shapes in the file's own coordinates.
    shown
        Language of ``name``: ``"en"``, another code, or ``""`` where the file does not say.
    """

    file: str
    name: str
    level: int
    frame: GeoDataFrame
    shown: str = "en"


@dataclass
class Read:
    """What files hold: at most one layer of each level, the files, and what is wrong."""

    layers: dict[int, Layer] = field(default_factory=dict)
    files: list[FileRead] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_files(
    files: Sequence[Path],
    only: Mapping[int, Path] | None = None,
    progress: Progress = silent,
) -> Read:
    """Read boundaries.

    Parameters
    ----------
    files
        Whose layers go to the level that their columns say.
    only
        Files of which just the layer of that level is taken.

    Raises
    ------
    BoundaryError
        If a file cannot be opened at all, or is not safe to.
    """
    read, found = Read(), list[Layer]()
    asked: list[tuple[Path, tuple[int, ...]]] = [(path, _LEVELS) for path in files]
    asked += [(path, (level,)) for level, path in (only or {}).items()]
    for number, (path, levels) in enumerate(asked):
        progress("Reading boundaries", number, len(asked))
        layers = [layer for layer in _layers(path, read) if layer.level in levels]
        if not layers:
            read.findings.append(_nothing(path, levels))
        found += layers
        rows = sum(len(layer.frame) for layer in layers)
        said = ", ".join(f"level {layer.level} in {layer.name}" for layer in layers)
        read.files.append(FileRead(path.name, _sha256(path), path.stat().st_size, rows, said))
    for level in _LEVELS:
        of_level = [layer for layer in found if layer.level == level]
        if len(of_level) > 1:
            read.findings.append(_several(level, of_level))
        elif of_level:
            read.layers[level] = of_level[0]
    return read


def _nothing(path: Path, levels: Sequence[int]) -> Finding:
    asked = " or ".join(map(str, levels))
    return Finding(
        "error",
        f"No layer of level {asked} is in it: one has polygons and the columns ADM1_PCODE and "
        "ADM1_EN (adm1_pcode, adm1_name), of level 2 also ADM2_PCODE and ADM2_EN.",
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


def _layers(path: Path, read: Read) -> Iterator[Layer]:
    """Every layer of a file that has a level; what is left out becomes a warning."""
    with _opened(path) as datasets:
        for dataset in datasets:
            yield from _layers_of(path, dataset, read)


@contextmanager
def _opened(path: Path) -> Iterator[list[str]]:
    """Yield what GDAL is to open: the file, or what was unpacked from it."""
    head = _head(path)
    if not head.startswith(b"PK"):
        yield [_dataset(path, head)]
        return
    with TemporaryDirectory(prefix="boundaries-") as folder:
        unpacked = _unpacked(path, Path(folder))
        yield [_dataset(one, _head(one)) for one in unpacked]


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
    if head.startswith(_SHAPEFILE):
        _check_siblings(path)
        return str(path)
    if head.startswith(b"SQLite format 3"):
        if path.suffix.lower() != ".gpkg":
            raise BoundaryError(f"{path.name} is a database; a GeoPackage is named .gpkg.")
        return str(path)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        _check_geojson(path)
        return f"GeoJSON:{path}"
    raise BoundaryError(f"{path.name} holds no boundaries that are read here. {_SAVE}")


def _check_siblings(path: Path) -> None:
    beside = {one.name.lower() for one in path.parent.iterdir()}
    missing = [end for end in _SIBLINGS if f"{path.stem}{end}".lower() not in beside]
    if missing:
        raise BoundaryError(
            f"{path.name} lacks {' and '.join(path.stem + end for end in missing)}: a Shapefile "
            "is several files, kept together. Put them beside it, or give the zip they came in."
        )


def _check_geojson(path: Path) -> None:
    """Refuse coordinates that are said by an address, which GDAL would fetch."""
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for found in _CRS.finditer(data):
            text = data[found.end() : found.end() + _HEAD].decode("utf-8", "replace")
            try:
                said, _ = json.JSONDecoder().raw_decode(text)
                name = str(said["properties"].get("name") or said["properties"].get("code"))
                named = str(said["type"]).lower() in ("name", "epsg") and "://" not in name
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
    """Unpack what can be read; each dataset of it, in the order of names."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _checked_parts(path.name, archive)
            left = MAX_BYTES
            for part, target in parts:
                left -= _unpack(path.name, archive, part, folder / target, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BoundaryError(f"{path.name} is damaged or cut short ({error}).") from None
    found = [
        one
        for one in sorted(folder.rglob("*"))
        if one.suffix.lower() in (".geojson", ".json", ".gpkg", ".shp") and one.is_file()
    ]
    if not found:
        held = ", ".join(sorted({Path(part.filename).suffix for part in archive.infolist()}))
        raise BoundaryError(f"{path.name} holds no boundaries (only {held or 'nothing'}). {_SAVE}")
    return found


def _checked_parts(name: str, archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, Path]]:
    """Parts to unpack and where to; refuse an archive that holds more, or what leads out of it."""
    every = archive.infolist()
    if len(every) > MAX_PARTS:
        _unsafe(name, f"it holds {len(every):,} files; {MAX_PARTS} are allowed")
    kept = []
    for part in every:
        inside = Path(part.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or re.match(r"[A-Za-z]:", part.filename):
            _unsafe(name, f"{part.filename!r} leads out of it")
        if part.flag_bits & 0x1:
            _unsafe(name, "it is locked with a password; unpack it first")
        if (part.external_attr >> 16) & 0o170000 == 0o120000:
            _unsafe(name, f"{part.filename!r} is a link")
        if inside.suffix.lower() in _READ and "__MACOSX" not in inside.parts:
            kept.append((part, inside))
    return kept


def _unpack(
    name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo, target: Path, left: int
) -> int:
    """Unpack one part, counting what comes out; return how many bytes it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(part) as source, target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > left:
                _unsafe(name, f"it unpacks to more than {MAX_BYTES / 1e6:,.0f} MB")
            if size > RATIO_FROM and size > MAX_RATIO * max(part.compress_size, 1):
                _unsafe(name, f"{part.filename!r} unpacks to more than {MAX_RATIO} times its size")
            out.write(chunk)
    return size


def _unsafe(name: str, why: str) -> NoReturn:
    raise BoundaryError(f"{name} is not unpacked: {why}. {_SAVE}")


# ---- layers


def _layers_of(path: Path, dataset: str, read: Read) -> Iterator[Layer]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        for name, kind in pyogrio.list_layers(dataset):
            if kind is None or not _may_be_areas(str(kind)):
                if kind is not None:
                    read.findings.append(_left_out(path, str(name), f"It holds {kind}s, no areas."))
                continue
            frame = pyogrio.read_dataframe(dataset, layer=name)
            layer = _recognised(path.name, str(name), frame)
            if layer is None:
                read.findings.append(_left_out(path, str(name), _no_level(frame)))
            else:
                yield layer
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        said = str(error).replace(dataset, path.name)
        raise BoundaryError(f"{path.name} is damaged or cut short ({said}). {_SAVE}") from None


def _may_be_areas(kind: str) -> bool:
    return kind == "Unknown" or "Polygon" in kind or "Collection" in kind


def _left_out(path: Path, layer: str, why: str) -> Finding:
    return Finding("warning", f"The layer {layer} is left out. {why}", path.name)


def _no_level(frame: GeoDataFrame) -> str:
    levels = sorted(_Titles(frame).codes)
    if levels:
        return f"It is of level {levels[-1]}; levels 1 and 2 are used."
    found = ", ".join(map(str, frame.columns[:_SHOWN]))
    return f"No column holds P-codes, as ADM1_PCODE or adm1_pcode does; it has {found}."


class _Titles:
    """What the columns of a layer are, whatever its naming scheme.

    Attributes
    ----------
    codes
        ``level -> column``.
    names
        ``level -> language -> column``; ``""`` is a language that the file does not say.
    bare
        Column of the codes of a file that does not say its level (``pcode``), or ``""``.
    """

    def __init__(self, frame: GeoDataFrame) -> None:
        self.codes: dict[int, str] = {}
        self.names: dict[int, dict[str, str]] = {}
        self.bare = ""
        self._bare_names: dict[str, str] = {}
        self._said = _languages_said(frame)
        for column in map(str, frame.columns):
            found = _TITLE.fullmatch(column.lower().replace("_", ""))
            if found and column != frame.geometry.name:
                self._take(column, found)
        if self.bare:
            self._place_bare(frame)

    def _take(self, column: str, found: re.Match[str]) -> None:
        level = found["level"]
        if found["code"]:
            if level is None and found["code"] == "pcode":
                self.bare = column
            elif level is not None and (int(level) not in self.codes or found["code"] == "pcode"):
                self.codes[int(level)] = column
            return
        spoken = found["of"] or found["lang"] or self._said.get(found["number"] or "", "")
        if spoken in ("", *_LANGUAGES) and (level or not found["lang"]):
            names = self._bare_names if level is None else self.names.setdefault(int(level), {})
            names.setdefault(spoken, column)

    def _place_bare(self, frame: GeoDataFrame) -> None:
        """A column ``pcode`` is of the level below those that are named, or is one of them."""
        for level, column in self.codes.items():
            if frame[column].equals(frame[self.bare]):
                self.names[level] = self._bare_names | self.names.get(level, {})
                return
        level = max(self.codes, default=0) + 1
        self.codes[level] = self.bare
        self.names[level] = self._bare_names


def _languages_said(frame: GeoDataFrame) -> dict[str, str]:
    """Languages of ``adm1_name``, ``adm1_name1`` … as ``lang``, ``lang1`` … say them."""
    said = {}
    for column in map(str, frame.columns):
        found = re.fullmatch(r"lang(?:uage)?_?([0-9]?)", column.lower())
        if found and frame[column].notna().any():
            said[found[1]] = str(frame[column].dropna().iloc[0]).strip().lower()[:3]
    return said


def _recognised(file: str, name: str, frame: GeoDataFrame) -> Layer | None:
    """Bring a layer to the columns of :class:`Layer`; ``None`` where it is of no level used."""
    titles = _Titles(frame)
    level = max(titles.codes, default=0)
    if level not in _LEVELS:
        return None
    names = titles.names.get(level, {})
    shown = _shown(names)
    columns = {
        "pcode": titles.codes[level],
        "name": names.get(shown or "", ""),
        "name_ar": names.get("ar", ""),
        "name_ckb": names.get("ckb", ""),
    }
    if level > 1:
        above = titles.names.get(level - 1, {})
        columns |= {
            "parent": titles.codes.get(level - 1, ""),
            "parent_name": above.get(_shown(above) or "", ""),
            "parent_name_ar": above.get("ar", ""),
            "parent_name_ckb": above.get("ckb", ""),
        }
    made = frame[[frame.geometry.name]].copy()
    for column, taken in columns.items():
        made[column] = _text(frame[taken]) if taken else ""
    return Layer(file, name, level, made, shown or "")


def _shown(names: Iterable[str]) -> str | None:
    """Language of the names to show: English, one that is not said, one in Latin letters, any."""
    held = list(names)
    return next((lang for lang in (*_LATIN, *held) if lang in held), None)


def _text(values: Any) -> Any:
    """Cells as text: missing is empty, spaces count once."""
    said = values.astype("object").where(values.notna(), "").map(str)
    return said.str.split().str.join(" ").astype("str")
