"""The timeline on a bare page: it moves among the real dates of a series, and says so.

Dates, captions and totals here are synthetic: made up to have the uneven spacing, the gaps and the
long silences that real rounds have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import accumulate, chain, repeat
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.paths import ROOT
from tests.windows import Contexts

ASSETS = ROOT / "assets"

HTML = """<!doctype html>
<html lang="en" dir="{direction}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Synthetic series</title>
<style>body {{ margin: 0; padding: 200px 16px 1200px }}</style>
<main><div id="root"></div></main>
</html>"""

STRINGS = {
    "play": "Play",
    "pause": "Pause",
    "previous": "Previous round",
    "next": "Next round",
    "speed": "Speed",
    "speedOption": "{speed}×",
    "date": "Date",
    "baseDate": "Base date",
    "goToDate": "Go to a date",
    "go": "Go",
    "noRound": "No round on {asked}; showing the nearest, {shown}.",
    "outOfRange": "{asked} is outside {first} to {last}.",
    "badDate": "Type a date, for example {example}.",
}

# Listens on the document, so that an event which did not bubble would be missed.
MOUNT = """([series, strings]) => {
  window.seen = [];
  for (const kind of ['time', 'base', 'play']) {
    document.addEventListener(`displacement:${kind}`, (event) => {
      seen.push({ kind, ...event.detail });
    });
  }
  window.timeline = displacement.createTimeline(document.getElementById('root'), {
    strings,
    formatDate: (iso, style) => `${style} ${iso}`,
    idPrefix: 'timeline',
  });
  timeline.update({ ...series, describe: (i) => `People on ${series.dates[i]}` });
}"""

DAYS_BETWEEN = chain([10, 34, 20], repeat(14, 85), repeat(62, 30))
SYNTHETIC_DATES = list(
    accumulate(map(timedelta, DAYS_BETWEEN), date.__add__, initial=date(2014, 4, 1))
)
ISO = [day.isoformat() for day in SYNTHETIC_DATES]
LAST = len(ISO) - 1


def series(dates: list[str] = ISO, index: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "dates": dates,
        "captions": [f"Round {i}" if i else "" for i in range(len(dates))],
        "totals": [1000 + 37 * (i % 11) for i in range(len(dates))],
        "index": index,
        "base": None,
        **more,
    }


Stage = Callable[..., Page]


@pytest.fixture
def stage(contexts: Contexts) -> Iterator[Stage]:
    """Open a page that holds a timeline and nothing else; fail on any error it reports."""
    taken = []
    errors: list[str] = []

    def mount(
        data: dict[str, Any], direction: str = "ltr", width: int = 900, **options: Any
    ) -> Page:
        context = contexts.take(options)
        taken.append((context, options))
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 700})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        page.clock.install(time="2024-01-01T00:00:00Z")
        page.clock.pause_at("2024-01-01T00:00:01Z")  # time passes when a test says so
        page.set_content(HTML.format(direction=direction))
        page.add_style_tag(path=ASSETS / "css" / "timeline.css")
        page.add_script_tag(path=ASSETS / "js" / "timeline.js")
        page.evaluate(MOUNT, [data, STRINGS])
        return page

    yield mount
    for context, options in taken:
        contexts.give_back(context, options, set())
    assert not errors


def events(page: Page, kind: str = "time") -> list[dict[str, Any]]:
    """Return what was dispatched since the last call."""
    found = page.evaluate("() => seen.splice(0)")
    return [event for event in found if event["kind"] == kind]


def index(page: Page) -> int:
    return page.evaluate("timeline.index")


def middle(page: Page, part: str) -> tuple[float, float]:
    box = page.locator(f"#timeline-{part}").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def place(page: Page, day: str, height: float = 0.6) -> tuple[float, float]:
    """Return where on the track a date is, by the days that have passed, left to right."""
    box = page.locator("#timeline-track").bounding_box()
    assert box
    passed = (date.fromisoformat(day) - SYNTHETIC_DATES[0]).days
    part = passed / (SYNTHETIC_DATES[-1] - SYNTHETIC_DATES[0]).days
    return box["x"] + part * box["width"], box["y"] + height * box["height"]


def nearest(day: date) -> int:
    return min(range(len(ISO)), key=lambda i: abs(SYNTHETIC_DATES[i] - day))


# ---- what it shows ----


def test_the_slider_counts_days_and_tells_its_date_in_words(stage: Stage) -> None:
    page = stage(series(index=40))
    slider = page.get_by_role("slider", name="Date")
    span = page.evaluate("(r) => r.max - r.min", slider.element_handle())
    assert span == (SYNTHETIC_DATES[-1] - SYNTHETIC_DATES[0]).days
    expect(slider).to_have_attribute("aria-valuetext", f"People on {ISO[40]}")
    expect(page.locator("#timeline-label")).to_have_text(f"short {ISO[40]}")
    expect(page.locator("#timeline-caption")).to_have_text("Round 40")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_cursor_stands_where_its_date_is_in_reading_order(stage: Stage, direction: str) -> None:
    page = stage(series(), direction)
    track = page.locator("#timeline-track").bounding_box()
    assert track
    for i in (0, 30, LAST):
        page.evaluate("(i) => timeline.setIndex(i)", i)
        expected = place(page, ISO[i])[0]
        if direction == "rtl":
            expected = 2 * track["x"] + track["width"] - expected
        assert middle(page, "cursor")[0] == pytest.approx(expected, abs=0.6)


@pytest.mark.parametrize(("direction", "later"), [("ltr", "right"), ("rtl", "left")])
def test_the_drawing_runs_the_same_way_as_the_cursor(
    stage: Stage, direction: str, later: str
) -> None:
    half = LAST - 20
    page = stage(series(totals=[None] * half + [5] * (len(ISO) - half), index=half), direction)
    area = page.locator(".timeline__area").bounding_box()
    track = page.locator("#timeline-track").bounding_box()
    assert area and track
    first, last = area["x"], area["x"] + area["width"]
    if later == "left":
        first, last = last, first
    edge = track["x"] + (track["width"] if later == "right" else 0)
    assert first == pytest.approx(middle(page, "cursor")[0], abs=1)
    assert last == pytest.approx(edge, abs=1)


def test_missing_totals_are_gaps_in_the_line_not_zeros(stage: Stage) -> None:
    totals = [500.0] * len(ISO)
    page = stage(series(totals=[None, None, *totals[2:50], None, *totals[51:]]))
    line = page.locator(".timeline__line").get_attribute("d") or ""
    heights = {point.split()[1] for point in line.replace("M", "L").split("L")[1:]}
    assert line.count("M") == 2
    assert len(heights) == 1


def test_no_line_joins_dates_years_apart(stage: Stage) -> None:
    page = stage(series(["2012-09-07", "2017-08-31"]))
    assert page.locator(".timeline__line").get_attribute("d") == ""
    assert (page.locator(".timeline__lone").get_attribute("d") or "").count("M") == 2
    page.get_by_role("button", name="Next round").click()
    assert [event["date"] for event in events(page)] == ["2017-08-31"]


def test_every_date_has_its_tick(stage: Stage) -> None:
    page = stage(series())
    assert (page.locator(".timeline__ticks").get_attribute("d") or "").count("M") == len(ISO)


def test_a_single_date_cannot_be_played(stage: Stage) -> None:
    page = stage(series(["2017-08-31"]))
    expect(page.get_by_role("button", name="Play")).to_be_disabled()
    track = page.locator("#timeline-track").bounding_box()
    assert track
    assert middle(page, "cursor")[0] == pytest.approx(track["x"] + track["width"] / 2, abs=0.6)
    expect(page.locator("#timeline-years")).to_have_text("2017")
    page.evaluate("timeline.play()")
    page.get_by_role("slider").press("ArrowRight")
    assert not page.evaluate("timeline.playing")
    assert events(page) == []


def test_an_axis_wider_than_the_series_moves_its_first_date_in(stage: Stage) -> None:
    page = stage(series(ISO[60:], axis={"min": ISO[0], "max": ISO[-1]}))
    assert middle(page, "cursor")[0] == pytest.approx(place(page, ISO[60])[0], abs=0.6)
    expect(page.locator("#timeline-years span").first).to_have_text("2015")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [320, 390, 900, 1920])
def test_year_labels_stand_apart_and_nothing_overflows(
    stage: Stage, width: int, direction: str
) -> None:
    page = stage(series(base=0), direction, width)
    boxes = page.locator("#timeline-years span:visible").evaluate_all(
        """(spans) => spans.map((span) => {
          const text = document.createRange();
          text.selectNodeContents(span);
          return text.getBoundingClientRect().toJSON();
        }).sort((a, b) => a.left - b.left)"""
    )
    assert len(boxes) >= 2
    for one, other in zip(boxes, boxes[1:], strict=False):
        assert one["right"] + 4 < other["left"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_years_thin_out_when_the_page_becomes_narrow(stage: Stage) -> None:
    page = stage(series(), width=1200)
    years = page.locator("#timeline-years span:visible")
    expect(years).to_have_count(8)
    page.set_viewport_size({"width": 360, "height": 700})
    expect(years).to_have_text(["2016", "2018", "2020", "2022"])


def test_on_a_phone_the_controls_share_one_row_above_the_track(stage: Stage) -> None:
    page = stage(series(), width=390)
    names = ["play", "previous", "date", "next", "speed"]
    heights = [middle(page, name)[1] for name in names]
    assert max(heights) - min(heights) < 2
    assert middle(page, "track")[1] > max(heights) + 50


@pytest.mark.parametrize(("has_touch", "least"), [(False, 24), (True, 44)])
def test_targets_are_large_enough(stage: Stage, has_touch: bool, least: int) -> None:
    page = stage(series(base=20), width=390, has_touch=has_touch, is_mobile=has_touch)
    for part in ("play", "previous", "date", "next", "speed", "range", "base"):
        box = page.locator(f"#timeline-{part}").bounding_box()
        assert box and min(box["width"], box["height"]) >= least, part


def test_stepping_moves_nothing_but_the_cursor(stage: Stage) -> None:
    page = stage(series())
    boxes = "['track', 'next', 'speed'].map((p) => document.getElementById(`timeline-${p}`)"
    boxes += ".getBoundingClientRect().toJSON())"
    before = page.evaluate(boxes)
    changed = page.evaluate(
        """async () => {
          const seen = new Set();
          const note = (list) => list.forEach((m) => {
            const node = m.target.nodeType === 3 ? m.target.parentNode : m.target;
            seen.add(`${node.id} ${m.attributeName || m.type}`);
          });
          const watch = new MutationObserver(note);
          const root = document.getElementById('root');
          const all = { attributes: true, childList: true, characterData: true, subtree: true };
          timeline.setIndex(5);
          watch.observe(root, all);
          for (let i = 6; i < 110; i += 1) timeline.setIndex(i);
          note(watch.takeRecords());
          return [...seen].sort();
        }"""
    )
    assert changed == [
        "timeline-caption characterData",
        "timeline-cursor style",
        "timeline-label characterData",
        "timeline-range aria-valuetext",
    ]
    assert page.evaluate(boxes) == before


# ---- keys ----


YEAR = timedelta(365)


@pytest.mark.parametrize(
    ("direction", "keys"),
    [
        (
            "ltr",
            {
                "ArrowRight": 51,
                "ArrowLeft": 49,
                "ArrowDown": 49,
                "Home": 0,
                "PageUp": nearest(SYNTHETIC_DATES[50] + YEAR),
                "PageDown": nearest(SYNTHETIC_DATES[50] - YEAR),
            },
        ),
        ("rtl", {"ArrowRight": 49, "ArrowLeft": 51, "ArrowUp": 51, "End": LAST}),
    ],
)
def test_keys_move_both_handles_among_real_dates(
    stage: Stage, direction: str, keys: dict[str, int]
) -> None:
    page = stage(series(index=50, base=50), direction)
    for key, expected in keys.items():
        page.evaluate("timeline.setIndex(50); timeline.setBase(50)")
        for name, kind in (("Date", "time"), ("Base date", "base")):
            page.get_by_role("slider", name=name, exact=True).press(key)
            found = events(page, kind)
            assert [event["settled"] for event in found] == [False, True], key
            reached = {(event["index"], event["date"]) for event in found}
            assert reached == {(expected, ISO[expected])}, key


def test_a_year_on_always_reaches_another_date(stage: Stage) -> None:
    page = stage(series(["2012-09-07", "2017-08-31"]))
    page.get_by_role("slider").press("PageUp")
    assert index(page) == 1
    page.get_by_role("slider").press("PageDown")
    assert index(page) == 0


def test_a_held_key_settles_once_when_it_is_let_go(stage: Stage) -> None:
    page = stage(series())
    page.get_by_role("slider").focus()
    for _ in range(5):
        page.keyboard.down("ArrowRight")
    assert [event["settled"] for event in events(page)] == [False] * 5
    page.keyboard.up("ArrowRight")
    assert [(e["index"], e["source"], e["settled"]) for e in events(page)] == [(5, "key", True)]


def test_keys_of_the_browser_are_left_to_it(stage: Stage) -> None:
    page = stage(series(base=9))
    for keys in ("Alt+ArrowLeft", "Control+Home", "Meta+ArrowRight", "a", "Tab"):
        page.locator("#timeline-base").press(keys)
    assert events(page, "base") == []


def test_a_reader_that_sets_one_day_on_reaches_the_next_date(stage: Stage) -> None:
    page = stage(series(index=50))
    slider = page.get_by_role("slider")
    for by, expected in ((1, 51), (-1, 50), (7 * 14 + 3, 57)):
        slider.fill(str(int(slider.input_value()) + by))
        assert index(page) == expected
    assert [event["settled"] for event in events(page)] == [True] * 3


def test_the_cursor_shows_that_the_slider_has_the_focus(stage: Stage) -> None:
    page = stage(series(base=4))
    ring = "(part) => getComputedStyle(document.getElementById(part), {}).outlineStyle"
    for part, shown, pseudo in (("range", "cursor", "::before"), ("base", "base", "::after")):
        style = ring.replace("{}", f"'{pseudo}'")
        assert page.evaluate(style, f"timeline-{shown}") == "none"
        page.locator(f"#timeline-{part}").press("ArrowRight")
        assert page.evaluate(style, f"timeline-{shown}") == "solid"


# ---- pointers ----


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_dragging_goes_to_the_nearest_date_and_settles_at_the_end(
    stage: Stage, direction: str
) -> None:
    page = stage(series(), direction)
    track = page.locator("#timeline-track").bounding_box()
    assert track

    def at(day: str) -> tuple[float, float]:
        x, y = place(page, day)
        return (2 * track["x"] + track["width"] - x if direction == "rtl" else x), y

    page.evaluate("document.addEventListener('input', () => seen.push({ kind: 'native' }))")
    page.mouse.move(*at(ISO[20]))
    page.mouse.down()
    page.mouse.move(*at(ISO[60]), steps=5)
    page.mouse.move(*at("2020-01-01"))
    moves = page.evaluate("seen.splice(0)")
    assert moves[0]["index"] == 20
    assert {event["kind"] for event in moves} == {"time"}
    assert {(event["source"], event["settled"]) for event in moves} == {("drag", False)}
    page.mouse.move(0, 0)
    page.mouse.move(*at("2020-01-01"))
    page.mouse.up()
    final = events(page)[-1]
    assert final == {
        "kind": "time",
        "index": nearest(date(2020, 1, 1)),
        "date": ISO[nearest(date(2020, 1, 1))],
        "source": "drag",
        "settled": True,
    }
    page.mouse.move(*at(ISO[0]))
    assert events(page) == []
    expect(page.get_by_role("slider")).to_be_focused()
    expect(page.get_by_role("slider")).to_have_value(
        str((SYNTHETIC_DATES[final["index"]] - date(1970, 1, 1)).days)
    )


def test_listeners_are_called_while_the_pointer_event_is_handled(stage: Stage) -> None:
    page = stage(series())
    x, y = place(page, ISO[70])
    inside = page.evaluate(
        """([clientX, clientY]) => {
          const range = document.getElementById('timeline-range');
          const track = document.getElementById('timeline-track');
          track.setPointerCapture = () => {};
          const options = { clientX, clientY, bubbles: true, pointerId: 1 };
          range.dispatchEvent(new PointerEvent('pointerdown', options));
          return seen.length;
        }""",
        [x, y],
    )
    assert inside == 1


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw one finger over the page, as the browser's own input."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, points: list[tuple[float, float]]) -> None:
        message = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        session.send("Input.dispatchTouchEvent", message)

    touch("touchStart", [start])
    for step in range(1, 11):
        touch(
            "touchMove",
            [
                (a + (b - a) * step / 10, c)
                for a, b, c in [(start[0], end[0], start[1] + (end[1] - start[1]) * step / 10)]
            ],
        )
    touch("touchEnd", [])


def test_a_finger_drags_along_the_track(stage: Stage) -> None:
    page = stage(series(), width=390, has_touch=True, is_mobile=True)
    swipe(page, place(page, ISO[30]), place(page, ISO[100]))
    moves = events(page)
    assert (moves[-1]["index"], moves[-1]["source"], moves[-1]["settled"]) == (100, "drag", True)
    assert [event["settled"] for event in moves].count(True) == 1


def test_a_tap_goes_to_the_nearest_date(stage: Stage) -> None:
    page = stage(series(), width=390, has_touch=True, is_mobile=True)
    page.touchscreen.tap(*place(page, ISO[100]))
    assert [(event["index"], event["settled"]) for event in events(page)][-1] == (100, True)


def test_a_finger_that_scrolls_the_page_leaves_the_date(stage: Stage) -> None:
    page = stage(series(index=7), width=390, has_touch=True, is_mobile=True)
    x, y = place(page, ISO[60])
    swipe(page, (x, y), (x + 3, y - 150))
    page.wait_for_function("scrollY > 50")
    assert events(page) == []
    assert index(page) == 7


# ---- the base date ----


def test_there_is_a_base_handle_only_when_there_is_a_base_date(stage: Stage) -> None:
    page = stage(series(index=50))
    handle = page.locator("#timeline-base")
    expect(handle).to_be_hidden()
    page.evaluate("timeline.setBase(12)")
    expect(handle).to_be_visible()
    expect(handle).to_have_attribute("aria-valuetext", f"long {ISO[12]}")
    assert middle(page, "base")[0] == pytest.approx(place(page, ISO[12])[0], abs=0.6)
    page.evaluate("timeline.setBase(null)")
    expect(handle).to_be_hidden()
    assert page.evaluate("seen") == []


def test_both_handles_can_be_taken_when_they_lie_on_one_date(stage: Stage) -> None:
    page = stage(series(index=50, base=50))
    page.mouse.move(*middle(page, "base"))
    page.mouse.down()
    page.mouse.move(*place(page, ISO[80], height=0))
    page.mouse.up()
    assert [event["index"] for event in events(page, "base")][-1] == 80
    assert index(page) == 50
    page.evaluate("timeline.setBase(50)")
    page.mouse.move(*place(page, ISO[50]))
    page.mouse.down()
    page.mouse.move(*place(page, ISO[20]))
    page.mouse.up()
    assert {event["kind"] for event in page.evaluate("seen")} == {"time"}
    assert index(page) == 20


def test_the_base_handle_is_taken_where_it_is_pressed(stage: Stage) -> None:
    page = stage(series(index=50, base=70))
    x, y = middle(page, "base")
    page.mouse.move(x + 9, y)
    page.mouse.down()
    assert page.evaluate("seen") == []
    expect(page.locator("#timeline-base")).to_be_focused()
    page.mouse.move(place(page, ISO[80])[0] + 9, y)
    page.mouse.up()
    assert [event["index"] for event in events(page, "base")][-1] == 80


def test_the_base_dates_text_gives_way_to_the_cursor(stage: Stage) -> None:
    page = stage(series(index=77, base=75))
    assert middle(page, "flag")[0] < middle(page, "base")[0]
    page.evaluate("timeline.setIndex(73)")
    assert middle(page, "flag")[0] > middle(page, "base")[0]


# ---- the typed date ----


def ask(page: Page, day: str) -> None:
    if page.locator("#timeline-form").is_hidden():
        page.locator("#timeline-date").click()
    page.get_by_label("Go to a date").last.fill(day)
    page.keyboard.press("Enter")


def test_a_typed_round_is_shown_and_the_form_closes(stage: Stage) -> None:
    page = stage(series(index=3))
    ask(page, ISO[44])
    assert [(e["index"], e["source"], e["settled"]) for e in events(page)] == [(44, "typed", True)]
    expect(page.locator("#timeline-form")).to_be_hidden()
    expect(page.locator("#timeline-date")).to_be_focused()


def test_a_date_without_a_round_goes_to_the_nearest_and_says_so(stage: Stage) -> None:
    page = stage(series(index=3))
    asked = (SYNTHETIC_DATES[44] + timedelta(5)).isoformat()
    ask(page, asked)
    assert index(page) == 44
    expect(page.get_by_role("status")).to_have_text(
        f"No round on long {asked}; showing the nearest, long {ISO[44]}."
    )


def test_a_date_that_cannot_be_shown_gets_a_sentence_and_changes_nothing(stage: Stage) -> None:
    page = stage(series(index=3))
    ask(page, "1999-01-02")
    status = page.get_by_role("status")
    expect(status).to_have_text(f"long 1999-01-02 is outside long {ISO[0]} to long {ISO[-1]}.")
    ask(page, "")
    expect(status).to_have_text(f"Type a date, for example long {ISO[-1]}.")
    assert events(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#timeline-form")).to_be_hidden()
    expect(page.locator("#timeline-date")).to_be_focused()


def test_the_form_stays_on_the_page_and_closes_when_left(stage: Stage) -> None:
    page = stage(series(), width=360)
    page.locator("#timeline-date").click()
    form = page.locator("#timeline-form")
    box = form.bounding_box()
    assert box and box["y"] >= 0 and box["x"] >= 0 and box["x"] + box["width"] <= 360
    form.click(position={"x": 3, "y": 3})
    expect(form).to_be_visible()
    page.mouse.click(5, 5)
    expect(form).to_be_hidden()
    page.add_style_tag(content="body { padding-top: 0 !important }")
    page.locator("#timeline-date").click()
    box = form.bounding_box()
    assert box and box["y"] >= 0


# ---- playing ----


def test_playing_steps_through_the_dates_and_stops_at_the_last(stage: Stage) -> None:
    page = stage(series(index=LAST - 3))
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#root")).to_have_attribute("data-playing", "")
    page.clock.run_for(690)
    assert index(page) == LAST - 3
    page.clock.run_for(10)
    assert index(page) == LAST - 2
    page.clock.run_for(10_000)
    found = page.evaluate("seen")
    assert [(e["index"], e["settled"]) for e in found if e["kind"] == "time"] == [
        (LAST - 2, False),
        (LAST - 1, False),
        (LAST, False),
        (LAST, True),
    ]
    assert [e["playing"] for e in found if e["kind"] == "play"] == [True, False]
    expect(page.locator("#root")).not_to_have_attribute("data-playing", "")


def test_playing_from_the_last_date_begins_at_the_first(stage: Stage) -> None:
    page = stage(series(index=LAST))
    page.evaluate("timeline.play()")
    assert [(e["index"], e["source"]) for e in events(page)] == [(0, "play")]
    page.clock.run_for(700)
    assert index(page) == 1


@pytest.mark.parametrize(("speed", "steps"), [("0.5", 2), ("1", 4), ("2", 8), ("4", 16)])
def test_speed_sets_the_steps_in_a_time(stage: Stage, speed: str, steps: int) -> None:
    page = stage(series())
    page.get_by_label("Speed").select_option(f"{speed}×")
    page.evaluate("timeline.play()")
    page.clock.run_for(2800)
    assert index(page) == steps


def test_while_playing_the_slider_is_not_announced(stage: Stage) -> None:
    page = stage(series())
    slider = page.get_by_role("slider")
    slider.press(" ")
    page.clock.run_for(1400)
    expect(slider).to_have_attribute("aria-valuetext", f"People on {ISO[0]}")
    slider.press(" ")
    expect(slider).to_have_attribute("aria-valuetext", f"People on {ISO[2]}")
    assert [(e["index"], e["settled"]) for e in events(page)][-1] == (2, True)
    assert not page.evaluate("timeline.playing")


@pytest.mark.parametrize("act", ["key", "drag", "button", "typed"])
def test_whoever_moves_the_slider_stops_playing(stage: Stage, act: str) -> None:
    page = stage(series())
    page.evaluate("timeline.play()")
    page.clock.run_for(700)
    if act == "key":
        page.get_by_role("slider").press("End")
    elif act == "drag":
        page.mouse.click(*place(page, ISO[70]))
    elif act == "button":
        page.get_by_role("button", name="Next round").click()
    else:
        ask(page, ISO[70])
    moved = index(page)
    assert not page.evaluate("timeline.playing")
    page.clock.run_for(5000)
    assert index(page) == moved
    last = events(page)[-1]
    assert (last["index"], last["source"], last["settled"]) == (moved, act, True)


@pytest.mark.parametrize(("motion", "seconds"), [("no-preference", "0.15s"), ("reduce", "0s")])
def test_the_cursor_glides_only_for_those_who_do_not_mind_motion(
    stage: Stage, motion: str, seconds: str
) -> None:
    page = stage(series(), reduced_motion=motion)
    page.evaluate("timeline.play()")
    page.clock.run_for(700)
    assert index(page) == 1
    expect(page.locator("#timeline-cursor")).to_have_css("transition-duration", seconds)


# ---- the page's own calls ----


def test_the_page_may_move_the_slider_without_hearing_of_it(stage: Stage) -> None:
    page = stage(series())
    page.evaluate("timeline.setIndex(30); timeline.setBase(10); timeline.setIndex(1e6)")
    assert page.evaluate("seen") == []
    assert index(page) == LAST


def test_an_update_replaces_the_series(stage: Stage) -> None:
    page = stage(series(index=LAST, base=4))
    page.evaluate(
        "(next) => timeline.update({ ...next, describe: (i) => next.dates[i] })",
        series(["2012-09-07", "2017-08-31"], index=1),
    )
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "2017-08-31")
    expect(page.locator("#timeline-base")).to_be_hidden()
    expect(page.locator("#timeline-years")).to_have_text("20132014201520162017")
    assert page.evaluate("seen") == []


def test_step_buttons_stop_at_the_ends_and_keep_the_focus(stage: Stage) -> None:
    page = stage(series(index=1))
    button = page.get_by_role("button", name="Previous round")
    button.click()
    button.click(force=True)
    assert [(e["index"], e["source"], e["settled"]) for e in events(page)] == [(0, "button", True)]
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()


def test_in_forced_colours_cursor_and_ticks_are_the_systems(stage: Stage) -> None:
    page = stage(series(), forced_colors="active")
    drawn = page.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement('i'));
          probe.style.cssText = 'color: CanvasText; background: Highlight';
          const { color, backgroundColor } = getComputedStyle(probe);
          const cursor = document.getElementById('timeline-cursor');
          return [
            getComputedStyle(document.querySelector('.timeline__ticks')).stroke === color,
            getComputedStyle(cursor, '::before').backgroundColor === backgroundColor,
          ];
        }"""
    )
    assert drawn == [True, True]
