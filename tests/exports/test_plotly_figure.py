"""A view as a Plotly figure: the product's colours, figures and words, and nothing else's."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import brotli  # type: ignore[import-untyped]
import numpy as np
import plotly.io
import pytest
import shapely.geometry
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.exports.drawing.country import mercator, touch
from geodata.exports.drawing.degrees import country_in_degrees
from geodata.exports.drawing.hatching import hatching
from geodata.exports.drawing.text_lines import text_width
from geodata.exports.drawing.themes import DARK, LIGHT
from geodata.exports.plotly_figure import HEIGHT, WIDE, figure, plotly_json
from geodata.exports.provenance import provenance_of
from geodata.exports.tables.geojson import geometries
from geodata.figures.statuses import SHOWN, STATUSES, status_words
from geodata.figures.view import View
from geodata.i18n.language import strip_isolates
from geodata.i18n.rounding import rounded
from geodata.text.area_labels import area_labels, legend
from geodata.util.json_encoding import to_json
from tests.bundled import SNAPSHOT
from tests.paths import ROOT
from tests.views import viewed

Spec = dict[str, Any]
KINDS = [
    "",
    "pop=returnee&time=2018-08-31",
    "pop=returnee&time=2024-12-31",  # published for the country only
    "level=2&time=2017-05-15",
    "level=2&time=2017-05-15&lang=ar",
    "mode=change&base=2017-05-15&time=2018-08-31&lang=ckb&digits=native",
    "mode=change&pop=returnee&base=2014-09-01&time=2018-08-31",  # not comparable
    "prog=PHSS&measure=share",  # outside programmes
    "pop=refugee&measure=rate&lang=ar",
]


def made(view: View, theme: str = "light", width: int = WIDE) -> Spec:
    at = view.on_its_date()
    spec = plotly_json(at, provenance_of(at, ""), theme=theme, width=width)
    read: Spec = json.loads(to_json(spec))
    return read


def maps(spec: Spec) -> list[Spec]:
    """Traces that have areas."""
    return [trace for trace in spec["data"] if trace["type"] == "choropleth"]


def areas(spec: Spec, key: str) -> dict[str, Any]:
    """What each area has under a key of its trace, by P-code."""
    return {
        pcode: each
        for trace in maps(spec)
        for pcode, each in zip(trace["locations"], trace[key], strict=True)
    }


def kinds(spec: Spec) -> dict[str, str]:
    """Class or status of each area, by P-code."""
    return {pcode: trace["meta"] for trace in maps(spec) for pcode in trace["locations"]}


def colours(spec: Spec) -> dict[str, str]:
    """Colour of each area, by P-code; a trace has one."""
    found: dict[str, str] = {}
    for trace in maps(spec):
        (low, colour), (high, same) = trace["colorscale"]
        assert (low, high, colour) == (0, 1, same)
        found |= dict.fromkeys(trace["locations"], colour)
    return found


def lines(trace: Spec) -> list[list[tuple[float, float]]]:
    """The lines of a trace, which are told apart by gaps."""
    found: list[list[tuple[float, float]]] = [[]]
    for lon, lat in zip(trace["lon"], trace["lat"], strict=True):
        if lon is None:
            found.append([])
        else:
            found[-1].append((lon, lat))
    return [line for line in found if line]


def hatched(spec: Spec) -> dict[str, Spec]:
    """Traces of hatching, by the letter of their status."""
    return {
        trace["meta"]: trace
        for trace in spec["data"]
        if trace.get("mode") == "lines" and trace.get("meta") in STATUSES
    }


def bare(text: str) -> str:
    return strip_isolates(text)


# ------------------------------------------------------------------- the same as everywhere else


@pytest.mark.parametrize("query", KINDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_area_is_drawn_once_in_the_colour_of_its_class(snapshot, query, theme):
    view = viewed(snapshot, query)
    at, spec = view.on_its_date(), made(view, theme)
    pcodes = list(at.counts.areas.pcodes)
    assert sorted(pcode for trace in maps(spec) for pcode in trace["locations"]) == sorted(pcodes)
    ramp = at.scale.colors if theme == "light" else at.scale.colors_dark
    tokens = LIGHT if theme == "light" else DARK
    without = {"z": tokens["zero"], "o": tokens["outside"]}
    for i, pcode in enumerate(pcodes):
        k, letter = int(at.classes[i]), str(at.status[i])
        wanted = ramp[k] if k >= 0 else without.get(letter, tokens["texture-ground"])
        assert colours(spec)[pcode] == wanted
        assert kinds(spec)[pcode] == (f"k{k}" if k >= 0 else letter)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any view of the bundled figures on any of its dates."""
    asked = {
        "pop": st.sampled_from(["idp", "returnee", "refugee"]),
        "level": st.sampled_from(["1", "2"]),
        "measure": st.sampled_from(["people", "households", "rate", "share"]),
        "mode": st.sampled_from(["level", "change"]),
        "classes": st.sampled_from(["round", "quantiles"]),
        "prog": st.sampled_from(["", "PHSS", "CRP"]),
        "lang": st.sampled_from(["en", "ar", "ckb"]),
        "errors": st.just("notice"),
    }
    from geodata.figures.state import parse
    from geodata.figures.view import compute

    query = {key: draw(each) for key, each in asked.items()}
    state, _ = parse(query, SNAPSHOT, lenient=True)
    view = compute(SNAPSHOT, state, threshold=5)
    return view.at(replace(state, time=draw(st.sampled_from(view.counts.dates))))


