"""What a cell says: a number, a day, a word; and the notes that are made where it says none.

A cell comes as text, or as the number or date that a workbook holds. The functions raise
:class:`CellError` with the rule as a sentence that names no value, so that the same mistake in many
rows is one kind of finding.
"""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from geodata.sources.reading import Finding

Severity = Literal["error", "warning"]

MOST = 10_000_000_000  # people on Earth, rounded up
FIRST = dt.date(1990, 1, 1)  # as geodata.schemas
KEPT = 1_000

_BLANKS = frozenset({"", "n/a", "#n/a", "na", "nan", "null", "not available"})
_TOTALS = frozenset(
    {"total", "totals", "grand total", "overall total", "national total", "sum", "total général",
     "المجموع", "المجموع الكلي", "الإجمالي", "الاجمالي", "کۆی گشتی"}
)  # fmt: skip

# Digits in groups of three with one separator throughout, or in no groups; and a part that is zero.
_WHOLE = re.compile(r"(-?)(\d+|\d{1,3}(?:([,’' ])\d{3})(?:\3\d{3})*)(?:\.0+)?")
_PART = re.compile(r"-?[\d,’' ]*\.\d+")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")

_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\S*)?")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})")
_DAY_NAMED = re.compile(r"(\d{1,2})[ \-]([A-Za-z]+)\.?,?[ \-](\d{4})")
_NAMED_DAY = re.compile(r"([A-Za-z]+)\.? (\d{1,2}),? (\d{4})")
_NAMED = re.compile(r"([A-Za-z]+)\.?,?[ \-](\d{4})")
_MONTHS = {
    name.casefold(): i
    for names in (calendar.month_name, calendar.month_abbr, ["", *[""] * 8, "Sept"])
    for i, name in enumerate(names)
    if name
}

NOT_A_NUMBER = "is not a whole number: write digits only, like 1234 or 1,234."
A_PART = (
    "may be thousands or a part: only whole households and people are counted, and thousands are "
    "written 1234 or 1,234."
)
NEGATIVE = "is below zero, which no number of people is."
TOO_MANY = "is more than there are people on Earth."
NOT_A_DAY = "is not a date: write it like 2020-03-31, or 2020-03 for the last day of a month."
A_NUMBER = (
    "is a number and not a date: format the column as a date, or write it like 2020-03-31 or, for "
    "the last day of a month, 2020-03."
)
TWO_DAYS = (
    "may be two dates, day or month first: write it like 2020-03-31, or say how dates are written "
    "(`date_format` in a mapping)."
)
NO_SUCH_DAY = "is a date that the calendar does not have."
OUT_OF_RANGE = "is before 1990 or after this month."


class CellError(ValueError):
    """A cell does not hold what its column promises; the rule, as a sentence without the value."""


# ---- words


def text(value: object) -> str:
    r"""Return the text of a cell on one line, without signs that are not seen.

    >>> text("  Al-\u200fAnbar \n district ")
    'Al-Anbar district'
    >>> text(12.0), text(None)
    ('12', '')
    """
    if isinstance(value, str):
        return _line(value) if value else ""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return _line(str(value))


@lru_cache(maxsize=65_536)
def _line(cell: str) -> str:
    return _SPACES.sub(" ", _UNSEEN.sub("", cell)).strip()


def is_blank(value: object) -> bool:
    """Whether a cell says nothing: empty, or one of the words for that."""
    return text(value).casefold() in _BLANKS


def is_total(value: object) -> bool:
    """Whether a cell that should name a place says that its row is a sum.

    >>> is_total("Grand Total:"), is_total("المجموع"), is_total("Totali")
    (True, True, False)
    """
    return text(value).rstrip(" :.").casefold() in _TOTALS


def nearest(value: str, choices: Iterable[str], n: int = 3) -> tuple[str, ...]:
    """Return the choices that are written most like ``value``, best first."""
    folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(value.casefold(), folded, n=n, cutoff=0.5)
    return tuple(folded[key] for key in close)


# ---- numbers


def whole(value: object) -> int | None:
    """Return the number of a cell; ``None`` where it says nothing.

    Thousands may be separated, digits may be Arabic.

    Raises
    ------
    CellError
        If it is no whole number, or below zero.

    Examples
    --------
    >>> whole("1,234"), whole("١٬٢٣٤"), whole(" 12.0 "), whole("")
    (1234, 1234, 12, None)
    """
    if isinstance(value, bool):
        raise CellError(NOT_A_NUMBER)
    if isinstance(value, int):
        return _counted(value)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if not value.is_integer():  # nor is infinity
            raise CellError(A_PART if math.isfinite(value) else NOT_A_NUMBER)
        return _counted(int(value))
    return _written(text(value))


@lru_cache(maxsize=65_536)
def _written(cell: str) -> int | None:
    if cell.casefold() in _BLANKS:
        return None
    plain = unicodedata.normalize("NFKC", cell).replace("٬", ",").replace("٫", ".")
    plain = plain.replace("\u2212", "-")
    found = _WHOLE.fullmatch(plain)
    if not found:
        raise CellError(A_PART if _PART.fullmatch(plain) else NOT_A_NUMBER)
    digits = re.sub(r"\D", "", found[2])
    if len(digits) > 15:
        raise CellError(TOO_MANY)
    return _counted(int(digits) * (-1 if found[1] else 1))


