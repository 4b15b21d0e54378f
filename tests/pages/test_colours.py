"""Contrast of everything that is read, and differences of everything that is told by its colour.

Colours are read where they are kept: the style sheet of tokens, and the classes.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geodata.figures.classes import DIVERGING, DIVERGING_DARK, SEQUENTIAL, SEQUENTIAL_DARK, Scale
from geodata.populations import POPULATIONS
from tests.colours import GREYSCALE, VISIONS, ciede2000, contrast, difference, tokens
from tests.paths import ROOT

TEXT, GRAPHIC = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
CSS = ROOT / "assets" / "css"
LIGHT, DARK = tokens((CSS / "tokens.css").read_text("utf-8"))
LINES = tokens((CSS / "page" / "populations.css").read_text("utf-8"))
THEMES = {"light": LIGHT | LINES[0], "dark": DARK | LINES[1]}
SCALES = {
    ("light", "sequential"): SEQUENTIAL,
    ("light", "diverging"): DIVERGING,
    ("dark", "sequential"): SEQUENTIAL_DARK,
    ("dark", "diverging"): DIVERGING_DARK,
}
GROUNDS = ("page", "card", "field", "accent-soft", "notice")
# Letters of names on areas, as in map.css.
DARK_LETTERS, LIGHT_LETTERS = "#1b2733", "#ffffff"

# The least differences, CIEDE2000; docs/accessibility.md says them, too.
LEAST_OF_CLASSES = 6.5
LEAST_IN_GREYSCALE = 4.5
LEAST_OF_MARKS = 12.0
LEAST_OF_SIDES = 14.0


# ---- the measures themselves


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.5, 0), (56, -27, -3), 31.9030),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_those_of_the_published_examples(first, second, expected):
    """Sharma, Wu and Dalal (2005), table 1."""
    assert ciede2000(np.array(first), np.array(second)) == pytest.approx(expected, abs=1e-4)


def test_contrast_is_that_of_wcag():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_grey_and_white_look_the_same_to_everyone():
    for vision in VISIONS:
        assert difference("#808080", "#808080", vision) == 0
        assert difference("#ffffff", "#000000", vision) == pytest.approx(100, abs=0.5)


# ---- what is read


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("letters", ["ink", "mute", "accent"])
def test_letters_and_links_are_read_on_every_ground(theme, ground, letters):
    colours = THEMES[theme]
    assert contrast(colours[letters], colours[ground]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("letters", "ground"),
    [("on-accent", "accent"), ("country-name", "neighbour"), ("country-name", "sea")],
)
def test_buttons_and_names_of_countries_are_read(theme, letters, ground):
    colours = THEMES[theme]
    assert contrast(colours[letters], colours[ground]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["sequential", "diverging"])
def test_names_are_read_on_every_class(theme, kind):
    colours = SCALES[theme, kind]
    scale = Scale(kind, (), colours, colours, ())
    for colour, ink in zip(colours, scale.inks, strict=True):
        letters = LIGHT_LETTERS if ink == "l" else DARK_LETTERS
        halo = LIGHT["card"] if ink == "d" else "#061a30"
        # Letters stand in their own halo, which lies on the class.
        assert max(contrast(letters, colour), contrast(letters, halo)) >= TEXT
        assert contrast(letters, colour) >= GRAPHIC


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("status", ["zero", "outside", "texture-ground", "texture-mark"])
def test_names_are_read_on_every_status(theme, status):
    """Where there is a texture, letters have a halo of the card's colour."""
    colours = THEMES[theme]
    if status != "texture-mark":
        assert contrast(colours["ink"], colours[status]) >= TEXT
    assert contrast(colours["ink"], colours["card"]) >= TEXT


# ---- what is seen


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["page", "card", "field"])
def test_the_focus_and_the_edges_of_fields_are_seen(theme, ground):
    colours = THEMES[theme]
    assert contrast(colours["accent"], colours[ground]) >= GRAPHIC
    assert contrast(colours["field-line"], colours[ground]) >= GRAPHIC


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("line", ["bar", "bar-fewer", "spark-line"])
def test_bars_and_lines_are_seen(theme, line):
    assert contrast(THEMES[theme][line], THEMES[theme]["card"]) >= GRAPHIC


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("population", POPULATIONS)
def test_lines_of_the_trend_are_seen(theme, population):
    assert contrast(THEMES[theme][f"trend-{population}"], THEMES[theme]["card"]) >= GRAPHIC


