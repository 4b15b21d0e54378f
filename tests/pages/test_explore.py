"""The map page in a real browser, against the real server with the real snapshot."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from geodata.places.folding import ARABIC_FORMS, fold
from tests.windows import Watched

RETURNEES_NOT_ASSESSED = 10
PHSS = {"IQG01", "IQG02", "IQG03", "IQG07", "IQG08", "IQG10", "IQG14", "IQG15", "IQG17", "IQG18"}


def get(url: str) -> Any:
    with urllib.request.urlopen(url) as response:
        return json.load(response)


class Visit:
    """A page of the site, with everything it asked for and said on the console."""

    def __init__(self, window: Watched) -> None:
        self.page, self.site, self.console = window.page, window.site, window.console
        self.requests: list[str] = []
        self.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if "favicon" not in request.url:  # the browser asks for it when it likes
            self.requests.append(request.url)

    def open(self, query: str = "") -> Page:
        self.page.goto(f"{self.site}/{query}")
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait until a view has been painted and nothing is being loaded."""
        self.page.wait_for_function(
            """() => document.querySelector('#title')?.textContent
                && document.querySelector('html[data-dash] path[data-pcode]')?.style.fill
                && !document.querySelector('#main').dataset.loading"""
        )

    def choose(self, group: str, value: str) -> None:
        """Choose a radio button or tick a programme as a person does: on its label."""
        self.page.locator(f"#{group} label:has(input[value='{value}'])").first.click()
        self.page.wait_for_function("() => !document.querySelector('#main').dataset.loading")

    def view(self, query: str = "") -> Any:
        return get(f"{self.site}/api/v1/view.json?{query}")

    def fills(self) -> dict[str, str]:
        """Fill of every area on the map."""
        found: dict[str, str] = self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('path[data-pcode]')]
                .map(path => [path.dataset.pcode, path.style.fill]))"""
        )
        return found

    def ranking(self) -> list[str]:
        """Texts of the ranking, top first."""
        return [
            " ".join(text.split("\n"))
            for text in self.page.locator("#ranking li").all_inner_texts()
        ]

    def path(self, pcode: str) -> Locator:
        return self.page.locator(f"path[data-pcode='{pcode}']")


Visiting = Callable[..., Visit]


@pytest.fixture
def visiting(watched: Callable[..., Watched], site: str) -> Visiting:
    """Visit the site; at the end the console must be empty and no request off-origin."""
    return lambda *size, **options: Visit(watched(*size, site=site, **options))


@pytest.fixture
def visit(visiting: Visiting) -> Visit:
    """A visit from a desk."""
    return visiting()


def test_the_first_picture_is_the_newest_round_of_displaced_people(visit: Visit) -> None:
    page, view = visit.open(), visit.view()
    assert page.locator("#title").inner_text() == view["text"]["title"]
    assert page.locator("#headline").inner_text() == view["text"]["headline"][-1]
    assert len(visit.fills()) == 18
    assert all(visit.fills().values())
    assert len(visit.ranking()) == 18


@pytest.mark.parametrize(
    ("pop", "headline"),
    [("idp", "1,665,108 internally displaced people"), ("returnee", "4,266,882 returnees")],
)
def test_30_april_2019(visit: Visit, pop: str, headline: str) -> None:
    page = visit.open(f"?pop={pop}&time=2019-04-30")
    expect(page.locator("#headline")).to_have_text(f"{headline} on 30 April 2019")


def test_returnees_hatch_ten_governorates_and_the_legend_counts_them(visit: Visit) -> None:
    page = visit.open("?time=2018-08-31")
    visit.choose("population", "returnee")
    expect(page.locator("#title")).to_have_text("Where people have returned")
    hatched = [pcode for pcode, fill in visit.fills().items() if "hatch" in fill]
    assert len(hatched) == RETURNEES_NOT_ASSESSED
    legend = page.locator("#legend li", has_text="Not assessed")
    expect(legend.locator("small")).to_have_text(str(RETURNEES_NOT_ASSESSED))
    assert sum("Not assessed" in row for row in visit.ranking()) == RETURNEES_NOT_ASSESSED
    assert "Not assessed: Basrah" in page.locator("#missing").inner_text()


def test_phss_limits_the_map_to_its_governorates_and_says_its_share(visit: Visit) -> None:
    page = visit.open("?time=2019-04-30")
    visit.choose("programmes", "PHSS")
    expect(page.locator("#programme-card")).to_contain_text("Governorates (10)")
    outside = {pcode for pcode, fill in visit.fills().items() if "lines" in fill}
    assert set(visit.fills()) - outside == PHSS
    view = visit.view("prog=PHSS")
    t = view["dates"].index("2019-04-30")
    share = f"{round(view['shares'][t] * 100)}%"
    assert share in page.locator("#headline").inner_text()
    assert share in page.locator("#key-figures").inner_text()
    assert "prog=PHSS" in page.url


def test_a_part_is_never_written_as_the_whole(visit: Visit) -> None:
    page = visit.open("?prog=CRP~PHSS&time=2019-04-30")
    assert 0.995 <= visit.view("prog=CRP~PHSS")["shares"][-1] < 1
    for place in ("#headline", "#key-figures"):
        expect(page.locator(place)).to_contain_text("more than 99%")


def test_each_filter_is_one_get_and_changes_the_right_figures(visit: Visit) -> None:
    """Each on top of those before it."""
    page = visit.open()
    before = visit.ranking(), visit.fills()
    for group, value, query in [
        ("measure", "rate", "measure=rate"),
        ("measure", "share", "measure=share"),
        ("measure", "households", "measure=households"),
        ("classes", "quantiles", "classes=quantiles"),
        ("level", "2", "level=2"),
        ("population", "returnee", "pop=returnee"),
        ("mode", "change", "mode=change"),
        ("programmes", "CRP", "prog=CRP"),
    ]:
        visit.requests.clear()
        visit.choose(group, value)
        page.wait_for_url(re.compile(re.escape(query)))
        visit.settled()
        views = [url for url in visit.requests if "/view.json" in url]
        parts = [url for url in visit.requests if "/parts/" in url and "/parts/drawing" not in url]
        others = [url for url in visit.requests if "/view.json" not in url and "/parts/" not in url]
        assert (len(views), others) == (1, []), query
        # What stands around the figures comes under their version, where a cache may have it.
        assert len(parts) <= (2 if group == "programmes" else 1), query
        assert all("v=" in url for url in parts), query
        view = visit.view(urlsplit(page.url).query)
        newest = view["newest"]
        expect(page.locator("#headline")).to_have_text(view["text"]["headline"][newest])
        after = visit.ranking(), visit.fills()
        assert after != before, query
        before = after
        top = min((rank, i) for i, rank in enumerate(view["ranks"][newest]) if rank)[1]
        assert after[0][0].startswith(view["areas"][top]["name"]), query


def test_a_step_of_the_timeline_costs_no_request(visit: Visit) -> None:
    page = visit.open()
    view = visit.view()
    slider = page.get_by_role("slider", name="Date", exact=True)
    slider.focus()
    visit.requests.clear()
    for steps_back in (2, 3):
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#headline")).to_have_text(view["text"]["headline"][-steps_back])
    page.wait_for_url(re.compile(f"time={view['dates'][-3]}"))
    page.keyboard.press("Home")
    expect(page.locator("#headline")).to_have_text(view["text"]["headline"][0])
    assert "hatch" in visit.fills()["IQG03"]  # Muthanna is absent from the first rounds, not zero
    page.keyboard.press("End")
    expect(page.locator("#headline")).to_have_text(view["text"]["headline"][-1])
    assert visit.requests == []


def test_the_timeline_is_dragged_proportionally_to_dates(visit: Visit) -> None:
    page = visit.open()
    box = page.get_by_role("slider", name="Date", exact=True).bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, middle, steps=8)
    page.mouse.up()
    page.wait_for_url(re.compile("time=2019-08-31"))  # half of April 2014 to December 2024
    assert "31 August 2019" in page.locator("#headline").inner_text()


def test_playing_moves_through_the_rounds_and_stops(visit: Visit) -> None:
    page = visit.open("?time=2014-04-01")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#headline")).not_to_contain_text("1 April 2014")
    page.get_by_role("button", name="Pause", exact=True).click()
    shown = page.locator("#headline").inner_text()
    page.get_by_role("button", name="Next round").click()
    expect(page.locator("#headline")).not_to_have_text(shown)


def test_a_link_reopens_the_same_view(visit: Visit, visiting: Visiting) -> None:
    page = visit.open("?pop=returnee&measure=households&level=1&time=R101&area=IQG15&tab=table")
    seen = [
        page.locator(part).inner_text() for part in ("#title", "#headline", "#table-pane tbody")
    ]
    expect(page.locator("#area-card .panel-title")).to_have_text("Ninewa")
    assert "time=2018-08-15" in page.url  # R101 by its date
    again = visiting()
    again.open(page.url.removeprefix(visit.site + "/"))
    parts = ("#title", "#headline", "#table-pane tbody")
    assert [again.page.locator(part).inner_text() for part in parts] == seen
    expect(again.page.locator("#area-card .panel-title")).to_have_text("Ninewa")
    expect(again.page.locator("#population input[value='returnee']")).to_be_checked()
    expect(again.page.locator("#measure input[value='households']")).to_be_checked()


def test_back_and_forward_walk_through_the_choices(visit: Visit) -> None:
    page = visit.open()
    titles = [page.locator("#title").inner_text()]
    visit.choose("population", "returnee")
    page.wait_for_url(re.compile("pop=returnee"))
    visit.choose("level", "2")
    page.wait_for_url(re.compile("level=2"))
    page.go_back()
    expect(page.locator("#ranking li")).to_have_count(18)
    expect(page.locator("#level input[value='1']")).to_be_checked()
    page.go_back()
    expect(page.locator("#title")).to_have_text(titles[0])
    expect(page.locator("#population input[value='idp']")).to_be_checked()
    page.go_forward()
    expect(page.locator("#title")).to_have_text("Where people have returned")


def test_ranking_and_map_select_each_other(visit: Visit) -> None:
    page = visit.open()
    page.locator("#ranking button", has_text="Anbar").click()
    expect(visit.path("IQG01")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#area-card .panel-title")).to_have_text("Anbar")
    visit.path("IQG15").click()
    expect(page.locator("#ranking button[aria-pressed='true']")).to_contain_text("Ninewa")
    expect(page.locator("#area-card .panel-title")).to_have_text("Ninewa")
    assert "area=IQG15" in page.url
    page.locator("#ranking button", has_text="Erbil").hover()
    expect(page.locator("#tooltip")).to_contain_text("Erbil")
    page.locator("#area-card .close").click()
    expect(page.locator("#area-card")).to_be_hidden()
    assert "area=" not in page.url


def test_the_tooltip_says_value_unit_rank_and_change(visit: Visit) -> None:
    page = visit.open("?time=2017-05-15")
    visit.path("IQG15").hover()
    tooltip = page.locator("#tooltip")
    for words in ("Ninewa", "643,824", "people", "rank 1 of 18", "since 27 Apr 2017"):
        expect(tooltip).to_contain_text(words)


def test_the_area_panel_holds_what_the_sources_say(visit: Visit) -> None:
    page = visit.open("?area=IQG09&time=2019-04-30")
    panel = page.locator("#area-card")
    for words in (
        "Dahuk",
        "since a year before",
        "Where they were displaced from",
        "Where displaced people from here live now",
        "Shelter",
        "When displaced",
        "Programmes present",
        "CRP",
    ):
        expect(panel).to_contain_text(words)
    expect(panel.locator("#trend .scatterlayer .trace")).to_have_count(3)
    view, data = visit.view(), get(f"{visit.site}/api/v1/area/IQG09.json")
    origin = next(table for table in data["breakdowns"] if table["kind"] == "origin")
    households = origin["values"][view["dates"].index("2019-04-30")]
    most = max(value or 0 for value in households)
    expect(panel.locator(".bars").first).to_contain_text(f"{most:,}")
    visit.requests.clear()
    page.get_by_role("slider", name="Date", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(panel).to_contain_text("Households on 28 Feb 2019")
    assert visit.requests == []


def test_the_area_panel_follows_the_population(visit: Visit) -> None:
    page = visit.open("?area=IQG15&time=2019-04-30")
    panel = page.locator("#area-card")
    expect(panel).to_contain_text("Where they were displaced from")
    visit.choose("population", "returnee")
    expect(panel).to_contain_text("Where they had been displaced to")
    view, data = (
        visit.view("pop=returnee"),
        get(f"{visit.site}/api/v1/area/IQG15.json?pop=returnee"),
    )
    origin = next(table for table in data["breakdowns"] if table["kind"] == "origin")
    households = origin["values"][view["dates"].index("2019-04-30")]
    expect(panel.locator(".bars .value").first).to_have_text(f"{max(filter(None, households)):,}")
    page.go_back()
    expect(panel).to_contain_text("Where they were displaced from")


def test_the_map_by_keyboard(visit: Visit) -> None:
    page = visit.open()
    visit.path("IQG15").focus()
    page.keyboard.press("ArrowDown")
    south = page.evaluate("document.activeElement.dataset.pcode")
    assert south in {"IQG01", "IQG16"}
    page.keyboard.press("Enter")
    expect(page.locator("#area-card")).to_be_visible()
    expect(visit.path(south)).to_have_attribute("aria-pressed", "true")
    assert "people" in (visit.path(south).get_attribute("aria-label") or "")
    visit.path(south).focus()
    page.keyboard.press("Escape")
    expect(page.locator("#area-card")).to_be_hidden()
    assert page.locator("path[data-pcode][tabindex='0']").count() == 1


def test_filters_by_keyboard(visit: Visit) -> None:
    page = visit.open()
    page.locator("#population input[value='idp']").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_url(re.compile("pop=returnee"))
    expect(page.locator("#title")).to_have_text("Where people have returned")


def test_the_table_sorts_and_copies(visit: Visit) -> None:
    page = visit.open("?tab=table&time=2019-04-30")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows = page.locator("#table-pane tbody tr")
    expect(rows).to_have_count(18)
    expect(rows.first).to_contain_text("Ninewa")
    page.get_by_role("button", name="people", exact=True).click()
    page.get_by_role("button", name="people", exact=True).click()
    expect(rows.first).to_contain_text("Muthanna")
    page.get_by_role("button", name="Area", exact=True).click()
    expect(rows.first).to_contain_text("Anbar")
    page.get_by_role("button", name="Copy table").click()
    expect(page.locator(".copy-status")).to_have_text("Copied")
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert len(lines) == 19
    assert lines[1].split("\t")[:2] == ["Anbar", "IQG01"]


def test_programmes_are_found_by_typing(visit: Visit) -> None:
    page = visit.open()
    page.locator("#programme-search").fill("enterprise")
    expect(page.locator("#programmes label:visible")).to_have_count(1)
    expect(page.locator("#programmes label:visible")).to_contain_text("EDF")
    page.locator("#programme-search").fill("zzz")
    expect(page.locator("#programmes label:visible")).to_have_count(0)


def test_all_programmes_lets_go_of_every_choice(visit: Visit) -> None:
    page = visit.open("?prog=PHSS~EDF")
    expect(page.locator("#programmes input:checked")).to_have_count(2)
    page.get_by_role("button", name="All programmes").click()
    expect(page.locator("#programmes input:checked")).to_have_count(0)
    expect(page.locator("#programme-card")).to_be_hidden()
    assert "prog" not in page.url


def test_a_wrong_value_shows_the_default_and_says_so(visit: Visit) -> None:
    page = visit.open("?pop=idps&time=2019-04-29&level=1")
    notices = page.locator("#notices")
    expect(notices).to_contain_text("pop=“idps” is not known")
    expect(notices).to_contain_text("showing the nearest date, 30 Apr 2019")
    expect(page.locator("#title")).to_have_text("Where displaced people are living")


def test_a_language_that_there_is_not_is_told_and_the_map_is_shown(visit: Visit) -> None:
    page = visit.open("?lang=xx")
    expect(page.locator("#notices")).to_contain_text("lang=“xx” is not known: lang may be en")
    assert len(visit.fills()) == 18


def test_refugees_have_two_dates_and_no_households(visit: Visit) -> None:
    page = visit.open("?time=2018-08-31")
    visit.choose("population", "refugee")
    expect(page.locator("#headline")).to_have_text(
        "244,235 registered Syrian refugees on 31 August 2017"
    )
    expect(page.locator("#notices")).to_contain_text("showing the nearest date, 31 Aug 2017")
    expect(page.locator("#measure input[value='households']")).to_be_disabled()
    expect(page.locator("#level input[value='2']")).to_be_disabled()
    expect(page.locator("#missing")).to_contain_text("Not placed: 3,883")


def test_change_is_compared_with_a_base_that_can_be_moved(visit: Visit) -> None:
    page = visit.open("?mode=change&base=2017-05-15&time=2019-04-30")
    expect(page.locator("#legend")).to_contain_text("Not comparable")
    expect(page.locator("#headline")).to_contain_text("compared with 15 May 2017")
    page.locator("#base").select_option("2018-08-31")
    expect(page.locator("#headline")).to_contain_text("compared with 31 August 2018")
    assert "base=2018-08-31" in page.url
    assert "time=2019-04-30" in page.url


def test_few_households_are_dotted_and_never_written(visit: Visit) -> None:
    page = visit.open("?level=2&time=2017-05-15")
    view = visit.view("level=2")
    t = view["dates"].index("2017-05-15")
    hidden = [a["pcode"] for a, s in zip(view["areas"], view["status"][t], strict=True) if s == "s"]
    assert hidden
    fills = visit.fills()
    assert all("dots" in fills[pcode] for pcode in hidden)
    assert sum("Suppressed" in row for row in visit.ranking()) == len(hidden)
    assert "Too few to show" in page.locator("#missing").inner_text()


def test_zoom_and_reset(visit: Visit) -> None:
    page = visit.open()

    measure = (
        "() => document.querySelector(\"path[data-pcode='IQG01']\").getBoundingClientRect().width"
    )
    whole = page.evaluate(measure)
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(f"whole => ({measure})() > 1.4 * whole", arg=whole)
    assert all(visit.fills().values())  # painted again after Plotly drew anew
    page.get_by_role("button", name="Show the whole country").click()
    page.wait_for_function(f"whole => Math.abs(({measure})() - whole) < 1", arg=whole)


def test_a_drag_moves_the_map_and_opens_nothing(visit: Visit) -> None:
    page = visit.open()
    before = visit.path("IQG15").bounding_box()
    assert before
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=5)
    page.mouse.up()
    after = visit.path("IQG15").bounding_box()
    assert after
    assert round(after["x"] - before["x"]) == 60
    assert "area=" not in page.url


def test_figure_to_source_in_two_clicks(visit: Visit) -> None:
    page = visit.open()
    page.locator("#key-figures .source-link").click()
    page.wait_for_url(re.compile("/sources#iom-dtm"))
    source = page.locator("#iom-dtm")
    expect(source).to_be_in_viewport()
    assert (
        source.get_by_role("link").get_attribute("href", timeout=5000) == "https://iraqdtm.iom.int/"
    )


@pytest.mark.parametrize(
    "query", ["", "?level=2&area=IQG15&prog=PHSS&time=2017-05-15", "?tab=table"]
)
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1440, 960)])
def test_nothing_overlaps_or_overflows(
    visiting: Visiting, width: int, height: int, query: str
) -> None:
    visit = visiting(width, height)
    page = visit.open(query)
    page.evaluate("document.fonts.ready")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    cards = page.evaluate(
        """() => [...document.querySelectorAll('.card, .masthead, .foot')]
            .filter(card => card.offsetParent && card.offsetHeight)
            .map(card => {
              const { left, top, right, bottom } = card.getBoundingClientRect();
              const frame = card.closest('.side')?.getBoundingClientRect();
              const scrolls = frame && frame.height; // what is scrolled away is not seen
              return [left, scrolls ? Math.max(top, frame.top) : top, right,
                      scrolls ? Math.min(bottom, frame.bottom) : bottom]; })
            .filter(([, top, , bottom]) => bottom > top)"""
    )
    assert len(cards) >= 5
    assert [pair for pair in _pairs(cards) if _overlap(*pair)] == []
    parts = ["#title", "#headline", ".tabs", ".timeline-slot"]
    boxes = [page.locator(part).bounding_box() for part in parts]
    corners = [[b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]] for b in boxes if b]
    assert len(corners) == len(parts)
    assert [pair for pair in _pairs(corners) if _overlap(*pair)] == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.segments label, .button, .brand, h1, .big')]
            .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1)
            .map(e => e.textContent)"""
    )
    assert cut == []


