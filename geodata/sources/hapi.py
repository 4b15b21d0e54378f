"""Reader of HDX HAPI: internally displaced people, ``affected-people/idps``, as CSV or JSON.

The CSV is the file that HDX publishes (``hdx_hapi_idps_global.csv`` or a country's), with or
without its row of HXL tags; the JSON is what the API answers, ``{"data": [...]}``. Both hold the
figures of DTM's API, already added up over reasons and origins.

HDX writes an ``error`` beside rows that are incomplete or unusable, which its API leaves out: so
are they here, with a warning. A ``warning`` of HDX's is passed on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata.errors import DataError
from geodata.places.pcode_schemes import NOT_AVAILABLE
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.cell_values import (
    clean_text,
    code_or_blank,
    due_text,
    optional_text,
    parse_count,
    parse_date,
)
from geodata.sources.contract import ParsedSource, ReadOptions, SourceKind, no_breakdowns
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import ROW_FINGERPRINT, find_header, fingerprint, open_rows
from geodata.sources.tabular.detect import CheckedFile, check_file
from geodata.sources.tally import Aggregator, CountRecord
from geodata.util import amounts
from geodata.util.findings import FileRead, Harm, Progress

SOURCE: Mapping[str, str] = {
    "id": "hdx-hapi-idps",
    "role": "counts",
    "title": "HDX HAPI, affected people: internally displaced persons",
    "publisher": "International Organization for Migration (IOM), through OCHA's HDX HAPI",
    "url": "https://data.humdata.org/dataset/hdx-hapi-idps",
    "terms": "© International Organization for Migration (IOM). Non-commercial use only, with the "
    "URL of the data on HDX and the credit below.",
    "credit": "Source: International Organization for Migration (IOM), Displacement Tracking "
    "Matrix (DTM)",
    "what": "Internally displaced people by governorate and district and round, as HDX HAPI gives "
    "the figures of DTM's API.",
}

REQUIRED_COLUMNS = ("location_code", "population", "reference_period_start")
COLUMNS = (
    *REQUIRED_COLUMNS, "reference_period_end", "provider_admin1_name", "provider_admin2_name",
    "admin1_code", "admin1_name", "admin2_code", "admin2_name", "admin_level", "operation",
    "assessment_type", "reporting_round", "warning", "error",
)  # fmt: skip
PLACE_COLUMNS = (
    "provider_admin1_name", "provider_admin2_name", "admin1_code", "admin1_name", "admin2_code",
    "admin2_name",
)  # fmt: skip
MAX_JSON_BYTES = 200_000_000  # bytes; it is held in memory as a whole

Record = Mapping[str, Any]


def read(
    files: Sequence[Path], snapshot: Snapshot, request: ReadOptions, progress: Progress
) -> ParsedSource:
    """Read the counts of a country from files of HDX HAPI.

    ``request.options`` may hold ``operation``, ``assessment`` and ``repeated_rows``, as for
    ``dtm-api``.

    Raises
    ------
    DataError
        If a file cannot be read at all.
    """
    log, results = FindingLog(), list[FileRead]()
    tally = Aggregator(log, request.options.get("repeated_rows") or "refuse")
    country = str(snapshot.manifest["country"]["code"])
    for path in files:
        checked = check_file(path, ("csv", "xlsx", "json"))
        progress(f"Reading {checked.name}", 0, None)
        before, skipped = tally.rows, _SkippedRows()
        for number, record in _records(checked, log):
            if row := _row(number, record, country, skipped, log):
                tally.add(row)
        skipped.log(country, log)
        results.append(checked.read(tally.rows - before, f"HDX HAPI idps, {checked.kind}"))
    if not tally.rows and not log.errors:
        log.error(f"There is no figure of a governorate or district of {country} in it.")
    counts = tally.counts(request.options)
    return ParsedSource("hapi", SOURCE, tuple(results), counts, no_breakdowns(), findings=log.all())


# ---- records


def _records(file: CheckedFile, log: FindingLog) -> Iterator[tuple[int, Record]]:
    """Yield rows of a file, numbered as a spreadsheet does; those of JSON from 1."""
    log.file, log.sheet = file.name, ""
    if file.kind == "json":
        for number, record in enumerate(_json_records(file, log), start=1):
            yield number, {**record, ROW_FINGERPRINT: fingerprint(record.values())}
        return
    rows = open_rows(file, log)
    sheet = find_header(
        rows, {name: name for name in COLUMNS}, REQUIRED_COLUMNS, log, figures=["population"]
    )
    if sheet:
        yield from sheet.records(log)


def _json_records(file: CheckedFile, log: FindingLog) -> Iterable[Record]:
    if file.size > MAX_JSON_BYTES:
        raise DataError(
            f"{file.name} has {file.size / 1e6:,.0f} MB, and JSON is read up to "
            f"{MAX_JSON_BYTES / 1e6:,.0f} MB: take the CSV, or ask for fewer rows at once."
        )
    try:
        answer = json.loads(file.path.read_bytes())
    except json.JSONDecodeError as error:
        log.error(f"It is no valid JSON: {error.msg}, column {error.colno}.", row=error.lineno)
        return []
    except (UnicodeDecodeError, RecursionError):
        log.error("It is no valid JSON: download it again.")
        return []
    records = answer.get("data") if isinstance(answer, dict) else answer
    if not isinstance(records, list) or not all(isinstance(row, dict) for row in records):
        log.error("It is not what HDX HAPI answers, which holds a list of rows as `data`.")
        return []
    for name in (column for column in REQUIRED_COLUMNS if records and column not in records[0]):
        log.error("The rows have no such key.", column=name)
    return [] if log.errors else records


@dataclass
class _SkippedRows:
    """Numbers of rows of a file that are of another country, or its own total."""

    elsewhere: Counter[str] = field(default_factory=Counter)
    national: int = 0

    def log(self, country: str, log: FindingLog) -> None:
        """Log how many rows were left out, and why."""
        if rows := self.elsewhere.total():
            log.warning(
                f"{amounts.pluralise(rows, 'row is', 'rows are')} of other countries than "
                f"{country}, and left out.",
                column="location_code",
                value=", ".join(sorted(self.elsewhere)),
                harm=Harm.LEFT_OUT,
            )
        if self.national:
            log.warning(
                f"{amounts.pluralise(self.national, 'row is a total', 'rows are totals')} of the "
                "country, and left out: it is added up from its governorates.",
                column="admin_level",
                value="0",
                harm=Harm.LEFT_OUT,
            )


def _row(
    number: int, record: Record, country: str, skipped: _SkippedRows, log: FindingLog
) -> CountRecord | None:
    """Return the count of a row; ``None``, with a finding, where it is left out."""
    before = log.errors
    code = (_parse(number, record, "location_code", due_text, log) or "").upper()
    _parse(number, record, "admin_level", due_text, log)
    if log.errors > before:
        return None
    if code != country:
        skipped.elsewhere[code] += 1
        return None
    if mistake := _parse(number, record, "error", optional_text, log):
        log.warning(
            "HDX says of this row that it is wrong, and leaves it out of its API: it is left out "
            "here too.",
            row=number,
            column="error",
            value=mistake,
            harm=Harm.LEFT_OUT,
        )
        return None
    level = level_of(record)
    if not level:
        skipped.national += 1
        return None
    if warning := _parse(number, record, "warning", optional_text, log):
        sentence = "HDX says this of the row, which is taken."
        log.warning(sentence, row=number, column="warning", value=warning)
    return _figure(number, record, level, log)


def level_of(record: Record) -> int:
    """Return the level of a row: 2 district, 1 governorate, 0 country.

    ``admin_level`` says how far HDX found P-codes, so that a district without one stands there as
    a governorate; the provider's name tells, which HDX writes as one space where there is none.
    """
    stated = clean_text(record.get("admin_level"))
    has_district = any(clean_text(record.get(name)) for name in ("admin2_code", "admin2_name"))
    if stated == "2" or has_district or record.get("provider_admin2_name"):
        return 2
    governorate = ("admin1_code", "admin1_name", "provider_admin1_name")
    return 1 if stated == "1" or any(clean_text(record.get(name)) for name in governorate) else 0


def _figure(number: int, record: Record, level: int, log: FindingLog) -> CountRecord | None:
    """Return the count of a row of the country; ``None``, with a finding, where it has none."""
    has_end = clean_text(record.get("reference_period_end"))
    day = "reference_period_end" if has_end else "reference_period_start"
    cells = _parse_cells(number, record, day, log)
    if cells is None:
        return None
    if cells[day] is None:
        log.error("The row has no date.", row=number, column=day)
        return None
    if cells["population"] is None:
        log.warning(
            "The row gives no number, and is left out: its place is not assessed on that date.",
            row=number,
            column="population",
            harm=Harm.NOT_ASSESSED,
        )
        return None
    return CountRecord(
        number=number,
        population="idp",
        date=cells[day],
        level=level,
        adm1=_name(record, 1),
        adm1_code=code_or_blank(record.get("admin1_code")),
        adm2=_name(record, 2) if level == 2 else "",
        adm2_code=code_or_blank(record.get("admin2_code")) if level == 2 else "",
        people=cells["population"],
        round=cells["reporting_round"] or None,
        operation=cells["operation"],
        assessment=cells["assessment_type"],
        whole=int(record.get(ROW_FINGERPRINT, 0)),
    )


def _parse_cells(number: int, record: Record, day: str, log: FindingLog) -> dict[str, Any] | None:
    """Parse the cells of a row, with its date in column ``day``; ``None`` if one is wrong."""
    parsers: dict[str, Callable[[Any], Any]] = {
        "population": parse_count,
        day: parse_date,
        "reporting_round": parse_count,
        **dict.fromkeys(PLACE_COLUMNS, due_text),
        "operation": optional_text,
        "assessment_type": optional_text,
    }
    before = log.errors
    cells = {name: _parse(number, record, name, parser, log) for name, parser in parsers.items()}
    return cells if log.errors == before else None


def _parse(
    number: int, record: Record, column: str, parser: Callable[[Any], Any], log: FindingLog
) -> Any:
    return log.parse(parser, record.get(column), row=number, column=column)


def _name(record: Record, level: int) -> str:
    """Return the provider's name of a place, else that of HDX."""
    names = (record.get(f"{who}admin{level}_name") for who in ("provider_", ""))
    return next(filter(None, map(clean_text, names)), NOT_AVAILABLE)


KINDS = (SourceKind("hapi", "HDX HAPI, affected-people/idps, as CSV or JSON", read),)
