"""Arrows of flows: thin where they start, with a head at the other end, and under every name."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from geodata.exports.drawing import country, pictures, svg
from geodata.exports.drawing.country import Name
from geodata.exports.drawing.flow_curves import THINNEST, WIDEST, arrow, curve, width
from geodata.figures.flows_by_date import samples
from tests.views import viewed

NINEWA, BASRAH = Name("A", "Ninewa", 400, 160), Name("B", "Basrah", 900, 780)
NUMBER = re.compile(r"-?[\d.]+")


def points(path: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in NUMBER.findall(path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.mark.parametrize("wide", [THINNEST, WIDEST])
def test_an_arrow_grows_from_its_tail_to_the_width_of_its_number_and_ends_in_a_head(
    wide: float,
) -> None:
    line = curve(NINEWA, BASRAH)
    tail, left, _, shaft, barb, tip, other_barb, other_shaft, _, right, other_tail = _parts(
        line, wide
    )
    assert math.dist(shaft, other_shaft) == pytest.approx(wide, abs=0.2)
    assert math.dist(tail, other_tail) < math.dist(left, right) <= wide + 1.2
    assert math.dist(barb, other_barb) > wide + 4
    assert math.dist(tip, line[4:]) < 0.1


def _parts(line: tuple[float, ...], wide: float) -> list[tuple[float, float]]:
    tail, left, shaft, barb, tip, other_barb, other_shaft, right, other_tail = points(
        arrow(line, wide)  # type: ignore[arg-type]
    )
    return [tail, left, left, shaft, barb, tip, other_barb, other_shaft, right, right, other_tail]


def test_a_flow_and_its_return_lie_apart_and_end_beside_the_names() -> None:
    there, back = curve(NINEWA, BASRAH), curve(BASRAH, NINEWA)
    assert math.dist(there[2:4], back[2:4]) > 200
    for (x, y), name in ((there[:2], NINEWA), (there[4:], BASRAH)):
        left, top, right, bottom = country.box_of(name, country.NAME_SIZES["l"])
        assert not (left < x < right and top < y < bottom)


def test_widths_are_of_the_numbers_and_none_vanishes() -> None:
    assert width(500, 1000) == WIDEST / 2
    assert width(1, 1_000_000) == THINNEST
    assert samples(82_795) == (50_000, 20_000, 5_000)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_arrows_lie_above_areas_and_below_names_wherever_the_map_is_drawn(lang: str) -> None:
    at = viewed(flows="10", lang=lang).on_its_date()
    for drawn in (pictures.picture(at), pictures.panel(at, (800, 600)), svg.inline(at)):
        layers = [drawn.index(f'class="{name}') for name in ("areas", "flows", "names")]
        assert layers == sorted(layers)
        assert drawn.count("<path", layers[1], layers[2]) == 10


def test_nothing_is_drawn_where_no_legend_explains_it_or_none_is_asked_for() -> None:
    at = viewed(flows="10").on_its_date()
    assert 'class="flows"' not in pictures.panel(at, (800, 600), with_legend=False)
    assert 'class="flows"' not in svg.inline(viewed().on_its_date())
    assert 'class="flows"' not in pictures.picture(replace(at, view=viewed()))


def test_a_picture_says_what_arrows_mean_and_count_and_lists_them_for_those_who_do_not_see() -> (
    None
):
    drawn = pictures.picture(viewed(flows="5").on_its_date())
    for words in (
        "Flows: people",
        "200,000",
        "Arrows lead from",
        "Ninewa to Dahuk: 210,536 people",
    ):
        assert words in drawn
    nothing = pictures.picture(viewed(flows="5", time="2022-09-30").on_its_date())
    assert "No origins are" in nothing and "Arrows lead" not in nothing
