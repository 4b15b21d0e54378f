"""Read the mapping of a table: a YAML file on its source and the meaning of its columns.

Every key that it may have is in :data:`KEYS`, :data:`COLUMNS` and :data:`CONSTANTS`;
``docs/sources.md`` has a complete example. All mistakes are found at once, each with its line, its
key and the nearest that would be right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from geodata.errors import BriefingError, DataError
from geodata.places.pcode_schemes import scheme_choices
from geodata.populations import POPULATION_CODES
from geodata.snapshots.schemas import COVERAGE_STATUSES
from geodata.snapshots.snapshot import Snapshot
from geodata.sources import REPEATS, Repeats
from geodata.sources.cell_values import CellError, check_choice, parse_count, parse_date
from geodata.sources.finding_log import FindingLog
from geodata.util import strict_yaml
from geodata.util.findings import Finding
from geodata.util.suggestions import suggestions

COLUMNS = (
    "adm1", "adm1_code", "adm2", "adm2_code", "date", "round", "population", "programme",
    "households", "people",
)  # fmt: skip
"""What a column of a table may be."""

BOUNDARY_COLUMNS = (
    "adm1_code", "adm1", "adm1_ar", "adm1_ckb", "adm2_code", "adm2", "adm2_ar", "adm2_ckb",
)  # fmt: skip
"""What a column of a layer of boundaries may be."""

CONSTANTS = (
    "adm1", "adm1_code", "date", "round", "population", "programme", "people_per_household",
)  # fmt: skip
"""What may hold for every row."""

ACTIVITY_COLUMNS = (
    "organisation", "partner", "funder", "sector", "project", "activity", "status", "adm1",
    "adm1_code", "adm2", "adm2_code", "latitude", "longitude", "start_date", "end_date", "date",
)  # fmt: skip
"""What a column of a table of activities (3W) may be."""

ACTIVITY_CONSTANTS = (
    "organisation", "partner", "funder", "sector", "project", "status", "adm1", "adm1_code", "date",
)  # fmt: skip
"""What may hold for every row of a table of activities."""

TRANSLATED_COLUMNS = (
    "adm1", "adm1_code", "adm2", "adm2_code", "population", "programme", "organisation", "partner",
    "funder", "sector", "status",
)  # fmt: skip
"""Columns whose cells ``values`` may translate."""

CANCELLED = "cancelled"
ACTIVITY_STATUSES = (*COVERAGE_STATUSES, CANCELLED)
"""Statuses of activities; what was cancelled is left out."""

KEYS = {
    "table": (
        "source", "columns", "constants", "values", "sheet", "header_row", "date_format",
        "repeated_rows", "pcode_scheme",
    ),
    "hxl": ("source", "constants", "sheet", "date_format", "repeated_rows", "pcode_scheme"),
    "reference": ("source", "sheet"),
    "3w": (
        "source", "columns", "constants", "values", "sheet", "header_row", "date_format",
        "pcode_scheme",
    ),
    "iati": ("source", "pcode_scheme"),
    "boundaries": ("source", "columns"),
}  # fmt: skip
"""Keys of the file, for each kind that takes one."""

SOURCE_KEYS = ("id", "title", "publisher", "url", "terms", "credit", "what")
_MAX_TEXT_LENGTH = 1_000
_TEXTS = ("sheet", "header_row", "date_format", "repeated_rows", "pcode_scheme")


@dataclass(frozen=True)
class TableMapping:
    """A mapping without mistakes.

    Attributes
    ----------
    source
        Row of :data:`geodata.snapshots.schemas.SOURCES`.
    columns
        Name of :data:`COLUMNS`, :data:`ACTIVITY_COLUMNS` or :data:`BOUNDARY_COLUMNS` ``->`` title
        of the column.
    constants
        Name of :data:`CONSTANTS` or :data:`ACTIVITY_CONSTANTS` ``->`` text.
    values
        Name of :data:`TRANSLATED_COLUMNS` ``->`` cell, case-folded ``->`` what it means.
    date_format
        As :meth:`datetime.datetime.strptime` reads it; ``""``: dates say themselves what they are.
    repeats
        What to do with rows that agree in all that is read.
    pcode_scheme
        Numbering that the P-codes are of, one of
        :func:`geodata.places.pcode_schemes.scheme_choices`; ``""``: the names beside them say it.
    """

    source: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheet: str = ""
    header_row: int = 0
    date_format: str = ""
    repeats: Repeats = "refuse"
    pcode_scheme: str = ""


def read_mapping(
    path: Path | None, snapshot: Snapshot, kind: str, log: FindingLog, *, role: str = "counts"
) -> TableMapping | None:
    """Read and check a mapping; log its mistakes and return ``None`` if it has any.

    ``role`` is what its source gives: one of :data:`geodata.snapshots.schemas.SOURCE_ROLES`.

    Raises
    ------
    DataError
        If there is no such file, or it is no text.
    """
    if path is None:
        raise DataError(f"{kind} needs --mapping FILE, which says whose figures these are.")
    try:
        root = strict_yaml.read(_text_of(path), strict_yaml.MAPPING)
    except BriefingError as error:
        line = f"line {error.line}"
        sentence = str(error).removeprefix(f"{line}, ").removeprefix(f"{line}: ")
        at = f"{line}: " if error.line else ""
        log.take(Finding("error", f"{at}{sentence}", path.name))
        return None
    return _MappingReader(path.name, kind, snapshot, log, role).mapping(root)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return handle.read(strict_yaml.MAX_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"The mapping {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise DataError(f"The mapping {path} is no text in UTF-8: save it as UTF-8.") from None


class _MappingReader:
    """Check a mapping key by key; log each mistake with its line and key."""

    def __init__(
        self, file: str, kind: str, snapshot: Snapshot, log: FindingLog, role: str
    ) -> None:
        self.file, self.kind, self.snapshot, self.log = file, kind, snapshot, log
        self.role = role
        self.errors = 0
        programmes = tuple(map(str, snapshot.tables.programmes["code"]))
        schemes = scheme_choices(snapshot.manifest["country"])
        self.rules: Mapping[str, Callable[[str], object]] = {
            "date": parse_date,
            "round": _check_number,
            "people_per_household": _check_number,
            "population": partial(check_choice, choices=POPULATION_CODES),
            "programme": partial(check_choice, choices=programmes),
            "header_row": _check_row_number,
            "date_format": _check_date_format,
            "repeated_rows": partial(check_choice, choices=REPEATS),
            "pcode_scheme": partial(check_choice, choices=schemes),
            "status": partial(check_choice, choices=ACTIVITY_STATUSES),
        }

    def _error(
        self, line: int, key: str, sentence: str, value: str = "", nearest: Iterable[str] = ()
    ) -> None:
        self.errors += 1
        text = value if len(value) <= 80 else f"{value[:79]}…"
        sentence = f"line {line}: {sentence}" if line else sentence
        near = tuple(nearest)
        self.log.take(Finding("error", sentence, self.file, column=key, value=text, nearest=near))

    # ---- kinds of nodes

    def _keys(
        self, node: strict_yaml.Node | None, allowed: Iterable[str] | None, where: str
    ) -> dict[str, strict_yaml.Node]:
        """Return the keys and values of a node, without those that are not allowed."""
        if node is None:
            return {}
        if not isinstance(node, strict_yaml.Mapping):
            self._error(node.line, where, "Keys and values are expected here.")
            return {}
        choices = None if allowed is None else tuple(allowed)
        nodes = {}
        for key, value in node.items:
            if choices is None or key.value in choices:
                nodes[key.value] = value
            else:
                self._error(
                    key.line, f"{where}.{key.value}".lstrip("."),
                    f"The key is not known: it may be {', '.join(choices)}.",
                    nearest=suggestions(key.value, choices),
                )  # fmt: skip
        return nodes

    def _text(self, node: strict_yaml.Node, key: str) -> str:
        """Return the text of a node on one line; log an error where there is none."""
        if not isinstance(node, strict_yaml.Text):
            self._error(node.line, key, "Text is expected here.")
            return ""
        value = " ".join(node.value.split())
        if not value:
            self._error(node.line, key, "Nothing is said here: write it, or leave the key out.")
        elif len(value) > _MAX_TEXT_LENGTH:
            sentence = f"The text is longer than {_MAX_TEXT_LENGTH:,} signs."
            self._error(node.line, key, sentence, value)
        return value

    def _texts(
        self, node: strict_yaml.Node | None, allowed: Iterable[str], where: str
    ) -> dict[str, tuple[int, str]]:
        """Return the texts of a node: ``key -> (line, text)``."""
        nodes = self._keys(node, allowed, where)
        return {
            key: (value.line, self._text(value, f"{where}.{key}")) for key, value in nodes.items()
        }

    def _check(self, key: str, line: int, where: str, value: str) -> None:
        """Check a text by the rule of its key; log an error if it breaks that."""
        try:
            if value and key in self.rules:
                self.rules[key](value)
        except CellError as error:
            self._error(line, where, str(error), value, error.nearest)

    # ---- parts

    def mapping(self, root: strict_yaml.Node) -> TableMapping | None:
        nodes = self._keys(root, KEYS[self.kind], "")
        source = self._source(nodes.get("source"), root.line)
        columns = {}
        if self.kind == "table":
            columns = self._columns(nodes.get("columns"), root.line, COLUMNS)
        elif self.kind == "3w" and "columns" in nodes:
            columns = self._columns(nodes["columns"], root.line, ACTIVITY_COLUMNS)
        elif "columns" in nodes:
            columns = self._boundary_columns(nodes["columns"])
        constants = self._constants(nodes.get("constants"), columns)
        values = self._values(nodes.get("values"), columns)
        texts = dict.fromkeys(_TEXTS, "")
        for key in filter(nodes.__contains__, _TEXTS):
            texts[key] = self._text(nodes[key], key)
            self._check(key, nodes[key].line, key, texts[key])
        if self.kind == "table":
            self._check_complete(columns, constants, nodes, root.line)
        if self.errors:
            return None
        return TableMapping(
            source,
            columns,
            constants,
            values,
            texts["sheet"],
            int(texts["header_row"] or 0),
            texts["date_format"],
            next((choice for choice in REPEATS if choice == texts["repeated_rows"]), REPEATS[0]),
            texts["pcode_scheme"],
        )

    def _source(self, node: strict_yaml.Node | None, line: int) -> dict[str, str]:
        if node is None:
            self._error(line, "source", f"Say whose figures these are: {', '.join(SOURCE_KEYS)}.")
            return {}
        texts = self._texts(node, SOURCE_KEYS, "source")
        if not isinstance(node, strict_yaml.Mapping):
            return {}
        stored = {str(row["id"]): row for row in self.snapshot.tables.sources.to_dict("records")}
        id_line, name = texts.get("id", (node.line, ""))
        if list(texts) == ["id"] and name in stored:
            if stored[name]["role"] != self.role:
                self._error(id_line, "source.id", f"This source gives no {self.role}.", name)
            return {str(key): str(value) for key, value in stored[name].items()}
        for key in SOURCE_KEYS:
            if key not in texts:
                only = (
                    " (The id alone is enough for a source that is held.)" if key == "title" else ""
                )
                self._error(node.line, f"source.{key}", f"This must be said.{only}")
        if name and not re.fullmatch(r"[a-z0-9\-]+", name):
            self._error(
                id_line, "source.id", "An id has small letters a to z, digits and hyphens.", name
            )
        url_line, url = texts.get("url", (0, ""))
        if url and not re.match(r"https://[^\s/]+", url):
            self._error(url_line, "source.url", "An address begins with https://.", url)
        return {"role": self.role, **{key: value for key, (_, value) in texts.items()}}

    def _columns(
        self, node: strict_yaml.Node | None, line: int, names: Iterable[str]
    ) -> dict[str, str]:
        if node is None:
            self._error(line, "columns", f"Say what the columns are: {', '.join(names)}.")
        titles: dict[str, str] = {}
        for key, (title_line, title) in self._texts(node, names, "columns").items():
            if title and title in titles.values():
                self._error(title_line, f"columns.{key}", "One column cannot be two things.", title)
            titles[key] = title
        return titles

    def _boundary_columns(self, node: strict_yaml.Node) -> dict[str, str]:
        """Return columns of two levels, each with a file of its own: titles may be the same."""
        texts = self._texts(node, BOUNDARY_COLUMNS, "columns")
        for level in ("adm1", "adm2"):
            columns = {key: text for key, text in texts.items() if key.startswith(level)}
            for key in (level, f"{level}_code"):
                if columns and key not in columns:
                    self._error(
                        node.line, f"columns.{key}",
                        "Say the column of the names, as well as that of the codes, of a level.",
                    )  # fmt: skip
            titles = [title.casefold() for _, title in columns.values()]
            for key, (line, title) in columns.items():
                if titles.count(title.casefold()) > 1:
                    self._error(line, f"columns.{key}", "One column cannot be two things.", title)
        if not texts and isinstance(node, strict_yaml.Mapping):
            self._error(node.line, "columns", f"Say what they are: {', '.join(BOUNDARY_COLUMNS)}.")
        return {key: title for key, (_, title) in texts.items()}

    def _constants(
        self, node: strict_yaml.Node | None, columns: Mapping[str, str]
    ) -> dict[str, str]:
        allowed = ACTIVITY_CONSTANTS if self.kind == "3w" else CONSTANTS
        texts = self._texts(node, allowed, "constants")
        for key, (line, value) in texts.items():
            where = f"constants.{key}"
            if key in columns:
                self._error(line, where, "This is a column already: only one can say it.", value)
            self._check(key, line, where, value)
        return {key: value for key, (_, value) in texts.items()}

    def _values(
        self, node: strict_yaml.Node | None, columns: Mapping[str, str]
    ) -> dict[str, dict[str, str]]:
        values: dict[str, dict[str, str]] = {}
        for key, inner in self._keys(node, TRANSLATED_COLUMNS, "values").items():
            where = f"values.{key}"
            if key not in columns and not (self.kind == "3w" and not columns):  # tags name them
                self._error(inner.line, where, "This is none of the columns that are read.")
            values[key] = {}
            for cell, meaning in self._keys(inner, None, where).items():
                word = self._text(meaning, f"{where}.{cell}")
                values[key][fold_cell(cell)] = word
                self._check(key, meaning.line, f"{where}.{cell}", word)
        return values

    def _check_complete(
        self,
        columns: Mapping[str, str],
        constants: Mapping[str, str],
        nodes: Mapping[str, strict_yaml.Node],
        line: int,
    ) -> None:
        """Log an error if no column or constant gives the place, the figures or the population."""
        columns_line = nodes["columns"].line if "columns" in nodes else line
        names = columns.keys() | constants.keys()
        if not names & {"adm1", "adm1_code", "adm2_code"}:
            self._error(
                columns_line, "columns",
                "Name a column of places: adm1 (governorate) or adm1_code (its P-code), and for "
                "districts adm2 with it, or adm2_code.",
            )  # fmt: skip
        self._check_figures(columns, constants, nodes, columns_line)
        if "population" not in names:
            self._error(
                columns_line, "columns.population",
                f"Say who is counted: a column, or a constant ({', '.join(POPULATION_CODES)}).",
            )  # fmt: skip

    def _check_figures(
        self,
        columns: Mapping[str, str],
        constants: Mapping[str, str],
        nodes: Mapping[str, strict_yaml.Node],
        line: int,
    ) -> None:
        if not {"people", "households"} & columns.keys():
            self._error(line, "columns", "Name the column of figures: people, households or both.")
        elif "people" not in columns and "people_per_household" not in constants:
            self._error(
                line, "columns.people",
                "Every figure must say how many people it means: name the column, or how many are "
                "taken to live in a household (`people_per_household` in `constants`).",
            )  # fmt: skip
        if "people" in columns and "people_per_household" in constants:
            self._error(
                nodes["constants"].line, "constants.people_per_household",
                "The people have a column: only one can say it.",
            )  # fmt: skip


def fold_cell(value: str) -> str:
    """Fold a cell for a look-up in ``values``: spaces and case make no difference."""
    return " ".join(value.split()).casefold()


def _check_number(value: str) -> None:
    if not parse_count(value):
        raise CellError("A number from 1 on is expected here.")


def _check_row_number(value: str) -> None:
    if not re.fullmatch(r"[1-9]\d{0,5}", value):
        raise CellError("The number of a row is expected here.")


def _check_date_format(value: str) -> None:
    if not _has_month(value):
        raise CellError(
            "A date is written with %Y (2020), %m (03) or %b (Mar) or %B (March), and %d (31), "
            "as in %d/%m/%Y; without %d it is the last day of the month."
        )


def _has_month(pattern: str) -> bool:
    """Return whether a pattern for dates has a year and a month."""
    try:
        text = dt.date(2019, 11, 23).strftime(pattern)
        parsed = dt.datetime.strptime(text, pattern)
    except ValueError:
        return False
    return (parsed.year, parsed.month) == (2019, 11)