@pytest.mark.slow
@given(views(), st.sampled_from(["light", "dark"]))
@settings(max_examples=40)
def test_no_figure_is_another_than_that_of_the_view(view, theme):
    """Neither as a number, nor in words; what is not shown stands nowhere."""
    at, spec = view.on_its_date(), made(view, theme)
    words, labels = status_words(view.language), {each.pcode: each for each in area_labels(at)}
    told, said = areas(spec, "customdata"), areas(spec, "hovertext")
    for i, pcode in enumerate(at.counts.areas.pcodes):
        letter, (value, word) = str(at.status[i]), told[pcode]
        assert word == words[letter]
        assert bare(said[pcode]) == bare(labels[pcode].sentence)
        if letter in SHOWN:
            assert value == rounded(float(at.values[i]), view.state.decimals)
        else:
            assert value is None and np.isnan(at.values[i])
    assert [trace["z"] for trace in maps(spec)] == [
        [n] * len(trace["locations"])
        for n, row in enumerate(legend(at))
        for trace in maps(spec)
        if trace["meta"] == row.kind
    ]
    named = {bare(each.name): each for each in labels.values()}
    for text in spec["data"][-1]["text"]:
        name, *figures = bare(text).split("<br>")
        assert figures in ([], [bare(named[name].figure)])


@pytest.mark.parametrize("query", KINDS)
def test_the_legend_is_that_of_the_view_on_every_date(snapshot, query):
    view = viewed(snapshot, query)
    wanted = [(row.kind, bare(row.label)) for row in legend(view.on_its_date())]
    for t in (0, view.date_index()):
        at_date = view.at(replace(view.state, time=view.counts.dates[t]))
        entries = [trace for trace in made(at_date)["data"] if trace["showlegend"]]
        assert [(trace["meta"], bare(trace["name"])) for trace in entries] == wanted
        assert {trace["legendgroup"] for trace in entries} == {kind for kind, _ in wanted}


@pytest.mark.parametrize("query", KINDS)
def test_it_says_what_it_shows_and_where_that_is_from(snapshot, query):
    at = viewed(snapshot, query).on_its_date()
    layout = figure(at.view, permalink="https://maps.example.org/?v=1").layout
    told = provenance_of(at, "")
    flat = " ".join(bare(layout.annotations[0].text).replace("<br>", " ").split())
    assert bare(told.title) in bare(layout.title.text)
    headline = bare(layout.title.subtitle.text).replace("<br>", " ")
    assert headline == bare(told.headline)
    for said in (at.language.date(at.date, "long"), told.disclaimer, told.snapshot):
        assert bare(said) in flat
    for source in told.sources:
        assert bare(source["credit"]) in flat
    assert "https://maps.example.org/?v=1" in flat
    assert [source["terms"] for source in layout.meta["sources"]] == [
        bare(source["terms"]) for source in told.sources
    ]


# ----------------------------------------------------------------------------- seen without colour


def within(at_level: int, pcodes: list[str]) -> shapely.Geometry:
    drawn = country_in_degrees(SNAPSHOT, at_level).areas
    shapes = [shapely.make_valid(shapely.geometry.shape(drawn[pcode])) for pcode in pcodes]
    return shapely.union_all(shapes)


def test_when_programmes_worked_is_a_line_inside_the_border_of_each_of_its_areas(snapshot):
    view = viewed(snapshot, "prog=SNFI&time=2016-12-08")
    spec, work = made(view), view.on_its_date().work
    assert work is not None
    for letter, dash in (("d", "solid"), ("u", "dot")):
        entry, drawn = (each for each in spec["data"] if each.get("meta") == f"work-{letter}")
        assert entry["showlegend"] and entry["line"]["dash"] == drawn["line"]["dash"] == dash
        own = [p for p, each in zip(view.counts.areas.pcodes, work, strict=True) if each == letter]
        every = shapely.MultiLineString(lines(drawn))
        assert within(1, own).contains(every)
        assert all(within(1, [pcode]).intersects(every) for pcode in own)


