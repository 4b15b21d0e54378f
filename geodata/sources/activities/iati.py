"""Reader of IATI activity files, version 2.01 to 2.03, as XML or as a ZIP of XML.

::

    activity ─▶ of another country, cancelled: left out
            └─▶ kept ─▶ below its parent, where that is in the files, too ─▶ programme, places

A programme is an activity and its sub-activities, so that none counts twice. Amounts, results and
budgets are not read.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lxml import etree

from geodata.boundaries.points import MISSING, Governorates
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.activities import iati_elements
from geodata.sources.activities.codes import ProgrammeCodes, acronym, end_of, identity
from geodata.sources.activities.collector import ActivityCollector, shorten
from geodata.sources.activities.iati_elements import (
    FUNDING,
    IMPLEMENTING,
    Doubts,
    Location,
    narrative,
)
from geodata.sources.activities.iati_xml import Element, ReadActivity, activities, check_xml
from geodata.sources.activities.places import PlaceLevels
from geodata.sources.cell_values import clean_text
from geodata.sources.contract import ParsedSource, ReadOptions, SourceKind, no_breakdowns, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.sources.mapping import read_mapping
from geodata.util import amounts
from geodata.util.findings import FileRead, Finding, Harm, Progress

PIPELINE, CANCELLED, SUSPENDED = "1", "5", "6"
STATUSES = {PIPELINE: "planned", **dict.fromkeys("234", "implemented"), SUSPENDED: "suspended"}
"""``activity-status`` ``->`` status of coverage; what was suspended had begun, or had not."""
PARENT, CHILD, THIRD_PARTY = "1", "2", "5"
_ELSEWHERE = ("activity in other countries", "activities in other countries")
_CANCELLED = ("activity that was cancelled", "activities that were cancelled")
_PLACES_ELSEWHERE = (
    "place outside the country, of activities in several countries",
    "places outside the country, of activities in several countries",
)
_PROGRESS_STEP = 1_000  # activities


@dataclass(frozen=True)
class _Activity:
    """What is kept of an activity, until all files are read and its parent is known."""

    identifier: str
    organisation: str
    title: str
    pillar: str
    description: str
    funders: tuple[str, ...]
    organisations: frozenset[str]
    status: str
    dates: tuple[str, str, str]
    note: str
    places: tuple[Location, ...]
    humanitarian: bool
    group: str
    file: str
    line: int
    digest: bytes


@dataclass
class _Activities:
    """Collect the activities of a country, and log what is doubtful in them.

    Attributes
    ----------
    parents
        Identifier of a sub-activity ``->`` that of its parent.
    """

    levels: PlaceLevels
    log: FindingLog
    collector: ActivityCollector
    accepted: dict[str, _Activity] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    _marks: Counter[str] = field(default_factory=Counter)

    @cached_property
    def _shapes(self) -> Governorates:
        return Governorates(self.levels.snapshot.topology)

    # ---- reading one activity

    def add(self, read: ReadActivity) -> None:
        """Keep an activity if it is in the country; log what is wrong with it.

        Its countries say where it is; where it names none, its P-codes and points do.
        """
        element, doubts = read.element, list[tuple[str, str, str]]()
        self.log.file = read.file
        language = iati_elements.default_language(element)
        countries = iati_elements.recipients(element, doubts)
        codes = {share.code for share in countries}
        is_abroad = bool(codes) and not codes & self.levels.codes
        locations = iati_elements.locations(element, self.levels, language, doubts)
        places = [] if is_abroad else list(locations)
        if is_abroad or not (codes or self._is_placed(places)):
            self.collector.left_out[_ELSEWHERE] += 1
            return
        status = self._status(element)
        if not status:
            return
        identifier = clean_text(element.findtext("iati-identifier", ""))
        if not identifier:
            self.log.error(
                "The activity has no identifier: it cannot be told from others.",
                row=element.sourceline, column="iati-identifier",
            )  # fmt: skip
            return
        activity = self._read(read, identifier, language, status, countries, places, doubts)
        self._log_doubts(doubts, activity)
        self._keep(activity)
        self._relate(element, identifier)

    def _is_placed(self, places: Sequence[Location]) -> bool:
        """Return whether a P-code or a point is in the country; a name may be that of any place."""
        return any(place.coded or self._shapes.containing(place.point) for place in places)

    def _status(self, element: Element) -> str:
        """Return the code of an activity's status; ``""`` where it is to be left out."""
        each = element.find("activity-status")
        code = each.get("code", "").strip() if each is not None else ""
        if code == CANCELLED:
            self.collector.left_out[_CANCELLED] += 1
            return ""
        if code not in STATUSES:
            self.log.warning(
                "The activity has no status that is known, and is left out.",
                row=element.sourceline, column="activity-status", value=code, harm=Harm.LEFT_OUT,
            )  # fmt: skip
            return ""
        return code

    def _read(
        self,
        read: ReadActivity,
        identifier: str,
        language: str,
        status: str,
        countries: Sequence[iati_elements.Share],
        places: Sequence[Location],
        doubts: Doubts,
    ) -> _Activity:
        element = read.element
        roles = iati_elements.organisations(element, language)
        organisation = iati_elements.who(element, roles, language) or identifier
        dates = iati_elements.dates(element, doubts)
        pillar, sectors = iati_elements.sectors(element, language, doubts)
        own = [str(s) for s in countries if s.code in self.levels.codes and s.printed]
        reporting = element.find("reporting-org")
        publisher = narrative(reporting, language) or organisation
        if reporting is not None and reporting.get("secondary-reporter") in ("1", "true"):
            self._marks["secondary"] += 1
        return _Activity(
            identifier,
            organisation,
            narrative(element.find("title"), language) or identifier,
            pillar,
            shorten(narrative(element.find("description"), language)),
            tuple(roles.get(FUNDING, ())),
            frozenset(map(identity, [organisation, publisher, *roles.get(IMPLEMENTING, ())])),
            self._coverage_status(status, dates),
            dates,
            "; ".join(filter(None, [*own, sectors])),
            tuple(self._places_in_country(places, alone=len(countries) <= 1)),
            iati_elements.is_humanitarian(element, doubts),
            f"{read.file}, {publisher}",
            read.file,
            element.sourceline,
            hashlib.sha256(etree.tostring(element, method="c14n", with_tail=False)).digest(),
        )

    def _coverage_status(self, status: str, dates: tuple[str, str, str]) -> str:
        """Return the status of coverage: what was suspended had begun if it has an actual start."""
        if status != SUSPENDED:
            return STATUSES[status]
        return "implemented" if dates[0] and dates[2].startswith("actual") else "planned"

    def _places_in_country(self, places: Sequence[Location], *, alone: bool) -> list[Location]:
        """Return the places that are in the country, or must be if it is the only one."""
        parts = [place for place in places if not place.whole_country]
        if alone:
            return parts
        inside = [place for place in parts if self._is_inside(place)]
        if others := len(parts) - len(inside):
            self.collector.left_out[_PLACES_ELSEWHERE] += others
        return inside

    def _is_inside(self, place: Location) -> bool:
        if place.coded or place.point == MISSING:
            return place.coded or self.levels.is_known(place.cells)
        return bool(self._shapes.containing(place.point))

    # ---- between activities

    def _keep(self, activity: _Activity) -> None:
        """Keep an activity; one that stands twice is taken once, or refused if they differ."""
        before = self.accepted.setdefault(activity.identifier, activity)
        if before is activity:
            return
        at = f"{activity.identifier}, as {before.file}, row {before.line:,}"
        if before.digest == activity.digest:
            self.log.warning(
                "The activity stands twice, and is taken once.",
                row=activity.line, column="iati-identifier", value=at, harm=Harm.COUNTED_ONCE,
            )  # fmt: skip
        else:
            self.log.error(
                "The activity stands twice, and says otherwise: only one can stand.",
                row=activity.line, column="iati-identifier", value=at,
            )  # fmt: skip

    def _relate(self, element: Element, identifier: str) -> None:
        for each in element.iterfind("related-activity"):
            kind, other = each.get("type", "").strip(), clean_text(each.get("ref", ""))
            if other and other != identifier:
                if kind == PARENT:
                    self.parents.setdefault(identifier, other)
                elif kind == CHILD:
                    self.parents.setdefault(other, identifier)
                self._marks["third party"] += kind == THIRD_PARTY

    def _log_doubts(self, doubts: Doubts, activity: _Activity) -> None:
        for column, value, sentence in doubts:
            text = f"{activity.identifier}: {value}"
            self.log.warning(sentence, row=activity.line, column=column, value=text)

    # ---- programmes

    def collect(self) -> None:
        """Make programmes of the activities that have no parent in the files."""
        self.log.file = ""
        roots = {identifier: self._root(identifier) for identifier in self.accepted}
        for identifier, activity in sorted(self.accepted.items(), key=lambda item: item[0]):
            self._add(activity, self.accepted[roots[identifier]])
        below = sum(root != identifier for identifier, root in roots.items())
        if below:
            self.log.warning(
                f"{amounts.pluralise(below, 'activity is a part', 'activities are parts')} of "
                "another in the files: their places and funders are taken as its own, so that "
                "nothing counts twice.",
                harm=Harm.COUNTED_ONCE,
            )
        self._log_marks()

    def _root(self, identifier: str) -> str:
        """Return the topmost activity of the files that an activity is a part of."""
        path = [identifier]
        while (parent := self.parents.get(path[-1], "")) in self.accepted and parent not in path:
            path.append(parent)
        # Two that name each other as their parent have no top: the first by identifier stands.
        return min(path) if self.parents.get(path[-1], "") in path else path[-1]

    def _add(self, activity: _Activity, root: _Activity) -> None:
        """Put an activity, or a part of one, into its programme."""
        name = root.title
        if not identity(name).startswith(identity(root.organisation)):
            name = f"{root.organisation}: {name}"
        reference = f"IATI {root.identifier}"
        readable = acronym(root.organisation) + end_of(root.identifier)
        code = self.collector.codes.give(readable, reference)
        programme = self.collector.programme(code, name, root.pillar)
        programme.reference = reference
        for funder in activity.funders:
            # Of a part, the whole's own organisation is no funder: it passes money on.
            if activity is root or identity(funder) not in root.organisations:
                programme.add_funder(funder)
        if activity is root and root.description:
            programme.description[root.description] = None
        programme.add_dates(*activity.dates[:2])
        self.collector.activities += 1
        self.collector.organisations.add(identity(activity.organisation))
        self._marks["humanitarian"] += activity.humanitarian
        if not activity.places:
            self.collector.nowhere += 1
        for place in activity.places:
            self.collector.add_place(self._row(activity, root, code, place))

    def _row(
        self, activity: _Activity, root: _Activity, code: str, place: Location
    ) -> Mapping[str, object]:
        start, end, basis = activity.dates
        mark = "humanitarian" if activity.humanitarian else ""
        return {
            **place.cells,
            "programme": code,
            "phase": "" if activity is root else activity.title,
            "point": place.point,
            "from_date": start,
            "to_date": end,
            "status": activity.status,
            "date_basis": basis,
            "locator": place.locator,
            "note": "; ".join(filter(None, [activity.identifier, activity.note, mark, place.note])),
            "group": activity.group,
            "file": activity.file,
            "row": activity.line,
        }

    def _log_marks(self) -> None:
        sentences = {
            "secondary": "are reported by another organisation than the one that carries them "
            "out: its own report may be in another file, and would then count once more.",
            "third party": "name a report of another organisation on the same work: were both in "
            "the files, they would be two programmes.",
        }
        for mark, sentence in sentences.items():
            if n := self._marks[mark]:
                noun = amounts.pluralise(n, "activity", "activities")
                self.log.warning(f"{noun} {sentence}")

    def summary(self) -> list[str]:
        """Return lines on what was read, for the report."""
        first, *others = self.collector.summary()
        n = self._marks["humanitarian"]
        marked = f"marked as humanitarian: {amounts.pluralise(n, 'activity', 'activities')}"
        return [first, *([marked] if n else []), *others]


