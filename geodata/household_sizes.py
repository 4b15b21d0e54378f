"""How many people a household is counted as: what a country says for a date.

The manifest lists it under ``household_sizes``: rules with ``people`` and ``in_camps``, and the
dates ``from`` and ``until`` which they hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNSAID = 6
"""People to a household where neither the country nor a setting says it.

IOM counts six in the country that ships. More would hide more: households of most countries are
smaller than that."""


@dataclass(frozen=True)
class HouseholdSize:
    """People that a household is counted as, and in camps."""

    people: int
    in_camps: int


def household_size(country: Mapping[str, Any], date: dt.date) -> HouseholdSize | None:
    """Return the size of a household that a country's rule gives for a date.

    ``None`` where the country has no rule for it.
    """
    for rule in country.get("household_sizes", ()):
        if rule.get("from", "") <= date.isoformat() <= rule.get("until", "9999"):
            return HouseholdSize(int(rule["people"]), int(rule["in_camps"]))
    return None
