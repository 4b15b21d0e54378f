"""P-codes of a round are read by the numbering they are of, or the round is refused."""

from __future__ import annotations

import re

from geodata.bundled.iraq_tidy import COUNTRY, GOVERNORATES_OF_2014

OLD, NEW = "2014", "2019"


def test_each_governorate_of_2014_is_one_of_those_of_2019(snapshot):
    areas = snapshot.tables.areas
    assert sorted(GOVERNORATES_OF_2014.values()) == sorted(areas.loc[areas["level"] == 1, "pcode"])
    assert list(GOVERNORATES_OF_2014) == [f"G{number:02}" for number in range(1, 19)]
    schemes = COUNTRY["pcode_schemes"]
    assert [scheme["name"] for scheme in schemes["schemes"]] == [NEW, OLD]
    for code in ("IQG08", "IQ-G08", "IRQ-G08", "IRQG08", "IQ-G08-Q01", "IQG08Q01"):
        found = re.fullmatch(schemes["written"], code)
        assert found and found[1] == "G08", code
