"""A view as a Plotly figure, for notebooks and for Dash pages of one's own.

::

    view on its date ──▶ plotly_json: traces and layout as plain values ─┬─▶ /figure.json
                                                                         └─▶ figure: go.Figure

Only the last loads Plotly. Plotly fills areas with colours alone: what tells the statuses apart
without any is drawn over them as lines.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geodata.exports.drawing import country
from geodata.exports.drawing.country import NAME_SIZES, SLIDE_SIZES, Name, box_of, touch
from geodata.exports.drawing.degrees import CountryInDegrees, Position, country_in_degrees
from geodata.exports.drawing.elements import FONT
from geodata.exports.drawing.hatching import hatching
from geodata.exports.drawing.pictures import joined
from geodata.exports.drawing.svg import ColourScheme
from geodata.exports.drawing.text_lines import force_rtl, text_width, wrapped
from geodata.exports.provenance import Provenance, as_dict, provenance_of
from geodata.figures.coverage import ANOTHER_TIME, AT_WORK, DATE_UNKNOWN
from geodata.figures.statuses import (
    NATIONAL_ONLY,
    NOT_ASSESSED,
    NOT_COMPARABLE,
    OUTSIDE,
    SHOWN,
    SUPPRESSED,
    status_words,
)
from geodata.figures.view import View, ViewAt
from geodata.i18n.messages import sentence_case
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.text.area_labels import LegendRow
from geodata.text.view_text import ViewText
from geodata.util.json_encoding import number

if TYPE_CHECKING:
    import plotly.graph_objects as go

Trace = dict[str, Any]

HEIGHT = 720  # pixels: the names below are legible at it, and fit
_MARGIN_AROUND = 0.03  # of the country's width and height
_TITLE_SIZE, _TEXT_SIZE, _SMALL_SIZE, _NAME_SIZE = 20, 13, 10, 11
_LINE = 1.35  # of a font's size, from one line to the next
_BESIDE = 16  # pixels at the sides
# From this width on, in pixels, the legend stands beside the map; a narrower figure is made for its
# width: Plotly breaks no lines, and leaves out no names.
WIDE = 640 + 2 * _BESIDE
_ENTRY = 20  # pixels of a line of the legend

# The key of ``NAME_SIZES`` whose letters are of the size above, at the height above; and how much
# larger letters must fit the area for a figure to have room below its name.
_FITTING, _TWO_LINES = "l", 1.5


@dataclass(frozen=True)
class _Texture:
    """What is drawn over areas of a status.

    Attributes
    ----------
    angles
        Of its lines, in degrees counter-clockwise from the east.
    dash, symbol
        Plotly's names of a style of lines, and of a marker that looks like it, for the legend.
    """

    angles: tuple[int, ...]
    symbol: str
    dash: str = "solid"


_TEXTURES = {
    NOT_ASSESSED: _Texture((45,), "line-ne-open"),
    SUPPRESSED: _Texture((0,), "square-open-dot", dash="dot"),
    NOT_COMPARABLE: _Texture((45, 135), "x-thin-open"),
    OUTSIDE: _Texture((0,), "line-ew-open"),
    NATIONAL_ONLY: _Texture((90,), "line-ns-open"),
}
# When programmes worked, as Plotly's styles of lines.
_WORK_DASHES = {
    f"work-{AT_WORK}": "solid",
    f"work-{ANOTHER_TIME}": "dash",
    f"work-{DATE_UNKNOWN}": "dot",
}
_INSIDE = 300  # part of the longer side of a country by which a line lies inside a border
_LINES_ACROSS = 70  # hatching lines over the longer side of a country


def figure(
    view: View, *, theme: str = "light", permalink: str = "", width: int = WIDE
) -> go.Figure:
    """Return a view on its date as a Plotly figure.

    Parameters
    ----------
    theme
        ``light`` or ``dark``.
    permalink
        Link to the same figures, which stands beside the sources.
    width
        Pixels that it will be wide; what is wider than :data:`WIDE` is the same as that.

    >>> made = figure(view)
    >>> [trace.name for trace in made.data if trace.type == "choropleth"]
    ['500 or more', '200 – 499', '100 – 199']
    """
    import plotly.graph_objects as go

    at = view.on_its_date()
    return go.Figure(plotly_json(at, provenance_of(at, permalink), theme=theme, width=width))


def plotly_json(
    at: ViewAt, provenance: Provenance, *, theme: str = "light", width: int = WIDE
) -> dict[str, Any]:
    """Return the same as ``data`` and ``layout``, of plain values."""
    made = _Figure(at, ColourScheme(at, theme), ViewText(at), provenance, min(width, WIDE))
    return {"data": made.traces, "layout": made.layout}


@memoise(32)
def _hatching(snapshot: Snapshot, level: int, angle: int) -> dict[str, list[list[Position]]]:
    """Return the lines of an angle that hatch each area, by P-code."""
    import shapely

    drawn = country_in_degrees(snapshot, level)
    west, south, east, north = drawn.bounds
    apart = max(east - west, north - south) / _LINES_ACROSS
    return {
        pcode: hatching(shapely.geometry.shape(area), angle, apart)
        for pcode, area in drawn.areas.items()
    }


@memoise(8)
def _inner_borders(snapshot: Snapshot, level: int) -> dict[str, list[list[Position]]]:
    """Return lines a little inside the border of each area, by P-code."""
    import shapely

    drawn = country_in_degrees(snapshot, level)
    west, south, east, north = drawn.bounds
    inside = max(east - west, north - south) / _INSIDE
    borders = {
        pcode: shapely.geometry.shape(area).buffer(-inside).boundary
        for pcode, area in drawn.areas.items()
    }
    return {
        pcode: [list(line.coords) for line in getattr(border, "geoms", [border]) if line.coords]
        for pcode, border in borders.items()
    }


def _along(lines: Iterable[Sequence[Position]]) -> dict[str, list[float | None]]:
    """Return lines as Plotly has them: one after the other, with a gap after each."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    for line in lines:
        lon += [*(round(x, 3) for x, _ in line), None]
        lat += [*(round(y, 3) for _, y in line), None]
    return {"lon": lon, "lat": lat}


