"""The state of a view: what a reader chose, as it stands in the URL. One parser, one writer.

``pop=returnee&prog=PHSS~CRP&measure=rate&mode=change&base=2018-08-31&level=2&time=R101&area=IQG15``

:func:`parse` reads a query against a snapshot, refuses what does not exist (or, for pages, falls
back to the default and says so), and normalises; :func:`encode_query` writes the shortest query
that parses to the same state. Defaults are left out, order does not matter, unknown keys are
ignored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from geodata import populations
from geodata.errors import StateError, snapshot_not_available
from geodata.figures import availability, parts
from geodata.figures.availability import available_measures
from geodata.figures.breakdowns import populations_with_origins
from geodata.figures.classes import CLASSIFICATIONS, ROUND_STYLE
from geodata.figures.coverage import ANY_TIME, WHEN
from geodata.figures.date_keys import LATEST, Series, read_date
from geodata.figures.dates import default_base
from geodata.figures.flow_key import read_flows
from geodata.figures.funders import paid_by, programmes_paid_for, read_funders
from geodata.figures.part_keys import PartKeys, read_part, shelter_key
from geodata.figures.parts import Part
from geodata.figures.query_keys import SEPARATOR, QueryReader, encode_items, split_list
from geodata.i18n.language import SOURCE_LANGUAGE, Language, languages, load_language
from geodata.i18n.messages import gettext
from geodata.i18n.writing import DIGITS, WESTERN
from geodata.places.gazetteer import explain_retired_code, former_codes, pcodes_by_name
from geodata.snapshots.rounds import nearest_date
from geodata.snapshots.snapshot import Snapshot

NO_FIGURES_AT_LEVEL = gettext("level={value} has no figures for pop={pop}: level may be {allowed}.")
NO_AREAS_OF_LEVEL = gettext(
    "level={value} cannot be shown: no boundaries of that level are held; level may be {allowed}."
)


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
    by
        Whether areas are those where people are now, or those that they come from.
    from_, to
        P-code of the governorate that those shown come from, or are now in; at most one is set.
    shelter, period
        Types of shelter (:data:`geodata.figures.parts.SHELTER_TYPES`) or periods of displacement
        that are counted; all of them where both are empty.
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
    by: str = parts.HOST
    from_: str = ""
    to: str = ""
    shelter: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
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
    def part(self) -> Part | None:
        """The part of the population that is counted; ``None`` for all of it."""
        return chosen_part(self.by, self.from_, self.to, self.shelter, self.period)

    @property
    def unit(self) -> str:
        """What figures count, or are ratios of: people or households."""
        return populations.unit_of(self.measure, part=self.part is not None)

    @property
    def adds_up(self) -> bool:
        """Whether figures of areas are parts of the country's: no rates, nor shares of an area."""
        part = self.part
        of_area = self.measure == populations.SHARE and part and part.kind != parts.ORIGIN
        return self.measure not in populations.RATIOS and not of_area

    @property
    def series(self) -> Series:
        """What is counted, as arguments of :func:`geodata.figures.availability.dates_of`."""
        return self.pop, self.programmes, self.level, self.measure, self.part

    @property
    def view_key(self) -> State:
        """The state without what does not change the figures: time, area, version."""
        return replace(self, time=None, area="", v="", english=False)


# A field has the name of its key, but for those that other keys make, and for ``from``, which
# Python keeps for itself.
KEYS = tuple(
    each.name.rstrip("_") for each in fields(State) if each.name not in ("english", "paid")
)


def chosen_part(
    by: str, from_: str, to: str, shelter: tuple[str, ...], period: tuple[str, ...]
) -> Part | None:
    """Return the part that the keys of a query mean; ``None`` where they mean everyone by host.

    >>> chosen_part("host", "", "", ("rented",), ()).categories
    ('rented', 'rented_habitable', 'rented_uninhabitable')
    """
    if by == parts.ORIGIN_SIDE:
        return Part(parts.ORIGIN, parts.ORIGIN_SIDE, host=to)
    if from_:
        return Part(parts.ORIGIN, categories=(from_,))
    if shelter:
        types = [parts.SHELTER_TYPES[code].categories for code in shelter]
        return Part(parts.SHELTER, categories=tuple(each for held in types for each in held))
    return Part(parts.PERIOD, categories=period) if period else None


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
    measures = available_measures(snapshot, state.pop, state.level, state.part)
    measured = {
        measure: availability.by_area_of(snapshot, state.pop, (), state.level, measure, state.part)[
            -1
        ]
        for measure in measures
    }
    levels = {
        str(level): availability.last_date(snapshot, state.pop, level)
        for level in availability.levels(snapshot, state.pop, state.part)
    }
    at_level = measured[measures[0]]
    earlier = {
        "measure": {k: day for k, day in measured.items() if day and at_level and day < at_level},
        "level": {k: day for k, day in levels.items() if day and last and day < last},
    }
    return {key: {k: day.isoformat() for k, day in days.items()} for key, days in earlier.items()}


