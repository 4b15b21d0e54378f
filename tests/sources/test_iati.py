"""IATI activities come in safely, in bounded memory, and say no more than their publishers do."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from geodata.errors import DataError
from geodata.ingest.merge import merge
from geodata.snapshots.diff import difference
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.activities.iati import KINDS, read
from geodata.sources.contract import ParsedSource, ReadOptions
from geodata.util.findings import no_progress
from tests.activities import coverage, sentences
from tests.paths import ROOT

MAPPING = """\
source:
  id: made-up-iati
  title: Made-up activities
  publisher: Nobody
  url: https://example.org/iati
  terms: Free to use.
  credit: "Source: nobody"
  what: Made-up activities.
"""
EPSG = "http://www.opengis.net/def/crs/EPSG/0/4326"
HERE = '<recipient-country code="XX"/>'
ALPHA = "<location><name><narrative>Alpha</narrative></name></location>"


def point(pos: str, name: str = "", more: str = "", system: str = EPSG) -> str:
    named = f"<name><narrative>{name}</narrative></name>" if name else ""
    return f'<location>{named}<point srsName="{system}"><pos>{pos}</pos></point>{more}</location>'


def activity(
    identifier: str = "AA-1",
    body: str = HERE + ALPHA,
    *,
    status: str = "2",
    title: str = "<narrative>Wells</narrative>",
    org: str = '<participating-org role="4"><narrative>Aid Ltd</narrative></participating-org>',
    attributes: str = "",
) -> str:
    return (
        f"<iati-activity {attributes}>\n<iati-identifier>{identifier}</iati-identifier>"
        f'<reporting-org ref="AA"><narrative>Reporter</narrative></reporting-org>'
        f"<title>{title}</title>{org}"
        f'<activity-status code="{status}"/>{body}</iati-activity>\n'
    )


def document(*activities: str, version: str = "2.03", head: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<iati-activities version="{version}">\n'
        f"{''.join(activities)}</iati-activities>\n"
    )


@pytest.fixture
def reading(tmp_path: Path, examplia):
    """Read activities, or the text of a whole document."""

    def made(
        *activities: str,
        text: str | bytes = "",
        name: str = "a.xml",
        base: Snapshot = examplia,
    ) -> ParsedSource:
        path, said = tmp_path / name, tmp_path / "mapping.yaml"
        said.write_text(MAPPING, "utf-8")
        whole = text or document(*activities)
        path.write_bytes(whole if isinstance(whole, bytes) else whole.encode())
        return read([path], base, ReadOptions(mapping=said), no_progress)

    return made


# ------------------------------------------------------------------------------- what it says


def test_an_activity_is_a_programme_with_its_organisation_funders_and_sector(reading, examplia):
    made = reading(
        activity(
            body=HERE
            + ALPHA
            + '<participating-org role="1"><narrative>Donor A</narrative></participating-org>'
            '<participating-org role="1" ref="XM-1"/>'
            '<participating-org role="2"><narrative>Ministry</narrative></participating-org>'
            '<activity-date type="1" iso-date="2019-01-01"/>'
            '<activity-date type="2" iso-date="2019-02-01Z"/>'
            '<activity-date type="3" iso-date="2020-12-31"/>'
            '<sector vocabulary="99" code="W"><narrative>Own words</narrative></sector>'
            '<sector code="12220" percentage="40"/><sector code="14030" percentage="60"/>',
            title='<narrative xml:lang="fr">Puits</narrative><narrative>Wells</narrative>',
        )
    )
    assert not made.findings, sentences(made)
    (programme,) = made.tables["programmes"].to_dict("records")
    assert programme["name"] == "Aid Ltd: Wells"
    assert programme["funders"] == "Donor A; XM-1"
    assert programme["pillar"] == "Water supply and sanitation"
    assert (programme["start_year"], programme["end_year"]) == (2019, 2020)
    assert coverage(merge(examplia, made)) == [
        ("XXG01", "2019-02-01", "2020-12-31", "implemented", "actual start, planned end")
    ]
    assert made.activities["note"].item().endswith("Health 40%; Water supply and sanitation 60%")


@pytest.mark.parametrize(
    ("status", "dates", "expected"),
    [
        ("1", "13", ("2020-01-01", "2021-01-01", "planned", "planned")),
        ("4", "24", ("2020-01-01", "2021-01-01", "implemented", "actual")),
        ("3", "14", ("2020-01-01", "2021-01-01", "implemented", "planned start, actual end")),
        ("2", "2", ("2020-01-01", "", "implemented", "actual")),
        ("6", "2", ("2020-01-01", "", "implemented", "actual")),
        ("6", "1", ("2020-01-01", "", "planned", "planned")),
        ("2", "", ("", "", "implemented", "")),
    ],
)
def test_status_and_dates_say_what_is_planned_and_what_was(
    reading, examplia, status, dates, expected
):
    days = {"1": "2020-01-01", "2": "2020-01-01", "3": "2021-01-01", "4": "2021-01-01"}
    elements = "".join(f'<activity-date type="{t}" iso-date="{days[t]}"/>' for t in dates)
    made = reading(activity(body=HERE + ALPHA + elements, status=status))
    assert coverage(merge(examplia, made)) == [("XXG01", *expected)]


@pytest.mark.parametrize(
    ("dates", "rule"),
    [
        ('<activity-date type="2" iso-date="2020-02-30"/>', "no date"),
        ('<activity-date type="2" iso-date="2020-01-01"/>'
         '<activity-date type="2" iso-date="2020-01-02"/>', "several times"),
        ('<activity-date type="2" iso-date="2020-01-02"/>'
         '<activity-date type="4" iso-date="2020-01-01"/>', "ends before it starts"),
    ],
)  # fmt: skip
def test_dates_that_say_nothing_are_not_known(reading, examplia, dates, rule):
    made = reading(activity(body=HERE + ALPHA + dates))
    assert rule in sentences(made)
    assert coverage(merge(examplia, made)) == [("XXG01", "", "", "implemented", "")]


def test_texts_are_in_english_where_there_is_any_and_inherit_their_language(reading):
    french = activity(
        "AA-2", attributes='xml:lang="fr"',
        title='<narrative>Puits</narrative><narrative xml:lang="en-GB">Wells</narrative>',
    )  # fmt: skip
    arabic = activity(
        "AA-3", attributes='xml:lang="ar"',
        title='<narrative xml:lang="fr">Puits</narrative><narrative>آبار</narrative>',
    )  # fmt: skip
    names = reading(french, arabic).tables["programmes"]["name"]
    assert sorted(names) == ["Aid Ltd: Wells", "Aid Ltd: آبار"]


@pytest.mark.parametrize(("mark", "is_marked"), [("1", True), ("true", True), ("0", False)])
def test_humanitarian_is_1_or_true(reading, mark, is_marked):
    made = reading(activity(attributes=f'humanitarian="{mark}"'))
    assert ("humanitarian" in made.activities["note"].item()) == is_marked
    assert any("marked as humanitarian: 1 activity" in line for line in made.summary) == is_marked


def test_shares_that_do_not_add_up_stay_as_printed_and_are_told(reading):
    body = (
        '<recipient-country code="XX" percentage="60"/>'
        '<recipient-region code="298" percentage="30"/>'
    )
    made = reading(activity(body=body + ALPHA))
    assert "do not add up to 100" in sentences(made)
    assert "XX 60%" in made.activities["note"].item()
    whole = reading(activity(body=body.replace("30", "40") + ALPHA))
    assert not whole.findings
    words = reading(activity(body=body.replace('"30"', '"30,0"') + ALPHA))
    assert "no numbers" in sentences(words)


# ------------------------------------------------------------------------- where, and of whom


def test_places_are_known_by_code_name_and_point_and_nothing_is_worked_out(reading, examplia):
    places = (
        '<location><location-id vocabulary="A1" code="XXG01"/></location>'
        '<location><administrative vocabulary="G1" code="77"/>'
        "<name><narrative>South Beta</narrative></name></location>"
        + point("30.5 41.5", "A village", '<exactness code="2"/>')
        + point("30.5 44.5")
        + point("30.5 44.5", "Examplia")
        + point("30.5 44.5", "The whole", '<feature-designation code="PCLI"/>')
    )
    merged = merge(examplia, reading(activity(body=HERE + places)))
    assert not merged.errors, sentences(merged)
    assert merged.join.rows["activities"] == {
        "code": 1, "name": 1, "alias": 0, "none": 0, "point": 2,
    }  # fmt: skip
    locators = merged.tables.coverage.set_index("pcode")["locator"]
    assert "A village" in "; ".join(locators["XXG01"])


@pytest.mark.parametrize(
    ("place", "hint"),
    [
        (point("41.5 30.5"), "latitude and longitude exchanged"),
        (point("50 50", "Elsewhere"), "its point lies outside the country"),
        (point("30.5 41.5", system="EPSG:32638"), "another reference system"),
        (point("300 41.5"), "no latitude and longitude on Earth"),
        (point("north"), "no latitude and longitude on Earth"),
    ],
)
def test_a_point_that_is_none_places_nothing(reading, examplia, place, hint):
    made = reading(activity(body=HERE + place))
    merged = merge(examplia, made)
    assert hint in sentences(merged)
    assert coverage(merged) == []


def test_an_unknown_name_is_refused_with_line_and_nearest(reading, examplia):
    made = reading(activity(body=HERE + ALPHA.replace("Alpha", "Alfa")))
    (error,) = merge(examplia, made).errors
    assert (error.file, error.row, error.value) == ("a.xml", 3, "Alfa")
    assert error.nearest[0] == "Alpha (XXG01)"


@pytest.mark.parametrize(
    ("body", "is_read"),
    [
        ('<recipient-country code="YY"/>' + ALPHA, False),
        ('<recipient-country code="YY"/><recipient-country code="xx"/>' + ALPHA, True),
        ('<recipient-region code="298"/>' + ALPHA, False),  # a name may be that of any place
        ('<recipient-region code="298"/>' + point("30.5 41.5"), True),
        ('<transaction><recipient-country code="XX"/><value>1</value></transaction>' + ALPHA, True),
        ('<transaction><recipient-country code="YY"/></transaction>' + ALPHA, False),
    ],
)
def test_activities_of_other_countries_are_left_out_and_counted(reading, body, is_read):
    made = reading(activity("AA-2"), activity("AA-3", body))
    assert made.files[0].rows == 1 + is_read
    assert ("left out: 1 activity in other countries" in made.summary) != is_read


def test_of_several_countries_only_the_places_within_this_one_count(reading, examplia):
    body = '<recipient-country code="XX"/><recipient-country code="YY"/>'
    places = ALPHA + point("50 50", "Elsewhere") + ALPHA.replace("Alpha", "Far away")
    made = reading(activity(body=body + places))
    assert "left out: 2 places outside the country, of activities in several countries" in (
        made.summary
    )
    assert [pcode for pcode, *_ in coverage(merge(examplia, made))] == ["XXG01"]


def test_an_activity_of_the_whole_country_is_listed_and_on_no_area(reading, examplia):
    made = reading(activity(body=HERE))
    assert "1 activity names no place within the country" in made.summary[1]
    merged = merge(examplia, made)
    assert coverage(merged) == []
    assert len(merged.tables.programmes) == len(examplia.tables.programmes) + 1


def test_cancelled_activities_are_left_out(reading):
    made = reading(activity("AA-2"), activity("AA-3", status="5"), activity("AA-4", status="9"))
    assert made.files[0].rows == 1
    assert "left out: 1 activity that was cancelled" in made.summary
    assert "no status that is known" in sentences(made)


# ------------------------------------------------------------------------------- never twice


@pytest.mark.parametrize("said_by", ["parent", "child", "both"])
def test_a_parent_and_its_parts_are_one_programme(reading, examplia, said_by):
    down = '<related-activity type="2" ref="AA-1-1"/>' if said_by != "child" else ""
    up = '<related-activity type="1" ref="AA-1"/>' if said_by != "parent" else ""
    donor = '<participating-org role="1"><narrative>{}</narrative></participating-org>'
    beta = ALPHA.replace("Alpha", "Beta")
    made = reading(
        activity("AA-1-1", HERE + beta + up + donor.format("Donor") + donor.format("Reporter")),
        activity("AA-1", HERE + ALPHA + down),
    )
    (programme,) = made.tables["programmes"].to_dict("records")
    assert programme["funders"] == "Donor"  # the whole's own organisation passes money on
    assert {pcode for pcode, *_ in coverage(merge(examplia, made))} == {"XXG01", "XXG02"}
    assert "1 activity is a part of another" in sentences(made)


def test_activities_that_are_each_other_s_parents_are_one(reading):
    first = activity("AA-1", HERE + ALPHA + '<related-activity type="1" ref="AA-2"/>')
    second = activity("AA-2", HERE + ALPHA + '<related-activity type="1" ref="AA-1"/>')
    assert len(reading(first, second).tables["programmes"]) == 1


def test_an_activity_that_stands_twice_is_taken_once_or_refused(reading):
    assert "is taken once" in sentences(reading(activity(), activity()))
    (error,) = reading(activity(), activity(status="4")).errors
    assert "only one can stand" in error.sentence
    assert error.row == 5


def test_identifiers_that_differ_in_signs_only_are_two_and_keep_their_codes(reading, examplia):
    first = reading(activity("AA-AAA-12"), activity("AA-AAA1-2"))
    codes = first.tables["programmes"].set_index("sources")["code"]
    assert sorted(codes)[0] == "ALAAA12"
    assert list(codes.index.str.contains("IATI AA-AAA")) == [True, True]
    tables = merge(examplia, first).tables
    base = Snapshot("", examplia.manifest, tables, examplia.topology)
    renamed = activity("AA-AAA1-2", title="<narrative>New</narrative>")
    later = reading(renamed, base=base).tables["programmes"]
    assert later["code"].item() == codes["https://example.org/iati | IATI AA-AAA1-2"]


def test_a_file_that_is_brought_twice_changes_nothing_and_a_newer_one_replaces_it(
    reading, examplia
):
    def with_(base: Snapshot, made: ParsedSource) -> Snapshot:
        version = f"{base.version}+"  # of one version they are the same without a look
        return Snapshot(version, base.manifest, merge(base, made).tables, base.topology)

    first = with_(examplia, reading(activity()))
    assert not difference(examplia, first).empty
    assert difference(first, with_(first, reading(activity(), base=first))).empty
    moved = with_(first, reading(activity(body=HERE), base=first))
    assert len(moved.tables.coverage) == len(examplia.tables.coverage)
    assert len(moved.tables.programmes) == len(first.tables.programmes)


# ------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (document(activity(), version="1.05"), "version 1.05"),
        (document(activity()).replace("iati-activities", "iati-organisations"), "organisation"),
        (document(activity()).replace("iati-activities", "activities"), "no IATI activity file"),
        (document(activity())[:-30], "no well-formed XML"),
        (document(activity(), head='<!DOCTYPE x [<!ENTITY a "b">]>'), "document type"),
        (document(activity(), head='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "document type"),
        ("a,b\n1,2\n", "is a CSV"),
        ("<!doctype html><html></html>", "web page"),
    ],
)
def test_what_is_no_safe_iati_file_is_refused(reading, text, rule):
    with pytest.raises(DataError, match=rule):
        reading(text=text)


def test_an_activity_without_identifier_is_refused_with_its_line(reading):
    (error,) = reading(activity("")).errors
    assert (error.row, error.column) == (3, "iati-identifier")


def test_a_zip_is_read_part_by_part_within_limits(reading, tmp_path, monkeypatch):
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/one.xml", document(activity("AA-1")))
        archive.writestr("two.XML", document(activity("AA-2")).encode("utf-16"))
        archive.writestr("readme.txt", "…")
    whole = path.read_bytes()
    made = reading(text=whole, name="c.zip")
    assert made.files[0].rows == 2
    assert "readme.txt" in sentences(made)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.xml", document(activity(), head=" " * 30_000_000))
    with pytest.raises(DataError, match="packed size"):
        reading(text=path.read_bytes(), name="c.zip")


# ------------------------------------------------------------------------------------- memory

LARGE = 20_000_000  # bytes; each activity has as many transactions as large ones have
PEAK = """\
import resource, sys
from pathlib import Path
from geodata.sources.activities.iati_xml import activities, check_xml
n = 0
for read in activities(check_xml(Path(sys.argv[1])), []):
    n += 1
print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file_nor_with_an_activity(tmp_path):
    def peak(name: str, body: str, copies: int) -> tuple[int, int]:
        path = tmp_path / name
        with path.open("w", encoding="utf-8") as handle:
            handle.write(document().removesuffix("</iati-activities>\n"))
            for _ in range(copies):
                handle.write(body)
            handle.write("</iati-activities>\n")
        done = subprocess.run(
            [sys.executable, "-c", PEAK, str(path)],
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        number, kilobytes = map(int, done.stdout.split())
        return number, kilobytes

    transaction = "<transaction><value currency='USD'>12345</value><description/></transaction>\n"
    usual = activity(body=HERE + ALPHA + transaction * 20)
    one = activity(body=HERE + ALPHA + transaction * (LARGE // len(transaction)))
    _, small = peak("small.xml", usual, 10)
    number, large = peak("large.xml", usual, LARGE // len(usual))
    assert number > 5_000
    assert large < small + 20_000
    assert peak("one.xml", one, 1)[1] < small + 40_000


def test_the_kind_asks_for_a_mapping():
    assert [(kind.name, kind.needs_mapping) for kind in KINDS] == [("iati", True)]