def _has_room(name: Name, size: float, value: str) -> bool:
    """Tell whether a figure below a name stands within the area, as larger letters would."""
    largest = max((NAME_SIZES | SLIDE_SIZES)[letter] for letter in name.sizes)
    wide = text_width(value) * size <= text_width(name.text) * largest
    return wide and largest >= _TWO_LINES * size


@dataclass(frozen=True)
class _Figure:
    """A figure while it is made.

    Attributes
    ----------
    texts, provenance
        What the view says of itself, in the reader's language.
    width
        In pixels, at most :data:`WIDE`.
    """

    at: ViewAt
    paint: ColourScheme
    texts: ViewText
    provenance: Provenance
    width: int

    @property
    def _text_width(self) -> int:
        return self.width - 2 * _BESIDE

    @property
    def _is_narrow(self) -> bool:
        return self.width < WIDE

    @property
    def _letters(self) -> str:
        """Return the key of the letters that are legible where the map is of its size."""
        if not self._is_narrow:
            return _FITTING
        across = country.view_drawing(self.at.view).width * (1 + 2 * _MARGIN_AROUND)
        needed = _NAME_SIZE * across / self._text_width
        return next((key for key, size in NAME_SIZES.items() if size >= needed * 0.95), "n")

    @cached_property
    def _country(self) -> CountryInDegrees:
        return country_in_degrees(self.at.snapshot, self.at.state.level)

    @property
    def traces(self) -> list[Trace]:
        """Return entry, areas and hatching of each row of the legend, then borders and names.

        An entry comes first, which is no choropleth: where the first trace of a map is one, Plotly
        fetches the coasts of the world from its CDN, and draws nothing where that fails.
        """
        rows = [trace for row in self.texts.legend for trace in self._row(row)]
        borders = [self._borders()] if self.at.state.level > 1 else []
        return [*rows, *borders, self._names()]

    # ---- areas

    def _row(self, row: LegendRow) -> list[Trace]:
        """Return what is drawn for a class or status: its entry alone where no area has it."""
        n = self.texts.legend.index(row)
        places = [i for i in range(len(self.texts.labels)) if self.paint.kind(i) == row.kind]
        group = {"name": self._shown(row.label), "legendgroup": row.kind, "meta": row.kind}
        if row.kind in _WORK_DASHES:
            return [trace | group for trace in self._work(row.kind)]
        drawn = [self._entry(row)]
        if places:
            drawn.append(self._areas(places, n))
        if places and row.kind in _TEXTURES:
            drawn.append(self._hatched(places, _TEXTURES[row.kind]))
        return [trace | group for trace in drawn]

    def _areas(self, places: list[int], n: int) -> Trace:
        """Return areas that have the same colour; ``z`` is which row of the legend they are."""
        labels = [self.texts.labels[i] for i in places]
        kind = self.paint.kind(places[0])
        colour = self._colour(kind)
        features = [
            {"type": "Feature", "id": each.pcode, "geometry": self._country.areas[each.pcode]}
            for each in labels
        ]
        return {
            "type": "choropleth",
            "geojson": {"type": "FeatureCollection", "features": features},
            "featureidkey": "id",
            "locationmode": "geojson-id",
            "locations": [each.pcode for each in labels],
            "z": [n] * len(labels),
            "customdata": [self._figure_and_status(i) for i in places],
            "text": [self._shown(each.name) for each in labels],
            "hovertext": [self._shown(each.sentence) for each in labels],
            "hoverinfo": "text",
            "colorscale": [[0, colour], [1, colour]],
            "showscale": False,
            "showlegend": False,
            "marker": {"line": {"color": self._border, "width": 0.6}},
        }

    def _figure_and_status(self, i: int) -> list[Any]:
        """Return an area's figure, if it is shown, and its status in the word of the tables."""
        letter = str(self.at.status[i])
        shown = letter in SHOWN
        value = number(float(self.at.values[i]), self.at.state.decimals) if shown else None
        return [value, status_words(self.at.language)[letter]]

    def _colour(self, kind: str) -> str:
        """Return the colour of a class or status."""
        if kind not in _TEXTURES:
            return self.paint.fill(kind)
        return self.paint.token("outside" if kind == OUTSIDE else "texture-ground")

    @property
    def _border(self) -> str:
        """Return the colour of borders, seen on white: nothing is drawn around the country."""
        return self.paint.token("outline")

    def _hatched(self, places: list[int], texture: _Texture) -> Trace:
        level = self.at.state.level
        pcodes = [self.texts.labels[i].pcode for i in places]
        lines = (
            line
            for angle in texture.angles
            for pcode in pcodes
            for line in _hatching(self.at.snapshot, level, angle)[pcode]
        )
        look = {"color": self.paint.token("texture-mark"), "width": 1.5, "dash": texture.dash}
        return self._unasked("lines") | _along(lines) | {"line": look, "showlegend": False}

    def _work(self, kind: str) -> list[Trace]:
        """Return the entry of when programmes worked, and lines inside the borders of its areas."""
        work = () if self.at.work is None else self.at.work
        level = self.at.state.level
        borders = _inner_borders(self.at.snapshot, level)
        every = self.at.counts.areas.pcodes
        pcodes = [every[i] for i, letter in enumerate(work) if kind == f"work-{letter}"]
        lines = [line for pcode in pcodes for line in borders[pcode]]
        look = {"color": self.paint.token("ink"), "width": 2, "dash": _WORK_DASHES[kind]}
        trace = self._unasked("lines") | {"line": look}
        entry = trace | {"lon": [None], "lat": [None], "showlegend": True}
        return [entry, *([trace | _along(lines) | {"showlegend": False}] if lines else [])]

    def _entry(self, row: LegendRow) -> Trace:
        """Return an entry of the legend, which is there on every date."""
        texture = _TEXTURES.get(row.kind)
        mark = {
            "symbol": texture.symbol if texture else "square",
            "size": 13,
            "color": self.paint.token("mute") if texture else self._colour(row.kind),
            "line": {"color": self.paint.token("mute"), "width": 1.5 if texture else 0.6},
        }
        nowhere = {"lon": [None], "lat": [None]}
        return self._unasked("markers") | nowhere | {"marker": mark, "showlegend": True}

    @staticmethod
    def _unasked(mode: str) -> Trace:
        """Return a trace that says nothing where it is pointed at."""
        return {"type": "scattergeo", "mode": mode, "hoverinfo": "skip"}

    # ---- borders and names

    def _borders(self) -> Trace:
        """Return borders of governorates, to lie above districts."""
        look = {"color": self._border, "width": 1.5}
        lines = _along(self._country.borders)
        said = {"name": "borders", "showlegend": False}
        return self._unasked("lines") | lines | said | {"line": look}

    def _names(self) -> Trace:
        """Return names that fit their areas, with their figures where these fit too."""
        places = {pcode: i for i, pcode in enumerate(self.at.counts.areas.pcodes)}
        written = self._fitting(places)
        where = [self._country.labels[pcode] for pcode in written]
        inks = {"d": "#1b2733", "l": "#ffffff", "n": self.paint.token("ink")}
        colours = [inks[self.paint.ink(places[pcode])] for pcode in written]
        return self._unasked("text") | {
            "name": "names",
            "lon": [lon for lon, _ in where],
            "lat": [lat for _, lat in where],
            "text": [self._shown(*lines) for lines in written.values()],
            "textfont": {"size": _NAME_SIZE, "color": colours},
            "showlegend": False,
        }

    def _fitting(self, places: dict[str, int]) -> dict[str, list[str]]:
        """Return by P-code the names that fit, and below each the figure that fits too."""
        letters, names = self._letters, country.view_drawing(self.at.view).names
        size = NAME_SIZES[letters]
        fitting = [each for each in names if letters in each.sizes]
        boxes = {each.pcode: box_of(each, size) for each in fitting}
        written = {each.pcode: [each.text] for each in fitting}
        for each in fitting if not self._is_narrow else ():
            value = self.texts.labels[places[each.pcode]].figure
            both = box_of(each, size, value)
            others = (box for pcode, box in boxes.items() if pcode != each.pcode)
            if value and _has_room(each, size, value) and not any(touch(both, b) for b in others):
                boxes[each.pcode] = both
                written[each.pcode].append(self.at.language.isolated(value))
        return written

    # ---- what is said around

    def _shown(self, *lines: str) -> str:
        """Return lines as Plotly shows them: no markup of their own, each in its direction."""
        rtl = self.at.language.rtl
        written = (html.escape(line, quote=False) for line in lines)
        return "<br>".join(force_rtl(line) if rtl else line for line in written)

    @property
    def layout(self) -> dict[str, Any]:
        """Return title, sources, legend, and the box of degrees that the map shows."""
        size, width = _TEXT_SIZE, self._text_width
        title = wrapped(self.texts.title, width, _TITLE_SIZE) if self._is_narrow else []
        above = round(
            _TITLE_SIZE * max(len(title) - 1, 0) * 0.9
        )  # Plotly lets a title grow upwards
        headline = wrapped(self.texts.headline, width, size)
        sources = self._sources()
        top = round(24 + _LINE * (_TITLE_SIZE * max(len(title), 1) + size * len(headline)))
        bottom = self._below + round(16 + _LINE * _SMALL_SIZE * len(sources))
        rtl = self.at.language.rtl
        ground = self.paint.token("sea")
        return {
            "template": {},
            "height": self._map_height + top + bottom if self._is_narrow else HEIGHT,
            "margin": {"l": _BESIDE, "r": _BESIDE, "t": top, "b": bottom},
            "paper_bgcolor": ground,
            "font": {"family": FONT, "size": size, "color": self.paint.token("ink")},
            "title": {
                "text": f"<b>{self._shown(*title or [self.texts.title])}</b>",
                "font": {"size": _TITLE_SIZE},
                "subtitle": {"text": self._shown(*headline), "font": {"size": size}},
                "x": 1 if rtl else 0,
                "xanchor": "right" if rtl else "left",
                "y": 1,
                "yanchor": "top",
                "pad": {"t": 16 + above, "l": _BESIDE, "r": _BESIDE},
            },
            "annotations": [
                {
                    "text": self._shown(*sources),
                    "font": {"size": _SMALL_SIZE, "color": self.paint.token("mute")},
                    "showarrow": False,
                    "align": "right" if rtl else "left",
                    "x": 1 if rtl else 0,
                    "xanchor": "right" if rtl else "left",
                    "xref": "paper",
                    "y": 0,
                    "yanchor": "top",
                    "yref": "paper",
                    **({"yshift": -self._below} if self._below else {}),
                }
            ],
            "legend": self._legend(),
            "hoverlabel": {"align": "right" if rtl else "left"},
            "meta": as_dict(self.provenance),
            "uirevision": f"{self.at.snapshot.country} {self.at.state.level}",
            "geo": {
                "visible": False,
                "bgcolor": ground,
                "projection": {"type": "mercator"},
                **self._box(),
            },
        }

    def _legend(self) -> dict[str, Any]:
        """Return where the legend stands: beside the map, or below it in two columns."""
        title = {"text": self._shown(sentence_case(self.texts.unit)), "font": {"size": _TEXT_SIZE}}
        rtl = self.at.language.rtl
        place: dict[str, Any]
        if self._is_narrow:
            title["side"] = "top"
            place = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top"}
            place |= {"entrywidthmode": "fraction", "entrywidth": 0.48}
        else:
            place = {"x": -0.02, "xanchor": "right"} if rtl else {"x": 1.02, "xanchor": "left"}
        return {"title": title, "itemsizing": "trace", "tracegroupgap": 0, **place}

    @property
    def _below(self) -> int:
        """Pixels of the legend, where it stands below the map."""
        rows = -(-len(self.texts.legend) // 2)
        return _ENTRY * (rows + 1) + 12 if self._is_narrow else 0

    @property
    def _map_height(self) -> int:
        drawn = country.view_drawing(self.at.view)
        return round(self._text_width * drawn.height / drawn.width)

    def _box(self) -> dict[str, Any]:
        west, south, east, north = self._country.bounds
        across, up = (east - west) * _MARGIN_AROUND, (north - south) * _MARGIN_AROUND
        return {
            "lonaxis": {"range": [west - across, east + across]},
            "lataxis": {"range": [south - up, north + up]},
        }

    def _sources(self) -> list[str]:
        """Return date, sources, what boundaries do not mean, and the snapshot, in lines."""
        language, version = self.at.language, self.at.snapshot.version
        date = language.date(self.at.date, "long")
        link = "" if self.provenance.permalink.startswith("?") else self.provenance.permalink
        again = [language.gettext("Snapshot {version}", version=version), link]
        said = [
            joined([date, self.texts.round, *self.texts.credits], language),
            self.texts.disclaimer,
            joined(filter(None, again), language),
        ]
        return [line for each in said for line in wrapped(each, self._text_width, _SMALL_SIZE)]
