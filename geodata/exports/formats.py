"""Every file of a view, by name. To add one is to write a function here.

::

    @export_format("map.svg", "image/svg+xml", gettext("…"), use=gettext("…"))
    def map_svg(asked: ExportRequest) -> bytes: ...

What takes long and can be said with plain values is given to ``asked.render``, which a server
points to another process; everywhere else it is a plain call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from geodata.exports.documents.pdf import page
from geodata.exports.documents.typesetting import pdf
from geodata.exports.drawing import pictures
from geodata.exports.drawing.raster import add_text, png
from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.exports.drawing.timelapse import timelapse
from geodata.exports.filenames import filename
from geodata.exports.options import Options
from geodata.exports.provenance import Provenance, as_dict, as_text, pairs, provenance
from geodata.exports.render_worker import Render, render_here
from geodata.exports.tables.csv import csv_file
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
    """What is asked for.

    Attributes
    ----------
    page
        Address of the map's page, without a query; empty where it is not known.
    address
        Makes the address of a file of a name and a query.
    render
        Calls a function of :mod:`geodata.exports` with plain values, wherever it runs.
    """

    view: View
    options: Options = Options()
    page: str = ""
    address: Callable[[str, str], str] = lambda name, query: f"{name}?{query}"
    render: Render = render_here

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
    def told(self) -> Provenance:
        """What the file says of itself."""
        return provenance(self.at, self.permalink)

    @property
    def dates(self) -> list[int]:
        """Positions of the dates that go into a table."""
        return positions(self.at, every=self.options.every)


@dataclass(frozen=True)
class ExportFormat:
    """A file that there is of every view.

    Attributes
    ----------
    name
        As it stands in the address: ``map.svg``.
    label
        What it is called where it is offered.
    use
        What it is for, beside its label; a file without is not offered.
    slow
        Whether it may take longer than a second, so that whoever waits should be told.
    linked
        Whether it holds links, which follow the request where the site's address is not set.
    tabular
        Whether ``rows=all`` means anything.
    kind
        What tells its name from that of another file of the same ending.
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

    @property
    def ending(self) -> str:
        """What its name ends in."""
        return self.name.rpartition(".")[2]

    def filename(self, asked: ExportRequest) -> str:
        """Return what it is called once it is saved."""
        every = self.animated or (self.tabular and asked.options.every)
        return filename(asked.view, self.kind + self.ending, every_date=every)


FILES: dict[str, ExportFormat] = {}


def export_format(
    name: str, media: str, label: str, **more: Any
) -> Callable[[Callable[[ExportRequest], bytes]], Callable[[ExportRequest], bytes]]:
    """Add what a function makes to the files that are offered."""

    def add(make: Callable[[ExportRequest], bytes]) -> Callable[[ExportRequest], bytes]:
        FILES[name] = ExportFormat(name, media, label, make, **more)
        return make

    return add


# ---------------------------------------------------------------------------------------- pictures


@export_format(
    "map.png", "image/png", gettext("Picture (PNG)"), use=gettext("for documents and messages")
)
def map_png(asked: ExportRequest) -> bytes:
    """Return the map with title, legend and sources, as a picture."""
    picture = asked.render(png, _drawing(asked), width=asked.options.pixels)
    told = asked.told
    return add_text(
        picture,
        {
            "Title": strip_isolates(told.title),
            "Description": as_text(told, asked.view.language),
            "Source": told.permalink,
            "Software": strip_isolates(product(asked.view.snapshot, asked.view.language)),
        },
    )


@export_format(
    "map.svg",
    "image/svg+xml",
    gettext("Drawing (SVG)"),
    use=gettext("for design, sharp at any size"),
)
def map_svg(asked: ExportRequest) -> bytes:
    """Return the same as a vector drawing."""
    return _drawing(asked, whole=True).encode()


@export_format(
    "map.pdf",
    "application/pdf",
    gettext("Page to print (PDF)"),
    use=gettext("with sources, method and a code to scan"),
)
def map_pdf(asked: ExportRequest) -> bytes:
    """Return the same on a page, with method, sources and a code to scan."""
    files, inputs = page(asked.at, asked.told, asked.options.paper)
    return asked.render(pdf, files, inputs)


