"""A long master list: how fast and in how much memory it is read, beside pandas on the same file.

Each reading is a process of its own, which says how long it took, how much memory it had at most,
and the sums it came to: they must agree. Ours is all that ``ingest`` does before it joins: the
file's hash, layout, every cell checked, duplicates, points, sums. That of pandas is `read_csv` and
a sum by governorate and district. Since 3.1 pandas reads a large file with every core; the time of
one thread, as of older versions, stands beside it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.serving import ROOT
from benchmarks.table import Row, as_text, count, fact, failure

ROWS = 1_000_000
FULL_ROWS = 5_000_000
LEAST_FACTOR = 2.0
MOST_MEMORY = 2_000_000_000
REPEATS = 3


def measure(rows: int = ROWS, repeats: int = REPEATS) -> list[Row]:
    """Write a made-up list, read it both ways in turn, remove it."""
    from benchmarks.synthetic_list import write

    with tempfile.TemporaryDirectory(prefix="displacement-bench-") as folder:
        path = write(Path(folder) / "synthetic_idp_master_list.csv", rows)
        size = path.stat().st_size
        ours, theirs, single = [], [], []
        for _ in range(repeats):  # in turn, so that a busy moment meets all
            theirs.append(_read_in_process("pandas", path))
            single.append(_read_in_process("pandas-1", path))
            ours.append(_read_in_process("ours", path))
    if len({reading["households"] for reading in [*ours, *theirs, *single]}) != 1:
        return [failure("sums of both", ValueError("the sums differ"))]
    mine, other = least(ours), least(theirs)
    memory = max(reading["bytes"] for reading in ours)
    return [
        fact("synthetic list", f"{rows:,} rows, {size / 1e6:,.0f} MB"),
        fact("pandas.read_csv + groupby", _spent(theirs)),
        fact("the same, one thread", _spent(single)),
        fact("dtm-idp, checked and added up", _spent(ours)),
        _times_faster(other / mine),
        fact("faster than one thread of pandas", f"{least(single) / mine:.1f}x"),
        count("most memory", memory, MOST_MEMORY, "kB"),
        fact("most memory of pandas", f"{max(r['bytes'] for r in theirs) / 1000:,.1f} kB"),
    ]


def least(readings: list[dict[str, Any]], of: str = "seconds") -> float:
    """The least of several times, in seconds: the one that was disturbed least."""
    return float(min(reading[of] for reading in readings))


def _spent(readings: list[dict[str, Any]]) -> str:
    """Least seconds by the clock, and of processors' work."""
    return f"{least(readings):.1f} s ({least(readings, 'worked'):.1f} s of work)"


def _times_faster(value: float) -> Row:
    over = "ok" if value >= LEAST_FACTOR else "over"
    return Row("faster than pandas", f"{value:.1f}x", f">= {LEAST_FACTOR:g}x", over)


def _read_in_process(how: str, path: Path) -> dict[str, Any]:
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest", "--read", how, str(path)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    measured: dict[str, Any] = json.loads(process.stdout)
    return measured


def _read(how: str, path: Path) -> dict[str, Any]:
    reading = {"pandas": _with_pandas, "pandas-1": _with_one_thread, "ours": _with_ours}[how]
    before = time.process_time()
    seconds, households = reading(path)
    worked = time.process_time() - before
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "worked": worked, "bytes": most, "households": households}


def _with_pandas(path: Path) -> tuple[float, int]:
    import pandas as pd

    start = time.perf_counter()
    frame = pd.read_csv(path)
    figures = list(frame.columns[8:-1])
    sums = frame.groupby(["Governorate", "District"])[figures].sum()
    return time.perf_counter() - start, int(sums["Families"].sum())


def _with_one_thread(path: Path) -> tuple[float, int]:
    import pandas as pd

    with pd.option_context("mode.max_threads", 1):
        return _with_pandas(path)


def _with_ours(path: Path) -> tuple[float, int]:
    from geodata.settings import BUNDLED
    from geodata.snapshots.snapshot import load
    from geodata.sources.contract import ReadOptions
    from geodata.sources.dtm.master_list import read

    snapshot = load(BUNDLED)
    start = time.perf_counter()
    reading = read("idp", [path], snapshot, ReadOptions())
    seconds = time.perf_counter() - start
    if reading.findings:
        raise ValueError(reading.findings[0].line())
    return seconds, int(reading.counts["households"].sum())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--full", action="store_true", help=f"{FULL_ROWS:,} rows, each way once")
    parser.add_argument("--read", nargs=2, metavar=("HOW", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(_read(options.read[0], Path(options.read[1]))))
        return 0
    rows = measure(FULL_ROWS, 1) if options.full else measure(options.rows)
    print(as_text("Ingest", {"Ingest": rows}))
    return int(any(row.fails for row in rows))


if __name__ == "__main__":
    sys.exit(main())
