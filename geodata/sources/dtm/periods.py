"""Parse the periods of displacement that DTM's lists name."""

from __future__ import annotations

import re

from geodata.sources.dtm.column_names import header_fold

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_PERIOD = re.compile(rf"(pre|post|since|from)?(\d{{1,2}})?{MONTH}(?:july?)?(\d{{2}}|\d{{4}})?")
_PERIOD_TAIL = re.compile(r"(?:period|wave)?(?:of(?:former)?displacement)?$")
_PERIODS = {
    ("jun", 14): "jun_jul_2014",
    ("aug", 14): "aug_2014",
    ("sep", 14): "post_sep_2014",
    ("apr", 15): "post_apr_2015",
    ("mar", 16): "post_mar_2016",
    ("oct", 16): "post_17_oct_2016",
    ("jul", 17): "jul_2017_on",
}
_WITHOUT_YEAR = {"jun": 14, "aug": 14}  # "Pre-June", "June / July", "Post-August" of 2014's lists
_OPEN_SINCE = 19  # every January from 2019 on falls in the period that has no end yet


def period_code(name: str) -> str:
    """Return the code of a period of displacement, ``""`` where ``name`` is none.

    A spreadsheet that took "July 17" for a day writes ``17-Jul`` or keeps a date: both are read.

    >>> [period_code(n) for n in ("Pre-June14 Period", "17-Jul", "2026-07-17", "2017-07")]
    ['pre_jun_2014', 'jul_2017_on', 'jul_2017_on', 'jul_2017_on']
    """
    if day := re.fullmatch(r"\s*(\d{4})-(\d\d)(?:-(\d\d))?\s*", name):
        year = int(day[3]) if day[3] not in (None, "01") else int(day[1]) % 100
        return _period("", _MONTHS[(int(day[2]) - 1) % 12], year)
    folded = header_fold(name)
    match = _PERIOD.fullmatch(_PERIOD_TAIL.sub("", folded))
    if not match:
        return ""
    before, number, month = match[1] or "", match[2], match[3][:3]
    year = int((match[4] or number or "0")[-2:]) or _WITHOUT_YEAR.get(month, 0)
    if before == "post" and month == "aug":
        month = "sep"
    return _period(before, month, year)


def _period(before: str, month: str, year: int) -> str:
    if before == "pre":
        return "pre_jun_2014" if (month, year) == ("jun", 14) else ""
    if month == "jan" and year >= _OPEN_SINCE:
        return "jan_2019_on"
    return _PERIODS.get((month, year), "")
