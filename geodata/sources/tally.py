"""Aggregate rows of counts by the finest place that they name, each row once.

::

    row by row ──▶ Aggregator ──▶ one operation, one assessment for a place and date ──▶ counts

Several rows of one place and date are one of four things, and only two of them are added: parts of
a split (by reason of displacement, by origin), and locations of a list. The same row twice is not,
nor are assessments of the same people by several methods.

Rows that agree in all that is read, and differ in a column that is not, may be parts of a split
that nobody told the reader of, or the same twice: which of the two is for a person to say.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pandas as pd

from geodata.sources import Repeats
from geodata.sources.contract import COUNTS_READ, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.util import amounts
from geodata.util.findings import Harm
from geodata.util.suggestions import suggestions

PREFERRED = ("BA", "SA", "ETT")
"""DTM's kinds of assessment, first the one that is taken where a place has several on one date.

A baseline assessment (BA) counts people area by area, wherever they stay, as the master lists do;
site assessments (SA) those at sites; event or emergency tracking (ETT) those of one event. IOM says
what the three stand for beside its data set on HDX, ``global-iom-dtm-from-api``.
"""
_SHOWN = 8  # columns that a refusal names


class CountRecord(NamedTuple):
    """A row of a file that gives a figure; texts as the file writes them.

    Attributes
    ----------
    number
        Of the row in the file, from 1.
    operation, assessment
        DTM's operation and kind of assessment, where the file says them.
    split
        What the figures of a place and date are split by, besides; such rows are added up.
    whole
        The same for two rows only where they agree in every cell, also in those that are not read.
    """

    number: int
    population: str
    date: dt.date
    level: int
    adm1: str
    adm1_code: str
    adm2: str
    adm2_code: str
    people: int
    households: int | None = None
    round: int | None = None
    programme: str = ""
    operation: str = ""
    assessment: str = ""
    split: tuple[str, ...] = ()
    whole: int = 0


class _Figure(NamedTuple):
    """The population, programme, date and place that a figure is of."""

    population: str
    date: dt.date
    programme: str
    level: int
    adm1: str
    adm1_code: str
    adm2: str
    adm2_code: str


class _RecordKey(NamedTuple):
    """Identity of a record: rows that agree in every field are duplicates and count once."""

    figure: _Figure
    operation: str
    assessment: str
    split: tuple[str, ...]


@dataclass
class _Sum:
    people: int
    households: int | None
    round: int | None
    file: str
    row: int
    whole: int
    rows: int = 1

    @property
    def first(self) -> str:
        """The first row of the sum, as messages name it."""
        return f"row {self.row:,} of {self.file}"


@dataclass
class Aggregator:
    """Add up rows; log those that cannot be added.

    Attributes
    ----------
    repeats
        What to do with rows that agree in all that is read; ``"add"`` is for lists of locations.
    say
        How a person says what to do about a refused repeat; ``{}`` is the choice.
    unread
        Titles of the columns that are not read.
    """

    notes: FindingLog
    repeats: Repeats = "refuse"
    say: str = "pass --repeated-rows {}"
    unread: Sequence[str] = ()
    rows: int = 0
    _sums: dict[_RecordKey, _Sum] = field(default_factory=dict)

    def add(self, row: CountRecord) -> None:
        """Add a row."""
        self.rows += 1
        figure = _Figure(
            row.population, row.date, row.programme, row.level,
            row.adm1, row.adm1_code, row.adm2, row.adm2_code,
        )  # fmt: skip
        said = _RecordKey(figure, row.operation, row.assessment, row.split)
        held = self._sums.get(said)
        if held is None:
            self._sums[said] = _Sum(
                row.people, row.households, row.round, self.notes.file, row.number, row.whole
            )
        elif held.round != row.round:
            self._round_differs(row, held)
        elif self.repeats == "add":
            held.people += row.people
            held.households = _added(held.households, row.households)
            held.rows += 1
        else:
            self._repeated(row, held)

    def _round_differs(self, row: CountRecord, held: _Sum) -> None:
        self.notes.error(
            "The row gives a figure of a place and date that an earlier row gives too, in another "
            "round: a date has one round.",
            row=row.number,
            value=f"{_place(row)}: round {row.round or 'none'}, and {held.round or 'none'} in "
            f"{held.first}",
        )

    def _repeated(self, row: CountRecord, held: _Sum) -> None:
        place = _place(row)
        if (held.people, held.households) != (row.people, row.households):
            self.notes.error(
                "The row gives another figure of the same than an earlier row: only one can stand. "
                f"{self._parts()}.",
                row=row.number,
                value=f"{place}: {row.people:,} people, and {held.people:,} in {held.first}",
            )
        elif self.repeats == "once" or held.whole == row.whole:
            self.notes.warning(
                "The row repeats an earlier one in all that is read: it is counted once.",
                row=row.number,
                value=f"{place}, as {held.first}",
                harm=Harm.COUNTED_ONCE,
            )
        else:
            self.notes.error(
                "The row agrees with an earlier one in all that is read, and differs in what is "
                f"not{self._unread()}: it may be another part of one figure, or the same again. "
                f"{self._parts()}; if they say the same twice, {self.say.format('once')}.",
                row=row.number,
                value=f"{place}, as {held.first}",
            )

    def _parts(self) -> str:
        return f"If they are parts of one figure, {self.say.format('add')}"

    def _unread(self) -> str:
        shown = ", ".join(self.unread[:_SHOWN])
        more = f" and {len(self.unread) - _SHOWN:,} more" if len(self.unread) > _SHOWN else ""
        return f" ({shown}{more})" if shown else ""

    def counts(self, *, operation: str = "", assessment: str = "") -> pd.DataFrame:
        """Return the figures as :data:`geodata.sources.contract.COUNTS_READ`.

        Parameters
        ----------
        operation, assessment
            The only ones to take, where rows say theirs; else there must be one operation, and of
            several assessments of a place and date the first of :data:`PREFERRED` is taken.
        """
        chosen = self._of_operation(operation)
        chosen = self._of_assessment(chosen, assessment)
        added: dict[_Figure, _Sum] = {}
        for said in chosen:
            part, held = self._sums[said], added.get(said.figure)
            if held is None:
                added[said.figure] = _Sum(**vars(part))
            else:
                held.people += part.people
                held.households = _added(held.households, part.households)
                held.rows += part.rows
                held.round = held.round if held.round is not None else part.round
        return frame(added.items())

    def _of_operation(self, wanted: str) -> list[_RecordKey]:
        met = Counter(said.operation for said in self._sums)
        if wanted:
            return self._only(wanted, met, list(self._sums), "operation")
        if len(met) > 1:
            named = "; ".join(f"{name or 'none'} (rows: {n:,})" for name, n in sorted(met.items()))
            self.notes.error(
                "The figures are of several operations, which may count the same people and are "
                f"never added: {named}. Name one with --operation.",
                column="operation",
            )
        return list(self._sums)

    def _only(
        self,
        wanted: str,
        met: Counter[str],
        every: list[_RecordKey],
        what: Literal["operation", "assessment"],
    ) -> list[_RecordKey]:
        """Return the rows of one operation or kind of assessment; log how many others there are."""
        chosen = [said for said in every if getattr(said, what).casefold() == wanted.casefold()]
        if every and not chosen:
            names = sorted(filter(None, met))
            self.notes.error(
                f"No figure is of this {what}. There are: {', '.join(names) or 'none named'}.",
                column=what,
                value=wanted,
                nearest=suggestions(wanted, names),
            )
        elif left := len(every) - len(chosen):
            self.notes.warning(
                amounts.pluralise(
                    left, f"figure of another {what} is", f"figures of another {what} are"
                )
                + " left out.",
                column=what,
                harm=Harm.NOT_TAKEN,
            )
        return chosen

    def _of_assessment(self, every: list[_RecordKey], wanted: str) -> list[_RecordKey]:
        if wanted:
            met = Counter(said.assessment for said in every)
            return self._only(wanted, met, every, "assessment")
        kinds: dict[_Figure, set[str]] = defaultdict(set)
        for said in every:
            kinds[said.figure].add(said.assessment)
        best = {figure: min(met, key=_rank) for figure, met in kinds.items()}
        chosen = [said for said in every if said.assessment == best[said.figure]]
        self._tell_assessments(kinds, best)
        return chosen

    def _tell_assessments(self, kinds: dict[_Figure, set[str]], best: dict[_Figure, str]) -> None:
        left = Counter(
            (best[figure], other) for figure, met in kinds.items() for other in met - {best[figure]}
        )
        for (taken, other), n in sorted(left.items()):
            self.notes.warning(
                f"{amounts.pluralise(n, 'place has', 'places have')} figures of "
                f"{taken or 'no kind'} and of {other or 'no kind'} on one date, which may count "
                f"the same people: those of {taken or 'no kind'} are taken. Take one kind only "
                "with --assessment.",
                column="assessment",
                harm=Harm.NOT_TAKEN,
            )
        all_taken = sorted(set(best.values()))
        if len(all_taken) > 1:
            self.notes.warning(
                f"The figures are of several kinds of assessment ({', '.join(all_taken)}): places "
                "and dates may not compare. Take one kind only with --assessment.",
                column="assessment",
            )


def _place(row: CountRecord) -> str:
    return " / ".join(filter(None, (row.adm1 or row.adm1_code, row.adm2 or row.adm2_code)))


def _rank(kind: str) -> tuple[int, str]:
    known = kind.upper()
    return (PREFERRED.index(known) if known in PREFERRED else len(PREFERRED), kind)


def _added(one: int | None, other: int | None) -> int | None:
    """Add two numbers; a sum without one of its parts is missing, as it would look complete."""
    return None if one is None or other is None else one + other


def frame(figures: Iterable[tuple[_Figure, _Sum]]) -> pd.DataFrame:
    """Return figures as a frame of :data:`geodata.sources.contract.COUNTS_READ`."""
    rows = [
        {
            **figure._asdict(),
            "people": total.people,
            "households": total.households,
            "round": total.round,
            "rows": total.rows,
            "file": total.file,
            "row": total.row,
        }
        for figure, total in figures
    ]
    if not rows:
        return no_counts()
    made = pd.DataFrame(rows)[list(COUNTS_READ)]
    words = ["population", "programme", "adm1", "adm1_code", "adm2", "adm2_code", "file"]
    numbers = ["round", "households", "people", "rows", "level", "row"]
    types = {**dict.fromkeys(words, "str"), **dict.fromkeys(numbers, "Int64")}
    days = pd.to_datetime(made["date"]).astype("datetime64[ns]")
    return made.assign(date=days).astype(types).astype({"level": "int8"})
