"""Read the tidy tables on Iraq: DTM by round, COD-AB boundaries, programmes, residents.

::

    SRC/dtm/dtm_{governorate,district}_round.csv   ─▶ counts, rounds (to February 2021)
    SRC/dtm/dtm_{origin,shelter,period}_round.csv  ─▶ breakdowns, in households
    SRC/dtm/dtm_api_governorate_round.csv          ─▶ counts, rounds (from April 2021)
    SRC/dtm/dtm_api_origin_round.csv               ─▶ breakdowns, in people
    SRC/dtm/national_totals_published.csv          ─▶ published
    SRC/population/{residents,refugees_by_governorate}.csv ─▶ residents, counts
    SRC/programmes/programme*.csv                  ─▶ programmes, coverage, reach
    SRC/boundaries/                                ─▶ areas, topology

What is particular to Iraq (sources, terms, notes, rules) stands in :mod:`geodata.bundled.iraq`.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.bundled.iraq import COUNTRY, SOURCES
from geodata.errors import JoinError
from geodata.places.gazetteer import gazetteers
from geodata.places.join import JoinReport
from geodata.snapshots.schemas import check, check_references
from geodata.snapshots.tables import Tables
from geodata.sources.data_folder.areas import (
    Boundaries,
    read_aliases,
    read_areas,
    read_boundaries,
    read_residents,
)
from geodata.sources.data_folder.checks import (
    check_levels,
    check_origins,
    check_printed_totals,
    report_absences,
)
from geodata.sources.data_folder.counts import (
    read_breakdowns,
    read_counts,
    read_published,
    read_rounds,
)
from geodata.sources.data_folder.programmes import read_programmes

_UNMATCHED = (
    "Rows match no area. Mend the spelling, add it to the alias table "
    "(boundaries/governorate_aliases.csv, district_crosswalk.csv), or pass --allow-unmatched to "
    "keep them as “not placed”."
)


def read(src: Path, *, allow_unmatched: bool = False) -> tuple[Tables, Boundaries, JoinReport]:
    """Read every table of ``src``.

    Raises
    ------
    DataError
        If a file, column or value is not what it must be.
    JoinError
        If rows match no area and ``allow_unmatched`` is false. With it, they are kept as
        "not placed" and counted in national totals.
    """
    report = JoinReport()
    boundaries = read_boundaries(src)
    areas = read_areas(src, boundaries)
    aliases = read_aliases(src, areas)
    books = gazetteers(areas, aliases, COUNTRY["former_codes"])
    counts = read_counts(src, books, report)
    breakdowns = read_breakdowns(src, books, report)
    if report.unmatched and not allow_unmatched:
        raise JoinError("\n".join([*report.lines(), _UNMATCHED]))
    published = read_published(src)
    check_levels(counts)
    check_printed_totals(counts, published)
    check_origins(counts, breakdowns)
    report_absences(report, areas, counts)
    programmes, coverage, reach = read_programmes(src)
    tables = Tables(
        areas=areas,
        aliases=aliases,
        counts=counts,
        breakdowns=breakdowns,
        rounds=read_rounds(src),
        residents=read_residents(src, books, report),
        programmes=programmes,
        coverage=coverage,
        reach=reach,
        published=published,
        sources=check("sources", pd.DataFrame(list(SOURCES))),
    )
    check_references(dict(tables.items()))
    return tables, boundaries, report
