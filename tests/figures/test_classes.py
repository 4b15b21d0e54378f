"""Classes: bounds a reader can continue, one label for every number, no colour for zero."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata.figures.classes import (
    DIVERGING,
    DIVERGING_DARK,
    SEQUENTIAL,
    SEQUENTIAL_DARK,
    Scale,
    diverging,
    luminance,
    round_breaks,
    sequential,
)
from geodata.i18n.language import load_language

ENGLISH = load_language("en")
METHODS = ["round", "quantiles", "jenks"]
unhurried = settings(deadline=None, max_examples=60)

whole = st.integers(0, 5_000_000).map(float)
decimal = st.floats(0.001, 1000).map(lambda x: round(x, 3))
missing = st.just(math.nan)


def columns(cells: st.SearchStrategy[float]) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(np.float64, st.integers(1, 40), elements=cells | missing)


def make(values, measure="people", method="round", scale=sequential) -> Scale:
    decimals = {"people": 0, "rate": 1, "share": 1}[measure]
    return scale(
        np.asarray(values, float),
        measure=measure,
        decimals=decimals,
        method=method,
        language=ENGLISH,
    )


def numbers(label: str) -> list[float]:
    return [float(text.replace(",", "")) for text in re.findall(r"[\d,]+(?:\.\d+)?", label)]


# ------------------------------------------------------------------------------------- round bounds


@given(columns(whole) | columns(decimal))
@unhurried
def test_round_breaks_are_one_two_or_five_times_a_power_of_ten(values):
    breaks = round_breaks(values)
    assert len(breaks) <= 6
    assert list(breaks) == sorted(set(breaks))
    leading = {f"{value:e}"[0] for value in breaks}
    assert leading <= {"1", "2", "5"}
    assert all(float(f"{value:e}".split("e")[0]) in (1, 2, 5) for value in breaks)


@given(columns(whole) | columns(decimal))
@unhurried
def test_round_breaks_follow_one_pattern_without_a_step_left_out(values):
    breaks = round_breaks(values)
    patterns = [
        [round(m * 10.0**n, 6) for n in range(-6, 9) for m in steps]
        for steps in ((1, 2, 5), (1, 5), (1,))
    ]
    runs = [
        tuple(pattern[i : i + len(breaks)]) for pattern in patterns for i in range(len(pattern))
    ]
    assert breaks in runs


@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_classify_is_one_class(method):
    for values in ([], [math.nan], [0, 0]):
        scale = make(values, method=method)
        assert (scale.breaks, scale.labels) == ((), ("counted",))
        assert len(scale.colors) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [1, 2, 3, 7, 1_000_000])
def test_one_figure_has_a_class(method, value):
    scale = make([value], method=method)
    assert 0 <= scale.classify(np.array([float(value)]))[0] < len(scale.colors)


# ------------------------------------------------------------------------------------------ classes


@given(columns(whole), st.sampled_from(METHODS))
@unhurried
def test_more_is_never_a_lower_class_and_zero_has_none(values, method):
    scale = make(values, method=method)
    classes = scale.classify(values)
    shown = ~np.isnan(values) & (values != 0)
    assert ((classes >= 0) == shown).all()
    assert (classes < len(scale.colors)).all()
    order = np.argsort(values[shown], kind="stable")
    assert (np.diff(classes[shown][order]) >= 0).all()


@given(columns(whole), st.sampled_from(METHODS))
@unhurried
def test_changes_of_one_size_fall_in_mirrored_classes(values, method):
    both = np.concatenate([values, -values])
    scale = make(both, method=method, scale=diverging)
    assert scale.breaks == tuple(-value for value in reversed(scale.breaks))
    n = len(scale.colors)
    up, down = scale.classify(values), scale.classify(-values)
    moved = ~np.isnan(values) & (values != 0)
    assert (up[moved] + down[moved] == n - 1).all()
    assert (up[moved] >= n / 2).all()
    assert (up[~moved] == -1).all() and (down[~moved] == -1).all()


@given(columns(whole), st.sampled_from(METHODS))
@unhurried
def test_the_same_figures_have_the_same_breaks(values, method):
    shuffled = np.random.default_rng(0).permutation(values)
    assert make(values, method=method) == make(shuffled, method=method)


def test_quantiles_put_as_many_in_each_class():
    values = np.arange(1, 701, dtype=float)
    scale = make(values, method="quantiles")
    sizes = np.bincount(scale.classify(values).astype(int))
    assert len(sizes) == 7
    assert sizes.max() - sizes.min() <= 3


def test_natural_breaks_lie_in_the_gaps():
    groups = [10, 100, 1000, 5000, 20_000, 60_000, 200_000]
    values = np.array([start + step for start in groups for step in range(8)], float)
    scale = make(values, method="jenks")
    classes = scale.classify(values)
    # A break is the largest of its group; the others of the group stay together.
    inner = classes.reshape(len(groups), 8)[:, :7]
    assert (inner == inner[:, :1]).all()
    assert len(set(inner[:, 0])) == len(groups)


# ------------------------------------------------------------------------------------------- labels


@given(columns(whole), st.sampled_from(METHODS))
@unhurried
def test_labels_of_whole_numbers_cover_all_of_them_once(values, method):
    scale = make(values, method=method)
    if not scale.breaks:
        return
    assert numbers(scale.labels[0])[0] == 1
    for low, high in zip(scale.labels, scale.labels[1:], strict=False):
        assert numbers(high)[0] == numbers(low)[-1] + 1
    for label in scale.labels[:-1]:
        assert numbers(label)[0] <= numbers(label)[-1]
    assert scale.labels[-1].endswith(" or more")
    for k, label in enumerate(scale.labels):
        assert scale.classify(np.array([numbers(label)[0]]))[0] == k
        assert scale.classify(np.array([numbers(label)[-1]]))[0] == k


@given(columns(decimal), st.sampled_from(METHODS), st.sampled_from(["rate", "share"]))
@unhurried
def test_labels_of_rates_and_shares_meet(values, method, measure):
    scale = make(values, measure=measure, method=method)
    if not scale.breaks:
        return
    assert scale.labels[0].startswith("under ")
    bounds = [
        numbers(scale.labels[0])[0],
        *(numbers(label)[-1] for label in scale.labels[1:-1]),
    ]
    assert [numbers(label)[0] for label in scale.labels[1:]] == bounds
    np.testing.assert_allclose(bounds, scale.breaks)
    assert all(("%" in label) == (measure == "share") for label in scale.labels)


@given(columns(whole), st.sampled_from(METHODS))
@unhurried
def test_labels_of_changes_say_fewer_or_more_and_mirror_each_other(values, method):
    scale = make(np.concatenate([values, -values]), method=method, scale=diverging)
    half = len(scale.labels) // 2
    fewer, more = scale.labels[:half], scale.labels[half:]
    assert all(label.endswith("fewer") for label in fewer)
    assert [label.replace("fewer", "more") for label in reversed(fewer)] == list(more)
    assert len(set(scale.labels)) == len(scale.labels)


def test_labels_as_a_reader_sees_them():
    figures = np.array([120, 900, 4_000, 30_000, 70_000, 180_000, 600_000], float)
    assert make(figures).labels == (
        *("1 – 999", "1,000 – 4,999", "5,000 – 9,999", "10,000 – 49,999"),
        *("50,000 – 99,999", "100,000 – 499,999", "500,000 or more"),
    )
    assert make([0.5, 3, 8, 40], measure="share").labels == (
        *("under 1%", "1 – 2%", "2 – 5%", "5 – 10%", "10 – 20%", "20% or more"),
    )
    assert make([-300, -120, -10, 15, 80, 400], scale=diverging).labels == (
        *("at least 100 fewer", "20 – 100 fewer", "under 20 fewer"),
        *("under 20 more", "20 – 100 more", "at least 100 more"),
    )
    assert make([-2, 2], scale=diverging).labels[-1] == "at least 2 more"


# ------------------------------------------------------------------------------------------ colours


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ramp", [SEQUENTIAL, SEQUENTIAL_DARK])
def test_a_sequential_ramp_is_told_apart_in_greyscale(ramp):
    shades = [luminance(color) for color in ramp]
    assert shades in (sorted(shades), sorted(shades, reverse=True))
    assert all(contrast(a, b) >= 1.15 for a, b in zip(ramp, ramp[1:], strict=False))


@pytest.mark.parametrize("ramp", [DIVERGING, DIVERGING_DARK])
def test_a_diverging_ramp_is_strongest_at_its_ends(ramp):
    half = len(ramp) // 2
    for side in (ramp[:half], ramp[: half - 1 : -1]):
        shades = [luminance(color) for color in side]
        assert shades in (sorted(shades), sorted(shades, reverse=True))


def test_labels_on_the_map_are_readable_on_every_colour():
    values = np.geomspace(1, 1e6, 50)
    for scale in (make(values), make(np.concatenate([values, -values]), scale=diverging)):
        for colors, inks in ((scale.colors, scale.inks), (scale.colors_dark, scale.inks_dark)):
            for color, ink in zip(colors, inks, strict=True):
                assert contrast(color, {"l": "#ffffff", "d": "#000000"}[ink]) >= 4.5


def test_a_short_scale_ends_in_the_darkest_colour():
    scale = make([5, 7, 12])
    assert len(scale.colors) < len(SEQUENTIAL)
    assert scale.colors[-1] == SEQUENTIAL[-1]