@export_format(
    "timelapse.gif",
    "image/gif",
    gettext("All rounds in motion (GIF)"),
    use=gettext("from the first round to the newest"),
    slow=True,
    animated=True,
)
def timelapse_gif(asked: ExportRequest) -> bytes:
    """Return every round, one after the other."""
    view, options = asked.view, asked.options
    drawings = [
        pictures.picture(view.on(t), theme=options.theme, permalink=asked.permalink)
        for t in range(len(view.counts.dates))
    ]
    return asked.render(timelapse, drawings, as_text(asked.told, view.language))


def _drawing(asked: ExportRequest, *, whole: bool = False) -> str:
    said = as_text(asked.told, asked.view.language) if whole else ""
    return pictures.picture(
        asked.at,
        theme=asked.options.theme,
        permalink=asked.permalink,
        described=said,
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
def data_csv(asked: ExportRequest) -> bytes:
    """Return the figures, a row for each area and date."""
    return csv_file(asked.view, asked.dates, permalink=asked.page, hxl=asked.options.hxl)


@export_format(
    "data.xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    gettext("Workbook (Excel)"),
    use=gettext("figures, notes and sources"),
    tabular=True,
)
def data_xlsx(asked: ExportRequest) -> bytes:
    """Return the figures, notes and sources as a workbook."""
    made = sheets(asked.view, asked.dates, asked.told, asked.page, hxl=asked.options.hxl)
    return asked.render(
        workbook,
        made,
        {
            "title": strip_isolates(asked.told.title),
            "subject": strip_isolates(asked.told.headline),
            "comments": asked.told.permalink,
        },
    )


@export_format(
    "data.geojson",
    "application/geo+json",
    gettext("Areas with figures (GeoJSON)"),
    use=gettext("for maps of your own"),
)
def data_geojson(asked: ExportRequest) -> bytes:
    """Return shapes of the areas with their figures on the date."""
    return geojson(asked.at, asked.told, asked.page)


@export_format(
    "data.json",
    "application/json",
    gettext("Table (JSON)"),
    use=gettext("for programmers"),
    tabular=True,
)
def data_json(asked: ExportRequest) -> bytes:
    """Return the figures and what is to be known of them."""
    return records(asked.at, asked.told, asked.page, every=asked.options.every)


@export_format(
    "metadata.json", "application/json", gettext("About the figures (JSON)"), kind="metadata."
)
def metadata_json(asked: ExportRequest) -> bytes:
    """Write what is to be known of the figures, the tables' columns, and where each file is."""
    language, tagged = asked.view.language, tags(asked.view)
    columns = [
        {"name": name, "description": language.gettext(what), "hxl": tagged[name]}
        for name, what in COLUMNS.items()
    ]
    files = {
        name: {"url": asked.address(name, asked.query), "type": each.media}
        for name, each in FILES.items()
    }
    return to_json(as_dict(asked.told) | {"columns": columns, "files": files})


# --------------------------------------------------------------------------------------- everything


@export_format(
    "map.zip",
    "application/zip",
    gettext("All of it (ZIP)"),
    use=gettext("with a readme"),
    slow=True,
)
def map_zip(asked: ExportRequest) -> bytes:
    """Return every file but the moving one, with a readme."""
    wide = replace(asked, options=replace(asked.options, width=_PACKED_WIDTH, scale=1))
    packed = {
        each.filename(wide): each.make(wide)
        for each in FILES.values()
        if not each.animated and each.name != "map.zip"
    }
    return archive({"README.txt": _readme(asked, packed).encode(), **packed})


def _readme(asked: ExportRequest, packed: dict[str, bytes]) -> str:
    language, told = asked.view.language, asked.told
    sources = "\n\n".join(
        isolates_to_marks(
            f"{source['title']}\n{source['credit']}\n{source['url']}\n{source['terms']}"
        )
        for source in told.sources
    )
    said = "\n".join(f"{label}: {text}" for label, text in pairs(told, language))
    return (
        f"{isolates_to_marks(product(asked.view.snapshot, language))}\n\n{said}\n\n"
        f"{language.gettext('Sources and terms')}\n\n{sources}\n\n"
        f"{language.gettext('Files')}\n\n" + "\n".join(packed) + "\n"
    )
