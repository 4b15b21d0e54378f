"""Add up the rows of a list by date and district, in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geodata.sources.dtm.column_names import LATITUDE, LONGITUDE
from geodata.sources.dtm.workspace import LoadedList, figure_columns

GROUP_KEYS = ("day", "adm1", "adm1_code", "adm2", "adm2_code")
"""What rows are added up by, as the file writes it; ``""`` where it does not say."""


def add_up(loaded: LoadedList, sizes: Sequence[int], checks: Sequence[str] = ()) -> pa.Table:
    """Sum rows by date and district into :attr:`LoadedList.sums`, and collect their points.

    Parameters
    ----------
    sizes
        Numbers of people that a household may be counted as.
    checks
        Other aggregates to compute, as SQL; they stand in the table that is returned only.
    """
    layout = loaded.layout
    figures = figure_columns(layout)
    has_points = layout.column(LATITUDE) and layout.column(LONGITUDE)
    selected = [
        *GROUP_KEYS,
        "count(*) AS rows",
        *(f"sum({name}) AS {name}" for name in figures),
        *(f"bool_and(people = {size} * households) AS flat_{size}" for size in sizes),
        *(["list(point) AS points"] if has_points else []),
        *checks,
    ]
    query = f"SELECT {', '.join(selected)} FROM rows GROUP BY ALL"
    table: pa.Table = loaded.con.sql(query).to_arrow_table()
    columns = [*GROUP_KEYS, "rows", *figures, *(f"flat_{size}" for size in sizes)]
    loaded.sums = table.select(columns).to_pandas()
    loaded.sums[figures] = table.select(figures).to_pandas().astype("float64").fillna(0)
    if has_points:
        loaded.points = _points_by_governorate(table)
    return table


def _points_by_governorate(table: pa.Table) -> dict[tuple[str, str], npt.NDArray[np.int64]]:
    """Return point codes by governorate, as it is written (name, code)."""
    points: dict[tuple[str, str], list[npt.NDArray[np.int64]]] = {}
    for i in range(table.num_rows):
        key = (table["adm1"][i].as_py(), table["adm1_code"][i].as_py())
        codes = table["points"][i].values.to_numpy(zero_copy_only=False)
        points.setdefault(key, []).append(codes.astype("int64"))
    return {key: np.concatenate(codes) for key, codes in points.items()}