def read(
    files: Sequence[Path], snapshot: Snapshot, request: ReadOptions, progress: Progress
) -> ParsedSource:
    """Read the activities of a country from files of IATI.

    Raises
    ------
    DataError
        If a file or the mapping cannot be read at all.
    """
    log, results, notes = FindingLog(), list[FileRead](), list[Finding]()
    mapping = read_mapping(request.mapping, snapshot, "iati", log, role="programmes")
    if mapping is None:
        return ParsedSource("iati", {}, (), no_counts(), no_breakdowns(), findings=log.all())
    codes = ProgrammeCodes(snapshot.tables.programmes)
    reading = _Activities(PlaceLevels(snapshot), log, ActivityCollector(codes))
    for path in files:
        checked, before = check_xml(path), len(reading.accepted)
        for done, activity in enumerate(activities(checked, notes)):
            if done % _PROGRESS_STEP == 0:
                progress(f"Reading {checked.name}", done, None)
            reading.add(activity)
        results.append(checked.read(len(reading.accepted) - before, "IATI activities"))
    reading.collect()
    collector = reading.collector
    if not collector.activities and not log.errors:
        name = snapshot.manifest["country"]["name"]
        log.error(f"There is no activity in {name} in it.")
    tables = {"programmes": collector.table(mapping.source)} if collector.programmes else {}
    return ParsedSource(
        "iati", mapping.source, tuple(results), no_counts(), no_breakdowns(), tables,
        [*notes, *log.all()], mapping.pcode_scheme, collector.frame(), reading.summary(),
    )  # fmt: skip


KINDS = (
    SourceKind(
        "iati",
        "IATI activity files, version 2, as XML or ZIP, with a mapping of their source",
        read,
        needs_mapping=True,
    ),
)
