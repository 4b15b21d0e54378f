"""One small topology holds both levels: nothing overlaps, nothing gapes, no area lies about size.

Made-up countries (grids of squares with ragged borders) show that the rules hold anywhere; the
published boundaries of Iraq show that they hold where it matters.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.boundaries.build import BoundaryReport, build_topology
from geodata.boundaries.checks import check_boundaries
from geodata.boundaries.labels import label_points
from geodata.boundaries.topology import decode, level_topology, serialise
from geodata.errors import BoundaryError
from tests.paths import ROOT

# ---- made-up countries


@dataclass(frozen=True)
class Country:
    governorates: geopandas.GeoDataFrame
    districts: geopandas.GeoDataFrame

    def build(self, **options: Any) -> tuple[dict[str, Any], BoundaryReport]:
        return build_topology(self.governorates, self.districts, None, None, **options)


def areas(shapes: dict[str, Any], **columns: list[str]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(
        {"pcode": list(shapes), **columns}, geometry=list(shapes.values()), crs="EPSG:4326"
    )


def country(districts: dict[str, Any]) -> Country:
    """Districts named like ``A1``: the letter is the governorate."""
    parents = [code[0] for code in districts]
    wholes = {
        letter: shapely.coverage_union_all([s for c, s in districts.items() if c[0] == letter])
        for letter in sorted(set(parents))
    }
    return Country(areas(wholes), areas(districts, adm1_pcode=parents))


def grid(
    parents: str, columns: int, *, west: float = 40, south: float = 30, rag: int = 0
) -> Country:
    """Squares of one degree, row by row, with a letter each; `rag` seeds ragged borders."""
    rng = np.random.default_rng(rag)
    steps = np.linspace(0, 1, 40)[1:-1]

    def side(x: int, y: int, dx: int, dy: int) -> np.ndarray:
        # Points stray by less than their distance from either end: sides meet at corners only.
        stray = rng.uniform(-0.5, 0.5, len(steps)) * np.minimum(steps, 1 - steps) * bool(rag)
        inner = np.column_stack([x + dx * steps + dy * stray, y + dy * steps + dx * stray])
        return np.vstack([[x, y], inner, [x + dx, y + dy]])

    rows = len(parents) // columns
    flat = {(x, y): side(x, y, 1, 0) for x in range(columns) for y in range(rows + 1)}
    tall = {(x, y): side(x, y, 0, 1) for x in range(columns + 1) for y in range(rows)}
    squares = {}
    for number, letter in enumerate(parents):
        y, x = divmod(number, columns)
        ring = [flat[x, y], tall[x + 1, y], flat[x, y + 1][::-1], tall[x, y][::-1]]
        squares[f"{letter}{number:02}"] = shapely.Polygon(np.vstack(ring) + [west, south])
    return country(squares)


@st.composite
def countries(draw: st.DrawFn) -> Country:
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    letters = st.text("ABC", min_size=columns * rows, max_size=columns * rows)
    return grid(
        draw(letters),
        columns,
        west=draw(st.integers(-170, 160)),
        south=draw(st.integers(-65, 60)),
        rag=draw(st.integers(1, 10_000)),
    )


# ---- what must hold for any topology


def polygon_arcs(shape: dict[str, Any]) -> list[list[list[int]]]:
    arcs: list[Any] = shape["arcs"]
    return [arcs] if shape["type"] == "Polygon" else arcs


def arc_uses(shapes: list[dict[str, Any]]) -> Counter[int]:
    """Each arc with its direction, how often shapes run along it."""
    polygons = itertools.chain.from_iterable(map(polygon_arcs, shapes))
    return Counter(ref for polygon in polygons for ring in polygon for ref in ring)


def outline(uses: Counter[int]) -> Counter[int]:
    """Arcs that remain when those run along in both directions cancel out."""
    return Counter({ref: n for ref, n in uses.items() if not uses[~ref]})


def polygons(frame: geopandas.GeoDataFrame) -> np.ndarray:
    return shapely.get_parts(frame.geometry.to_numpy())


def assert_sound(topology: dict[str, Any]) -> None:
    """Valid, tiling without gap or overlap, rings wound for d3 and Plotly, labels inside."""
    for name in ("governorates", "districts"):
        frame = decode(topology, name)
        shapes = frame.geometry.to_numpy()
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)
        for polygon in polygons(frame):
            assert not polygon.exterior.is_ccw
            assert all(hole.is_ccw for hole in polygon.interiors)
        for label, shape in zip(frame["label"], shapes, strict=True):
            assert shape.contains(shapely.Point(label))


def assert_nested(topology: dict[str, Any]) -> None:
    """Governorates are made of the arcs of their districts, hence cover the very same ground."""
    districts = topology["objects"]["districts"]["geometries"]
    drawn = decode(topology, "districts")
    for whole, shape in zip(
        topology["objects"]["governorates"]["geometries"],
        decode(topology, "governorates").geometry,
        strict=True,
    ):
        parts = [d for d in districts if d["properties"]["parent"] == whole["properties"]["pcode"]]
        assert outline(arc_uses(parts)) == arc_uses([whole])
        union = drawn[drawn["parent"] == whole["id"]].union_all()
        assert union.symmetric_difference(shape).area < 1e-12


def assert_borders_shared(topology: dict[str, Any]) -> None:
    """No arc serves two districts in the same direction, and none is left over."""
    for name in ("governorates", "districts"):
        assert set(arc_uses(topology["objects"][name]["geometries"]).values()) == {1}
    shapes = [s for o in topology["objects"].values() for s in o["geometries"] if "arcs" in s]
    assert {max(ref, ~ref) for ref in arc_uses(shapes)} == set(range(len(topology["arcs"])))


def assert_adds_up(topology: dict[str, Any]) -> None:
    """Areas add up to the country, on both levels."""
    drawn = {name: decode(topology, name).geometry for name in ("governorates", "districts")}
    country_area = shapely.area(drawn["governorates"].union_all())
    for shapes in drawn.values():
        assert shapely.area(shapes.to_numpy()).sum() == pytest.approx(country_area, rel=1e-12)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(countries())
def test_any_country_stays_whole(made_up: Country) -> None:
    topology, report = made_up.build()
    assert_adds_up(topology)
    assert_sound(topology)
    assert_nested(topology)
    assert_borders_shared(topology)
    assert report.max_area_error < 0.01
    assert report.max_district_area_error < 0.01


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(countries(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(made_up: Country, chance: random.Random) -> None:
    seed = chance.randrange(2**32)
    shuffled = Country(
        made_up.governorates.sample(frac=1, random_state=seed),
        made_up.districts.sample(frac=1, random_state=seed),
    )
    assert serialise(shuffled.build()[0]) == serialise(made_up.build()[0])


def test_straight_squares_lose_every_needless_point() -> None:
    topology, report = grid("AABB", 2).build()
    assert sum(len(arc) - 1 for arc in topology["arcs"]) == 12  # 8 sides outside, 4 inside
    assert report.max_area_error == pytest.approx(0, abs=1e-12)


def test_the_coarsest_tolerance_within_the_limit_is_taken() -> None:
    ragged = grid("AABBCC", 3, rag=7)
    _, coarse = ragged.build(max_area_error=0.1)
    assert coarse.tolerance_deg == pytest.approx(3 / 1000, rel=0.2)
    limit = 0.9 * coarse.max_district_area_error
    _, fine = ragged.build(max_area_error=limit)
    assert fine.max_district_area_error < limit
    assert fine.tolerance_deg < coarse.tolerance_deg
    assert fine.bytes > coarse.bytes


def test_governorates_decide_where_no_tolerance_suits_the_districts() -> None:
    # Half a step of the grid is a fifth of the width of A2.
    ground = shapely.box(40, 30, 42, 32)
    tiny = shapely.box(40, 30, 40.00047, 30.00047)
    topology, report = country({"A1": ground - tiny, "A2": tiny}).build()
    assert report.max_area_error < 0.01 < report.max_district_area_error
    assert_nested(topology)


def test_a_limit_that_nothing_meets_is_an_error() -> None:
    with pytest.raises(BoundaryError, match=r"area of every governorate within 1e-07% of the"):
        grid("AB", 2, rag=3).build(max_area_error=1e-9)


def test_a_hole_runs_against_the_enclave_that_fills_it() -> None:
    inner = shapely.box(41, 31, 42, 32)
    topology, _ = country({"A1": shapely.box(40, 30, 43, 33) - inner, "B1": inner}).build()
    assert_sound(topology)
    assert_nested(topology)
    (ring,) = decode(topology, "governorates").geometry[0].interiors
    assert ring.is_ccw


def test_an_area_may_have_islands_and_its_label_goes_to_the_largest() -> None:
    islands = shapely.MultiPolygon([shapely.box(40, 30, 40.2, 30.2), shapely.box(41, 30, 43, 32)])
    topology, _ = country({"A1": islands, "B1": shapely.box(43, 30, 45, 32)}).build()
    assert_sound(topology)
    assert_nested(topology)
    lon, lat = topology["objects"]["governorates"]["geometries"][0]["properties"]["label"]
    assert shapely.box(41.3, 30.3, 42.7, 31.7).contains(shapely.Point(lon, lat))


def test_an_island_smaller_than_the_grid_is_left_out() -> None:
    speck = shapely.box(46, 30, 46.00001, 30.00001)
    shapes = {"A1": shapely.MultiPolygon([shapely.box(40, 30, 42, 32), speck])}
    topology, _ = country(shapes).build()
    assert_sound(topology)
    assert decode(topology, "districts").geometry[0].equals(shapely.box(40, 30, 42, 32))


def test_a_district_smaller_than_the_grid_is_an_error_that_says_where_it_lies() -> None:
    speck = shapely.box(42.2, 30, 42.200001, 30.000001)
    with pytest.raises(BoundaryError, match=r"A2 \(near 42\.200°, 30\.000°\): narrower than") as no:
        country({"A1": shapely.box(40, 30, 42, 32), "A2": speck}).build()
    assert "join what is so small to the area beside it, or leave it out" in str(no.value)


# ---- what rounding to the grid would break


def necked(width: float) -> Country:
    """A1 with a room to the west, behind a neck of that width in degrees; B1 beside it."""
    room, neck = shapely.box(39.4, 30.6, 39.8, 31.4), shapely.box(39.8, 31, 40, 31 + width)
    whole = shapely.union_all([shapely.box(40, 30, 42, 32), neck, room])
    return country({"A1": whole, "B1": shapely.box(42, 30, 44, 32)})


@pytest.mark.parametrize("width", [0.00002, 0.00008])
def test_a_neck_narrower_than_the_grid_parts_its_area_and_nothing_is_lost(width: float) -> None:
    made_up = necked(width)
    topology, report = made_up.build()
    assert_sound(topology)
    assert_nested(topology)
    assert_borders_shared(topology)
    assert report.max_area_error < 1e-3
    rooms = polygons(decode(topology, "districts"))
    assert {round(float(area), 2) for area in shapely.area(rooms)} >= {0.32, 4.0}


def test_what_rounding_broke_is_named_with_its_place() -> None:
    _, report = necked(0.00008).build()
    assert [one.pcode for one in report.pinched] == ["A", "A1"]  # both levels have that outline
    for _, lon, lat in report.pinched:
        assert 39.7 < lon < 40.1 and lat == pytest.approx(31, abs=0.001)
    assert grid("AABB", 2, rag=3).build()[1].pinched == ()


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(countries(), st.integers(1, 10_000))
def test_any_country_with_inlets_narrower_than_the_grid_stays_whole(
    made_up: Country, seed: int
) -> None:
    """Inlets are cut from the outer side of areas; their banks fall on one line of the grid."""
    rng = np.random.default_rng(seed)
    shapes = dict(zip(made_up.districts["pcode"], made_up.districts.geometry, strict=True))
    land = shapely.union_all(list(shapes.values()))
    west, south, _, north = land.bounds
    cuts = [
        shapely.box(west - 1, y, west + 0.6, y + float(rng.uniform(1e-6, 2e-4)))
        for y in rng.uniform(south, north, 5)
    ]
    cut = {code: shape.difference(shapely.union_all(cuts)) for code, shape in shapes.items()}
    cleaned = dict(zip(cut, shapely.coverage_clean(list(cut.values())), strict=True))
    topology, report = country(cleaned).build()
    assert_sound(topology)
    assert_nested(topology)
    assert report.max_area_error < 0.01


def test_small_islands_far_apart_are_drawn_on_a_finer_grid() -> None:
    # Three islands of 1.3 km in a country of 20 degrees, as in the Pacific.
    islands = {
        f"{letter}1": shapely.Point(150 + 10 * n, 1.00007).buffer(0.006, quad_segs=16)
        for n, letter in enumerate("ABC")
    }
    topology, report = country(islands).build()
    assert_sound(topology)
    assert report.step_deg == pytest.approx(0.0002)
    assert report.max_area_error < 0.01


def test_quantised_on_a_round_grid() -> None:
    topology, _ = grid("AB", 2).build()
    assert topology["transform"] == {"scale": [0.0002, 0.0002], "translate": [40, 30]}
    numbers = [n for arc in topology["arcs"] for point in arc for n in point]
    assert all(type(n) is int for n in numbers)


def test_another_known_reference_system_is_read_as_well() -> None:
    degrees = grid("AABB", 2, rag=5)
    metres = Country(degrees.governorates.to_crs(3857), degrees.districts.to_crs(3857))
    check_boundaries(metres.governorates, metres.districts)
    for name in ("governorates", "districts"):
        drawn, expected = (decode(c.build()[0], name).geometry for c in (metres, degrees))
        assert shapely.hausdorff_distance(drawn.to_numpy(), expected.to_numpy()).max() < 0.01


# ---- levels


def test_level_one_holds_governorates_and_only_their_arcs() -> None:
    topology, _ = grid("AABBAB", 3, rag=2).build()
    before = serialise(topology)
    level = level_topology(topology, 1)
    assert list(level["objects"]) == ["governorates", "neighbours", "cities"]
    assert level["transform"] == topology["transform"]
    uses = arc_uses(level["objects"]["governorates"]["geometries"])
    assert {max(ref, ~ref) for ref in uses} == set(range(len(level["arcs"])))
    assert len(level["arcs"]) < len(topology["arcs"])
    assert decode(level, "governorates").equals(decode(topology, "governorates"))
    assert serialise(topology) == before


def test_level_two_holds_everything() -> None:
    topology, _ = grid("AABBAB", 3, rag=2).build()
    assert level_topology(topology, 2) == topology


def test_an_unknown_level_or_object_names_the_choices() -> None:
    topology, _ = grid("AB", 2).build()
    with pytest.raises(BoundaryError, match="No level 3 in the topology: level is 1 or 2"):
        level_topology(topology, 3)
    with pytest.raises(BoundaryError, match="it holds governorates, districts"):
        decode(topology, "rivers")


def test_serving_a_level_loads_no_geometry_library(tmp_path: Path) -> None:
    file = tmp_path / "both.topojson"
    file.write_bytes(serialise(grid("AB", 2).build()[0]))
    code = f"""
