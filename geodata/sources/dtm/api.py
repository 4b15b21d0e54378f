"""Reader of DTM's API: internally displaced people by governorate and district.

::

    years × levels ──▶ cached by an interrupted fetch? ──▶ else requested, up to seven times
                                                                   │
    {result, isSuccess, errorMessages, totalRecordsCount} ◀────────┘──▶ Aggregator ──▶ ParsedSource

IOM's own package ``dtmapi`` sends the requests; :class:`Client` adds what it does not do: another
address, a retry after a connection that was cut within an answer, and a check of the envelope
before it is opened. Each answer is cached until all are read, so that a fetch that is interrupted
goes on where it was. The key is taken from the environment and written nowhere.

The API has no households, and no returnees: those are in the master lists only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
import requests
from dtmapi import DTMApi, DTMApiError, DTMApiResponseError, DTMAuthenticationError

from geodata.places.pcode_schemes import NOT_AVAILABLE
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.cell_values import clean_text, code_or_blank, parse_count, parse_date
from geodata.sources.contract import ParsedSource, ReadOptions, SourceKind, no_breakdowns, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import fingerprint
from geodata.sources.tally import Aggregator, CountRecord
from geodata.util.atomic import write_file
from geodata.util.findings import FileRead, Harm, Progress

KEY = "DTMAPI_SUBSCRIPTION_KEY"
API = "https://dtmapi.iom.int"
VERSIONS = ("v3", "v2")
FIRST_YEAR = 2010  # of the rounds in the API; what is earlier is asked for in one piece
CACHE_LIFETIME = dt.timedelta(days=1)

SOURCE: Mapping[str, str] = {
    "id": "iom-dtm-api",
    "role": "counts",
    "title": "Displacement Tracking Matrix (DTM), API",
    "publisher": "International Organization for Migration (IOM)",
    "url": "https://dtm.iom.int/data-and-analysis/dtm-api",
    "terms": "© International Organization for Migration (IOM), Displacement Tracking Matrix "
    "(DTM). Non-commercial use with the credit below.",
    "credit": "Source: International Organization for Migration (IOM), Displacement Tracking "
    "Matrix (DTM)",
    "what": "Internally displaced people by governorate and district and round, as DTM's API gives "
    "them.",
}


# dtmapi logs what it does; what a person should know is in the findings.
logging.getLogger(__name__).addHandler(logging.NullHandler())

_CUT_OFF = (
    requests.exceptions.ChunkedEncodingError,  # the connection was cut within the answer
    requests.exceptions.ContentDecodingError,
    requests.exceptions.JSONDecodeError,
)
_NO_DATA = re.compile(r"\bno\b.{0,40}\b(data|records?|results?|found)\b|not found", re.I)


class Client(DTMApi):  # type: ignore[misc]  # dtmapi has no types
    """IOM's client at any address, with retries also after an answer that broke off."""

    def __init__(self, key: str, options: Mapping[str, Any]) -> None:
        super().__init__(
            subscription_key=key,
            api_version=options.get("api_version") or VERSIONS[0],
            timeout=options.get("timeout", 60),
            max_retries=options.get("retries", 6),
            retry_delay=options.get("retry_delay", 1.0),
        )
        self.address = str(options.get("base_url") or API).rstrip("/")

    def _get_endpoint(self, endpoint_type: str) -> str:
        return str(super()._get_endpoint(endpoint_type)).replace(API, self.address, 1)

    def _is_retryable_error(self, exception: Exception) -> bool:
        return isinstance(exception, _CUT_OFF) or bool(super()._is_retryable_error(exception))

    def _unwrap(self, data: Any) -> list[dict[str, Any]]:
        """Return the records of a complete answer; none where it says that there are none."""
        if not isinstance(data, dict) or "isSuccess" not in data:
            raise DTMApiResponseError("the answer is not in the envelope that DTM's API writes")
        messages = [str(message) for message in data.get("errorMessages") or []]
        if not data["isSuccess"]:
            if messages and all(map(_NO_DATA.search, messages)):
                return []
            raise DTMApiResponseError(f"the API says: {'; '.join(messages) or 'no reason'}")
        records = data.get("result")
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise DTMApiResponseError("the answer holds no list of records")
        count = data.get("totalRecordsCount")
        if isinstance(count, int) and count != len(records):
            raise DTMApiResponseError(
                f"the API says that there are {count:,} records, and sent {len(records):,}"
            )
        return records

    def records(self, part: Part, country: str) -> list[dict[str, Any]]:
        """Fetch the records of one part.

        Raises
        ------
        DTMApiError
            If no try gives a complete answer.
        """
        fetch = self.get_idp_admin1_data if part.level == 1 else self.get_idp_admin2_data
        records = fetch(
            Admin0Pcode=country,
            FromReportingDate=part.since and part.since.isoformat(),
            ToReportingDate=part.until and part.until.isoformat(),
            to_pandas=False,
        )
        return list(records)


