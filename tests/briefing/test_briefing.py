"""Briefings: made from the data, read from files and addresses, refused with a sentence."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.briefing import addresses, briefing, slide_layouts, slides
from geodata.briefing.addresses import from_query, to_query
from geodata.briefing.briefing import Briefing, Slide, default
from geodata.briefing.yaml_files import from_yaml, to_yaml
from geodata.errors import BriefingError
from geodata.figures.view import compute
from geodata.i18n.language import load_language
from geodata.util.strict_yaml import MAX_BYTES
from tests.paths import ROOT

ENGLISH = load_language("en")
WORDS = st.text(max_size=60)
NOTES = st.text(max_size=120)
VIEWS = (
    "",
    "pop=returnee",
    "pop=returnee&level=2&time=2018-08-31",
    "prog=CRP~PHSS&measure=share",
    "mode=change&base=2018-08-31&time=2021-02-28",
    "measure=rate&area=IQG15",
    "funder=JAPAN&prog_when=date",
    "by=origin&measure=households&area=IQG15",
    "shelter=critical&measure=share",
    "pop=returnee&measure=return_rate&area=IQG01",
)


def answer(snapshot, state):
    return compute(snapshot, state, threshold=5)


def decoded(written):
    return dict(parse_qsl(written, keep_blank_values=True))


@st.composite
def briefings(draw, snapshot):
    made = st.builds(
        lambda view, layout, headline, note: briefing.slide_of(
            view, snapshot, layout=layout, headline=headline, note=note
        ),
        st.sampled_from(VIEWS),
        st.sampled_from(briefing.LAYOUTS),
        WORDS,
        NOTES,
    )
    title = briefing.short(draw(WORDS), 200, "title")
    return Briefing(title, tuple(draw(st.lists(made, min_size=1, max_size=6))))


def refused(text, snapshot):
    """The error that reading a file gives."""
    with pytest.raises(BriefingError) as caught:
        from_yaml(text, snapshot)
    return caught.value


# ---------------------------------------------------------------------------------- from the data


def test_the_default_briefing_is_made_of_what_the_snapshot_holds(snapshot):
    made = default(snapshot, ENGLISH)
    assert [(slide.layout, slide.query) for slide in made.slides] == [
        ("map", ""),
        ("compare", "mode=change"),
        ("map", "pop=returnee"),
        ("trend", ""),
        ("flows", ""),
        ("footprint", ""),
    ]


def test_there_is_no_slide_of_what_the_snapshot_does_not_hold(examplia):
    """Examplia's origins are of the first date only."""
    layouts = [slide.layout for slide in default(examplia, ENGLISH).slides]
    assert layouts == ["map", "compare", "map", "trend", "footprint"]


