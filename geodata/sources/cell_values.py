"""Parse cells of tables into numbers, dates and texts.

A cell comes as text, or as the number or date that a workbook holds. The functions raise
:class:`CellError` with the rule as a sentence that names no value, so that the same mistake in many
rows is one kind of finding.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from geodata.places.pcode_schemes import NOT_AVAILABLE
from geodata.sources import months
from geodata.util.partial_dates import month_end
from geodata.util.suggestions import suggestions

MAX_COUNT = 10_000_000_000  # people on Earth, rounded up
EARLIEST_DATE = dt.date(1990, 1, 1)  # as geodata.snapshots.schemas

_BLANK_WORDS = frozenset({"", "n/a", "na", "nan", "null", "not available"})
# What a row of totals calls itself, also with what it is the total of: "Total Ninewa".
_TOTAL = re.compile(
    r"(?:grand |overall |national |sub-?)?totals?\b.*|.*\b(?:sub-?)?totals?|sum|overall|national"
    r"|all (?:governorates|provinces|districts|locations)|somme\b.*"
    r"|(?:ال)?مجموع(?: .*)?|(?:ال)?[إا]جمالي(?: .*)?|[كک]ۆ(?:[یي] گشت[یي].*)?|سەرجەم(?: .*)?",
    re.IGNORECASE,
)

# Digits in groups of three with one separator throughout, or in no groups; and a part that is zero.
_WHOLE = re.compile(r"(-?)(\d+|\d{1,3}(?:([,’' ])\d{3})(?:\3\d{3})*)(?:\.0+)?")
_PART = re.compile(r"-?[\d,’' ]*\.\d+")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")

# What spreadsheets write in place of a result that they could not work out, in any language; a
# word that begins with # and ends so is one of them, and no tag of HXL.
_BROKEN = re.compile(r"#(?:[^\W\d_][\w/]*[!?]|n/[adv]|nv|getting_data)|err:\d{3}", re.IGNORECASE)

_SEPARATOR = r"[ .,،/\-\u2013]"  # between the parts of a date
_NAME = r"([^\W\d_]\D*?)"
_ISO_DAY = re.compile(
    r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\S*)?"
)
_ISO_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/](\d{4})")
_NUMBERS = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})")
_ORDINAL = rf"(?:(?:st|nd|rd|th|[یي])(?={_SEPARATOR}))?"
_DAY_MONTH_YEAR = re.compile(
    rf"(\d{{1,2}}){_ORDINAL}{_SEPARATOR}*{_NAME}{_SEPARATOR}*(\d{{4}}|\d{{2}})", re.IGNORECASE
)
_MONTH_DAY_YEAR = re.compile(
    rf"{_NAME}{_SEPARATOR}+(\d{{1,2}}){_ORDINAL}{_SEPARATOR}+(\d{{4}})", re.IGNORECASE
)
# Two digits after a space may be a day: only the signs that stand before a short year are taken.
_MONTH_NAME_YEAR = re.compile(rf"{_NAME}(?:{_SEPARATOR}*(\d{{4}})|{_SEPARATOR}*[-'’](\d{{2}}))")
_YEAR_MONTH_DAY = re.compile(rf"(\d{{4}}){_SEPARATOR}*{_NAME}(?:{_SEPARATOR}+(\d{{1,2}}))?")
_MAX_DATE_LENGTH = 60  # characters; patterns are tried on no more than a date can have
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY_OR_MONTH = re.compile(r"(\d{4}-\d\d)-\d\d or \1")

FORMULA_ERROR = (
    "stands where a formula has no result: mend the formula, or type the value; leave the cell "
    "empty only where nothing is known."
)
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
A_YEAR = (
    "is a year and no date: write the day that the figures are of, or the month, like 2020-12-31 "
    "or 2020-12."
)
DAY_OR_MONTH = (
    "may be a day or a month: what the cell's number format shows depends on the program's "
    "language or on a calendar. Format the cell as 2020-03-31, or write the month as text, 2020-03."
)
TWO_DAYS = (
    "may be two dates, day or month first: write it like 2020-03-31, or say how dates are written "
    "(`date_format` in a mapping)."
)
NO_SUCH_DAY = "is a date that the calendar does not have."
OUT_OF_RANGE = "is before 1990 or after this month."
NO_YEAR_OF_PLANS = "is before 1990 or after 2099."


class CellError(ValueError):
    """A cell breaks the rule of its column.

    Parameters
    ----------
    sentence
        The rule, without the value.
    nearest
        Valid choices that are spelled most like the value.
    """

    def __init__(self, sentence: str, nearest: Iterable[str] = ()) -> None:
        super().__init__(sentence)
        self.nearest = tuple(nearest)


# ---- words


def clean_text(value: object) -> str:
    r"""Return the text of a cell on one line, without invisible characters.

    >>> clean_text("  Al-\u200fAnbar \n district ")
    'Al-Anbar district'
    >>> clean_text(12.0), clean_text(None)
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
    return _SPACES.sub(" ", _INVISIBLE.sub("", cell)).strip()


