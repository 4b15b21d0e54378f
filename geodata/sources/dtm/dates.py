"""Find the dates of a DTM list: in its title, its column, its file name, or an option."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from geodata.sources import months
from geodata.sources.cell_values import DAY_OR_MONTH, CellError, clean_text, parse_date
from geodata.sources.contract import ReadOptions
from geodata.sources.dtm import column_names
from geodata.sources.dtm.layouts import Column
from geodata.sources.dtm.periods import MONTH
from geodata.sources.dtm.workspace import LoadedList
from geodata.sources.finding_log import FindingLog
from geodata.util.partial_dates import month_end

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_Y, _BY = r"(?P<y>(?:19|20)\d\d)", r"[ ._-]+"
_D, _M = r"(?P<d>\d{1,2})", rf"(?P<m>{MONTH[1:-1]})"
_WORDS = r"[^\W\d_]+(?: [^\W\d_]+)?"
_DATE_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_Y}(?P<by>[-_./ ])(?P<m>\d{{1,2}})(?P=by){_D}(?!\d)",
        rf"(?<!\d){_Y}(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
        rf"(?<!\d){_Y}{_BY}{_M}{_BY}{_D}(?!\d)",
        rf"{_M}{_BY}{_D}(?:st|nd|rd|th)?,?{_BY}{_Y}(?!\d)",
        rf"(?<!\d){_D}(?:st|nd|rd|th)?{_BY}{_M},?{_BY}{_Y}(?!\d)",
        # One or two words of any language, also twice: ``30 حزيران/يونيو 2021``.
        rf"(?<!\d){_D}[یي]?{_BY}(?P<m>{_WORDS}(?:/{_WORDS})?)[,،]?{_BY}{_Y}(?!\d)",
    )
)
_DAY_FIRST = re.compile(
    rf"(?<!\d){_D}(?P<by>[-_./ ])(?P<m>\d{{1,2}})(?P=by){_Y}(?!\d)",
)


def dates_of_list(loaded: LoadedList, request: ReadOptions, log: FindingLog) -> dict[str, dt.date]:
    """Return the date of each value that the column of dates holds (``""`` without such a column).

    The title, the column, and the file's name must agree; ``request.date`` goes before them.
    """
    layout, file = loaded.layout, loaded.rows.file
    values = [str(value) for value in loaded.sums["day"].unique()]
    column = layout.column(column_names.DATE)
    name = column_name(column)
    in_column = {value: _days_of(value) for value in values} if column else {}
    for value, days in in_column.items():
        if not days:
            log.error("The cell is no date; write it like 2020-02-29.", column=name, value=value)
    if len(in_column) > 1:
        return _many_dates(in_column, request, name, log)
    claims = {
        "the title": set().union(*(days_in(title) for title in layout.titles), set()),
        f"the column {name}": next(iter(in_column.values()), set()),
        "the name of the file": days_in(Path(file.name).stem),
    }
    date = _one_date({where: days for where, days in claims.items() if days}, request, log)
    return dict.fromkeys(values, date) if date else {}


def _one_date(
    claims: Mapping[str, set[dt.date]], request: ReadOptions, log: FindingLog
) -> dt.date | None:
    """Return the date that all claims allow; log an error if there is none, or several."""
    if request.date is not None:
        if any(request.date not in days for days in claims.values()):
            claimed = _describe_claims(claims)
            log.warning(f"The figures are taken as of {request.date}, as asked, though {claimed}.")
        return request.date
    agreed = set.intersection(*claims.values()) if claims else set()
    if len(agreed) == 1:
        return agreed.pop()
    if not claims:
        log.error("Nothing says of which date the figures are: give it with --date 2020-02-29.")
    elif agreed:
        either = " or ".join(map(str, sorted(agreed)))
        log.error(f"The date may be {either}: say which with --date.")
    else:
        claimed = _describe_claims(claims)
        log.error(f"The dates do not agree: {claimed}. Say which is right with --date.")
    return None


def _days_of(value: str) -> set[dt.date]:
    """Return every day that a cell of the column of dates may mean."""
    try:
        return {date} if (date := parse_date(value)) else set()
    except CellError as error:
        days = days_in(value)
        if str(error) == DAY_OR_MONTH:  # a day, or the whole month that it begins
            days |= {month_end(day.year, day.month) for day in days}
        return days


def _many_dates(
    in_column: Mapping[str, set[dt.date]], request: ReadOptions, column: str, log: FindingLog
) -> dict[str, dt.date]:
    """Return the dates of a list that holds several rounds; log an error where one may be two."""
    if request.date is not None:
        log.error(
            f"The list holds {len(in_column)} dates, and {request.date} was asked for: leave "
            "--date out, or bring in a list of one date.",
            column=column,
        )
    for value, days in in_column.items():
        if len(days) > 1:
            either = " or ".join(map(str, sorted(days)))
            log.error(f"The date may be {either}; write it like 2020-02-29.", value=value)
    return {value: min(days) for value, days in in_column.items() if days}


def _describe_claims(claims: Mapping[str, set[dt.date]]) -> str:
    return "; ".join(
        f"{where} says {' or '.join(map(str, sorted(days)))}" for where, days in claims.items()
    )


def column_name(column: Column | None) -> str:
    """Return the name of a column, empty where there is none."""
    return column.name if column else ""


# ---- dates in texts


def days_in(text: str) -> set[dt.date]:
    """Return every day that a title, a file's name or a cell may mean.

    A day that may be two (``03/04/2020``) gives both; numbers that are no day give none.

    >>> sorted(map(str, days_in("DTM : IDP Master List 29-02-2020")))
    ['2020-02-29']
    >>> sorted(map(str, days_in("IDPs_MasterList_dataset_DTM_IOMAug 15, 2018")))
    ['2018-08-15']
    """
    text = clean_text(text).translate(_DIGITS)
    days: set[dt.date] = set()
    for pattern in _DATE_FORMS:
        for match in pattern.finditer(text):
            days |= _day(match["y"], match["m"], match["d"])
    for match in _DAY_FIRST.finditer(text):
        either = _day(match["y"], match["m"], match["d"])
        if match["by"] == "/" or not either:
            either |= _day(match["y"], match["d"], match["m"])
        days |= either
    return days


def _day(year: str, month: str, day: str) -> set[dt.date]:
    number = int(month) if month.isdecimal() else months.number_of(month)
    try:
        return {dt.date(int(year), number or 0, int(day))}
    except ValueError:
        return set()
