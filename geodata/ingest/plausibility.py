"""Check merged figures against reason: levels that disagree, totals that fall or leap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from geodata.snapshots.totals import SLICE, Total, series_name, slices_of
from geodata.util import amounts
from geodata.util.arrays import records
from geodata.util.findings import Finding, Harm

# Rounds seldom differ more from the one before: of 236 that DTM published on the country that
# ships, three do, all in the summer of 2014.
SANE_CHANGE = 0.25

LARGEST_FALL = 0.2
"""Part by which a national total may fall without ``--allow-fall``.

The largest real fall between two of those rounds, of 236 from 2014 to 2024, is 7.0% (October
2019). A list that lacks the largest governorate of December 2024 falls by 21.5%.
"""


def levels_that_differ(
    counts: pd.DataFrame, new: pd.DataFrame, areas: pd.DataFrame
) -> Iterator[Finding]:
    """Compare the levels of slices of which the file gives one and the snapshot has the other."""
    levels = new.groupby(SLICE)["level"].nunique()
    rows = counts[slices_of(counts).isin(levels[levels == 1].index)]
    yield from _below_districts(rows, areas)
    yield from _unequal_levels(rows)


def _below_districts(rows: pd.DataFrame, areas: pd.DataFrame) -> Iterator[Finding]:
    """Report governorates whose figure is below the sum of their districts."""
    parents = areas.set_index("pcode")["parent"]
    names = dict(zip(areas["pcode"], areas["name_en"], strict=True))
    inner = rows[(rows["level"] == 2) & rows["pcode"].notna()]
    sums = inner.assign(pcode=inner["pcode"].map(parents)).groupby([*SLICE, "pcode"])["people"]
    own = rows[rows["level"] == 1].set_index([*SLICE, "pcode"])["people"]
    both = pd.DataFrame({"own": own, "inner": sums.sum()}).dropna().reset_index()
    for row in records(both[both["own"] < both["inner"]]):
        yield Finding(
            "error",
            f"{series_name(row.population, row.programme)} on {row.date:%Y-%m-%d}: "
            f"{names[row.pcode]} has {int(row.own):,} people, and its districts, which are held, "
            f"add up to {int(row.inner):,}: a governorate holds its districts. Bring in both "
            "levels by one command.",
            value=str(names[row.pcode]),
            harm=Harm.LEVELS_DIFFER,
        )


def _unequal_levels(rows: pd.DataFrame) -> Iterator[Finding]:
    """Warn of slices whose districts add up to another total than their governorates."""
    people = rows.groupby([*SLICE, "level"])["people"].sum().unstack()
    if not {1, 2} <= set(people.columns):
        return
    people = people.rename(columns={1: "governorates", 2: "districts"}).dropna().reset_index()
    for row in records(people[people["governorates"] != people["districts"]]):
        yield Finding(
            "warning",
            f"{series_name(row.population, row.programme)} on {row.date:%Y-%m-%d}: districts add "
            f"up to {int(row.districts):,} people and governorates to {int(row.governorates):,}; "
            "check that both come from one list.",
            harm=Harm.LEVELS_DIFFER,
        )


def changes_beyond_reason(
    changes: Iterable[Total], largest_fall: float, *, allow_fall: bool
) -> Iterator[Finding]:
    """Report national totals that differ a lot from the round before, or from what they replace."""
    for total in changes:
        if fallen := total.fallen(largest_fall):
            yield _fall(total, *fallen, largest_fall, allow_fall=allow_fall)
        elif total.before and abs(total.people - total.before) > SANE_CHANGE * total.before:
            yield Finding(
                "warning",
                f"{total.series} on {total.date}: {total.people:,} people, "
                f"{amounts.change(total.people, total.before)} against {total.before:,} on "
                f"{total.before_date}. Check that the list is whole and of this population.",
                harm=Harm.TOTAL_CHANGES,
            )


def _fall(
    total: Total, previous: int, reference: str, largest_fall: float, *, allow_fall: bool
) -> Finding:
    """Return the finding on a total that falls further than totals do."""
    advice = (
        "It is taken, as --allow-fall was passed."
        if allow_fall
        else "Is the list whole, and of this population and date? If it is, pass --allow-fall."
    )
    return Finding(
        "warning" if allow_fall else "error",
        f"{total.series} on {total.date}: {total.people:,} people, "
        f"{amounts.change(total.people, previous)} against the {previous:,} {reference}. "
        f"A total may fall by {largest_fall:.0%}. {advice}",
        harm=Harm.TOTAL_FALLS,
    )