def is_blank(value: object) -> bool:
    """Return whether a cell is empty, or holds a word for that, as ``n/a``."""
    return clean_text(value).casefold() in _BLANK_WORDS


def formula_error(value: object) -> str:
    """Return the error that a formula left in a cell, as ``#REF!``; ``""`` where there is none.

    >>> formula_error(" #ref! "), formula_error("Err:502"), formula_error("#adm1")
    ('#REF!', 'ERR:502', '')
    """
    if not isinstance(value, str):
        return ""
    word = clean_text(value)
    return word.upper() if word[:1] in ("#", "E", "e") and _BROKEN.fullmatch(word) else ""


def due_text(value: object) -> str:
    """Return the text of a cell, in a column of places, populations or the like.

    Raises
    ------
    CellError
        If a formula without a result stands there.
    """
    if formula_error(value):
        raise CellError(FORMULA_ERROR)
    return clean_text(value)


def optional_text(value: object) -> str:
    """Return the text of a cell that may be empty; ``#N/A`` counts as empty.

    Raises
    ------
    CellError
        If it is another error of a formula.
    """
    word = formula_error(value)
    if word and word != "#N/A":
        raise CellError(FORMULA_ERROR)
    return "" if word else clean_text(value)


def is_total(value: object) -> bool:
    """Return whether a cell in a column of places marks its row as a total.

    >>> is_total("Grand Total:"), is_total("Ninewa total"), is_total("المجموع"), is_total("Totali")
    (True, True, True, False)
    """
    return bool(_TOTAL.fullmatch(clean_text(value).rstrip(" :.")))


def check_choice(word: str, choices: Sequence[str]) -> None:
    """Refuse a word that is none of ``choices``.

    Raises
    ------
    CellError
        Naming the choices, with the nearest.
    """
    if word not in choices:
        valid = ", ".join(choices[:40]) or "none"
        raise CellError(f"This may be {valid}.", suggestions(word, choices))


# ---- numbers


def parse_count(value: object) -> int | None:
    """Parse a cell as a number of people or households; return ``None`` where it is blank.

    Thousands may be separated, digits may be Arabic.

    Raises
    ------
    CellError
        If it is no whole number, or below zero.

    Examples
    --------
    >>> parse_count("1,234"), parse_count("١٬٢٣٤"), parse_count(" 12.0 "), parse_count("")
    (1234, 1234, 12, None)
    """
    if isinstance(value, bool):
        raise CellError(NOT_A_NUMBER)
    if isinstance(value, int):
        return _check_count(value)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if not value.is_integer():  # nor is infinity
            raise CellError(A_PART if math.isfinite(value) else NOT_A_NUMBER)
        return _check_count(int(value))
    return _parse_count_text(clean_text(value))


@lru_cache(maxsize=65_536)
def _parse_count_text(cell: str) -> int | None:
    if cell.casefold() in _BLANK_WORDS:
        return None
    plain = unicodedata.normalize("NFKC", cell).replace("٬", ",").replace("٫", ".")
    plain = plain.replace("\u2212", "-")
    match = _WHOLE.fullmatch(plain)
    if not match and formula_error(cell):
        raise CellError(FORMULA_ERROR)
    if not match:
        raise CellError(A_PART if _PART.fullmatch(plain) else NOT_A_NUMBER)
    digits = re.sub(r"\D", "", match[2])
    if len(digits) > 15:
        raise CellError(TOO_MANY)
    return _check_count(int(digits) * (-1 if match[1] else 1))


def _check_count(number: int) -> int:
    if number < 0:
        raise CellError(NEGATIVE)
    if number > MAX_COUNT:
        raise CellError(TOO_MANY)
    return number


# ---- days


def parse_date(value: object, pattern: str = "") -> dt.date | None:
    """Parse a cell as a date; return ``None`` where it is blank.

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
    >>> parse_date("2020-03"), parse_date("29 Feb 2020")
    (datetime.date(2020, 3, 31), datetime.date(2020, 2, 29))
    """
    if isinstance(value, dt.datetime):
        return _in_range(value.date())
    if isinstance(value, dt.date):
        return _in_range(value)
    cell = clean_text(value)
    if cell.casefold() in _BLANK_WORDS:
        return None
    return _in_range(_parse_date_text(cell, pattern))