@pytest.mark.parametrize("theme", THEMES)
def test_the_outline_of_an_area_is_seen_on_every_class_and_status(theme):
    """It is two lines, of which one always is (WCAG 2.2, technique C40)."""
    colours = THEMES[theme]
    fills = [*SCALES[theme, "sequential"], *SCALES[theme, "diverging"], colours["zero"]]
    fills += [colours["outside"], colours["texture-ground"], colours["texture-mark"]]
    for fill in fills:
        assert max(contrast(colours["ink"], fill), contrast(colours["card"], fill)) >= GRAPHIC
    # That of the chosen area is seen by the contrast between its own two lines.
    assert contrast(colours["accent"], colours["card"]) >= GRAPHIC


# ---- what is told apart


def _neighbouring(colours):
    return list(itertools.pairwise(colours))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_neighbouring_classes_of_a_number_are_told_apart(theme, vision):
    least = LEAST_IN_GREYSCALE if vision == GREYSCALE else LEAST_OF_CLASSES
    for a, b in _neighbouring(SCALES[theme, "sequential"]):
        assert difference(a, b, vision) >= least


@pytest.mark.parametrize("vision", [each for each in VISIONS if each != GREYSCALE])
@pytest.mark.parametrize("theme", THEMES)
def test_classes_of_a_change_are_told_apart(theme, vision):
    """The two sides, too: fewer is never taken for more, but for greyscale, where words say it."""
    colours = SCALES[theme, "diverging"]
    for a, b in _neighbouring(colours):
        assert difference(a, b, vision) >= LEAST_OF_CLASSES
    for fewer, more in zip(colours[:3], colours[:2:-1], strict=True):
        assert difference(fewer, more, vision) >= LEAST_OF_SIDES


@pytest.mark.parametrize("theme", THEMES)
def test_sizes_of_a_change_are_told_apart_in_greyscale(theme):
    colours = SCALES[theme, "diverging"]
    for a, b in (*_neighbouring(colours[:3]), *_neighbouring(colours[3:])):
        assert difference(a, b, GREYSCALE) >= LEAST_OF_CLASSES


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_marks_of_textures_stand_out(theme, vision):
    """So that hatch, dots and cross, which no class has, are seen as such."""
    colours = THEMES[theme]
    marks = colours["texture-mark"]
    assert difference(marks, colours["texture-ground"], vision) >= LEAST_OF_MARKS
    assert difference(marks, colours["outside"], vision) >= LEAST_OF_MARKS / 1.5


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_none_is_told_from_the_first_classes(theme, vision):
    zero = THEMES[theme]["zero"]
    first = (*SCALES[theme, "sequential"][:1], *SCALES[theme, "diverging"][2:4])
    for colour in first:
        assert difference(zero, colour, vision) >= 3


def test_every_status_without_a_figure_has_a_texture_of_its_own():
    from geodata.exports.drawing.svg import TEXTURES
    from geodata.figures.statuses import COUNTED, ZERO

    letters = "cznsoxp"
    assert set(TEXTURES) == set(letters) - {COUNTED, ZERO}
    assert len(set(TEXTURES.values())) == len(TEXTURES)


def test_the_documentation_states_the_least_differences():
    said = (ROOT / "docs" / "accessibility.md").read_text("utf-8")
    pairs = {
        "neighbouring classes of a number": (
            min(
                difference(a, b, vision)
                for theme in THEMES
                for vision in VISIONS
                if vision != GREYSCALE
                for a, b in _neighbouring(SCALES[theme, "sequential"])
            )
        ),
        "the same in greyscale": min(
            difference(a, b, GREYSCALE)
            for theme in THEMES
            for a, b in _neighbouring(SCALES[theme, "sequential"])
        ),
        "neighbouring classes of a change": min(
            difference(a, b, vision)
            for theme in THEMES
            for vision in VISIONS
            if vision != GREYSCALE
            for a, b in _neighbouring(SCALES[theme, "diverging"])
        ),
        "as much fewer and as much more": min(
            difference(colours[i], colours[5 - i], vision)
            for theme in THEMES
            for colours in [SCALES[theme, "diverging"]]
            for vision in VISIONS
            if vision != GREYSCALE
            for i in range(3)
        ),
        "marks of a texture and their ground": min(
            difference(THEMES[theme]["texture-mark"], THEMES[theme]["texture-ground"], vision)
            for theme in THEMES
            for vision in VISIONS
        ),
    }
    for what, least in pairs.items():
        assert f"| {what} | {least:.1f} |" in said
