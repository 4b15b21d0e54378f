"""Types of arrays, and rows of a table one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def sum_known(values: Floats, axis: int) -> Floats:
    """Add up along an axis what is no NaN; NaN where nothing else is there.

    >>> sum_known(np.array([[1.0, np.nan], [np.nan, np.nan]]), axis=1).tolist()
    [1.0, nan]
    """
    return np.where(np.isfinite(values).any(axis=axis), np.nansum(values, axis=axis), np.nan)


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a named tuple of its columns."""
    yield from frame.itertuples(index=False)
