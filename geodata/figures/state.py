"""The state of a view: what a reader chose, as it stands in the URL. One parser, one writer.

``pop=returnee&prog=PHSS~CRP&measure=rate&mode=change&base=2018-08-31&level=2&time=R101&area=IQG15``

:func:`parse` reads a query against a snapshot, refuses what does not exist (or, for pages, falls
back to the default and says so), and normalises; :func:`encode_query` writes the shortest query
that parses to the same state. Defaults are left out, order does not matter, unknown keys are
ignored.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from geodata import populations
from geodata.errors import StateError, snapshot_not_available
from geodata.figures import availability
from geodata.figures.availability import available_measures
from geodata.figures.breakdowns import populations_with_origins
from geodata.figures.classes import CLASSIFICATIONS, ROUND_STYLE
from geodata.figures.coverage import ANY_TIME, WHEN
from geodata.figures.dates import default_base
from geodata.figures.flow_key import read_flows
from geodata.figures.funders import paid_by, programmes_paid_for, read_funders
from geodata.figures.query_keys import SEPARATOR, QueryReader, encode_items, split_list
from geodata.i18n.language import SOURCE_LANGUAGE, Language, languages, load_language
from geodata.i18n.messages import gettext
from geodata.i18n.writing import DIGITS, WESTERN
from geodata.places.folding import fold
from geodata.places.gazetteer import explain_retired_code, former_codes
from geodata.snapshots.name_columns import NAME_COLUMNS
from geodata.snapshots.rounds import nearest_date
from geodata.snapshots.snapshot import Snapshot

LATEST = "latest"
NEAREST_DATE = gettext(
    "{population}: no such figures on {asked}; showing the nearest date, {shown}."
)
NO_FIGURES_AT_LEVEL = gettext("level={value} has no figures for pop={pop}: level may be {allowed}.")
NO_AREAS_OF_LEVEL = gettext(
    "level={value} cannot be shown: no boundaries of that level are held; level may be {allowed}."
)
_ROUND = re.compile(r"^R(\d{1,4})$", re.IGNORECASE)


@dataclass(frozen=True)
class State:
    """Which view to show. Build it with :func:`parse`; every field is valid for the snapshot.

    Attributes
    ----------
    prog_when
        Whether figures are of where the programmes worked at any time, or on each date.
    funder
        Those whose programmes are chosen; with ``prog``, those among them.
    paid
        Codes of the programmes that the funders pay for, as :func:`parse` reads them.
    time
        A date of the population, or ``None`` for the newest.
    base
        The date to compare with; set exactly when ``mode`` is ``change``.
    flows
        How many of the largest flows between governorates are drawn; 0 for none.
    digits
        Western ones, or those of the language's own script.
    v
        The snapshot version when the link is frozen.
    english
        Whether ``lang=en`` was asked for by name: links keep it, since a page without ``lang``
        is in the language that the browser prefers.
    """

    pop: str = populations.DISPLACED
    prog: tuple[str, ...] = ()
    prog_when: str = ANY_TIME
    funder: tuple[str, ...] = ()
    measure: str = populations.PEOPLE
    mode: str = populations.LEVEL
    level: int = 1
    classes: str = ROUND_STYLE
    time: dt.date | None = None
    base: dt.date | None = None
    area: str = ""
    flows: int = 0
    lang: str = "en"
    digits: str = WESTERN
    v: str = ""
    english: bool = False
    paid: tuple[str, ...] = ()

    @property
    def language(self) -> Language:
        """What the answer is written in."""
        return load_language(self.lang, self.digits)

    @property
    def programmes(self) -> tuple[str, ...]:
        """Codes of the chosen programmes: by name, by who pays for them, or by both."""
        if not self.funder:
            return self.prog
        return tuple(code for code in self.paid if not self.prog or code in self.prog)

    @property
    def decimals(self) -> int:
        """Decimals that its figures are given with."""
        return populations.decimals(self.measure, self.level)

    @property
    def series(self) -> tuple[str, tuple[str, ...], int, str]:
        """What is counted, as arguments of :func:`geodata.figures.availability.dates_of`."""
        return self.pop, self.programmes, self.level, self.measure

    @property
    def view_key(self) -> State:
        """The state without what does not change the figures: time, area, version."""
        return replace(self, time=None, area="", v="", english=False)


# A field has the name of its key, but for those that other keys make.
KEYS = tuple(each.name for each in fields(State) if each.name not in ("english", "paid"))


def earlier_last_dates(snapshot: Snapshot, state: State) -> dict[str, dict[str, str]]:
    """Return the last dates, by key and value, of choices whose figures end earlier than others.

    Of the state's population: each measure at its level, and each level, as ISO dates.

    >>> earlier_last_dates(snapshot, parse({}, snapshot)[0])
    {'measure': {}, 'level': {}}
    """
    last = max(
        (day for level in (1, 2) if (day := availability.last_date(snapshot, state.pop, level))),
        default=None,
    )
    measured = {
        measure: availability.last_date(snapshot, state.pop, state.level, measure)
        for measure in available_measures(snapshot, state.pop, state.level)
    }
    levels = {
        str(level): availability.last_date(snapshot, state.pop, level)
        for level in availability.levels(snapshot, state.pop)
    }
    at_level = measured[populations.PEOPLE]
    earlier = {
        "measure": {k: day for k, day in measured.items() if day and at_level and day < at_level},
        "level": {k: day for k, day in levels.items() if day and last and day < last},
    }
    return {key: {k: day.isoformat() for k, day in days.items()} for key, days in earlier.items()}


def newest(snapshot: Snapshot, state: State) -> dt.date:
    """Return the date of a state that names none: the newest with figures by area.

    >>> newest(snapshot, State()).isoformat()
    '2021-07-31'
    """
    return availability.by_area_of(snapshot, *state.series)[-1]


def parse(
    query: Mapping[str, str], snapshot: Snapshot, *, lenient: bool = False
) -> tuple[State, list[str]]:
    """Read a query into a state.

    Parameters
    ----------
    query
        Keys and values as they stand in the URL, decoded.
    lenient
        For pages: a wrong value gives its default and a notice instead of an error.

    Returns
    -------
    tuple
        The state, and the notices to show (empty unless ``lenient``).

    Raises
    ------
    StateError
        Naming the key, the value and what is allowed. :class:`~geodata.errors.NotAvailable`
        (also when lenient) where ``v`` names another snapshot.

    >>> state, _ = parse({"pop": "returnee", "time": "R13"}, snapshot)
    >>> state.pop, state.time.isoformat()
    ('returnee', '2021-01-31')
    >>> _, notices = parse({"level": "9"}, snapshot, lenient=True)
    >>> notices
    ['level=“9” is not known: level may be 1, 2. The default is shown instead.']
    """
    reader = QueryReader(query, lenient, load_language(SOURCE_LANGUAGE))
    lang = reader.get("lang", SOURCE_LANGUAGE, reader.choice("lang", languages()))
    reader.language = load_language(lang)
    digits = reader.get("digits", WESTERN, reader.choice("digits", DIGITS))
    reader.language = load_language(lang, digits)
    v = reader.get("v", "", lambda text: _version(reader, snapshot, text))
    codes = availability.populations_with_counts(snapshot)
    pop = reader.get("pop", codes[0], reader.choice("pop", codes))
    level = reader.get("level", 1, lambda text: _level(reader, snapshot, pop, text))
    measure = reader.get(
        "measure", populations.PEOPLE, _measure_reader(reader, snapshot, pop, level)
    )
    mode = reader.get("mode", populations.LEVEL, reader.choice("mode", populations.MODES))
    none: tuple[str, ...] = ()
    prog = reader.get("prog", none, lambda text: _programmes(reader, snapshot, text))
    funder = reader.get("funder", none, lambda text: read_funders(reader, snapshot, text))
    paid = paid_by(snapshot, funder)
    prog = programmes_paid_for(reader, snapshot, prog, funder)
    when = reader.get("prog_when", ANY_TIME, reader.choice("prog_when", WHEN))
    series = (pop, State(prog=prog, funder=funder, paid=paid).programmes, level, measure)
    time = reader.get("time", None, lambda text: read_date(reader, snapshot, series, "time", text))
    base = _base_date(reader, query, snapshot, series) if mode == populations.CHANGE else None
    return State(
        pop=pop,
        prog=prog,
        prog_when=when if prog or funder else ANY_TIME,
        funder=funder,
        paid=paid,
        measure=measure,
        mode=mode,
        level=level,
        classes=reader.get("classes", ROUND_STYLE, reader.choice("classes", CLASSIFICATIONS)),
        time=time,
        base=base,
        area=reader.get("area", "", lambda text: _area(reader, snapshot, text)),
        flows=reader.get("flows", 0, lambda text: read_flows(reader, snapshot, pop, level, text)),
        lang=lang,
        digits=digits,
        v=v,
        english=is_english(query),
    ), reader.notices


def _base_date(
    reader: QueryReader,
    query: Mapping[str, str],
    snapshot: Snapshot,
    series: tuple[str, tuple[str, ...], int, str],
) -> dt.date:
    """Read the date that changes are counted from; without one, the default of the series."""
    date = reader.get("base", None, lambda text: read_date(reader, snapshot, series, "base", text))
    dates = availability.by_area_of(snapshot, *series)
    latest = query.get("base", "").strip().lower() == LATEST
    return date or (dates[-1] if latest else default_base(dates))


def is_english(query: Mapping[str, str]) -> bool:
    """Tell whether a query asks for English by name.

    >>> is_english({"lang": "en"}), is_english({})
    (True, False)
    """
    return query.get("lang", "").strip() == SOURCE_LANGUAGE


def _version(reader: QueryReader, snapshot: Snapshot, text: str) -> str:
    if text != snapshot.version:
        raise snapshot_not_available(text, [snapshot.version], reader.language)
    return text


def _level(reader: QueryReader, snapshot: Snapshot, pop: str, text: str) -> int:
    levels = [str(level) for level in availability.levels(snapshot, pop)]
    if text in ("1", "2") and text not in levels:
        has_areas = availability.areas_of(snapshot, int(text)).pcodes
        raise StateError(
            "level",
            text,
            reader.language.gettext(
                NO_FIGURES_AT_LEVEL if has_areas else NO_AREAS_OF_LEVEL,
                value=text,
                pop=pop,
                allowed=reader.language.join_items(levels),
            ),
        )
    return int(reader.choice("level", levels)(text))


def _measure_reader(
    reader: QueryReader, snapshot: Snapshot, pop: str, level: int
) -> Callable[[str], str]:
    measures = available_measures(snapshot, pop, level)

    def read(text: str) -> str:
        if text in populations.MEASURES and text not in measures:
            raise StateError(
                "measure",
                text,
                reader.language.gettext(
                    "measure={value} has no figures for pop={pop} at level={level}: measure may "
                    "be {allowed}.",
                    value=text,
                    pop=pop,
                    level=level,
                    allowed=reader.language.join_items(measures),
                ),
            )
        return reader.choice("measure", measures)(text)

    return read


def read_date(
    reader: QueryReader,
    snapshot: Snapshot,
    series: tuple[str, tuple[str, ...], int, str],
    key: str,
    text: str,
) -> dt.date | None:
    """Read a date or round from the value of ``key``; ``None`` for the latest.

    Parameters
    ----------
    series
        What is counted, whose dates are allowed (:attr:`State.series`).

    >>> reader = QueryReader({}, False, english)
    >>> read_date(reader, snapshot, State().series, "time", "R13").isoformat()
    '2021-01-31'
    """
    if text.lower() == LATEST:
        return None
    pop, dates = series[0], availability.dates_of(snapshot, *series)
    numbers = availability.round_numbers(snapshot, *series)
    allowed = _allowed_dates(dates, numbers)
    if match := _ROUND.match(text):
        if int(match[1]) in numbers:
            return dates[numbers.index(int(match[1]))]
        raise reader.wrong(key, text, allowed, choices=())
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise reader.wrong(key, text, allowed, choices=[LATEST]) from None
    if day not in dates and reader.lenient:
        reader.notices.append(_nearest_notice(reader, pop, day, nearest_date(dates, day)))
        return nearest_date(dates, day)
    if day not in dates:
        raise StateError(key, text, _no_such_date(reader.language, key, text, pop, day, dates))
    return day


def _allowed_dates(dates: Sequence[dt.date], numbers: Iterable[int | None]) -> list[str]:
    """Return what a date may be: the span of the dates, that of the rounds, and the latest."""
    published = [number for number in numbers if number is not None]
    span = [f"R{min(published)}–R{max(published)}"] if published else []
    return [f"{dates[0].isoformat()}–{dates[-1].isoformat()}", *span, LATEST]


def _no_such_date(
    language: Language, key: str, text: str, pop: str, day: dt.date, dates: Sequence[dt.date]
) -> str:
    """Say that a date has no figures, and which is the nearest that has."""
    return language.gettext(
        "{key}={value} is not a date with such figures of {population}: the nearest is "
        "{nearest} (from {first} to {last}).",
        key=key,
        value=text,
        population=language.gettext(populations.POPULATIONS[pop].nouns),
        nearest=nearest_date(dates, day).isoformat(),
        first=dates[0].isoformat(),
        last=dates[-1].isoformat(),
    )


def _nearest_notice(reader: QueryReader, pop: str, day: dt.date, nearest: dt.date) -> str:
    language = reader.language
    return language.gettext(
        NEAREST_DATE,
        population=language.gettext(populations.POPULATIONS[pop].nouns),
        asked=language.date(day),
        shown=language.date(nearest),
    )


def _programmes(reader: QueryReader, snapshot: Snapshot, text: str) -> tuple[str, ...]:
    known_codes = list(snapshot.tables.programmes["code"])
    codes = tuple(sorted(set(split_list(text))))
    for code in codes:
        if code not in known_codes:
            raise reader.wrong("prog", code, known_codes)
    return codes


def _area(reader: QueryReader, snapshot: Snapshot, text: str) -> str:
    pcodes = list(snapshot.tables.areas["pcode"])
    rules = former_codes(snapshot.manifest["country"])
    if explanation := explain_retired_code(rules, text, reader.language):
        raise StateError("area", text, explanation)
    if text not in pcodes:
        levels = [availability.areas_of(snapshot, level).pcodes for level in (1, 2)]
        allowed = [f"{pcodes[0]}–{pcodes[-1]}" for pcodes in levels if pcodes]
        raise reader.wrong("area", text, allowed, _pcodes_by_name(snapshot))
    return text


def _pcodes_by_name(snapshot: Snapshot) -> dict[str, str]:
    """Return P-codes by the folded names of their areas in every language, and by themselves.

    Of two areas of one name the larger one wins, the governorate.
    """
    areas = snapshot.tables.areas.sort_values("level", ascending=False, kind="stable")
    return {
        fold(called): pcode
        for column in (*reversed(NAME_COLUMNS), "pcode")
        for called, pcode in areas[[column, "pcode"]].dropna().itertuples(index=False)
    }


def query_items(state: State, snapshot: Snapshot) -> list[tuple[str, str]]:
    """List the keys and values that differ from the defaults, in a fixed order.

    >>> query_items(State(measure="rate", level=1), snapshot)
    [('measure', 'rate')]
    """
    first = availability.populations_with_counts(snapshot)[0]
    dates = availability.by_area_of(snapshot, *state.series)
    base = state.base.isoformat() if state.base and state.base != default_base(dates) else ""
    values = [
        ("pop", "" if state.pop == first else state.pop),
        ("prog", SEPARATOR.join(state.prog)),
        ("funder", SEPARATOR.join(state.funder)),
        ("prog_when", "" if state.prog_when == ANY_TIME else state.prog_when),
        ("measure", "" if state.measure == populations.PEOPLE else state.measure),
        ("mode", "" if state.mode == populations.LEVEL else state.mode),
        ("level", "" if state.level == 1 else str(state.level)),
        ("classes", "" if state.classes == ROUND_STYLE else state.classes),
        ("time", state.time.isoformat() if state.time else ""),
        ("base", base),
        ("area", state.area),
        ("flows", str(state.flows) if state.flows else ""),
        *language_items(state.lang, state.digits, english=state.english),
        ("v", state.v),
    ]
    return [(key, value) for key, value in values if value]


def language_items(lang: str, digits: str, *, english: bool = False) -> list[tuple[str, str]]:
    """List the keys and values of language and digits; values are empty where they are the default.

    >>> language_items("ar", "western")
    [('lang', 'ar'), ('digits', '')]
    """
    return [
        ("lang", "" if lang == SOURCE_LANGUAGE and not english else lang),
        ("digits", "" if digits == WESTERN else digits),
    ]


def with_population(state: State, population: str, snapshot: Snapshot) -> State:
    """Return the state nearest to ``state`` that shows another population.

    Its dates are the nearest ones of that population; a level or measure that it has no figures
    for gives way to governorates and to people, and flows to none.

    >>> with_population(State(level=2), "refugee", snapshot).level
    1
    """
    level = state.level if state.level in availability.levels(snapshot, population) else 1
    measures = available_measures(snapshot, population, level)
    measure = state.measure if state.measure in measures else populations.PEOPLE
    dates = availability.dates_of(snapshot, population, state.programmes, level, measure)
    return replace(
        state,
        pop=population,
        level=level,
        measure=measure,
        time=nearest_date(dates, state.time) if state.time else None,
        base=nearest_date(dates, state.base) if state.base else None,
        flows=state.flows if population in populations_with_origins(snapshot) else 0,
    )


def encode_query(state: State, snapshot: Snapshot) -> str:
    """Write the state as the shortest query that parses to it (without ``?``).

    >>> encode_query(State(pop="returnee", level=2), snapshot)
    'pop=returnee&level=2'
    """
    return encode_items(query_items(state, snapshot))


def view_date(state: State, snapshot: Snapshot) -> dt.date:
    """Return the date that is shown: the state's own, else the newest with figures by area.

    >>> view_date(State(), snapshot).isoformat()
    '2021-07-31'
    """
    return state.time or newest(snapshot, state)


def frozen(state: State, snapshot: Snapshot) -> State:
    """Return the state with its date and snapshot named, so that its link never changes.

    >>> frozen(State(), snapshot).v == snapshot.version
    True
    """
    return replace(state, time=view_date(state, snapshot), v=snapshot.version)


def following(state: State) -> State:
    """Return the state without date and snapshot, so that its link follows the newest figures.

    >>> following(State(time=date(2021, 1, 31))) == State()
    True
    """
    return replace(state, time=None, v="")