def _counted(number: int) -> int:
    if number < 0:
        raise CellError(NEGATIVE)
    if number > MOST:
        raise CellError(TOO_MANY)
    return number


# ---- days


def day(value: object, pattern: str = "") -> dt.date | None:
    """Return the day of a cell; ``None`` where it says nothing.

    A month without a day is its last day: figures of a month are those at its end.

    Parameters
    ----------
    pattern
        How dates are written, as :meth:`datetime.date.strptime` reads it; without one, a date that
        may be two is refused.

    Raises
    ------
    CellError
        If it is no date, may be two, or lies before 1990 or after this month.

    Examples
    --------
    >>> day("2020-03"), day("31/03/2020"), day("29 Feb 2020")
    (datetime.date(2020, 3, 31), datetime.date(2020, 3, 31), datetime.date(2020, 2, 29))
    """
    if isinstance(value, dt.datetime):
        return _in_range(value.date())
    if isinstance(value, dt.date):
        return _in_range(value)
    cell = text(value)
    if cell.casefold() in _BLANKS:
        return None
    return _in_range(_day_of(cell, pattern))


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


@lru_cache(maxsize=16_384)
def _day_of(cell: str, pattern: str) -> dt.date:
    plain = unicodedata.normalize("NFKC", cell)
    try:
        return _by_pattern(plain, pattern) if pattern else _by_shape(plain)
    except CellError:
        raise
    except (ValueError, IndexError):  # 30 February, month 13
        raise CellError(NO_SUCH_DAY) from None


def _by_pattern(cell: str, pattern: str) -> dt.date:
    try:
        found = dt.datetime.strptime(cell, pattern).date()
    except ValueError:
        raise CellError(f"is not a date as `date_format` says, {pattern}.") from None
    return found if "%d" in pattern or "%j" in pattern else month_end(found.year, found.month)


def _by_shape(cell: str) -> dt.date:
    if found := _ISO_DAY.fullmatch(cell):
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    if found := _ISO_MONTH.fullmatch(cell):
        return month_end(int(found[1]), int(found[2]))
    if found := _NUMBERS.fullmatch(cell):
        return _day_first_or_month_first(int(found[1]), int(found[3]), int(found[4]))
    if found := _DAY_NAMED.fullmatch(cell):
        return dt.date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _NAMED_DAY.fullmatch(cell):
        return dt.date(int(found[3]), _month(found[1]), int(found[2]))
    if found := _NAMED.fullmatch(cell):
        return month_end(int(found[2]), _month(found[1]))
    raise CellError(A_NUMBER if re.fullmatch(r"[\d.,]+", cell) else NOT_A_DAY)


def _day_first_or_month_first(first: int, second: int, year: int) -> dt.date:
    if first <= 12 and second <= 12 and first != second:
        raise CellError(TWO_DAYS)
    return dt.date(year, second, first) if second <= 12 else dt.date(year, first, second)


def _month(name: str) -> int:
    if name.casefold() not in _MONTHS:
        raise CellError(NOT_A_DAY)
    return _MONTHS[name.casefold()]


def _in_range(found: dt.date) -> dt.date:
    today = dt.date.today()
    # The end of this month may be ahead: a month is said by its last day.
    if found < FIRST or (found > today and found > month_end(today.year, today.month)):
        raise CellError(OUT_OF_RANGE)
    return found


# ---- findings


@dataclass
class Notes:
    """Findings on one file as they are made.

    Of a mistake that is in more than :data:`KEPT` rows the rest is counted only, so that a file of
    millions of wrong rows takes no more memory than a small one.
    """

    file: str = ""
    sheet: str = ""
    _kept: list[Finding] = field(default_factory=list)
    _met: Counter[tuple[Severity, str, str]] = field(default_factory=Counter)
    _errors: int = 0

    def error(
        self,
        sentence: str,
        *,
        row: int = 0,
        column: str = "",
        value: object = "",
        nearest: tuple[str, ...] = (),
    ) -> None:
        """Note what stops the ingest."""
        self._note("error", sentence, row, column, value, nearest)

    def warning(
        self,
        sentence: str,
        *,
        row: int = 0,
        column: str = "",
        value: object = "",
        nearest: tuple[str, ...] = (),
    ) -> None:
        """Note what a person should look at."""
        self._note("warning", sentence, row, column, value, nearest)

    def take(self, finding: Finding) -> None:
        """Pass on a finding that was made elsewhere."""
        self._errors += finding.severity == "error"
        self._kept.append(finding)

    def _note(
        self,
        severity: Severity,
        sentence: str,
        row: int,
        column: str,
        value: object,
        near: tuple[str, ...],
    ) -> None:
        kind = (severity, column, sentence)
        self._errors += severity == "error"
        self._met[kind] += 1
        if self._met[kind] <= KEPT:
            shown = text(value)
            shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
            self._kept.append(
                Finding(severity, sentence, self.file, self.sheet, row, column, shown, near)
            )

    @property
    def errors(self) -> int:
        """How many errors were noted so far, those that are only counted among them."""
        return self._errors

    def all(self) -> list[Finding]:
        """Return the findings in the order they were made, then how many more of each there are."""
        more = [
            Finding(
                severity,
                f"and in {count - KEPT:,} more rows: {sentence}",
                self.file,
                self.sheet,
                column=column,
            )
            for (severity, column, sentence), count in self._met.items()
            if count > KEPT
        ]
        return [*self._kept, *more]
