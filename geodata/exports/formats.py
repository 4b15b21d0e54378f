"""Every file of a view, by name. To add one is to write a function here.

::

    @export_format("map.svg", "image/svg+xml", gettext("…"), use=gettext("…"))
    def map_svg(request: ExportRequest) -> bytes: ...

What takes long is a function of plain values that is given to ``request.render``: a server runs
it in another process; everywhere else it is a plain call.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

from cachetools import LRUCache, cached

from geodata.exports.data_package import NAME, data_package
from geodata.exports.documents.pdf import page
from geodata.exports.documents.typesetting import pdf
from geodata.exports.drawing import pictures, timelapse
from geodata.exports.drawing.raster import add_text, png
from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.exports.filenames import filename
from geodata.exports.options import ALL, Options
from geodata.exports.plotly_figure import plotly_json
from geodata.exports.provenance import Provenance, as_dict, as_text, pairs, provenance_of
from geodata.exports.render_worker import Render, render_in_process
from geodata.exports.tables.csv import csv_file
from geodata.exports.tables.geo_files import geopackage, geoparquet
from geodata.exports.tables.geojson import geojson, records
from geodata.exports.tables.long_table import COLUMNS, positions, tags
from geodata.exports.tables.workbook import workbook
from geodata.exports.tables.xlsx import sheets
from geodata.exports.zip_archive import archive
from geodata.figures.state import encode_query, frozen
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import strip_isolates
from geodata.i18n.messages import gettext
from geodata.text.wording import product
from geodata.util.json_encoding import to_json

_PACKED_WIDTH = 1600


@dataclass(frozen=True)
class ExportRequest:
    """A view, the options of its file, and what writes the links in it.

    Attributes
    ----------
    page
        Address of the map's page, without a query; empty where it is not known.
    address
        Makes the address of a file of a name and a query.
    render
        Calls a function of :mod:`geodata.exports` with plain values, wherever it runs.
    packed
        Whether the file goes into an archive, beside the others.
    """

    view: View
    options: Options = Options()
    page: str = ""
    address: Callable[[str, str], str] = lambda name, query: f"{name}?{query}"
    render: Render = render_in_process
    packed: bool = False

    @property
    def at(self) -> ViewAt:
        """The view on its date."""
        return self.view.on_its_date()

    @property
    def query(self) -> str:
        """The state, frozen at date and snapshot."""
        return encode_query(frozen(self.view.state, self.view.snapshot), self.view.snapshot)

    @property
    def permalink(self) -> str:
        """The page that shows the same for as long as the snapshot is held."""
        return f"{self.page}?{self.query}"

    @cached_property
    def provenance(self) -> Provenance:
        """Sources, method, date and link, which every file carries."""
        return provenance_of(self.at, self.permalink)

    @property
    def dates(self) -> list[int]:
        """Positions of the dates that go into a table."""
        return positions(self.at, every=self.options.every)


@dataclass(frozen=True)
class ExportFormat:
    """A format that every view can be downloaded in.

    Attributes
    ----------
    name
        Last part of the address: ``map.svg``.
    label
        Name in menus.
    use
        Purpose, beside the label; a format without one is in no menu.
    slow
        Whether it may take longer than a second, which menus then say.
    linked
        Whether it holds links, which follow the request where the site's address is not set.
    tabular
        Whether ``rows=all`` means anything.
    kind
        Part of the file's name that tells it from another format with the same ending.
    own_name
        Whether the file is saved under ``name``, by which programs look for it.
    """

    name: str
    media: str
    label: str
    make: Callable[[ExportRequest], bytes]
    use: str = ""
    slow: bool = False
    linked: bool = True
    tabular: bool = False
    animated: bool = False
    kind: str = ""
    own_name: bool = False

    @property
    def ending(self) -> str:
        """File extension, without the dot."""
        return self.name.rpartition(".")[2]

    def filename(self, request: ExportRequest) -> str:
        """Return the name under which a browser saves the file."""
        if self.own_name:
            return self.name
        every = self.animated or (self.tabular and request.options.every)
        return filename(request.view, self.kind + self.ending, every_date=every)


FILES: dict[str, ExportFormat] = {}


def export_format(
    name: str, media: str, label: str, **more: Any
) -> Callable[[Callable[[ExportRequest], bytes]], Callable[[ExportRequest], bytes]]:
    """Register the decorated function as what makes a format; see :class:`ExportFormat`."""

    def add(make: Callable[[ExportRequest], bytes]) -> Callable[[ExportRequest], bytes]:
        FILES[name] = ExportFormat(name, media, label, make, **more)
        return make

    return add


# ---------------------------------------------------------------------------------------- pictures


@export_format(
    "map.png", "image/png", gettext("Picture (PNG)"), use=gettext("for documents and messages")
)
def map_png(request: ExportRequest) -> bytes:
    """Return the map with title, legend and sources, as a picture."""
    picture = request.render(png, _drawing(request), width=request.options.pixels)
    provenance = request.provenance
    return add_text(
        picture,
        {
            "Title": strip_isolates(provenance.title),
            "Description": as_text(provenance, request.view.language),
            "Source": provenance.permalink,
            "Software": strip_isolates(product(request.view.snapshot, request.view.language)),
        },
    )


@export_format(
    "map.svg",
    "image/svg+xml",
    gettext("Drawing (SVG)"),
    use=gettext("for design, sharp at any size"),
)
def map_svg(request: ExportRequest) -> bytes:
    """Return the map with title, legend and sources, as a vector drawing."""
    return _drawing(request, whole=True).encode()


@export_format(
    "map.pdf",
    "application/pdf",
    gettext("Page to print (PDF)"),
    use=gettext("with sources, method and a code to scan"),
)
def map_pdf(request: ExportRequest) -> bytes:
    """Return the map on a page, with method, sources and a code to scan."""
    files, inputs = page(request.at, request.provenance, request.options.paper)
    return request.render(pdf, files, inputs)


@export_format(
    "timelapse.gif",
    "image/gif",
    gettext("All rounds in motion (GIF)"),
    use=gettext("from the first round to the newest"),
    slow=True,
    animated=True,
)
def timelapse_gif(request: ExportRequest) -> bytes:
    """Return the maps of all rounds as an animated GIF, oldest first."""
    return _moving(request, timelapse.gif)


@export_format(
    "timelapse.webp",
    "image/webp",
    gettext("All rounds in motion (WebP)"),
    use=gettext("for web pages, a fifth of the size"),
    slow=True,
    animated=True,
)
def timelapse_webp(request: ExportRequest) -> bytes:
    """Return the maps of all rounds as an animated WebP, oldest first."""
    return _moving(request, timelapse.webp)


@export_format(
    "timelapse.mp4",
    "video/mp4",
    gettext("All rounds as a video (MP4)"),
    use=gettext("for slides, with pause and rewind"),
    slow=True,
    animated=True,
)
def timelapse_mp4(request: ExportRequest) -> bytes:
    """Return the maps of all rounds as a video, oldest first."""
    return _moving(request, timelapse.mp4)


def _moving(request: ExportRequest, write: Render) -> bytes:
    about = as_text(request.provenance, request.view.language)
    return request.render(write, _frames(request), about)


def _same_frames(request: ExportRequest) -> tuple[Hashable, ...]:
    view = request.view
    theme, link = request.options.theme, request.permalink
    return view.snapshot.version, view.threshold, view.state, theme, link


@cached(LRUCache(maxsize=2), key=_same_frames, lock=Lock())
def _frames(request: ExportRequest) -> bytes:
    """Return the maps of all rounds, rendered once for every format that moves."""
    drawings = [
        pictures.picture(
            request.view.on(t),
            theme=request.options.theme,
            permalink=request.permalink,
            with_trend=True,
        )
        for t in range(len(request.view.counts.dates))
    ]
    return request.render(timelapse.frames, drawings)


def _drawing(request: ExportRequest, *, whole: bool = False) -> str:
    description = as_text(request.provenance, request.view.language) if whole else ""
    return pictures.picture(
        request.at,
        theme=request.options.theme,
        permalink=request.permalink,
        description=description,
    )


# ----------------------------------------------------------------------------------------- figures


@export_format(
    "data.csv",
    "text/csv",
    gettext("Table (CSV)"),
    use=gettext("this date, for any program"),
    linked=False,
    tabular=True,
)
def data_csv(request: ExportRequest) -> bytes:
    """Return the figures, a row for each area and date."""
    return csv_file(request.view, request.dates, permalink=request.page, hxl=request.options.hxl)


@export_format(
    "data.xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    gettext("Workbook (Excel)"),
    use=gettext("figures, notes and sources"),
    tabular=True,
)
def data_xlsx(request: ExportRequest) -> bytes:
    """Return the figures, notes and sources as a workbook."""
    options, provenance = request.options, request.provenance
    return request.render(
        workbook,
        sheets(request.view, request.dates, provenance, request.page, hxl=options.hxl),
        {
            "title": strip_isolates(provenance.title),
            "subject": strip_isolates(provenance.headline),
            "comments": provenance.permalink,
        },
    )


@export_format(
    "data.geojson",
    "application/geo+json",
    gettext("Areas with figures (GeoJSON)"),
    use=gettext("for maps of your own"),
)
def data_geojson(request: ExportRequest) -> bytes:
    """Return shapes of the areas with their figures on the date."""
    return geojson(request.at, request.provenance, request.page)


@export_format(
    "data.parquet",
    "application/vnd.apache.parquet",
    gettext("Areas with figures (GeoParquet)"),
    use=gettext("for data science, with types"),
)
def data_parquet(request: ExportRequest) -> bytes:
    """Return shapes of the areas with their figures on the date, as GeoParquet."""
    return geoparquet(request.at, request.provenance, request.page)


@export_format(
    "data.gpkg",
    "application/geopackage+sqlite3",
    gettext("Areas with figures (GeoPackage)"),
    use=gettext("for QGIS and ArcGIS"),
)
def data_gpkg(request: ExportRequest) -> bytes:
    """Return shapes of the areas with their figures on the date, as a GeoPackage."""
    return geopackage(request.at, request.provenance, request.page)


@export_format(
    "data.json",
    "application/json",
    gettext("Table (JSON)"),
    use=gettext("for programmers"),
    tabular=True,
)
def data_json(request: ExportRequest) -> bytes:
    """Return the figures with their provenance."""
    return records(request.at, request.provenance, request.page, every=request.options.every)


@export_format(
    "figure.json",
    "application/json",
    gettext("Plotly figure (JSON)"),
    use=gettext("for notebooks and Dash pages of your own"),
    linked=False,
    kind="figure.",
)
def figure_json(request: ExportRequest) -> bytes:
    """Return the map as a Plotly figure."""
    # Without the site's address the link is the query alone, and the answer the same for everyone.
    options = request.options
    figure = plotly_json(request.at, request.provenance, theme=options.theme, width=options.width)
    return to_json(figure)


@export_format(
    "metadata.json", "application/json", gettext("About the figures (JSON)"), kind="metadata."
)
def metadata_json(request: ExportRequest) -> bytes:
    """Return the provenance, the meaning of each column, and the address of each file."""
    language, tagged = request.view.language, tags(request.view)
    columns = [
        {"name": name, "description": language.gettext(what), "hxl": tagged[name]}
        for name, what in COLUMNS.items()
    ]
    files = {
        name: {"url": request.address(name, request.query), "type": each.media}
        for name, each in FILES.items()
    }
    return to_json(as_dict(request.provenance) | {"columns": columns, "files": files})


@export_format(
    NAME,
    "application/json",
    gettext("Description of the table for programs (Data Package)"),
    tabular=True,
    own_name=True,
)
def datapackage_json(request: ExportRequest) -> bytes:
    """Return the description of the CSV by Frictionless Data: types, units, keys, terms."""
    options = request.options
    chosen = {"rows": ALL if options.every else "", "hxl": "1" if options.hxl else ""}
    query = "&".join([request.query, *(f"{key}={value}" for key, value in chosen.items() if value)])
    packed, table = request.packed, FILES["data.csv"]
    path = table.filename(request) if packed else request.address(table.name, query)
    return to_json(data_package(request.view, request.provenance, path, hxl=options.hxl))


# --------------------------------------------------------------------------------------- everything


@export_format(
    "map.zip",
    "application/zip",
    gettext("All of it (ZIP)"),
    use=gettext("with a readme"),
    slow=True,
)
def map_zip(request: ExportRequest) -> bytes:
    """Return every file but the animated one, with a readme."""
    wide_picture = replace(request.options, width=_PACKED_WIDTH, scale=1)
    wide = replace(request, options=wide_picture, packed=True)
    packed = {
        each.filename(wide): each.make(wide)
        for each in FILES.values()
        if not each.animated and each.name != "map.zip"
    }
    return archive({"README.txt": _readme(request, packed).encode(), **packed})


def _readme(request: ExportRequest, packed: dict[str, bytes]) -> str:
    language, provenance = request.view.language, request.provenance
    sources = "\n\n".join(
        isolates_to_marks(
            f"{source['title']}\n{source['credit']}\n{source['url']}\n{source['terms']}"
        )
        for source in provenance.sources
    )
    facts = "\n".join(f"{label}: {text}" for label, text in pairs(provenance, language))
    return (
        f"{isolates_to_marks(product(request.view.snapshot, language))}\n\n{facts}\n\n"
        f"{language.gettext('Sources and terms')}\n\n{sources}\n\n"
        f"{language.gettext('Files')}\n\n" + "\n".join(packed) + "\n"
    )
