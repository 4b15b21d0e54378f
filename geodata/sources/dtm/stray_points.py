"""Compare the points of a DTM list with the governorates that its rows name.

A point decides nothing: its row is counted where it says, and the point is forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from geodata.boundaries.points import IMPOSSIBLE, MISSING, Governorates
from geodata.places.gazetteer import Gazetteer
from geodata.sources.dtm import aggregate, column_names
from geodata.sources.dtm.workspace import MAX_LISTED, LoadedList
from geodata.sources.finding_log import FindingLog
from geodata.util import amounts


def check_points(
    loaded: LoadedList, topology: Mapping[str, Any], governorates: Gazetteer, log: FindingLog
) -> None:
    """Log points that lie outside the governorate that their row names."""
    layout = loaded.layout
    if not (layout.column(column_names.LATITUDE) and layout.column(column_names.LONGITUDE)):
        log.warning("No columns give latitude and longitude: places are not checked.")
        return
    shapes = Governorates(topology)
    strays: dict[tuple[str, str, int], tuple[str, int]] = {}
    for (name, code), points in loaded.points.items():
        pcode = _pcode(governorates, name, code)
        for point, rows in _strays(shapes, pcode, points).items():
            strays[name, code, point] = (pcode, rows)
    if not strays:
        return
    reasons = {
        key: _reason(shapes, governorates, pcode, key[2]) for key, (pcode, _) in strays.items()
    }
    _log_strays(loaded, strays, reasons, log)


def _log_strays(
    loaded: LoadedList,
    strays: Mapping[tuple[str, str, int], tuple[str, int]],
    reasons: Mapping[tuple[str, str, int], tuple[str, str]],
    log: FindingLog,
) -> None:
    """Log the first rows of each reason, and how many more there are."""
    totals: Counter[str] = Counter()
    listed: Counter[str] = Counter()
    for key, (_, rows) in strays.items():
        totals[reasons[key][0]] += rows
    most = 4 * MAX_LISTED
    for row, place, name, code, point in aggregate.rows_at_points(loaded, strays, most):
        sentence, governorate = reasons[name, code, point]
        listed[sentence] += 1
        if listed[sentence] <= MAX_LISTED:
            lies = f", lies in {governorate}" if governorate else ""
            value = f"{place}: {name}{lies}"
            log.warning(sentence, row=row, column="Latitude, Longitude", value=value)
    for sentence, count in totals.items():
        if (more := count - min(listed[sentence], MAX_LISTED)) > 0:
            log.warning(f"and in {amounts.pluralise(more, 'more row')}: {sentence}")


def _reason(
    shapes: Governorates, governorates: Gazetteer, pcode: str, point: int
) -> tuple[str, str]:
    """Return what is wrong with a point, and the governorate that it lies in."""
    if point == MISSING:
        return "No point is given (blank or 0): the row is counted, and not checked.", ""
    if point == IMPOSSIBLE:
        return "The point lies nowhere on Earth: the row is counted where it says.", ""
    if shapes.exchanged(pcode, point):
        return (
            "The point lies in the governorate only with latitude and longitude exchanged: the "
            "row is counted where it says.",
            "",
        )
    actual = shapes.containing(point)
    if not actual:
        return "The point lies in no governorate: the row is counted where it says.", ""
    display = governorates.display.get(actual, actual)
    return (
        "The point lies in another governorate than the row names: the row is counted where it "
        "says, and not moved.",
        f"{display} ({actual})",
    )


def _pcode(book: Gazetteer, name: str, code: str) -> str:
    """Return the P-code of the governorate that a row names; ``""`` where there is none.

    The name goes before the code, which may be of a former numbering.
    """
    match = book.find(name=name)
    return match.pcode if match else book.coded(code)


def _strays(shapes: Governorates, pcode: str, points: Any) -> dict[int, int]:
    """Return the codes of points that are not in a governorate, with the rows that have each."""
    codes, rows = np.unique(points, return_counts=True)
    outside = codes < 0
    if pcode in shapes.pcodes:
        outside |= shapes.outside(pcode, codes)
    return dict(zip(codes[outside].tolist(), rows[outside].tolist(), strict=True))
