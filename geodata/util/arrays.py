"""Types of arrays, and rows of a table one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a named tuple of its columns."""
    yield from frame.itertuples(index=False)