def _pairs(boxes: list[Any]) -> list[tuple[Any, Any]]:
    return [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]


def _overlap(a: list[float], b: list[float]) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1


def test_dark_pages_paint_the_ramp_the_other_way_round(visiting: Visiting) -> None:
    visit = visiting(color_scheme="dark")
    visit.open("?time=2017-05-15")
    scale = visit.view()["scale"]
    red, green, blue = (int(scale["colorsDark"][-1][i : i + 2], 16) for i in (1, 3, 5))
    assert visit.fills()["IQG15"] == f"rgb({red}, {green}, {blue})"


def test_a_failed_load_says_so_and_can_be_tried_again(visiting: Visiting) -> None:
    visit = visiting()
    page = visit.open()
    page.route("**/view.json*", lambda route: route.abort())
    visit.choose("population", "returnee")
    expect(page.locator("#notices")).to_contain_text("could not be loaded")
    expect(page.locator("#title")).to_have_text("Where displaced people are living")
    page.unroute("**/view.json*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#notices")).to_be_hidden()
    expect(page.locator("#title")).to_have_text("Where people have returned")
    visit.console.clear()  # the browser itself reports the request that was cut


def test_a_first_load_that_failed_can_be_tried_again(visiting: Visiting) -> None:
    visit = visiting()
    page = visit.page
    page.route("**/api/v1/**", lambda route: route.abort())
    page.goto(f"{visit.site}/?area=IQG15&time=2019-04-30")
    expect(page.locator("#notices")).to_contain_text("could not be loaded")
    page.unroute("**/api/v1/**")
    page.get_by_role("button", name="Try again").click()
    visit.settled()
    assert len(visit.fills()) == 18
    expect(page.locator("#headline")).to_contain_text("1,665,108")
    expect(page.locator("#area-card .panel-title")).to_have_text("Ninewa")
    visit.console.clear()  # the browser itself reports the requests that were cut


