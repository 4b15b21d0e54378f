"""Funders: one list, whatever the spelling; their programmes are chosen as programmes are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.errors import StateError
from geodata.figures.comparison import DATES, PROGRAMMES, parse_comparison, query_items, swap
from geodata.figures.funders import Funding, funders, paid_by
from geodata.figures.state import encode_query, parse
from geodata.snapshots.schemas import check
from geodata.snapshots.serialise import write_snapshot
from geodata.snapshots.snapshot import Snapshot, load
from geodata.text.view_headlines import headline
from geodata.text.wording import counted_by_programmes
from tests import made_up
from tests.views import viewed

TABLE = {"NORLAND": {"name": "Norland", "spellings": ["Norland Aid", "NA"]}}


def country(folder: Path, paid: dict[str, str], **more: Any) -> Snapshot:
    """The made-up country, whose programmes have these funders; AID works in Alpha."""
    programmes = made_up.shared().programmes
    written = programmes.assign(funders=programmes["code"].map(paid).fillna("").astype("str"))
    tables = replace(made_up.shared(), programmes=check("programmes", pd.DataFrame(written)))
    write_snapshot(
        folder / "snapshot",
        tables,
        made_up.squares(),
        join_report={},
        country=made_up.COUNTRY | more,
    )
    return load(folder / "snapshot")


def test_spellings_of_one_funder_are_folded_and_what_is_printed_stays(tmp_path):
    printed = {"AID": "Norland Aid (2008–2010); World Bank among others", "OWN": "NA; as parent"}
    made = country(tmp_path, printed, funders=TABLE, no_funders=["as parent"])
    norland, bank = funders(made)
    assert (norland.code, norland.name) == ("NORLAND", "Norland")
    assert norland.fundings == (
        Funding("AID", "Norland Aid (2008–2010)", (2008, 2010)),
        Funding("OWN", "NA", ()),
    )
    assert (bank.code, bank.name, bank.programmes) == ("WORLD-BANK", "World Bank", ("AID",))


@pytest.fixture(scope="module")
def paid(tmp_path_factory) -> Snapshot:
    return country(tmp_path_factory.mktemp("paid"), {"AID": "Norland", "OWN": "World Bank"})


def test_a_funder_chooses_the_programmes_that_it_pays_for(paid):
    by_funder, by_name = viewed(paid, funder="NORLAND"), viewed(paid, prog="AID")
    assert by_funder.state.programmes == ("AID",) == paid_by(paid, ["NORLAND"])
    np.testing.assert_array_equal(by_funder.totals, by_name.totals)
    assert headline(by_funder.on(0)) == (
        "918 internally displaced people where 1 programme funded by Norland works or worked: "
        "79% of the country, on 31 January 2020"
    )


def test_funder_and_programme_together_are_the_programmes_of_both(paid):
    both, _ = parse({"funder": "NORLAND~WORLD-BANK", "prog": "AID"}, paid)
    assert both.programmes == ("AID",)
    assert encode_query(both, paid) == "prog=AID&funder=NORLAND~WORLD-BANK"
    every, _ = parse({"funder": "WORLD-BANK~NORLAND"}, paid)
    assert every.programmes == ("AID", "OWN")


def test_programmes_of_which_the_funder_pays_for_none_are_refused_not_shown_as_everything(paid):
    with pytest.raises(StateError) as error:
        parse({"funder": "NORLAND", "prog": "OWN"}, paid)
    assert str(error.value) == (
        "prog=“OWN” is not funded by NORLAND: with funder=NORLAND, prog may be AID."
    )
    state, (notice,) = parse({"funder": "NORLAND", "prog": "OWN"}, paid, lenient=True)
    assert state.programmes == ("AID",)
    assert notice.endswith("The default is shown instead.")


def test_a_funders_programmes_may_be_compared_and_the_sides_change_places(paid):
    compared, _ = parse_comparison({"funder": "NORLAND", "with": "OWN"}, paid)
    assert compared.kind == PROGRAMMES
    other_way = swap(compared)
    assert other_way is not None
    assert parse_comparison(dict(query_items(other_way, paid)), paid)[0] == other_way
    dates, _ = parse_comparison({"funder": "NORLAND", "prog_when": "date"}, paid)
    assert dates.kind == DATES
    assert dates.first.prog_when == "any"  # both dates are of the same areas


def test_an_unknown_funder_is_refused_with_the_nearest(paid):
    with pytest.raises(StateError, match="Did you mean NORLAND"):
        parse({"funder": "norlnd"}, paid)
    assert parse({"funder": "norland"}, paid)[0].funder == ("NORLAND",)


def test_the_bundled_funders_are_one_list():
    codes = {each.code: each.programmes for each in funders(viewed().snapshot)}
    assert codes["JAPAN"] == ("CBIBMP", "IDPP", "PHSS")
    assert {"SNFI", "HIJRA"} < set(codes["EU"])  # of ECHO, and of the Union itself
    assert len(codes["US"]) == 9 and not any("PARENT" in code for code in codes)


def test_a_funder_of_programmes_with_counts_of_their_own_shows_these(paid):
    by_funder, by_name = viewed(paid, funder="WORLD-BANK"), viewed(paid, prog="OWN")
    assert by_funder.counts.dates == by_name.counts.dates
    np.testing.assert_array_equal(by_funder.values, by_name.values)
    assert np.isfinite(by_funder.values).any()


def test_a_part_is_of_everyone_where_programmes_work_not_of_what_they_counted(paid):
    part = viewed(paid, prog="OWN", by="origin")
    assert (part.status == "o").all()  # OWN has no coverage
    assert "No source at hand says" in headline(part.on_its_date())
    assert counted_by_programmes(viewed(paid, prog="OWN")) and not counted_by_programmes(part)
