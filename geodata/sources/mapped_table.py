"""Reader of an organisation's own tidy table: CSV or Excel, with a mapping of its columns.

One row is one place, date, population and programme, with households, people or both. A table in
which dates or groups are columns is not tidy and not read: unpivot it first.
"""

from __future__ import annotations

from geodata.errors import DataError
from geodata.sources.contract import ReadOptions, SourceKind
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import find_header
from geodata.sources.mapping import TableMapping
from geodata.sources.tabular.open_table import TableRows
from geodata.sources.tidy import MappedTables, TableColumns


def find_columns(
    rows: TableRows, mapping: TableMapping, request: ReadOptions, log: FindingLog
) -> TableColumns | None:
    """Find the columns of a file that the mapping names.

    Raises
    ------
    DataError
        If nothing says the date.
    """
    if "date" not in mapping.columns.keys() | mapping.constants.keys() and not request.date:
        raise DataError("Nothing says the date: name its column in the mapping, or pass --date.")
    required = [name for name in mapping.columns if name != "date" or not request.date]
    sheet = find_header(
        rows,
        mapping.columns,
        required,
        log,
        header_row=mapping.header_row,
        figures=("people", "households"),
    )
    return TableColumns(sheet) if sheet else None


read = MappedTables("table", "tidy table", find_columns).read

KINDS = (
    SourceKind(
        "table",
        "your own tidy table, also by programme, with a mapping of its columns",
        read,
        needs_mapping=True,
    ),
)