@pytest.mark.parametrize("layout", briefing.LAYOUTS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_layout_of_every_view_says_something_and_its_date(snapshot, layout, view):
    slide = briefing.slide_of(view, snapshot, layout=layout)
    found = slides.content(slide, snapshot, ENGLISH, answer)
    assert found.headline
    assert found.date in found.kicker
    assert found.sources and found.disclaimer and found.alt
    assert all(len(row.more) == len(found.columns) - 2 for row in found.rows)
    assert "nan" not in repr((found.headline, found.figures, found.rows, found.alt)).lower()
    assert f"v={snapshot.version}" in found.query and "time=" in found.query


def test_rows_are_the_figures_of_the_view(snapshot):
    found = slides.content(Slide("pop=returnee"), snapshot, ENGLISH, answer)
    at = found.at
    assert [row.number for row in found.rows] == sorted(
        (value for value in at.values if value > 0), reverse=True
    )
    for row in found.rows:
        assert row.number == at.values[at.counts.areas.index(row.pcode)]
        assert row.number and row.value == ENGLISH.number(row.number)


def test_a_table_lists_places_without_a_figure_in_words(snapshot):
    found = slides.content(Slide("pop=returnee", briefing.TABLE), snapshot, ENGLISH, answer)
    missing = [row for row in found.rows if row.number is None]
    assert len(found.rows) == 18
    assert {row.value for row in missing} == {"Not assessed"}
    assert {row.more[0] for row in missing} == {""}


def test_two_dates_share_a_scale_and_their_change_is_the_difference(snapshot):
    found = slides.content(Slide("mode=change", briefing.COMPARE), snapshot, ENGLISH, answer)
    assert found.other and found.other.scale is found.at.scale
    before, now = found.other.values, found.at.values
    for row in found.rows:
        i = found.at.counts.areas.index(row.pcode)
        assert row.number == now[i] - before[i]
    assert len(found.rows) == slide_layouts.RANKED


def test_flows_are_the_breakdown_by_origin(snapshot):
    found = slides.content(Slide("", briefing.FLOWS), snapshot, ENGLISH, answer)
    rows = snapshot.tables.breakdowns
    rows = rows[(rows["population"] == "idp") & (rows["kind"] == "origin")]
    rows = rows[rows["date"].dt.date == found.at.date]
    assert rows["households"].isna().all()  # the newest origins are in people
    held = rows.set_index(["category", "pcode"])["people"]
    assert len(found.flows) == slide_layouts.FLOWING
    assert all(held[flow.origin, flow.destination] == flow.number for flow in found.flows)
    assert found.figures[0].value == ENGLISH.number(held.sum())


def test_flows_into_a_governorate_whose_total_is_hidden_are_left_out(examplia):
    """At this threshold the totals of Alpha and Beta would give their districts away."""
    query = "time=2020-01-31"
    shown = slides.content(Slide(query, briefing.FLOWS), examplia, ENGLISH, answer)
    assert [(flow.origin, flow.destination, flow.number) for flow in shown.flows] == [
        ("XXG01", "XXG01", 100),
        ("XXG02", "XXG01", 53),
        ("XXG01", "XXG02", 40),
    ]

    def strict(held, state):
        return compute(held, state, threshold=1000)

    hidden = slides.content(Slide(query, briefing.FLOWS), examplia, ENGLISH, strict)
    assert hidden.flows == () and hidden.rows == ()
    assert "40" not in hidden.headline
    assert any("too small to show" in note for note in hidden.notes)


def test_a_trend_has_gaps_where_nobody_counted_and_ends_at_its_date(snapshot):
    found = slides.content(Slide("time=2016-03-31", briefing.TREND), snapshot, ENGLISH, answer)
    displaced, returned = found.series
    assert displaced.dates[-1] == "2016-03-31"
    assert returned.numbers[0] is None and returned.numbers[-1]
    assert displaced.numbers[-1] == found.at.stock


def test_a_slide_shows_the_words_of_the_briefings_language_only(snapshot):
    slide = briefing.slide_of("pop=returnee&lang=en&v=", snapshot)
    assert slide.query == "pop=returnee"


# -------------------------------------------------------------------------------------------- files


def test_a_file_reads_back_as_it_was_written(snapshot):
    made = default(snapshot, ENGLISH)
    assert from_yaml(to_yaml(made), snapshot) == made


def test_the_longest_briefing_survives_its_file(snapshot):
    slide = briefing.slide_of("level=2", snapshot, headline="س" * 200, note="عربي # “\n" * 220)
    made = Briefing("ب" * 200, (slide,) * briefing.MAX_SLIDES)
    assert from_yaml(to_yaml(made), snapshot) == made


@pytest.mark.slow
@given(data=st.data())
def test_any_briefing_survives_its_file(snapshot, data):
    made = data.draw(briefings(snapshot))
    assert from_yaml(to_yaml(made), snapshot) == made


@pytest.mark.parametrize("path", sorted((ROOT / "briefings").glob("*.yaml")), ids=lambda p: p.name)
def test_the_files_that_ship_can_be_read(path, snapshot):
    made = from_yaml(path.read_text("utf-8"), snapshot)
    assert [(slide.query, slide.layout) for slide in made.slides] == [
        (slide.query, slide.layout) for slide in default(snapshot, ENGLISH).slides
    ]


def test_a_whole_address_may_be_pasted_as_a_view(snapshot):
    text = "slides:\n- view: https://example.org/map/?level=2&pop=returnee&time=2018-08-31\n"
    assert from_yaml(text, snapshot).slides == (Slide("pop=returnee&level=2&time=2018-08-31"),)


HEAD = "title: One\nslides:\n"
WRONG = {
    "view": (
        "- layout: map\n  view: pop=returnees\n",
        4,
        "slide 1, view",
        "Did you mean returnee?",
    ),
    "key of a view": ("- view: pops=idp\n", 3, "slide 1, view", "Did you mean pop?"),
    "date": ("- view: time=2021-02-27\n", 3, "slide 1, view", "the nearest is 2021-02-28"),
    "layout": ("- view: ''\n- layout: mapp\n", 4, "slide 2, layout", "Did you mean map?"),
    "key": ("- headlin: Hello\n", 3, "slide 1", "Did you mean headline?"),
    "list": ("- headline: [a, b]\n", 3, "slide 1, headline", "Text is expected"),
    "slide": ("- pop=idp\n", 3, "slide 1", "Keys and values are expected"),
    "twice": ("- layout: map\n  layout: map\n", 4, "layout", "said twice"),
    "long": (f"- headline: {'x' * 201}\n", 3, "slide 1, headline", "200 at most"),
    "none": ("", 2, "slides", "A list of slides"),
    "empty": ("  []\n", 3, "slides", "1 to 40"),
    "many": ("- layout: map\n" * 41, 3, "slides", "1 to 40"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_told_by_line_and_key_with_the_nearest_choice(snapshot, case):
    text, line, key, rule = WRONG[case]
    error = refused(HEAD + text, snapshot)
    assert (error.line, error.key) == (line, key)
    assert rule in str(error)
    assert str(error).startswith(f"line {line}, {key}: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slides: !!python/object/apply:os.system ['true']", "is a tag: only plain text is read"),
        ("slides:\n- view: !!str pop=idp", "is a tag"),
        ("slides:\n- &one {layout: map}", "“&one” is an anchor"),
        ("slides:\n- *one", "alias"),
        ("a: &a [x]\nb: &b [*a, *a]", "anchor"),
        ("slides: [[[[[[x]]]]]]", "nested deeper"),
        ("[" * 5000, "nested deeper"),
        ("title: one\n---\ntitle: two", "A second document begins here"),
        ("slides: [" + "x, " * 3000 + "x]", "more here than a briefing has"),
        ("title: [", "not valid YAML"),
        ("title: \x07", "not valid YAML"),
        ("", "The file is empty"),
        ("just words", "Keys and values are expected"),
        ("? [a]\n: b", "A key is a word"),
        ("lang: xx\nslides:\n- layout: map", "“xx” is not known: it may be en"),
        (f"title: {'x' * 300}\nslides:\n- layout: map", "200 at most"),
        ("x" * (MAX_BYTES + 1), "300,000 at most"),
    ],
)
def test_what_is_not_plain_is_refused(snapshot, text, said):
    assert said in str(refused(text, snapshot))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(snapshot, text):
    try:
        from_yaml(text, snapshot)
    except BriefingError as error:
        assert str(error).endswith((".", "?", ")"))


# ---------------------------------------------------------------------------------------- addresses


def test_an_address_is_short_and_can_be_read(snapshot):
    made = Briefing(
        "",
        (
            Slide("pop=returnee"),
            Slide("mode=change&base=2018-08-31", briefing.COMPARE),
            Slide("", briefing.TREND, "Fewer, every year"),
        ),
    )
    assert to_query(made) == (
        "slides=map:pop=returnee;compare:mode=change,base=2018-08-31;"
        "trend:headline=Fewer*c_every_year"
    )


def test_the_default_briefing_needs_no_address(snapshot):
    made = default(snapshot, ENGLISH)
    assert to_query(made, snapshot) == ""
    assert from_query({}, snapshot, lenient=False) == (made, [])
    assert to_query(made) != ""


@given(data=st.data())
def test_any_briefing_survives_its_address(snapshot, data):
    made = data.draw(briefings(snapshot))
    try:
        written = to_query(made, snapshot)
    except BriefingError as error:
        assert "Save it as a file" in str(error)
        return
    assert len(written) <= addresses.MAX_QUERY
    assert written.isascii() and not set(written) & set(" \"'<>#")
    assert from_query(decoded(written), snapshot, lenient=False) == (made, [])


def test_a_wrong_slide_of_an_address_is_left_out_with_a_notice(snapshot):
    query = {"slides": "map:pop=returnee;mapp;map:pop=x;trend", "lang": "xx", "title": "x" * 300}
    found, notices = from_query(query, snapshot, lenient=True)
    assert found.slides == (Slide("pop=returnee"), Slide("", briefing.TREND))
    assert found.lang == "en" and found.title == ""
    assert [notice.partition(":")[0] for notice in notices] == [
        "lang",
        "title",
        "slide 2, layout",
        "slide 3, view",
    ]
    assert "Did you mean map?" in notices[2]
    for key in query:
        with pytest.raises(BriefingError):
            from_query({key: query[key]}, snapshot, lenient=False)


def test_an_address_without_a_right_slide_gives_the_default(snapshot):
    found, notices = from_query({"slides": "x;y"}, snapshot, lenient=True)
    assert found == default(snapshot, ENGLISH)
    assert len(notices) == 2


@given(st.text(alphabet="map:;,=*_poptrendheline%& é", max_size=80))
def test_any_address_is_read(snapshot, text):
    found, _ = from_query({"slides": text}, snapshot, lenient=True)
    assert found.slides


def test_an_address_has_no_more_slides_than_a_briefing(snapshot):
    query = {"slides": ";".join(["map"] * 60)}
    found, notices = from_query(query, snapshot, lenient=True)
    assert len(found.slides) == briefing.MAX_SLIDES
    assert len(notices) == 1