@pytest.mark.parametrize("query", KINDS)
def test_every_area_without_a_figure_is_hatched_and_no_other(snapshot, query):
    view = viewed(snapshot, query)
    spec, level = made(view), view.state.level
    found, by_kind = hatched(spec), kinds(spec)
    assert set(found) == set(by_kind.values()) & set("nsoxp")
    drawn = country_in_degrees(snapshot, level).areas
    for letter, trace in found.items():
        every = shapely.MultiLineString(lines(trace))
        own = [pcode for pcode, kind in by_kind.items() if kind == letter]
        # A thousandth of a degree is what numbers are rounded to.
        assert within(level, own).buffer(0.002).covers(every)
        for pcode in own:
            area = shapely.make_valid(shapely.geometry.shape(drawn[pcode]))
            assert every.intersection(area).length > 0, pcode


def test_no_two_statuses_look_the_same(snapshot):
    looks = {}
    for query in KINDS:
        for letter, trace in hatched(made(viewed(snapshot, query))).items():
            slopes = {
                round(float(np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0]))) / 15) % 12
                for a, b in (line for line in lines(trace) if len(line) == 2)
                if abs(b[1] - a[1]) + abs(b[0] - a[0]) > 0.1
            }
            looks[letter] = (frozenset(slopes), trace["line"]["dash"])
    assert set(looks) == set("nsoxp")
    assert len(set(looks.values())) == 5
    entries = {
        trace["meta"]: trace["marker"]["symbol"]
        for query in KINDS
        for trace in made(viewed(snapshot, query))["data"]
        if trace["showlegend"] and "marker" in trace
    }
    assert len({entries[letter] for letter in "nsoxp"} | {"square"}) == 6


@pytest.mark.parametrize("angle", [0, 45, 90, 135])
def test_a_small_area_is_hatched_as_well(angle):
    small = shapely.box(10.001, 10.001, 10.002, 10.003)
    assert len(hatching(small, angle, 1)) >= 4


# ------------------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize(("level", "like"), [(1, 0.99), (2, 0.94)])
def test_shapes_are_nearly_those_of_the_boundaries(snapshot, level, like):
    exact = geometries(snapshot, level)
    for pcode, coarse in country_in_degrees(snapshot, level).areas.items():
        a, b = (shapely.make_valid(shapely.geometry.shape(each)) for each in (exact[pcode], coarse))
        assert a.intersection(b).area / a.union(b).area > like, pcode
        for polygon in shapely.geometry.shape(coarse).geoms:
            assert not polygon.exterior.is_ccw


@pytest.mark.parametrize(
    ("query", "plain", "compressed"),
    [("", 90_000, 17_000), ("level=2&time=2017-05-15&lang=ar", 220_000, 40_000)],
)
def test_a_figure_is_small(snapshot, query, plain, compressed):
    body = to_json(made(viewed(snapshot, query)))
    assert len(body) < plain and len(brotli.compress(body)) < compressed


def test_the_map_shows_the_whole_country_and_little_else(snapshot):
    geo = made(viewed(snapshot))["layout"]["geo"]
    (west, east), (south, north) = geo["lonaxis"]["range"], geo["lataxis"]["range"]
    assert 38 < west < 38.8 and 48.5 < east < 49.5 and 28.5 < south < 29.1 and 37.3 < north < 38


# --------------------------------------------------------------------------------- narrow figures


def name_boxes(spec: Spec, width: int) -> list[tuple[float, float, float, float]]:
    """Boxes of the names in pixels, where a figure is so wide: Plotly fits the map in its place."""
    geo, margin = spec["layout"]["geo"], spec["layout"]["margin"]
    down = [mercator(0, lat)[1] for lat in geo["lataxis"]["range"]]
    across = [mercator(lon, 0)[0] for lon in geo["lonaxis"]["range"]]
    high = spec["layout"]["height"] - margin["t"] - margin["b"]
    room = width - margin["l"] - margin["r"]
    unit = min(room / (across[1] - across[0]), high / (down[1] - down[0]))
    [names] = [trace for trace in spec["data"] if trace["name"] == "names"]
    boxes = []
    for lon, lat, text in zip(names["lon"], names["lat"], names["text"], strict=True):
        x, y = (each * unit for each in mercator(lon, lat))
        lines = text.split("<br>")
        half = max(map(text_width, lines)) * names["textfont"]["size"] * 0.55 / 2
        tall = len(lines) * names["textfont"]["size"] / 2
        boxes.append((x - half, y - tall, x + half, y + tall))
    return boxes