import json, sys
from geodata.boundaries.topology import level_topology
with open({str(file)!r}, encoding="utf-8") as text:
    print(len(level_topology(json.load(text), 1)["objects"]))
print(*sorted({{"geopandas", "shapely", "topojson", "pandas", "numpy"}} & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["3"]


# ---- labels


def test_a_label_stands_where_a_wide_name_fits() -> None:
    # The largest circle fits the tower on the left; a name fits the hall on the right.
    tower, hall = shapely.box(0, 0, 1.2, 3), shapely.box(2, 0, 5, 1)
    shape = shapely.union_all([tower, hall, shapely.box(1.2, 0, 2, 0.1)])
    ((lon, lat),) = label_points([shape])
    assert hall.contains(shapely.Point(lon, lat))


def test_a_label_stands_in_the_middle_of_an_even_area() -> None:
    boxes = [shapely.box(0, 0, 6, 1), shapely.box(0, 0, 1, 6), shapely.box(0, 50, 0.01, 51)]
    assert label_points(boxes) == [[3, 0.5], [0.5, 3], [0.005, 50.5]]


def test_a_label_stays_inside_an_area_smaller_than_its_decimals() -> None:
    shape = shapely.box(44.40012, 33.30012, 44.40018, 33.30018)
    ((lon, lat),) = label_points([shape])
    assert shape.contains(shapely.Point(lon, lat))


@settings(max_examples=50, deadline=None)
@given(st.floats(-179, 170), st.floats(-80, 75), st.floats(0.01, 5), st.floats(0.01, 5))
def test_labels_have_three_decimals_and_lie_inside(
    w: float, s: float, dx: float, dy: float
) -> None:
    shape = shapely.box(w, s, w + dx, s + dy)
    ((lon, lat),) = label_points([shape])
    assert shape.contains(shapely.Point(lon, lat))
    assert [lon, lat] == [round(lon, 3), round(lat, 3)]


# ---- surroundings


def neighbour_frame(shapes: dict[str, Any]) -> geopandas.GeoDataFrame:
    codes = [f"{n:03}" for n in range(1, len(shapes) + 1)]
    return geopandas.GeoDataFrame(
        {"id": codes, "name": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326"
    )


def test_neighbours_close_narrow_gaps_but_not_the_sea() -> None:
    # The neighbours drew the border 0.01° away in the west and north; a lake lies in the east.
    home = grid("AB", 2)  # 40 to 42 east, 30 to 31 north
    around = shapely.box(38, 30, 44, 33) - shapely.box(39.99, 30, 42, 31.01)
    lake = shapely.box(42, 30.3, 42.6, 30.9)
    halves = {
        "West": around & shapely.box(38, 30, 41, 33),
        "East": (around & shapely.box(41, 30, 44, 33)) - lake,
    }
    landlocked = neighbour_frame({**halves, "South": shapely.box(38, 28, 44, 30)})
    topology, _ = build_topology(home.governorates, home.districts, landlocked, None)
    drawn = decode(topology, "neighbours").set_index("name").geometry
    for name, gap in (
        ("West", shapely.box(39.99, 30.01, 40, 30.99)),
        ("West", shapely.box(40, 31, 40.95, 31.01)),
        ("East", shapely.box(41.05, 31, 42, 31.01)),
    ):
        assert drawn[name].intersection(gap).area > 0.99 * gap.area
    assert drawn.union_all().intersection(lake).area < 1e-6
    assert drawn.is_valid.all()
    assert shapely.coverage_is_valid(drawn.to_numpy())
    assert_sound(topology)
    assert_nested(topology)

    coast, _ = build_topology(home.governorates, home.districts, neighbour_frame(halves), None)
    sea = shapely.box(38, 28, 44, 30)
    assert decode(coast, "neighbours").union_all().intersection(sea).area < 1e-6


def test_a_gap_all_around_the_country_is_closed() -> None:
    home = grid("AB", 2)
    apart = shapely.box(38, 28, 44, 33) - shapely.box(39.99, 29.99, 42.01, 31.01)
    topology, _ = build_topology(
        home.governorates, home.districts, neighbour_frame({"All": apart}), None
    )
    shapes = [*decode(topology, "neighbours").geometry, *decode(topology, "districts").geometry]
    assert not shapely.union_all(shapes).interiors


def drawn_elsewhere(home: Country, rng: random.Random) -> geopandas.GeoDataFrame:
    """Neighbours all around, whose idea of the country is coarser, and larger or smaller."""
    whole = shapely.union_all(home.governorates.geometry.to_numpy())
    west, south, east, north = whole.bounds
    side = max(east - west, north - south)
    hole = whole.simplify(rng.choice([0, 0.02, 0.05]))
    hole = hole.buffer(rng.uniform(-0.003, 0.009) * side, quad_segs=rng.choice([1, 2, 8]))
    frame = shapely.box(west - 2, south - 2, east + 2, north + 2)
    spots = [
        (rng.uniform(west - 1, east + 1), rng.uniform(south - 1, north + 1))
        for _ in range(rng.randint(2, 6))
    ]
    cells = shapely.voronoi_polygons(shapely.MultiPoint(spots), extend_to=frame)
    lands = shapely.intersection(shapely.get_parts(cells), frame - hole)
    lands = shapely.coverage_clean([land for land in lands if land.area > 1e-4])
    return neighbour_frame({f"N{n}": land for n, land in enumerate(lands)})


@pytest.mark.parametrize("seed", [*range(8), 68, 80, 121])
def test_neighbours_from_another_source_fit_around(seed: int) -> None:
    rng = random.Random(seed)
    home = grid("".join(rng.choices("AB", k=6)), 3, rag=rng.choice([0, seed + 1]))
    neighbours = drawn_elsewhere(home, rng)
    topology, _ = build_topology(home.governorates, home.districts, neighbours, None)
    drawn = decode(topology, "neighbours").geometry.to_numpy()
    assert shapely.is_valid(drawn).all()
    assert shapely.coverage_is_valid(drawn)
    land = shapely.union_all([*drawn, *decode(topology, "governorates").geometry])
    rings = [ring for part in shapely.get_parts(land) for ring in part.interiors]
    gaps = [shapely.Polygon(ring).difference(land) for ring in rings]
    # Wider ones than a hundredth of the country may be lakes, and stay.
    assert sum(gap.area for gap in gaps if gap.buffer(-0.014).is_empty) < 1e-4


@pytest.mark.parametrize("seed", [142, 7])
def test_a_neighbour_cut_by_channels_narrower_than_the_grid_stays_valid(seed: int) -> None:
    home, rng = grid("AB", 2), random.Random(seed)
    around = shapely.box(38, 28, 44, 33) - shapely.box(40, 30, 42, 31)
    for _ in range(6):
        x, y = rng.uniform(38, 43.5), rng.uniform(28, 29.5)
        bends = [
            (
                x + step * 0.06 + rng.uniform(-0.02, 0.02),
                y + rng.uniform(-0.02, 0.02) + step * rng.uniform(-0.01, 0.01),
            )
            for step in range(12)
        ]
        width = rng.choice([0.0001, 0.00015, 0.0003, 0.0005])
        around -= shapely.LineString(bends).buffer(width, quad_segs=1)
    around = max(shapely.get_parts(around), key=shapely.area)
    topology, _ = build_topology(
        home.governorates, home.districts, neighbour_frame({"All": around}), None
    )
    (drawn,) = decode(topology, "neighbours").geometry
    assert drawn.is_valid
    assert drawn.area == pytest.approx(around.area, rel=1e-3)


def test_neighbours_that_meet_the_country_stay_as_they_are() -> None:
    home = grid("AB", 2)
    exact = shapely.box(38, 28, 44, 33) - shapely.box(40, 30, 42, 31)
    around = neighbour_frame({"All": exact})
    topology, _ = build_topology(home.governorates, home.districts, around, None)
    (drawn,) = decode(topology, "neighbours").geometry
    assert drawn.symmetric_difference(exact).area < 1e-9
    assert not drawn.exterior.is_ccw and drawn.interiors[0].is_ccw


def test_a_neighbour_is_labelled_where_the_country_leaves_it_visible() -> None:
    home = grid("AB", 2)
    # Its middle lies beneath the country.
    topology, _ = build_topology(
        home.governorates,
        home.districts,
        neighbour_frame({"Under": shapely.box(38, 28, 43, 33), "Far": shapely.box(60, 0, 61, 1)}),
        None,
    )
    under, far = decode(topology, "neighbours")["label"]
    assert not shapely.box(40, 30, 42, 31).intersects(shapely.Point(under))
    assert shapely.box(39.8, 29.8, 42.2, 31.2).contains(shapely.Point(under))
    assert shapely.box(60, 0, 61, 1).contains(shapely.Point(far))


def test_cities_are_points_and_the_largest_comes_first() -> None:
    home = grid("AB", 2)
    cities = geopandas.GeoDataFrame(
        {
            "name": ["Small", "Seat", "Head"],
            "featurecla": ["Populated place", "Admin-1 capital", "Admin-0 capital"],
            "pop_max": [5, 20, 10],
        },
        geometry=geopandas.points_from_xy([40.1, 40.5, 41.5], [30.1, 30.5, 30.25]),
        crs="EPSG:4326",
    )
    topology, report = build_topology(home.governorates, home.districts, None, cities)
    drawn = decode(topology, "cities")
    assert list(drawn["name"]) == ["Seat", "Head", "Small"]
    assert list(drawn["kind"]) == ["regional", "national", "town"]
    assert list(drawn["capital"]) == [True, True, False]
    assert drawn.geometry[1].equals_exact(shapely.Point(41.5, 30.25), 1e-9)
    assert report.cities == 3


def test_surroundings_that_lack_columns_are_refused() -> None:
    home = grid("AB", 2)
    nameless = neighbour_frame({"Far": shapely.box(60, 0, 61, 1)}).drop(columns="name")
    lines = geopandas.GeoDataFrame(
        {"name": ["x"], "featurecla": ["y"]},
        geometry=[shapely.LineString([(0, 0), (1, 1)])],
        crs="EPSG:4326",
    )
    with pytest.raises(BoundaryError) as caught:
        build_topology(home.governorates, home.districts, nameless, lines)
    _, first, second = str(caught.value).split("\n- ")
    assert first.startswith("neighbours: column 'name' is missing.")
    assert second == "cities: some are not points. Rule: a city is one point."


# ---- bad boundaries


def problems_of(governorates: Any, districts: Any) -> list[str]:
    with pytest.raises(BoundaryError) as caught:
        check_boundaries(governorates, districts)
    return str(caught.value).split("\n- ")[1:]


def test_good_boundaries_pass() -> None:
    good = grid("AABBCC", 3, rag=4)
    check_boundaries(good.governorates, good.districts)


def test_missing_columns_and_reference_system() -> None:
    good = grid("AB", 2)
    problems = problems_of(
        good.governorates.rename(columns={"pcode": "code"}),
        good.districts.drop(columns="adm1_pcode").set_crs(None, allow_override=True),
    )
    assert problems[:3] == [
        "governorates: column 'pcode' is missing. Rule: governorates have the columns pcode and a "
        "geometry; found: code, geometry.",
        "districts: column 'adm1_pcode' is missing. Rule: districts have the columns pcode, "
        "adm1_pcode and a geometry; found: pcode, geometry.",
        "districts: no coordinate reference system. Rule: the file says which one it uses "
        "(EPSG:4326 for degrees of longitude and latitude).",
    ]


def test_no_rows_and_no_geometry() -> None:
    good = grid("AB", 2)
    problems = problems_of(
        good.governorates.iloc[:0],
        geopandas.GeoDataFrame(good.districts.drop(columns="geometry")),
    )
    assert "governorates: no rows. Rule: there is at least one." in problems
    assert any(p.startswith("districts: no geometry.") for p in problems)


def test_codes_are_there_and_stand_once() -> None:
    good = grid("AABB", 2)
    good.districts.loc[1, "pcode"] = "A00"
    good.districts.loc[2, "pcode"] = None
    problems = problems_of(good.governorates, good.districts)
    assert problems == [
        "district in row 3: no pcode. Rule: each area has a code, as text.",
        "district 'A00': the code stands in 2 rows. Rule: one row for each code.",
    ]


def test_an_unknown_parent_comes_with_the_nearest_code() -> None:
    good = grid("AABB", 2)
    governorates = good.governorates.assign(pcode=["XX01", "XX02"])
    districts = good.districts.assign(adm1_pcode=["XX01", "XX01", "XX2", "XX02"])
    assert (
        "district 'B02': its adm1_pcode 'XX2' is no governorate; nearest: 'XX02'. "
        "Rule: a district names the code of the governorate it lies in."
    ) in problems_of(governorates, districts)


def test_shapes_are_valid_polygons_in_degrees() -> None:
    good = grid("AABBCC", 2)
    bow = shapely.Polygon([(40, 30), (41, 31), (41, 30), (40, 31)])
    far = shapely.transform(good.districts.geometry[3], lambda xy: xy * 100_000)
    shapes = list(good.districts.geometry)
    shapes[0], shapes[1], shapes[2], shapes[3] = bow, shapely.Point(41, 30), None, far
    problems = problems_of(good.governorates, good.districts.set_geometry(shapes, crs=4326))
    assert len(problems) == 4
    assert problems[0].startswith("district 'A00': invalid (Self-intersection[40.5 30.5]).")
    assert problems[1].startswith("district 'A01': a Point.")
    assert problems[2].startswith("district 'B02': no shape.")
    assert problems[3].startswith("district 'B03': bounds (4")


def test_overlaps_name_both_areas() -> None:
    shapes = {"A1": shapely.box(40, 30, 41.1, 31), "B1": shapely.box(41, 30, 42, 31)}
    made_up = Country(areas(dict(zip("AB", shapes.values(), strict=True))), areas(shapes))
    made_up.districts["adm1_pcode"] = ["A", "B"]
    assert problems_of(made_up.governorates, made_up.districts) == [
        "governorates 'A' and 'B': overlap on 10% of the smaller. "
        "Rule: governorates do not overlap.",
        "districts 'A1' and 'B1': overlap on 10% of the smaller. Rule: districts do not overlap.",
    ]


def test_borders_meet_point_by_point() -> None:
    left = shapely.box(40, 30, 41, 31)
    right = shapely.Polygon([(41, 30), (42, 30), (42, 31), (41, 31), (41, 30.5)])
    made_up = Country(
        areas({"A": left, "B": right}), areas({"A1": left, "B1": right}, adm1_pcode=["A", "B"])
    )
    (problem,) = problems_of(made_up.governorates, made_up.districts)
    assert problem.startswith("districts 'A1', 'B1': their borders do not meet point by point.")


def test_districts_lie_inside_their_governorate_and_cover_it() -> None:
    good = grid("AABB", 2)
    wrong = good.districts.assign(adm1_pcode=["A", "B", "B", "B"])
    assert problems_of(good.governorates, wrong) == [
        "governorate 'A': 50% of it is in none of its 1 districts. "
        "Rule: the districts of a governorate cover it.",
        "district 'A01': 100% of it lies outside its governorate 'B'. "
        "Rule: a district lies inside the governorate it names.",
    ]


def test_everything_wrong_is_said_at_once() -> None:
    good = grid("AABBCC", 2)
    bad = good.districts.copy()
    bad.loc[0, "pcode"] = bad.loc[1, "pcode"]
    bad.loc[5, "adm1_pcode"] = "Z"
    bad.loc[2, "geometry"] = shapely.Polygon([(40, 31), (41, 32), (41, 31), (40, 32)])
    problems = problems_of(good.governorates, bad)
    assert [p.split(":")[0] for p in problems] == [
        "district 'A01'",
        "district 'C05'",
        "district 'B02'",
        "governorate 'C'",
    ]


def test_bad_boundaries_are_not_built() -> None:
    good = grid("AABB", 2)
    with pytest.raises(BoundaryError, match="is no governorate"):
        Country(good.governorates, good.districts.assign(adm1_pcode="Z")).build()


# ---- Iraq


@dataclass(frozen=True)
class Iraq:
    source: Country
    topology: dict[str, Any]
    report: BoundaryReport


@pytest.fixture(scope="module")
def sources(published_folder: Path) -> dict[str, geopandas.GeoDataFrame]:
    """The published shapes by the name of their file."""
    return {
        path.stem: geopandas.read_file(path)
        for path in (published_folder / "boundaries").glob("*.geojson")
    }


def build_iraq(sources: dict[str, geopandas.GeoDataFrame]) -> Iraq:
    source = Country(sources["irq_adm1_full"], sources["irq_adm2_full"])
    around = sources["neighbours_50m"], sources["cities_naturalearth10m"]
    topology, report = build_topology(source.governorates, source.districts, *around)
    return Iraq(source, topology, report)


@pytest.fixture(scope="module")
def iraq(sources) -> Iraq:
    return build_iraq(sources)


def test_iraq_has_all_areas(iraq: Iraq) -> None:
    report = iraq.report
    assert (report.governorates, report.districts) == (18, 101)
    assert (report.neighbours, report.cities) == (9, 28)
    drawn = decode(iraq.topology, "districts")
    parents = iraq.source.districts.set_index("pcode")["adm1_pcode"].to_dict()
    assert drawn.set_index("pcode")["parent"].to_dict() == parents
    assert set(decode(iraq.topology, "governorates")["id"]) == set(parents.values())


def test_iraq_is_sound_and_nests_exactly(iraq: Iraq) -> None:
    assert_sound(iraq.topology)
    assert_nested(iraq.topology)
    assert_borders_shared(iraq.topology)


def test_iraq_has_neither_gaps_nor_slivers(iraq: Iraq) -> None:
    for name in ("governorates", "districts"):
        shapes = decode(iraq.topology, name).geometry
        whole = shapes.union_all()
        assert whole.geom_type == "Polygon" and not whole.interiors
        parts = shapely.area(polygons(decode(iraq.topology, name)))
        assert parts.sum() == pytest.approx(whole.area, rel=1e-12)
        assert len(parts) == len(shapes)
        # Thinness as 4 pi area / perimeter^2: 1 for a circle, near 0 for a sliver.
        lengths = shapely.length(shapes.to_numpy())
        assert (4 * np.pi * parts / lengths**2).min() > 0.05


def test_iraq_keeps_every_area_within_one_per_cent(iraq: Iraq) -> None:
    assert iraq.report.max_area_error < 0.01
    assert iraq.report.max_district_area_error < 0.01
    for name, source in (
        ("governorates", iraq.source.governorates),
        ("districts", iraq.source.districts),
    ):
        drawn = decode(iraq.topology, name).set_index("pcode").geometry.to_crs("ESRI:54034").area
        full = source.set_index("pcode").geometry.to_crs("ESRI:54034").area
        assert (drawn / full - 1).abs().max() < 0.01


def test_iraq_keeps_its_shape(iraq: Iraq) -> None:
    """No border strays by more than two kilometres, nor a small district by a tenth of its size."""
    drawn = decode(iraq.topology, "districts").set_index("pcode").geometry
    full = iraq.source.districts.set_index("pcode").geometry[drawn.index]
    assert shapely.hausdorff_distance(drawn.to_numpy(), full.to_numpy()).max() < 0.02
    both = shapely.area(shapely.intersection(drawn.to_numpy(), full.to_numpy()))
    either = shapely.area(shapely.union(drawn.to_numpy(), full.to_numpy()))
    assert (both / either).min() > 0.9


def test_iraq_is_small_on_the_wire(iraq: Iraq) -> None:
    size = {
        level: len(gzip.compress(serialise(level_topology(iraq.topology, level)), mtime=0))
        for level in (1, 2)
    }
    assert size[1] < 14_000
    assert size[2] < 30_000
    assert iraq.report.bytes == len(serialise(iraq.topology))
    assert iraq.report.arcs == len(iraq.topology["arcs"])


@pytest.mark.slow
def test_iraq_builds_to_the_same_bytes(iraq: Iraq, sources) -> None:
    again = serialise(build_iraq(sources).topology)
    assert again == serialise(iraq.topology)
    assert json.loads(again) == iraq.topology


def test_iraq_meets_its_neighbours_without_a_gap(iraq: Iraq) -> None:
    governorates = decode(iraq.topology, "governorates")
    neighbours = decode(iraq.topology, "neighbours")
    assert neighbours.is_valid.all()
    land = shapely.union_all([*neighbours.geometry, *governorates.geometry])
    gaps = [ring for part in shapely.get_parts(land) for ring in part.interiors]
    assert sum(shapely.Polygon(ring).area for ring in gaps) < 1e-5
    # The Gulf stays sea: off Al-Faw, and the inlet to Umm Qasr between Kuwait and Iraq.
    assert not land.intersects(shapely.MultiPoint([(48.7, 29.7), (48.02, 29.96)]))


def test_iraq_neighbours_stay_where_they_are(iraq: Iraq, sources) -> None:
    """Closing gaps moves a border by the width of a gap, and neighbours still share theirs."""
    source = sources["neighbours_50m"].set_index("id").geometry
    drawn = decode(iraq.topology, "neighbours").set_index("id").geometry
    country = decode(iraq.topology, "governorates").union_all()
    shown = shapely.difference(drawn.to_numpy(), country)
    given = source[drawn.index].to_numpy()
    for one, other, width in ((shown, given, 0.08), (given, drawn.to_numpy(), 0.01)):
        assert shapely.is_empty(shapely.difference(one, shapely.buffer(other, width))).all()
    assert shapely.coverage_is_valid(drawn.to_numpy())


def test_iraq_neighbours_are_named_where_they_can_be_seen(iraq: Iraq) -> None:
    country = decode(iraq.topology, "governorates").union_all()
    neighbours = decode(iraq.topology, "neighbours").set_index("name")
    assert list(neighbours["id"]) == sorted(neighbours["id"])
    for label, shape in zip(neighbours["label"], neighbours.geometry, strict=True):
        assert shape.contains(shapely.Point(label))
        assert not country.intersects(shapely.Point(label))
    near = shapely.box(*country.bounds).buffer(1)
    for name in ("Iran", "Jordan", "Kuwait", "Saudi Arabia", "Syria", "Turkey"):
        assert near.contains(shapely.Point(neighbours["label"][name])), name


def test_iraq_carries_no_names_of_areas(iraq: Iraq) -> None:
    for name, keys in (
        ("governorates", {"pcode", "label"}),
        ("districts", {"pcode", "parent", "label"}),
    ):
        for shape in iraq.topology["objects"][name]["geometries"]:
            assert set(shape["properties"]) == keys


def test_iraq_knows_its_capitals(iraq: Iraq, sources) -> None:
    cities = decode(iraq.topology, "cities").set_index("name")
    assert cities.loc["Baghdad", "kind"] == "national"
    assert cities.loc["Mosul", "capital"] and not cities.loc["Zakho", "capital"]
    source = sources["cities_naturalearth10m"].set_index("name").geometry
    assert (
        shapely.distance(cities.geometry.to_numpy(), source[cities.index].to_numpy()).max()
        < iraq.topology["transform"]["scale"][0]
    )