def counting_programmes(snapshot: Snapshot, state: State) -> frozenset[str]:
    """Return the chosen programmes whose own counts the figures are; empty where none are.

    Parts of a population and rates of return are of everyone, as no programme breaks down its own.

    >>> counting_programmes(snapshot, State(prog=("AID", "OWN")))
    frozenset({'OWN'})
    """
    if state.part or state.measure == populations.RETURN_RATE:
        return frozenset()
    return availability.programme_counts(snapshot, state.pop, state.programmes)


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
    chosen = read_part(reader, snapshot, pop)
    whom = State(pop=pop, **chosen._asdict())
    part = whom.part
    level = reader.get("level", 1, lambda text: _level(reader, snapshot, whom, text))
    measures = available_measures(snapshot, pop, level, part)
    measure = reader.get("measure", measures[0], _measure_reader(reader, whom, level, measures))
    mode = reader.get("mode", populations.LEVEL, reader.choice("mode", populations.MODES))
    none: tuple[str, ...] = ()
    prog = reader.get("prog", none, lambda text: _programmes(reader, snapshot, text))
    funder = reader.get("funder", none, lambda text: read_funders(reader, snapshot, text))
    paid = paid_by(snapshot, funder)
    prog = programmes_paid_for(reader, snapshot, prog, funder)
    when = reader.get("prog_when", ANY_TIME, reader.choice("prog_when", WHEN))
    series = (pop, State(prog=prog, funder=funder, paid=paid).programmes, level, measure, part)
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
        by=chosen.by,
        from_=chosen.from_,
        to=chosen.to,
        shelter=chosen.shelter,
        period=chosen.period,
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
    series: Series,
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


def _keys_of(whom: State) -> str:
    """Write who is counted as a refusal names it: ``idp``, or ``idp&shelter=camp``."""
    return "&".join([whom.pop, *(f"{key}={value}" for key, value in part_items(whom) if value)])


def _level(reader: QueryReader, snapshot: Snapshot, whom: State, text: str) -> int:
    levels = [str(level) for level in availability.levels(snapshot, whom.pop, whom.part)]
    if text in ("1", "2") and text not in levels:
        has_areas = availability.areas_of(snapshot, int(text)).pcodes
        raise StateError(
            "level",
            text,
            reader.language.gettext(
                NO_FIGURES_AT_LEVEL if has_areas else NO_AREAS_OF_LEVEL,
                value=text,
                pop=_keys_of(whom),
                allowed=reader.language.join_items(levels),
            ),
        )
    return int(reader.choice("level", levels)(text))


def _measure_reader(
    reader: QueryReader, whom: State, level: int, measures: tuple[str, ...]
) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text in populations.MEASURES and text not in measures:
            raise StateError(
                "measure",
                text,
                reader.language.gettext(
                    "measure={value} has no figures for pop={pop} at level={level}: measure may "
                    "be {allowed}.",
                    value=text,
                    pop=_keys_of(whom),
                    level=level,
                    allowed=reader.language.join_items(measures),
                ),
            )
        return reader.choice("measure", measures)(text)

    return read


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
        raise reader.wrong("area", text, allowed, pcodes_by_name(snapshot))
    return text


def query_items(state: State, snapshot: Snapshot) -> list[tuple[str, str]]:
    """List the keys and values that differ from the defaults, in a fixed order.

    >>> query_items(State(measure="rate", level=1), snapshot)
    [('measure', 'rate')]
    """
    first = availability.populations_with_counts(snapshot)[0]
    dates = availability.by_area_of(snapshot, *state.series)
    base = state.base.isoformat() if state.base and state.base != default_base(dates) else ""
    measures = available_measures(snapshot, state.pop, state.level, state.part)
    values = [
        ("pop", "" if state.pop == first else state.pop),
        ("prog", SEPARATOR.join(state.prog)),
        ("funder", SEPARATOR.join(state.funder)),
        ("prog_when", "" if state.prog_when == ANY_TIME else state.prog_when),
        *part_items(state),
        ("measure", "" if state.measure == measures[0] else state.measure),
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


def part_items(state: State) -> list[tuple[str, str]]:
    """List the keys of the part that is shown; ``to`` alone says that areas are of origin.

    >>> part_items(State(to="XXG01", by="origin"))[:3]
    [('by', ''), ('from', ''), ('to', 'XXG01')]
    """
    return [
        ("by", "" if state.by == parts.HOST or state.to else state.by),
        ("from", state.from_),
        ("to", state.to),
        ("shelter", shelter_key(state.shelter)),
        ("period", SEPARATOR.join(state.period)),
    ]


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

    Its dates are the nearest ones of that population; a part, level or measure that it has no
    figures for gives way to everyone, to governorates and to people, and flows to none.

    >>> with_population(State(level=2), "refugee", snapshot).level
    1
    """
    if state.part and not availability.part_units(snapshot, population, state.part.kind):
        state = replace(state, **PartKeys()._asdict())
    part = state.part
    level = state.level if state.level in availability.levels(snapshot, population, part) else 1
    measures = available_measures(snapshot, population, level, part)
    measure = state.measure if state.measure in measures else measures[0]
    dates = availability.dates_of(snapshot, population, state.programmes, level, measure, part)
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
