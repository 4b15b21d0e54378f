"""What DTM's API has comes in whole, or not at all with a sentence that says what to do.

A server on the loopback answers in the envelope that DTM's API writes, as it was recorded; the
figures in it are made up.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.sources.contract import COUNTS_READ, ParsedSource, ReadOptions
from geodata.sources.dtm.api import (
    API,
    CACHE_LIFETIME,
    KEY,
    KINDS,
    Client,
    FetchCache,
    Part,
    parts,
    read,
)
from geodata.util.findings import no_progress

unhurried = settings(deadline=None)
SECRET = "made-up-key-5f3c"
PATHS = {"/v3/displacement/admin1": 1, "/v3/displacement/admin2": 2,
         "/v2/IdpAdmin1Data": 1, "/v2/IdpAdmin2Data": 2}  # fmt: skip
Record = dict[str, Any]


def record(
    people: int | None = 600,
    *,
    date: str = "2020-01-31",
    adm1: str = "Alpha",
    adm2: str = "",
    round_number: int | None = 7,
    reason: str = "Conflict",
    origin: str = "Not available",
    assessment: str = "BA",
    operation: str = "Examplia conflict",
    **other: Any,
) -> Record:
    """A record as v3 writes it, of a made-up place."""
    codes = {"Alpha": "XXG01", "Beta": "XXG02", "North Alpha": "XXG01Q01", "North Beta": "XXG02Q01"}
    inner = {"admin2Name": adm2, "admin2Pcode": codes.get(adm2)} if adm2 else {}
    return {
        "id": 1,
        "operation": operation,
        "admin0Name": "Examplia",
        "admin0Pcode": "XXX",
        "admin1Name": adm1,
        "admin1Pcode": codes.get(adm1),
        **inner,
        "numPresentIdpInd": people,
        "reportingDate": f"{date}T00:00:00",
        "yearReportingDate": int(date[:4]),
        "monthReportingDate": int(date[5:7]),
        "roundNumber": round_number,
        "displacementReason": reason,
        "numberMales": None,
        "numberFemales": None,
        "idpOriginAdmin1Name": origin,
        "idpOriginAdmin1Pcode": origin,
        "assessmentType": assessment,
        **other,
    }


def envelope(records: list[Record], **other: Any) -> bytes:
    said = {
        "result": records,
        "statusCode": 200,
        "isSuccess": True,
        "errorMessages": [],
        "totalRecordsCount": len(records),
    }
    return json.dumps(said | other).encode()


class Server(ThreadingHTTPServer):
    """DTM's API with made-up records; ``faults`` are answers that come before the right ones."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.levels: dict[int, list[Record]] = {1: [], 2: []}
        self.faults: list[Callable[[Answer], None]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.keys: Counter[str] = Counter()
        self.released = Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is not told on the screen."""


class Answer(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        said = {key: values[0] for key, values in query.items()}
        self.server.asked.append((path, said))
        self.server.keys[self.headers["Ocp-Apim-Subscription-Key"]] += 1
        if self.server.faults:
            self.server.faults.pop(0)(self)
        else:
            self.send(envelope(self.records(PATHS[path], said)))

    def records(self, level: int, said: dict[str, str]) -> list[Record]:
        first = said.get("FromReportingDate", "0000")
        last = said.get("ToReportingDate", "9999")
        return [
            one for one in self.server.levels[level] if first <= one["reportingDate"][:10] <= last
        ]

    def send(self, body: bytes, status: int = 200, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


def status(code: int) -> Callable[[Answer], None]:
    return lambda answer: answer.send(b"{}", code)


def body(text: bytes) -> Callable[[Answer], None]:
    return lambda answer: answer.send(text)


def cut(answer: Answer) -> None:
    answer.send(envelope([record()])[:40], length=4_000)


def hangs_up(answer: Answer) -> None:
    answer.close_connection = True


def is_slow(answer: Answer) -> None:
    answer.server.released.wait(20)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv(KEY, SECRET)
    with Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def fetch(server: Server, examplia, tmp_path: Path) -> Callable[..., ParsedSource]:
    """Fetch from the server, without waiting between tries; two years unless told otherwise."""

    def fetched(
        since: dt.date | None = dt.date(2020, 1, 1),
        until: dt.date | None = dt.date(2021, 12, 31),
        **options: Any,
    ) -> ParsedSource:
        plain = {"base_url": server.address, "retry_delay": 0, "timeout": 5, "retries": 3}
        plain["resume_folder"] = tmp_path / "kept"
        asked = ReadOptions(since=since, until=until, options=plain | options)
        return read((), examplia, asked, no_progress)

    return fetched


def said(reading: ParsedSource) -> str:
    return "\n".join(finding.line() for finding in reading.findings)


def figures(reading: ParsedSource) -> dict[tuple[str, str, str], int]:
    """``(date, governorate, district) -> people``."""
    rows = reading.counts
    keys = zip(rows["date"].dt.strftime("%Y-%m-%d"), rows["adm1"], rows["adm2"], strict=True)
    return dict(zip(keys, rows["people"], strict=True))


# ---------------------------------------------------------------------------------- figures


def test_governorates_and_districts_come_with_their_dates_rounds_and_codes(server, fetch):
    server.levels = {
        1: [record(900), record(1200, date="2021-01-31", round_number=8)],
        2: [record(500, adm2="North Alpha"), record(400, adm2="Elsewhere")],
    }
    reading = fetch()
    assert not reading.findings
    assert list(reading.counts.columns) == list(COUNTS_READ)
    assert figures(reading) == {
        ("2020-01-31", "Alpha", ""): 900,
        ("2021-01-31", "Alpha", ""): 1200,
        ("2020-01-31", "Alpha", "North Alpha"): 500,
        ("2020-01-31", "Alpha", "Elsewhere"): 400,
    }
    rows = reading.counts
    assert list(rows["level"]) == [1, 1, 2, 2]
    assert list(rows["round"]) == [7, 8, 7, 7]
    assert list(rows["adm2_code"]) == ["", "", "XXG01Q01", ""]
    assert set(rows["population"]) == {"idp"}
    assert rows["households"].isna().all()
    assert reading.source["id"] == "iom-dtm-api"


def test_v2_is_asked_at_its_own_addresses_and_gives_the_same(server, fetch):
    server.levels[1] = [record(900)]
    newest = figures(fetch())
    server.asked.clear()
    for one in server.levels[1]:
        del one["displacementReason"], one["idpOriginAdmin1Name"], one["idpOriginAdmin1Pcode"]
    assert figures(fetch(api_version="v2")) == newest
    assert {path for path, _ in server.asked} == {"/v2/IdpAdmin1Data", "/v2/IdpAdmin2Data"}


def test_the_country_of_the_snapshot_is_asked_for_and_no_other_is_taken(server, fetch):
    server.levels[1] = [record(900), record(5, adm1="Beta", admin0Pcode="YYY")]
    reading = fetch()
    assert {said["Admin0Pcode"] for _, said in server.asked} == {"XXX"}
    assert list(figures(reading)) == [("2020-01-31", "Alpha", "")]
    assert "another country and is left out" in said(reading)


def test_parts_of_a_split_by_reason_and_origin_are_added_up(server, fetch):
    server.levels[1] = [
        record(100, reason="Conflict", origin="Alpha"),
        record(20, reason="Conflict", origin="Beta"),
        record(3, reason="Flood", origin="Beta"),
    ]
    reading = fetch()
    assert figures(reading) == {("2020-01-31", "Alpha", ""): 123}
    assert list(reading.counts["rows"]) == [3]
    assert not reading.findings


def test_a_record_that_is_there_twice_is_counted_once_and_said(server, fetch):
    server.levels[1] = [record(100), record(100, id=2)]
    reading = fetch()
    assert figures(reading) == {("2020-01-31", "Alpha", ""): 100}
    assert "repeats an earlier one" in said(reading)
    assert not reading.errors


def test_records_that_differ_in_what_is_not_read_are_refused_until_it_is_said_which(server, fetch):
    server.levels[1] = [record(100, numberMales=40), record(100, id=2, numberMales=60)]
    assert "differs in what is not" in fetch().errors[0].sentence
    assert figures(fetch(repeated_rows="add")) == {("2020-01-31", "Alpha", ""): 200}
    assert figures(fetch(repeated_rows="once")) == {("2020-01-31", "Alpha", ""): 100}


def test_two_figures_of_one_place_and_date_stop_the_ingest(server, fetch):
    server.levels[1] = [record(100), record(90, id=2)]
    (error,) = fetch().errors
    assert "only one can stand" in error.sentence
    assert (
        error.value
        == (
            "Alpha: 90 people, and 100 in row 1 of DTM API v3, admin1 from 2020-01-01 to 2020-12-31"
        )[:79]
        + "…"
    )


@pytest.mark.parametrize(("kinds", "taken"), [("SA BA ETT", "BA"), ("ETT SA", "SA")])
def test_of_several_assessments_the_preferred_one_is_taken_and_never_their_sum(
    server, fetch, kinds, taken
):
    people = {"BA": 100, "SA": 70, "ETT": 30}
    server.levels[1] = [record(people[kind], assessment=kind) for kind in kinds.split()]
    reading = fetch()
    assert figures(reading) == {("2020-01-31", "Alpha", ""): people[taken]}
    assert f"those of {taken} are taken" in said(reading)
    assert not reading.errors


def test_one_kind_of_assessment_can_be_asked_for(server, fetch):
    server.levels[1] = [record(100), record(70, assessment="SA"), record(5, adm1="Beta")]
    reading = fetch(assessment="sa")
    assert figures(reading) == {("2020-01-31", "Alpha", ""): 70}
    assert "2 figures of another assessment are left out" in said(reading)


def test_places_counted_by_different_assessments_are_said_not_to_compare(server, fetch):
    server.levels[1] = [record(100), record(5, adm1="Beta", assessment="ETT")]
    reading = fetch()
    assert len(figures(reading)) == 2
    assert "several kinds of assessment (BA, ETT)" in said(reading)


def test_operations_are_never_added_and_one_must_be_named(server, fetch):
    server.levels[1] = [record(100), record(30, operation="Flood of 2020")]
    (error,) = fetch().errors
    assert "Examplia conflict (rows: 1); Flood of 2020 (rows: 1)" in error.sentence
    assert figures(fetch(operation="flood of 2020")) == {("2020-01-31", "Alpha", ""): 30}
    (error,) = fetch(operation="Examplia conflicts").errors
    assert error.nearest == ("Examplia conflict",)


def test_a_record_without_a_number_is_not_assessed_and_never_zero(server, fetch):
    server.levels[1] = [record(None), record(0, adm1="Beta")]
    reading = fetch()
    assert figures(reading) == {("2020-01-31", "Beta", ""): 0}
    assert "not assessed" in said(reading)


def test_a_round_without_a_number_has_none(server, fetch):
    server.levels[1] = [record(round_number=0), record(adm1="Beta", round_number=None)]
    assert fetch().counts["round"].isna().all()


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"people": -5}, "numPresentIdpInd", "below zero"),
        ({"people": 2.5}, "numPresentIdpInd", "only whole"),
        ({"people": "many"}, "numPresentIdpInd", "not a whole number"),
        ({"reportingDate": "soon"}, "reportingDate", "is not a date"),
        ({"reportingDate": None}, "reportingDate", "no date"),
        ({"round_number": "x"}, "roundNumber", "not a whole number"),
    ],
)
def test_a_wrong_cell_is_named_with_its_part_and_record(server, fetch, change, column, rule):
    made = record(adm1="Beta", **change)
    server.levels[1] = [record()]
    server.faults = [body(envelope([record(), made]))]
    (error,) = fetch().errors
    assert (error.row, error.column) == (2, column)
    assert "admin1 from 2020-01-01 to 2020-12-31" in error.file
    assert rule in error.sentence


# ------------------------------------------------------------------------------------- time


def test_the_time_asked_for_is_cut_into_years_for_each_level(server, fetch):
    server.levels[1] = [record(date="2020-06-30")]
    fetch(dt.date(2019, 11, 5), dt.date(2021, 2, 3))
    spans = [(s["FromReportingDate"], s["ToReportingDate"]) for _, s in server.asked]
    assert (
        spans
        == [
            ("2019-11-05", "2019-12-31"),
            ("2020-01-01", "2020-12-31"),
            ("2021-01-01", "2021-02-03"),
        ]
        * 2
    )


def test_all_rounds_are_asked_for_where_no_time_is_named(server, fetch):
    server.levels[1] = [record(date="2004-06-30"), record(date="2014-04-01")]
    assert len(figures(fetch(None, None))) == 2
    assert "FromReportingDate" not in server.asked[0][1]
    assert "ToReportingDate" not in server.asked[-1][1]


days = st.dates(dt.date(1995, 1, 1), dt.date(2026, 11, 22))


@given(st.none() | days, st.none() | days, days)
@unhurried
def test_parts_hold_every_day_that_is_asked_for_once(since, until, day):
    if since and until and since > until:
        since, until = until, since
    found = [
        part
        for part in parts(since, until, dt.date(2026, 11, 22))
        if part.level == 1 and (part.since or dt.date.min) <= day <= (part.until or dt.date.max)
    ]
    asked_for = (since or dt.date.min) <= day <= (until or dt.date.max)
    assert len(found) == asked_for


def test_an_end_before_the_start_is_refused_without_asking(server, fetch):
    (error,) = fetch(dt.date(2021, 1, 1), dt.date(2020, 1, 1)).errors
    assert "`--from` is after `--to`" in error.sentence
    assert not server.asked


# ----------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    "fault",
    [
        status(429),
        status(500),
        status(503),
        cut,
        hangs_up,
        body(b'{"result": [{"id"'),
        body(b"<html>Bad gateway</html>"),
    ],
    ids=["429", "500", "503", "cut", "hangs up", "half JSON", "page"],
)
def test_what_passes_is_asked_for_again(server, fetch, fault):
    server.levels[1] = [record(900)]
    server.faults = [fault, fault]
    reading = fetch()
    assert not reading.findings
    assert list(figures(reading).values()) == [900]


def test_an_answer_that_takes_too_long_is_asked_for_again(server, fetch):
    server.levels[1] = [record(900)]
    server.faults = [is_slow]
    assert list(figures(fetch(timeout=0.3)).values()) == [900]


FAULTS = {
    "500": (status(500), "500"),
    "404": (status(404), "404"),
    "cut": (cut, "broken"),
    "no envelope": (body(b"{}"), "not in the envelope"),
    "a list": (body(b"[]"), "not in the envelope"),
    "refused": (body(envelope([], isSuccess=False, errorMessages=["Ask us"])), "says: Ask us"),
    "refused silently": (body(envelope([], isSuccess=False, errorMessages=None)), "no reason"),
    "no records": (body(envelope([], result=None)), "no list of records"),
    "odd records": (body(envelope([], result=["x"])), "no list of records"),
    "too few": (body(envelope([record()], totalRecordsCount=2)), "2 records, and sent 1"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_does_not_pass_stops_the_ingest_with_what_was_said(server, fetch, name):
    fault, told = FAULTS[name]
    server.levels[1] = [record(900)]
    server.faults = [fault] * 10
    reading = fetch()
    (error,) = reading.errors
    assert told in error.sentence
    assert "0 of 4 parts are here" in error.sentence
    assert reading.counts.empty


def test_an_answer_that_says_it_found_nothing_has_no_records(server, fetch):
    server.levels[1] = [record(900)]
    nothing = envelope([], isSuccess=False, errorMessages=["No data found matching your query"])
    server.faults = [lambda answer: answer.send(envelope([record(900)])), body(nothing)]
    reading = fetch()
    assert not reading.findings
    assert list(figures(reading).values()) == [900]


def test_a_country_that_dtm_does_not_work_in_is_said(fetch):
    (error,) = fetch().errors
    assert "no figures of XXX" in error.sentence


# ---------------------------------------------------------------------------------- the key


def test_without_a_key_nothing_is_asked_and_the_way_to_one_is_said(server, fetch, monkeypatch):
    monkeypatch.delenv(KEY)
    (error,) = fetch().errors
    assert KEY in error.sentence and "https://dtm-apim-portal.iom.int/" in error.sentence
    assert not server.asked


def test_a_key_that_could_be_no_header_is_refused_and_not_repeated(server, fetch, monkeypatch):
    monkeypatch.setenv(KEY, "made up\nkey")
    reading = fetch()
    assert "copy it again" in said(reading)
    assert "made up" not in said(reading)
    assert not server.asked


def test_a_refused_key_is_said_and_never_written_anywhere(server, fetch, tmp_path, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    server.faults = [body(envelope([record()])), status(401)]
    reading = fetch()
    assert server.keys == {SECRET: 2}
    assert f"refuses the key in {KEY}" in said(reading)
    told = said(reading) + caplog.text + "".join(capsys.readouterr())
    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "kept").iterdir())
    assert "numPresentIdpInd" in kept
    assert SECRET not in told + kept + repr(reading)


def test_a_version_that_does_not_exist_is_refused_without_asking(server, fetch):
    assert "versions v3 and v2" in said(fetch(api_version="v4"))
    assert not server.asked


# ----------------------------------------------------------------------------------- going on


def test_an_interrupted_fetch_goes_on_where_it_was(server, fetch, tmp_path):
    server.levels = {1: [record(900)], 2: [record(500, adm2="North Alpha")]}
    good = [lambda answer: answer.send(envelope(answer.records(1, {}))), body(envelope([]))]
    server.faults = [*good, *[status(500)] * 4]
    assert "2 of 4 parts are here" in said(fetch())
    server.asked.clear()
    assert len(figures(fetch())) == 2
    assert [path for path, _ in server.asked] == ["/v3/displacement/admin2"] * 2
    assert not list((tmp_path / "kept").iterdir()), "a whole fetch leaves nothing behind"


def test_what_was_kept_too_long_ago_or_broken_is_asked_for_again(tmp_path):
    kept = FetchCache(tmp_path, "here v3 XXX")
    one, two, three = (Part(level, None, None) for level in (1, 2, 3))
    for part in (one, two, three):
        kept.put(part, [record()])
    assert kept.get(one) == [record()]
    assert FetchCache(tmp_path, "here v2 XXX").get(one) is None
    old = os.stat(tmp_path).st_mtime - CACHE_LIFETIME.total_seconds() - 60
    os.utime(kept._path(two), (old, old))
    kept._path(three).write_text('[{"half', "utf-8")
    assert (kept.get(two), kept.get(three)) == (None, None)


def test_a_folder_that_cannot_be_written_does_not_stop_a_fetch(server, fetch, tmp_path):
    server.levels[1] = [record(900)]
    (tmp_path / "file").write_text("")
    assert len(figures(fetch(resume_folder=tmp_path / "file" / "kept"))) == 1


def test_progress_says_what_is_fetched_and_of_how_much(server, examplia, tmp_path):
    told: list[tuple[str, int, int | None]] = []
    options = {"base_url": server.address, "resume_folder": tmp_path, "retry_delay": 0}
    asked = ReadOptions(since=dt.date(2020, 1, 1), until=dt.date(2020, 12, 31), options=options)
    read((), examplia, asked, lambda *one: told.append(one))
    assert [done for _, done, _ in told] == [0, 1, 2]
    assert {of for _, _, of in told} == {2}
    assert "admin1 from 2020-01-01 to 2020-12-31" in told[0][0]


def test_what_was_fetched_is_named_with_its_hash(server, fetch):
    server.levels[1] = [record(900)]
    first, again = fetch().files, fetch().files
    assert [file.rows for file in first] == [1, 0, 0, 0]
    assert [file.sha256 for file in first] == [file.sha256 for file in again]
    assert first[0].name == "v3 admin1 from 2020-01-01 to 2020-12-31"


def test_without_another_address_dtms_own_is_asked():
    client = Client(SECRET, {})
    assert client._get_endpoint("admin1") == f"{API}/v3/displacement/admin1"
    assert SECRET not in repr(client)


def test_the_kind_takes_no_files():
    (kind,) = KINDS
    assert (kind.name, kind.files, kind.needs_mapping) == ("dtm-api", "none", False)