# ------------------------------------------------------------------------- finding a programme


FOLDED = """([letters, texts]) => {
  const { words } = window.displacement.createFolding(letters);
  return texts.map((text) => words(text).join(''));
}"""


def test_programmes_are_found_by_parts_of_their_words_in_any_order(visit: Visit):
    page = visit.open()
    shown = page.locator("#programmes label:not([hidden]) b")
    for asked, found in (
        ("revital community", "CRP"),
        ("  COMMUNITY, revitalízation ", "CRP"),
        ("crp", "CRP"),
        ("community mars", None),
    ):
        page.locator("#programme-search").fill(asked)
        assert (found in shown.all_inner_texts()) == bool(found), asked
    assert shown.count() == 0
    page.locator("#programme-search").fill("")
    assert shown.count() > 5


def test_letters_are_folded_as_names_of_areas_are(visit: Visit, snapshot):
    areas = snapshot.tables.areas
    texts = [name for column in ("name_ar", "name_ckb") for name in areas[column].dropna()]
    page = visit.open()
    assert page.evaluate(FOLDED, [ARABIC_FORMS, texts]) == [fold(text) for text in texts]
    finds = """([letters, asked, text]) =>
        window.displacement.createFolding(letters).finds(asked, text)"""
    for asked, text in (
        ("احياء مجتمعى", "برنامج إحياء المجتمعي"),
        ("كوردستان", "هەرێمی کوردستان"),
        ("هه\u200cریمی", "هەریمی"),
        ("مدرسه", "مدرسة"),
        ("٢٠١٨", "2018"),
        ("ال", "التنشيط"),
        ("التنشيط", "برنامج تنشيط"),
    ):
        assert page.evaluate(finds, [ARABIC_FORMS, asked, text]), (asked, text)
