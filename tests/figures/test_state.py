"""The state is the URL: whatever is valid reads back the same, whatever is wrong says so."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import populations
from geodata.errors import NotAvailable, StateError
from geodata.figures.availability import (
    available_measures,
    by_area_of,
    dates_of,
    levels,
    populations_with_counts,
    round_numbers,
)
from geodata.figures.classes import CLASSIFICATIONS
from geodata.figures.coverage import ANY_TIME, WHEN
from geodata.figures.dates import default_base, years_before
from geodata.figures.flow_key import flow_choices
from geodata.figures.funders import funder_codes, paid_by
from geodata.figures.state import State, encode_query, parse
from geodata.snapshots.rounds import nearest_date
from tests.bundled import SNAPSHOT

KEYS = (
    "pop",
    "prog",
    "funder",
    "prog_when",
    "measure",
    "mode",
    "level",
    "classes",
    "time",
    "base",
    "area",
    "flows",
    "lang",
    "v",
)
unhurried = settings(deadline=None)


@st.composite
def states(draw: st.DrawFn) -> State:
    """Any state that the bundled snapshot can answer."""
    pop = draw(st.sampled_from(populations_with_counts(SNAPSHOT)))
    level = draw(st.sampled_from(levels(SNAPSHOT, pop)))
    mode = draw(st.sampled_from(populations.MODES))
    measure = draw(st.sampled_from(available_measures(SNAPSHOT, pop, level)))
    dates = st.sampled_from(dates_of(SNAPSHOT, pop, (), level, measure))
    funder = tuple(sorted(draw(st.sets(st.sampled_from(funder_codes(SNAPSHOT)), max_size=2))))
    paid = paid_by(SNAPSHOT, funder)
    programmes = st.sampled_from(paid or sorted(SNAPSHOT.tables.programmes["code"]))
    prog = tuple(sorted(draw(st.sets(programmes, max_size=4))))
    return State(
        pop=pop,
        prog=prog,
        funder=funder,
        paid=paid,
        prog_when=draw(st.sampled_from(WHEN)) if prog or funder else ANY_TIME,
        measure=measure,
        mode=mode,
        level=level,
        classes=draw(st.sampled_from(CLASSIFICATIONS)),
        time=draw(st.none() | dates),
        base=draw(dates) if mode == populations.CHANGE else None,
        area=draw(st.sampled_from(["", *SNAPSHOT.tables.areas["pcode"]])),
        flows=draw(st.integers(0, max(flow_choices(SNAPSHOT, pop, level)))),
        v=draw(st.sampled_from(["", SNAPSHOT.version])),
    )


def read(text: str, **options) -> tuple[State, list[str]]:
    return parse(dict(parse_qsl(text, keep_blank_values=True)), SNAPSHOT, **options)


def refusal(**pairs: str) -> StateError:
    with pytest.raises(StateError) as error:
        parse(pairs, SNAPSHOT)
    return error.value


# ---------------------------------------------------------------------------------- round trip


@given(states())
@unhurried
def test_a_state_written_as_a_query_reads_back_the_same(state):
    written = encode_query(state, SNAPSHOT)
    assert read(written) == (state, [])
    assert encode_query(read(written)[0], SNAPSHOT) == written


@given(states())
@unhurried
def test_no_shorter_query_leads_to_it(state):
    pairs = parse_qsl(encode_query(state, SNAPSHOT))
    for left_out in range(len(pairs)):
        rest = dict(pairs[:left_out] + pairs[left_out + 1 :])
        found, _ = parse(rest, SNAPSHOT, lenient=True)
        assert found != state


@given(states(), st.randoms(use_true_random=False))
@unhurried
def test_the_order_of_keys_does_not_matter_and_unknown_keys_are_ignored(state, random):
    pairs = [
        *parse_qsl(encode_query(state, SNAPSHOT)),
        ("utm_source", "x"),
        ("", "y"),
        ("POP", "z"),
    ]
    random.shuffle(pairs)
    assert parse(dict(pairs), SNAPSHOT) == (state, [])


def test_nothing_asked_is_the_newest_count_of_displaced_people_by_governorate():
    state, notices = parse({}, SNAPSHOT)
    assert state == State()
    assert notices == []
    assert encode_query(state, SNAPSHOT) == ""


def test_empty_values_are_as_if_they_were_not_there():
    assert parse(dict.fromkeys(KEYS, " "), SNAPSHOT) == (State(), [])


def test_the_query_of_the_documentation_reads_as_it_says():
    state, _ = read(
        "pop=returnee&prog=PHSS~CRP&measure=people&mode=change&base=2018-08-31&level=2&time=R101"
        "&area=IQG15"
    )
    assert state == State(
        pop="returnee",
        prog=("CRP", "PHSS"),
        mode="change",
        base=dt.date(2018, 8, 31),
        level=2,
        time=dt.date(2018, 8, 15),
        area="IQG15",
    )


# ----------------------------------------------------------------------------------- time and base


@pytest.mark.parametrize("text", ["latest", "LATEST", " latest "])
def test_latest_is_the_newest_round_whatever_it_will_be(text):
    assert parse({"time": text}, SNAPSHOT)[0].time is None


@pytest.mark.parametrize("text", ["latest", "LATEST", " latest "])
def test_the_newest_round_may_be_compared_with(text):
    state, _ = parse({"mode": "change", "base": text}, SNAPSHOT)
    assert state.base == dt.date(2024, 12, 31)


@pytest.mark.parametrize("number", [12, 101, 120, 121, 134])
def test_a_round_is_named_by_its_number(number):
    numbers = round_numbers(SNAPSHOT, "idp")
    for text in (f"R{number}", f"r{number}"):
        state, _ = parse({"time": text}, SNAPSHOT)
        assert state.time == dates_of(SNAPSHOT, "idp")[numbers.index(number)]


TIMES = "2014-04-01–2024-12-31, R12–R134, latest"


@pytest.mark.parametrize("text", ["R1", "R11", "R135", "R0", "R9999"])
def test_a_round_without_a_published_number_is_refused_with_the_numbers_there_are(text):
    error = refusal(time=text)
    assert (error.key, error.value) == ("time", text)
    assert str(error) == f"time=“{text}” is not known: time may be {TIMES}."


def test_refugees_have_dates_and_no_round_numbers():
    assert parse({"pop": "refugee", "time": "2012-09-07"}, SNAPSHOT)[0].time
    said = str(refusal(pop="refugee", time="R101"))
    assert said == "time=“R101” is not known: time may be 2012-09-07–2017-08-31, latest."


def test_a_date_between_rounds_is_refused_with_the_nearest():
    said = str(refusal(time="2019-04-29"))
    assert "time=2019-04-29 is not a date with such figures of internally displaced people" in said
    assert "the nearest is 2019-04-30 (from 2014-04-01 to 2024-12-31)" in said


@pytest.mark.parametrize("text", ["yesterday", "2019-04-31", "30/04/2019", "2019", "R", "Rx"])
def test_what_is_no_date_is_refused_with_an_example(text):
    said = str(refusal(time=text))
    assert said == f"time=“{text}” is not known: time may be {TIMES}."


def test_the_default_base_is_the_date_nearest_to_a_year_before_the_newest():
    state, _ = parse({"mode": "change"}, SNAPSHOT)
    assert state.base == dt.date(2023, 12, 31)
    assert default_base((dt.date(2020, 1, 1),)) == dt.date(2020, 1, 1)


@given(st.sets(st.dates(dt.date(2012, 1, 1), dt.date(2025, 12, 31)), min_size=1).map(sorted))
def test_the_default_base_and_the_year_before_are_one_date_where_there_is_one(days):
    dates = tuple(days)
    for t, before in enumerate(years_before(dates)):
        if before is not None:
            assert default_base(dates[: t + 1]) == dates[before]
            assert abs((dates[t] - dates[before]).days - 365) <= 46
        else:
            assert all(abs((dates[t] - day).days - 365) > 46 for day in dates[:t])


def test_refugees_have_no_year_before_and_are_compared_with_the_date_there_is():
    dates = by_area_of(SNAPSHOT, "refugee")
    assert years_before(dates) == [None, None]
    state, _ = parse({"pop": "refugee", "mode": "change"}, SNAPSHOT)
    assert state.base == default_base(dates) == dates[0] == dt.date(2012, 9, 7)


def test_a_base_means_nothing_where_nothing_is_compared():
    assert parse({"base": "2018-08-31"}, SNAPSHOT)[0].base is None


def test_of_two_dates_equally_near_the_earlier_is_taken():
    days = [dt.date(2020, 1, 1), dt.date(2020, 1, 3)]
    assert nearest_date(days, dt.date(2020, 1, 2)) == days[0]
    assert nearest_date(reversed(days), dt.date(2020, 1, 2)) == days[0]


# -------------------------------------------------------------------------------- wrong values


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("pop", "idps", ["idp, returnee, refugee", "Did you mean idp?"]),
        ("measure", "persons", ["people, households, rate, share"]),
        ("mode", "delta", ["level, change"]),
        ("level", "3", ["level may be 1, 2."]),
        ("level", "one", ["level may be 1, 2."]),
        ("classes", "equal", ["round, quantiles, jenks"]),
        ("prog", "PHS", ["AVRR, CBIBMP", "Did you mean PHSS?"]),
        ("prog", "phss", ["Did you mean PHSS?"]),
        ("area", "ninewa", ["IQG01–IQG18", "Did you mean IQG15?"]),
        ("area", "نينوى", ["Did you mean IQG15?"]),
        ("prog", "CRP~NONE", ["“NONE”"]),
        ("area", "IQG015", ["IQG01–IQG18", "IQG01Q01–IQG18Q", "Did you mean IQG"]),
        ("lang", "xx", ["en"]),
    ],
)
def test_a_wrong_value_is_refused_with_key_value_and_what_is_allowed(key, value, allowed):
    error = refusal(**{key: value})
    said = str(error)
    assert error.key == key
    assert error.value in value
    assert said.startswith(f"{key}=“{error.value}” is not known: {key} may be ")
    assert all(part in said for part in allowed)
    assert said.endswith((".", "?"))


def test_what_a_population_does_not_have_is_told_with_the_population():
    assert str(refusal(pop="refugee", level="2")) == (
        "level=2 has no figures for pop=refugee: level may be 1."
    )
    assert str(refusal(pop="refugee", measure="households")) == (
        "measure=households has no figures for pop=refugee at level=1: "
        "measure may be people, rate, share."
    )
    assert str(refusal(measure="rate", level="2")) == (
        "measure=rate has no figures for pop=idp at level=2: "
        "measure may be people, households, share."
    )


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ("v", "base")])
def test_pages_show_the_default_and_say_so(key):
    state, notices = parse({key: "nonsense"}, SNAPSHOT, lenient=True)
    assert state == State()
    (notice,) = notices
    refused = "cannot be" if key == "flows" else "is not known"
    assert notice.startswith(f"{key}=“nonsense” {refused}")
    assert notice.endswith("The default is shown instead.")


def test_one_wrong_value_leaves_the_others_as_they_are():
    state, notices = parse(
        {"pop": "returnee", "measure": "rat", "time": "R101", "area": "IQG99"},
        SNAPSHOT,
        lenient=True,
    )
    assert state == State(pop="returnee", time=dt.date(2018, 8, 15))
    assert sorted(notice.split("=")[0] for notice in notices) == ["area", "measure"]


def test_pages_show_the_date_nearest_to_one_without_a_round():
    state, notices = parse({"time": "2018-09-01"}, SNAPSHOT, lenient=True)
    assert state.time == dt.date(2018, 8, 31)
    assert notices == [
        "internally displaced people: no such figures on 1 Sept 2018; showing the nearest date, "
        "31 Aug 2018."
    ]


@pytest.mark.parametrize("lenient", [False, True])
def test_another_snapshot_is_not_held_and_never_answered_by_this_one(lenient):
    with pytest.raises(NotAvailable) as error:
        parse({"v": "000000000000"}, SNAPSHOT, lenient=lenient)
    assert SNAPSHOT.version in str(error.value)


# ----------------------------------------------------------------------------- whatever is sent


@given(st.dictionaries(st.sampled_from(KEYS), st.text(max_size=60)), st.booleans())
@unhurried
def test_odd_values_are_read_or_refused_with_a_sentence(pairs, lenient):
    try:
        state, notices = parse(pairs, SNAPSHOT, lenient=lenient)
    except StateError as error:
        assert error.key in pairs
        assert len(str(error)) < 600
    else:
        assert read(encode_query(state, SNAPSHOT))[0] == state
        assert lenient or notices == []


@given(st.sampled_from([key for key in KEYS if key != "v"]), st.sampled_from("9R~-%é\x00\n"))
@settings(deadline=None, max_examples=20)
def test_huge_values_get_a_short_answer(key, char):
    try:
        parse({key: char * 100_000}, SNAPSHOT)
    except StateError as error:
        assert len(str(error)) < 600


@pytest.mark.parametrize(
    "text", ["R１０１", "２０１９-04-30", "0001-01-01", "9999-12-31", "2019-W18-2"]
)
def test_unusual_ways_to_write_a_date_do_no_harm(text):
    state, _ = parse({"time": text, "mode": "change", "base": text}, SNAPSHOT, lenient=True)
    assert read(encode_query(state, SNAPSHOT))[0] == state


# --------------------------------------------------------------------------------- cached answers


@given(states())
@unhurried
def test_time_area_and_version_do_not_change_the_figures_and_are_no_part_of_their_key(state):
    assert (
        state.view_key
        == parse(
            {
                key: value
                for key, value in parse_qsl(encode_query(state, SNAPSHOT))
                if key not in ("time", "area", "v")
            },
            SNAPSHOT,
        )[0]
    )


def test_a_code_of_the_old_numbering_is_never_taken_for_a_new_one(snapshot):
    """IQ-G08 was Dahuk; suggesting IQG08 would lead to Baghdad."""
    with pytest.raises(StateError, match="IQ-G08 was Dahuk, IQG08 is Baghdad"):
        parse({"area": "IQ-G08"}, snapshot)