@dataclass(frozen=True)
class Part:
    """One request: a level, and reporting dates from and to (``None``: open)."""

    level: int
    since: dt.date | None
    until: dt.date | None

    @property
    def name(self) -> str:
        """Name of the part, for reports and as key of the cache."""
        return f"admin{self.level} from {self.since or 'the first'} to {self.until or 'the last'}"


def parts(since: dt.date | None, until: dt.date | None, today: dt.date) -> Iterator[Part]:
    """Split a span of time into calendar years, for each level.

    Together the parts cover every date from ``since`` to ``until`` once; both ends may be open.
    """
    first = since.year if since else FIRST_YEAR
    last = max(until.year if until else today.year, first - (not since))
    for level in (1, 2):
        if not since:
            before = dt.date(FIRST_YEAR - 1, 12, 31)
            yield Part(level, None, min(until, before) if until else before)
        for year in range(first, last + 1):
            yield Part(
                level,
                since if since and year == first else dt.date(year, 1, 1),
                until if year == last else dt.date(year, 12, 31),
            )


# ---- cache of an interrupted fetch


def cache_folder() -> Path:
    """Return the folder in the user's cache that holds the answers of an interrupted fetch."""
    return platformdirs.user_cache_path("displacement-map", appauthor=False) / "dtm-api"


@dataclass(frozen=True)
class FetchCache:
    """Folder with the answers of one scope: address, version and country; one file each."""

    folder: Path
    scope: str

    def _path(self, part: Part) -> Path:
        digest = hashlib.sha256(f"{self.scope} {part.name}".encode()).hexdigest()
        return self.folder / f"{digest[:24]}.json"

    def get(self, part: Part) -> list[dict[str, Any]] | None:
        """Return the records of a part that were stored within :data:`CACHE_LIFETIME`."""
        path = self._path(part)
        try:
            if time.time() - path.stat().st_mtime > CACHE_LIFETIME.total_seconds():
                return None
            records = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return None
        return records if isinstance(records, list) else None

    def put(self, part: Part, records: list[dict[str, Any]]) -> None:
        """Store the records of a part, in a whole file or none; a read-only folder is no error."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(self._path(part), json.dumps(records).encode())

    def clear(self, parts: Sequence[Part]) -> None:
        """Delete the records of these parts."""
        for part in parts:
            with suppress(OSError):
                self._path(part).unlink()


# ---- reading


def read(
    files: Sequence[Path], snapshot: Snapshot, request: ReadOptions, progress: Progress
) -> ParsedSource:
    """Fetch the counts of a country from DTM's API.

    ``request.options`` may hold ``api_version`` (``v3``, ``v2``), ``operation``, ``assessment``,
    ``repeated_rows`` (:data:`geodata.sources.Repeats`), ``resume_folder``, and for another
    network or a test ``base_url``, ``timeout`` (seconds), ``retries`` and ``retry_delay`` (seconds,
    doubled each time).
    """
    log = FindingLog(file="DTM API")
    key = os.environ.get(KEY, "").strip()
    if not _check_request(key, request, log):
        return _parsed([], Aggregator(log), request, log)
    client = Client(key, request.options)
    country = str(snapshot.manifest["country"]["code"])
    all_parts = list(parts(request.since, request.until, dt.date.today()))
    folder = Path(request.options.get("resume_folder") or cache_folder())
    cache = FetchCache(folder, f"{client.address} {client.api_version} {country}")
    tally = Aggregator(log, request.options.get("repeated_rows") or "refuse")
    answers = list[FileRead]()
    for done, part in enumerate(all_parts):
        log.file = f"DTM API {client.api_version}, {part.name}"
        progress(log.file, done, len(all_parts))
        so_far = f"{done:,} of {len(all_parts):,}"
        records = _cached_or_fetched(client, part, country, cache, log, so_far)
        if records is None:
            return _parsed(answers, Aggregator(log), request, log)
        answers.append(_file_read(client, part, records))
        _add_records(records, part, country, tally, log)
    log.file = f"DTM API {client.api_version}"
    progress(log.file, len(all_parts), len(all_parts))
    if not tally.rows:
        log.error(
            f"The API has no figures of {country} in this time. `--from` and `--to` may be wrong, "
            "or DTM does not work there."
        )
    source = _parsed(answers, tally, request, log)
    if not source.errors:
        cache.clear(all_parts)
    return source


def _check_request(key: str, request: ReadOptions, log: FindingLog) -> bool:
    """Return whether key, version and dates allow a request; log those that do not."""
    version = request.options.get("api_version") or VERSIONS[0]
    if version not in VERSIONS:
        log.error("DTM's API has versions v3 and v2.", column="api_version", value=version)
    if request.since and request.until and request.since > request.until:
        log.error("`--from` is after `--to`.", value=request.since)
    if not key:
        log.error(
            f"There is no key for DTM's API: put it into the environment as {KEY}. A key is free "
            "at https://dtm-apim-portal.iom.int/."
        )
    elif not re.fullmatch(r"[!-~]+", key):  # such a header would be refused, and quoted in full
        log.error(f"The key in {KEY} has spaces or signs in it that no key has: copy it again.")
    return not log.all()


def _cached_or_fetched(
    client: Client, part: Part, country: str, cache: FetchCache, log: FindingLog, so_far: str
) -> list[dict[str, Any]] | None:
    """Return the records of a part; log an error and return ``None`` where there is no answer."""
    records = cache.get(part)
    if records is not None:
        return records
    try:
        records = client.records(part, country)
    except DTMAuthenticationError:
        log.error(
            f"DTM's API refuses the key in {KEY}: check it and its subscription at "
            "https://dtm-apim-portal.iom.int/."
        )
        return None
    except DTMApiError as error:
        reason = str(error).replace(client.subscription_key, "…").rstrip(".")
        log.error(
            f"DTM's API did not answer for {part.name}: {reason}. {so_far} parts are here and are "
            "kept for a day: the same command goes on from there."
        )
        return None
    cache.put(part, records)
    return records


def _file_read(client: Client, part: Part, records: list[dict[str, Any]]) -> FileRead:
    data = json.dumps(records, sort_keys=True, ensure_ascii=False).encode()
    return FileRead(
        name=f"{client.api_version} {part.name}",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        rows=len(records),
        layout=f"DTM API {client.api_version}",
    )


def _add_records(
    records: list[dict[str, Any]], part: Part, country: str, tally: Aggregator, log: FindingLog
) -> None:
    """Add the counts of a country's records to the tally; log those of other countries."""
    for number, record in enumerate(records, start=1):
        if clean_text(record.get("admin0Pcode")).upper() != country:
            log.warning(
                "The record is of another country and is left out.",
                row=number,
                column="admin0Pcode",
                value=record.get("admin0Pcode"),
                harm=Harm.LEFT_OUT,
            )
        elif row := _row(record, part, number, log):
            tally.add(row)


