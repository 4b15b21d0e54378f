"""The description of a CSV for machines, checked by Frictionless Data's own program."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from frictionless import Package, system

from geodata.exports.data_package import NAME, licence_of
from geodata.exports.formats import FILES, ExportRequest
from geodata.exports.options import Options
from geodata.figures import statuses
from tests.views import viewed

KINDS: list[tuple[dict[str, str], Options]] = [
    ({}, Options()),
    ({"level": "2", "time": "2017-05-15", "lang": "ckb", "digits": "native"}, Options(hxl=True)),
    (
        {"mode": "change", "base": "2017-05-15", "lang": "ar", "measure": "rate"},
        Options(every=True),
    ),
]


def written(folder: Path, query: dict[str, str], options: Options) -> tuple[Path, Path]:
    """Write the CSV of a view and its description beside it, as the archive holds them."""
    request = ExportRequest(viewed(**query), options, packed=True)
    table = folder / FILES["data.csv"].filename(request)
    table.write_bytes(FILES["data.csv"].make(request))
    (folder / NAME).write_bytes(FILES[NAME].make(request))
    return table, folder / NAME


@pytest.mark.parametrize(("query", "options"), KINDS, ids=str)
def test_a_description_holds_of_its_table_by_frictionless(tmp_path, query, options):
    table, package = written(tmp_path, query, options)
    report = Package(package).validate()
    assert report.valid, report.flatten(["title", "message"])
    view = viewed(**query)
    figures = report.tasks[0].stats["rows"]
    dates = len(view.counts.dates) if options.every else 1
    assert figures == dates * len(view.counts.areas.pcodes)
    table_of_figures: Any = Package(package).get_resource("figures")
    read = table_of_figures.read_rows()
    assert all(row["rank"] is None or isinstance(row["rank"], int) for row in read)
    assert all(row["rank"] is None for row in read if row["value"] is None)


@pytest.mark.parametrize(
    ("before", "after"),
    [("IQG01", "IQG99"), (",level,", ",levl,,"), ("2024-12-31", "31.12.2024")],
)
def test_frictionless_sees_a_table_that_breaks_its_description(tmp_path, before, after):
    table, package = written(tmp_path, {}, Options())
    assert before in table.read_text("utf-8")
    table.write_text(table.read_text("utf-8").replace(before, after), "utf-8")
    assert not Package(package).validate().valid


def test_a_description_names_units_statuses_sources_and_licences(snapshot):
    view = viewed(snapshot, lang="ar")
    read = json.loads(FILES[NAME].make(ExportRequest(view, page="https://maps.example.org/")))
    fields = {field["name"]: field for field in read["resources"][0]["schema"]["fields"]}
    words = set(statuses.status_words(view.language).values())
    assert set(fields["status"]["constraints"]["enum"]) == words
    assert fields["value"]["unit"] and read["resources"][0]["schema"]["missingValues"] == [""]
    assert [licence["name"] for licence in read["licenses"]] == ["CC-BY-3.0-IGO"]
    assert all(source["terms"] for source in read["sources"])
    assert licence_of("Non-commercial use with the credit below.") is None


def test_a_description_at_its_own_address_leads_to_the_table(client: FlaskClient):
    read = client.get(f"/{NAME}?pop=returnee&rows=all&hxl=1").get_json()
    path = read["resources"][0]["path"]
    assert path.startswith("http://localhost/data.csv?pop=returnee&")
    answer = client.get(path.removeprefix("http://localhost"))
    assert answer.status_code == 200
    assert b"#affected+returnees+ind" in answer.get_data().splitlines()[1]
    assert client.get(f"/{NAME}").headers["ETag"]


def test_an_archive_is_a_package_as_it_stands(client: FlaskClient, tmp_path):
    body = client.get("/map.zip?pop=refugee&lang=ar").get_data()
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        described = json.loads(packed.read(NAME))
        tables = {name for name in packed.namelist() if name.endswith(".csv")}
        packed.extractall(tmp_path)
    assert {each["path"] for each in described["resources"] if "path" in each} == tables
    with system.use_context(trusted=False):
        assert Package(tmp_path / NAME).validate().valid
