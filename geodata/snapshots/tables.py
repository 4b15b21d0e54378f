"""The tables of a snapshot, as data frames or as columns of Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import pandas as pd
import pyarrow as pa

PCODE = r"^[A-Z]{2,3}[A-Z0-9]+$"
"""What every P-code is written like."""


@dataclass(frozen=True)
class Tables:
    """The tables of a snapshot, as data frames that follow :mod:`geodata.snapshots.schemas`."""

    areas: pd.DataFrame
    aliases: pd.DataFrame
    counts: pd.DataFrame
    breakdowns: pd.DataFrame
    rounds: pd.DataFrame
    residents: pd.DataFrame
    programmes: pd.DataFrame
    coverage: pd.DataFrame
    reach: pd.DataFrame
    published: pd.DataFrame
    sources: pd.DataFrame

    def items(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield ``(name, frame)`` in the order of declaration."""
        for column in fields(self):
            yield column.name, getattr(self, column.name)

    @classmethod
    def of(cls, columns: Mapping[str, pa.Table]) -> Tables:
        """Make tables of Arrow columns, which become data frames when they are first used.

        Counts may be millions of rows, and whoever only asks for sums of them needs no frame.
        """
        tables = object.__new__(cls)
        object.__setattr__(tables, "_columns", dict(columns))
        return tables

    def __getattr__(self, name: str) -> pd.DataFrame:
        columns = self.__dict__.get("_columns", {})
        if name not in columns:
            raise AttributeError(name)
        frame: pd.DataFrame = decode_dictionaries(columns[name]).to_pandas()
        object.__setattr__(self, name, frame)
        return frame

    def arrow(self, name: str) -> pa.Table:
        """Return a table as columns of Arrow, as an engine reads them."""
        columns = self.__dict__.get("_columns", {})
        if name in columns:
            return columns[name]
        return pa.Table.from_pandas(getattr(self, name), preserve_index=False)


def decode_dictionaries(table: pa.Table) -> pa.Table:
    """Decode dictionary-encoded text: pandas would make categories of it.

    >>> table = pa.table({"place": pa.array(["Alpha", "Alpha"]).dictionary_encode()})
    >>> str(decode_dictionaries(table).schema.field("place").type)
    'string'
    """
    for i, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(i, column.name, table.column(i).cast(pa.string()))
    return table