_FIGURES: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("numPresentIdpInd", parse_count),
    ("reportingDate", parse_date),
    ("roundNumber", parse_count),
)
_SPLIT_COLUMNS = ("displacementReason", "idpOriginAdmin1Name", "idpOriginAdmin1Pcode")


def _row(record: Mapping[str, Any], part: Part, number: int, log: FindingLog) -> CountRecord | None:
    """Return the count of a record; ``None``, with a finding, where it has none."""
    before = log.errors
    people, date, round_number = (
        log.parse(parser, record.get(column), row=number, column=column)
        for column, parser in _FIGURES
    )
    if log.errors > before:
        return None
    adm1, adm2 = _place(record, 1), _place(record, 2) if part.level == 2 else ""
    place = f"{adm1} / {adm2}" if part.level == 2 else adm1
    if people is None:
        log.warning(
            "The record gives no number; its place is not assessed on that date.",
            row=number,
            column="numPresentIdpInd",
            value=place,
            harm=Harm.NOT_ASSESSED,
        )
        return None
    if date is None:
        log.error("The record has no date.", row=number, column="reportingDate", value=place)
        return None
    return CountRecord(
        number=number,
        population="idp",
        date=date,
        level=part.level,
        adm1=adm1,
        adm1_code=code_or_blank(record.get("admin1Pcode")),
        adm2=adm2,
        adm2_code=code_or_blank(record.get("admin2Pcode")) if part.level == 2 else "",
        people=people,
        round=round_number or None,
        operation=clean_text(record.get("operation")),
        assessment=clean_text(record.get("assessmentType")),
        split=tuple(clean_text(record.get(column)) for column in _SPLIT_COLUMNS),
        whole=fingerprint(cell for key, cell in record.items() if key != "id"),
    )


def _place(record: Mapping[str, Any], level: int) -> str:
    """Return the name of a place; what DTM writes for an unknown one where there is none."""
    return clean_text(record.get(f"admin{level}Name")) or NOT_AVAILABLE


def _parsed(
    files: Sequence[FileRead], tally: Aggregator, request: ReadOptions, log: FindingLog
) -> ParsedSource:
    counts = tally.counts(request.options) if tally.rows else no_counts()
    return ParsedSource(
        "dtm-api", SOURCE, tuple(files), counts, no_breakdowns(), findings=log.all()
    )


KINDS = (
    SourceKind(
        "dtm-api",
        f"DTM's API, by governorate and district (key in {KEY})",
        read,
        files="none",
    ),
)
