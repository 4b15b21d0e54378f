"""Aggregate rows of counts by the finest place that they name, each row once.

::

    row by row ──▶ Aggregator ──▶ one operation, one assessment for a place and date ──▶ counts

Several rows of one place and date are one of four things, and only two of them are added: parts of
a split (by reason of displacement, by origin), and locations of a list. The same row twice is not,
nor are assessments of the same people by several methods.

Rows that agree in all that is read, and differ in a column that is not, may be parts of a split
that the reader does not know of, or duplicates: which of the two is for a person to say.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pandas as pd

from geodata.sources import Repeats
from geodata.sources.contract import COUNTS_READ, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.util import amounts
from geodata.util.findings import Harm
from geodata.util.suggestions import suggestions

PREFERRED_ASSESSMENTS = ("BA", "SA", "ETT")
"""DTM's kinds of assessment, first the one that is taken where a place has several on one date.

A baseline assessment (BA) counts people area by area, wherever they stay, as the master lists do;
site assessments (SA) those at sites; event or emergency tracking (ETT) those of one event. IOM says
what the three stand for beside its data set on HDX, ``global-iom-dtm-from-api``.
"""
_MAX_TITLES = 8  # of columns, in a refusal


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
    """Sum of the rows of one figure, with the first of them."""

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
    instruction
        How a person chooses what to do about a refused repeat; ``{}`` is the choice.
    unread
        Titles of the columns that are not read.
    rows
        How many were added so far.
    """

    log: FindingLog
    repeats: Repeats = "refuse"
    instruction: str = "pass --repeated-rows {}"
    unread: Sequence[str] = ()
    rows: int = 0
    _sums: dict[_RecordKey, _Sum] = field(default_factory=dict)

    def add(self, row: CountRecord) -> None:
        """Add the count of a row; log an error or a warning if an earlier row has its key."""
        self.rows += 1
        figure = _Figure(
            row.population, row.date, row.programme, row.level,
            row.adm1, row.adm1_code, row.adm2, row.adm2_code,
        )  # fmt: skip
        key = _RecordKey(figure, row.operation, row.assessment, row.split)
        total = self._sums.get(key)
        if total is None:
            self._sums[key] = _Sum(
                row.people, row.households, row.round, self.log.file, row.number, row.whole
            )
        elif total.round != row.round:
            self._log_other_round(row, total)
        elif self.repeats == "add":
            total.people += row.people
            total.households = _sum_or_none(total.households, row.households)
            total.rows += 1
        else:
            self._log_repeat(row, total)

    def _log_other_round(self, row: CountRecord, total: _Sum) -> None:
        self.log.error(
            "The row gives a figure of a place and date that an earlier row gives too, in another "
            "round: a date has one round.",
            row=row.number,
            value=f"{_place(row)}: round {row.round or 'none'}, and {total.round or 'none'} in "
            f"{total.first}",
        )

    def _log_repeat(self, row: CountRecord, total: _Sum) -> None:
        place = _place(row)
        if (total.people, total.households) != (row.people, row.households):
            self.log.error(
                "The row gives another figure of the same than an earlier row: only one can stand. "
                f"{self._advice()}.",
                row=row.number,
                value=f"{place}: {row.people:,} people, and {total.people:,} in {total.first}",
            )
        elif self.repeats == "once" or total.whole == row.whole:
            self.log.warning(
                "The row repeats an earlier one in all that is read: it is counted once.",
                row=row.number,
                value=f"{place}, as {total.first}",
                harm=Harm.COUNTED_ONCE,
            )
        else:
            self.log.error(
                "The row agrees with an earlier one in all that is read, and differs in what is "
                f"not{self._unread()}: it may be another part of one figure, or the same again. "
                f"{self._advice()}; if they say the same twice, {self.instruction.format('once')}.",
                row=row.number,
                value=f"{place}, as {total.first}",
            )

    def _advice(self) -> str:
        return f"If they are parts of one figure, {self.instruction.format('add')}"

    def _unread(self) -> str:
        titles = ", ".join(self.unread[:_MAX_TITLES])
        rest = len(self.unread) - _MAX_TITLES
        more = f" and {rest:,} more" if rest > 0 else ""
        return f" ({titles}{more})" if titles else ""

    def counts(self, options: Mapping[str, Any]) -> pd.DataFrame:
        """Return the figures as :data:`geodata.sources.contract.COUNTS_READ`.

        Parameters
        ----------
        options
            ``operation`` and ``assessment`` may name the only ones to take, where rows say theirs;
            else there must be one operation, and of several assessments of a place and date the
            first of :data:`PREFERRED_ASSESSMENTS` is taken.
        """
        chosen = self._of_operation(str(options.get("operation") or ""))
        chosen = self._of_assessment(chosen, str(options.get("assessment") or ""))
        totals: dict[_Figure, _Sum] = {}
        for key in chosen:
            part, total = self._sums[key], totals.get(key.figure)
            if total is None:
                totals[key.figure] = _Sum(**vars(part))
            else:
                total.people += part.people
                total.households = _sum_or_none(total.households, part.households)
                total.rows += part.rows
                total.round = total.round if total.round is not None else part.round
        return _counts_frame(totals.items())

    def _of_operation(self, operation: str) -> list[_RecordKey]:
        """Return the rows of one operation; log an error where there are several to choose from."""
        rows = Counter(key.operation for key in self._sums)
        if operation:
            return self._only(operation, rows, list(self._sums), "operation")
        if len(rows) > 1:
            names = "; ".join(f"{name or 'none'} (rows: {n:,})" for name, n in sorted(rows.items()))
            self.log.error(
                "The figures are of several operations, which may count the same people and are "
                f"never added: {names}. Name one with --operation.",
                column="operation",
            )
        return list(self._sums)

    def _only(
        self,
        value: str,
        rows: Counter[str],
        keys: list[_RecordKey],
        field: Literal["operation", "assessment"],
    ) -> list[_RecordKey]:
        """Return the rows of one operation or kind of assessment; log how many others there are."""
        chosen = [key for key in keys if getattr(key, field).casefold() == value.casefold()]
        if keys and not chosen:
            names = sorted(filter(None, rows))
            self.log.error(
                f"No figure is of this {field}. There are: {', '.join(names) or 'none named'}.",
                column=field,
                value=value,
                nearest=suggestions(value, names),
            )
        elif rest := len(keys) - len(chosen):
            self.log.warning(
                amounts.pluralise(
                    rest, f"figure of another {field} is", f"figures of another {field} are"
                )
                + " left out.",
                column=field,
                harm=Harm.NOT_TAKEN,
            )
        return chosen

    def _of_assessment(self, keys: list[_RecordKey], assessment: str) -> list[_RecordKey]:
        """Return the rows of one kind of assessment for each place and date."""
        if assessment:
            rows = Counter(key.assessment for key in keys)
            return self._only(assessment, rows, keys, "assessment")
        kinds: dict[_Figure, set[str]] = defaultdict(set)
        for key in keys:
            kinds[key.figure].add(key.assessment)
        best = {figure: min(options, key=_rank) for figure, options in kinds.items()}
        self._log_assessments(kinds, best)
        return [key for key in keys if key.assessment == best[key.figure]]

    def _log_assessments(self, kinds: dict[_Figure, set[str]], best: dict[_Figure, str]) -> None:
        """Log which kinds of assessment were preferred, and that several stand side by side."""
        pairs = Counter(
            (best[figure], other)
            for figure, options in kinds.items()
            for other in options - {best[figure]}
        )
        for (preferred, other), n in sorted(pairs.items()):
            self.log.warning(
                f"{amounts.pluralise(n, 'place has', 'places have')} figures of "
                f"{preferred or 'no kind'} and of {other or 'no kind'} on one date, which may "
                f"count the same people: those of {preferred or 'no kind'} are taken. Take one "
                "kind only with --assessment.",
                column="assessment",
                harm=Harm.NOT_TAKEN,
            )
        remaining = sorted(set(best.values()))
        if len(remaining) > 1:
            self.log.warning(
                f"The figures are of several kinds of assessment ({', '.join(remaining)}): places "
                "and dates may not compare. Take one kind only with --assessment.",
                column="assessment",
            )


def _place(row: CountRecord) -> str:
    return " / ".join(filter(None, (row.adm1 or row.adm1_code, row.adm2 or row.adm2_code)))


def _rank(kind: str) -> tuple[int, str]:
    """Return a sort key that puts preferred kinds of assessment first."""
    order = dict(zip(PREFERRED_ASSESSMENTS, range(len(PREFERRED_ASSESSMENTS)), strict=True))
    return order.get(kind.upper(), len(order)), kind


def _sum_or_none(first: int | None, second: int | None) -> int | None:
    """Add two numbers; a sum without one of its parts is missing, as it would look complete."""
    return None if first is None or second is None else first + second


def _counts_frame(figures: Iterable[tuple[_Figure, _Sum]]) -> pd.DataFrame:
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
    frame = pd.DataFrame(rows)[list(COUNTS_READ)]
    texts = ["population", "programme", "adm1", "adm1_code", "adm2", "adm2_code", "file"]
    numbers = ["round", "households", "people", "rows", "level", "row"]
    types = {**dict.fromkeys(texts, "str"), **dict.fromkeys(numbers, "Int64")}
    days = pd.to_datetime(frame["date"]).astype("datetime64[ns]")
    return frame.assign(date=days).astype(types).astype({"level": "int8"})
