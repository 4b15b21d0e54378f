"""Dates of a DTM list: from columns, the file name, or what the user says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from geodata.sources.cell_values import DAY_OR_MONTH, CellError, FindingLog, month_end, parse_date
from geodata.sources.contract import ReadOptions
from geodata.sources.dtm import layouts
from geodata.sources.dtm.layouts import days_in
from geodata.sources.dtm.workspace import LoadedList

# ---- dates


def dates_of_list(
    loaded: LoadedList, request: ReadOptions, notes: FindingLog
) -> dict[str, dt.date]:
    """Return the date of each value that the column of dates holds (``""`` without such a column).

    The title, the column, and the file's name must agree; what was asked for goes before them.
    """
    layout, file = loaded.layout, loaded.rows.file
    written = [str(value) for value in loaded.sums["day"].unique()]
    column = layout.one(layouts.DATE)
    in_column = {value: _days_of(value) for value in written} if column else {}
    for value, days in in_column.items():
        if not days:
            notes.error(
                "The cell is no date; write it like 2020-02-29.",
                column=column_name(column),
                value=value,
            )
    if len(in_column) > 1:
        return _many_dates(in_column, request, column_name(column), notes)
    claims = {
        "the title": set().union(*(days_in(title) for title in layout.titles), set()),
        f"the column {column_name(column)}": next(iter(in_column.values()), set()),
        "the name of the file": days_in(Path(file.name).stem),
    }
    claims = {where: days for where, days in claims.items() if days}
    if request.date is not None:
        others = [where for where, days in claims.items() if request.date not in days]
        if others:
            notes.warning(
                f"The figures are taken as of {request.date}, as asked, though {_said(claims)}."
            )
        return dict.fromkeys(written, request.date)
    agreed = set.intersection(*claims.values()) if claims else set()
    if len(agreed) == 1:
        return dict.fromkeys(written, agreed.pop())
    if not claims:
        notes.error("Nothing says of which date the figures are: give it with --date 2020-02-29.")
    elif agreed:
        either = " or ".join(map(str, sorted(agreed)))
        notes.error(f"The date may be {either}: say which with --date.")
    else:
        notes.error(f"The dates do not agree: {_said(claims)}. Say which is right with --date.")
    return {}


def _days_of(value: str) -> set[dt.date]:
    try:
        return {found} if (found := parse_date(value)) else set()
    except CellError as error:
        days = days_in(value)
        if str(error) == DAY_OR_MONTH:  # a day, or the whole month that it begins
            days |= {month_end(one.year, one.month) for one in days}
        return days


def _many_dates(
    in_column: Mapping[str, set[dt.date]], request: ReadOptions, column: str, notes: FindingLog
) -> dict[str, dt.date]:
    """Return dates of a list that holds several rounds."""
    if request.date is not None:
        notes.error(
            f"The list holds {len(in_column)} dates, and {request.date} was asked for: leave "
            "--date out, or bring in a list of one date.",
            column=column,
        )
    for value, days in in_column.items():
        if len(days) > 1:
            either = " or ".join(map(str, sorted(days)))
            notes.error(f"The date may be {either}; write it like 2020-02-29.", value=value)
    return {value: min(days) for value, days in in_column.items() if days}


def _said(claims: Mapping[str, set[dt.date]]) -> str:
    return "; ".join(
        f"{where} says {' or '.join(map(str, sorted(days)))}" for where, days in claims.items()
    )


def column_name(column: layouts.Column | None) -> str:
    """Return the name of a column, empty where there is none."""
    return column.name if column else ""