def parse_partial_date(value: object, pattern: str = "") -> str:
    """Parse a cell as a date that may be planned, as precise as it is; ``""`` where it is blank.

    Raises
    ------
    CellError
        If it is no date, may be two, or lies before 1990 or after 2099.

    Examples
    --------
    >>> parse_partial_date("Mar 2020"), parse_partial_date("21/03/2020"), parse_partial_date("2020")
    ('2020-03', '2020-03-21', '2020')
    """
    cell = clean_text(value)
    if cell.casefold() in _BLANK_WORDS:
        return ""
    plain = unicodedata.normalize("NFKC", cell)
    if _YEAR.fullmatch(plain):
        return plain
    day = _parse_date_text(cell, pattern)
    if not EARLIEST_DATE.year <= day.year < 2100:
        raise CellError(NO_YEAR_OF_PLANS)
    return f"{day:%Y-%m}" if _has_no_day(plain, pattern) else day.isoformat()


def _has_no_day(cell: str, pattern: str) -> bool:
    """Return whether a date is written as a month alone."""
    if pattern:
        return "%d" not in pattern and "%j" not in pattern
    if match := _YEAR_MONTH_DAY.fullmatch(cell):
        return not match[3]
    return any(shape.fullmatch(cell) for shape in (_ISO_MONTH, _MONTH_YEAR, _MONTH_NAME_YEAR))


@lru_cache(maxsize=16_384)
def _parse_date_text(cell: str, pattern: str) -> dt.date:
    plain = unicodedata.normalize("NFKC", cell)
    if formula_error(plain):
        raise CellError(FORMULA_ERROR)
    try:
        return _by_pattern(plain, pattern) if pattern else _by_shape(plain)
    except CellError:
        raise
    except (ValueError, IndexError):  # 30 February, month 13
        raise CellError(NO_SUCH_DAY) from None


def _by_pattern(cell: str, pattern: str) -> dt.date:
    try:
        date = dt.datetime.strptime(cell, pattern).date()
    except ValueError:
        raise CellError(f"is not a date as `date_format` says, {pattern}.") from None
    return date if "%d" in pattern or "%j" in pattern else month_end(date.year, date.month)


def _by_shape(cell: str) -> dt.date:
    if len(cell) > _MAX_DATE_LENGTH:
        raise CellError(NOT_A_DAY)
    if match := _ISO_DAY.fullmatch(cell):
        return dt.date(int(match[1]), int(match[3]), int(match[4]))
    if match := _ISO_MONTH.fullmatch(cell):
        return month_end(int(match[1]), int(match[2]))
    if match := _MONTH_YEAR.fullmatch(cell):
        return month_end(int(match[2]), int(match[1]))
    if match := _NUMBERS.fullmatch(cell):
        return _day_first_or_month_first(int(match[1]), int(match[3]), int(match[4]))
    if match := _DAY_MONTH_YEAR.fullmatch(cell):
        return dt.date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_DAY_YEAR.fullmatch(cell):
        return dt.date(int(match[3]), _month(match[1]), int(match[2]))
    if match := _MONTH_NAME_YEAR.fullmatch(cell):
        return month_end(_year(match[2] or match[3]), _month(match[1]))
    if match := _YEAR_MONTH_DAY.fullmatch(cell):
        year, month = int(match[1]), _month(match[2])
        return dt.date(year, month, int(match[3])) if match[3] else month_end(year, month)
    raise CellError(_date_mistake(cell))


def _date_mistake(cell: str) -> str:
    """Return the rule that a cell breaks if it is no date."""
    if _DAY_OR_MONTH.fullmatch(cell):
        return DAY_OR_MONTH
    if _YEAR.fullmatch(cell):
        return A_YEAR
    return A_NUMBER if re.fullmatch(r"[\d.,]+", cell) else NOT_A_DAY


def _year(digits: str) -> int:
    """Parse a year; two digits mean 1969 to 2068, as in the C library."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 69 else 1900)


def _day_first_or_month_first(first: int, second: int, year: int) -> dt.date:
    if first <= 12 and second <= 12 and first != second:
        raise CellError(TWO_DAYS)
    return dt.date(year, second, first) if second <= 12 else dt.date(year, first, second)


def _month(name: str) -> int:
    number = months.number_of(name)
    if number is None:
        raise CellError(NOT_A_DAY)
    return number


def _in_range(day: dt.date) -> dt.date:
    today = dt.date.today()
    # The end of this month may be ahead: the date of a month is its last day.
    if day < EARLIEST_DATE or (day > today and day > month_end(today.year, today.month)):
        raise CellError(OUT_OF_RANGE)
    return day


def code_or_blank(value: object) -> str:
    """Return the text of a code; ``""`` for :data:`NOT_AVAILABLE`."""
    code = clean_text(value)
    return "" if code.casefold() == NOT_AVAILABLE.casefold() else code