@pytest.mark.parametrize("query", KINDS)
@pytest.mark.parametrize("width", [360, 390, 500])
def test_names_do_not_touch_in_a_narrow_figure_nor_is_the_legend_beside_it(snapshot, query, width):
    spec = made(viewed(snapshot, query), width=width)
    boxes = name_boxes(spec, width)
    assert len(boxes) > 5
    assert [pair for pair in itertools.combinations(boxes, 2) if touch(*pair)] == []
    layout = spec["layout"]
    assert layout["legend"]["orientation"] == "h" and layout["legend"]["y"] <= 0
    subtitle, [sources] = layout["title"]["subtitle"], layout["annotations"]
    for each in (subtitle, sources):
        for line in each["text"].split("<br>"):
            assert text_width(line) * each["font"]["size"] * 0.5 <= width, line
    plotly.io.from_json(json.dumps(spec))  # it raises where Plotly knows no such key or value


def test_what_is_wide_is_as_ever(client: FlaskClient):
    assert client.get("/figure.json?w=700").data == client.get("/figure.json").data
    assert client.get("/figure.json?w=390").get_json()["layout"]["height"] < HEIGHT
    assert client.get("/figure.json?w=12").status_code == 400


# ------------------------------------------------------------------------------------------ Plotly


@pytest.mark.slow
@pytest.mark.parametrize("query", KINDS)
def test_plotly_reads_the_file_as_the_function_makes_it(snapshot, query):
    view = viewed(snapshot, query)
    # It raises where Plotly knows no such key or value.
    read = plotly.io.from_json(to_json(made(view)).decode())
    assert json.loads(read.to_json()) == json.loads(figure(view).to_json())
    assert read.layout.template.layout.to_plotly_json() == {}


def test_the_first_trace_lets_plotly_ask_nobody_for_the_coasts_of_the_world(snapshot):
    for query in KINDS:
        first = made(viewed(snapshot, query))["data"][0]
        assert first["type"] == "scattergeo" and "locations" not in first


def test_markup_in_names_is_shown_as_it_is_written(snapshot, monkeypatch):
    from geodata.exports import plotly_figure
    from geodata.text import area_labels as words

    monkeypatch.setattr(
        words, "area_names", lambda *_: dict.fromkeys(map(str, geometries(snapshot, 1)), "<b>&")
    )
    at = viewed(snapshot).on_its_date()
    spec = plotly_figure.plotly_json(at, provenance_of(at, ""))
    assert set(areas(spec, "text").values()) == {"&lt;b&gt;&amp;"}
    assert all(said.startswith("&lt;b&gt;&amp;: ") for said in areas(spec, "hovertext").values())


@pytest.mark.parametrize("lang", ["ar", "ckb"])
def test_what_is_read_from_the_right_stands_on_the_right(snapshot, lang):
    layout = made(viewed(snapshot, lang=lang))["layout"]
    assert (layout["title"]["x"], layout["title"]["xanchor"]) == (1, "right")
    assert layout["annotations"][0]["align"] == layout["hoverlabel"]["align"] == "right"
    assert layout["legend"]["xanchor"] == "right" and layout["legend"]["x"] < 0


# -------------------------------------------------------------------------------------- the address


@pytest.mark.slow
def test_it_is_made_without_plotly():
    code = (
        "import sys\n"
        "from tests.views import viewed\n"
        "from geodata.exports.formats import FILES, ExportRequest\n"
        "assert FILES['figure.json'].make(ExportRequest(viewed()))\n"
        "print(*sys.modules)\n"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert {"plotly", "dash"} & set(done.stdout.split()) == set()


def test_the_address_answers_as_the_other_files_do(client: FlaskClient, snapshot):
    answer = client.get("/figure.json?pop=returnee&time=2018-08-31")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    view = viewed(snapshot, pop="returnee", time="2018-08-31")
    spec = answer.get_json()
    assert spec["data"] == made(view)["data"]
    assert spec["layout"]["meta"]["permalink"].startswith("?pop=returnee&time=2018-08-31&v=")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "figure.json" in answer.headers["Content-Disposition"]
    again = client.get(
        "/figure.json?pop=returnee&time=2018-08-31",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304 and not again.get_data()
    assert "no-cache" in answer.headers["Cache-Control"]
    frozen = client.get(f"/figure.json?v={snapshot.version}")
    assert "immutable" in frozen.headers["Cache-Control"]
    assert client.get("/figure.json?v=000000000000").status_code == 404


def test_a_figure_links_to_the_site_where_its_address_is_known(client_of):
    layout = (
        client_of(public_url="https://maps.example.org").get("/figure.json").get_json()["layout"]
    )
    assert layout["meta"]["permalink"].startswith("https://maps.example.org/?time=")
    assert layout["meta"]["permalink"].replace("&", "&amp;") in layout["annotations"][0]["text"]


def test_a_wrong_value_is_refused_with_a_sentence(client: FlaskClient):
    for query, key in (("pop=martian", "pop"), ("theme=pink", "theme"), ("time=2018-08-3", "time")):
        answer = client.get(f"/figure.json?{query}")
        assert answer.status_code == 400
        assert answer.get_json()["error"]["key"] == key and answer.get_json()["error"]["sentence"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
