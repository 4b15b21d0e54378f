"""Recognise the columns of a layer: by the schemes of agencies, or by a mapping.

::

    layer ─┬─ columns of a mapping ────────────┐
           ├─ COD-AB, whole or cut to ten      ├─▶ codes and names of each level
           │  letters as a Shapefile cuts them │        │
           ├─ GADM                             │        └─▶ AreaColumns(level, pcode, parent, names)
           └─ geoBoundaries ───────────────────┘

A name is chosen for each row, not for a column: English where the row has it, else the next
language. Codes that are no P-codes (GADM, geoBoundaries, national ones) are written as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.errors import BoundaryError
from geodata.populations import LEVELS
from geodata.snapshots.name_columns import LOCAL_NAMES
from geodata.snapshots.tables import PCODE

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_LISTED = 12  # columns that a message lists

# A column's name without case and underscores: whose code or name it holds, and in what language.
# A Shapefile keeps ten letters: admin1Pcod, and admin1Na_1 for the second that begins alike.
_TITLE = re.compile(
    r"(?:adm(?:in)?(?P<level>[0-9]))?"
    r"(?:(?P<code>p?code|pcod?)|(?P<cut>n(?:am?)?(?=[0-9]?$))(?P<again>[0-9])?"
    r"|name(?P<number>[0-9])?(?P<of>[a-z]{2,3})?|(?P<lang>[a-z]{2,3}))"
)
LANGUAGES = (
    "en", "fr", "es", "pt", "ar", "ckb", "uk", "ru", "fa", "ps", "dr", "ur", "hi", "bn", "ne", "my",
    "th", "lo", "km", "vi", "id", "sw", "so", "am", "ti", "ht", "tr", "hy", "ka", "az", "ro", "mg",
    "mn", "si", "ta", "it", "de", "nl", "bi",
)  # fmt: skip
_SHORT = {"eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ara": "ar"}
_LATIN = ("en", "", "fr", "es", "pt")  # the order in which a name to show is looked for
_NOTHING = ("NA", "N/A", "None", "NULL", "<Null>", "null", "nan")  # as GADM and exports write it


@dataclass(frozen=True)
class ColumnOptions:
    """Options on columns and encoding that a person gives beside the files.

    Attributes
    ----------
    columns
        Name of :data:`geodata.sources.mapping.BOUNDARY_COLUMNS` ``->`` title of the column.
    country
        ISO 3166-1 alpha-3 code: codes that begin with no letters get it before them.
    encoding
        Of a Shapefile's names; ``""``: find it out.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    country: str = ""
    encoding: str = ""


@dataclass(frozen=True)
class AreaColumns:
    """The areas of a layer, under our own names of columns.

    Attributes
    ----------
    frame
        As :class:`geodata.boundaries.readers.Layer` has it.
    language
        Language of most names for display; ``""`` where the file does not say it.
    notes
        Sentences on the columns, for warnings.
    """

    level: int
    frame: GeoDataFrame
    language: str
    notes: tuple[str, ...]


def areas(
    frame: GeoDataFrame, options: ColumnOptions, level: int | None = None
) -> AreaColumns | None:
    """Rename the columns of a layer; return ``None`` where it is of no level that is used.

    Parameters
    ----------
    level
        Level that a person chose for the file; ``None``: as the columns say it.

    Raises
    ------
    BoundaryError
        If a mapping names one column of codes for both levels, and no level was chosen.
    """
    columns = _recognise(frame, options, level)
    deepest = columns.level if columns else 0
    if columns is None or deepest not in LEVELS:
        return None
    names, above = columns.names.get(deepest, {}), columns.names.get(deepest - 1, {})
    blank = pd.Series("", index=frame.index, dtype="str")
    result = frame[[frame.geometry.name]].copy()
    result["pcode"] = columns.codes[deepest]
    result["name"], result["lang"] = _first_names(names, blank)
    for local, column in LOCAL_NAMES.items():
        result[column] = _first_names({local: names.get(local, [])}, blank)[0]
    if deepest > 1:
        result["parent"] = columns.codes.get(deepest - 1, blank)
        result["parent_name"], result["parent_lang"] = _first_names(above, blank)
        for local, column in LOCAL_NAMES.items():
            result[f"parent_{column}"] = _first_names({local: above.get(local, [])}, blank)[0]
    used = [lang for lang in preferred(names) if (result["lang"] == lang).any()]
    unread = list(_unread_columns(names, result["name"], deepest))
    return AreaColumns(deepest, result, next(iter(used), ""), (*columns.notes, *unread))


def no_level(frame: GeoDataFrame) -> str:
    """Explain why a layer is of no level that is used."""
    columns = _recognise(frame, ColumnOptions(), None)
    if columns is not None:
        return f"It is of level {columns.level}; levels 1 and 2 are used."
    titles = ", ".join(map(str, frame.columns[:_LISTED]))
    return (
        f"No column holds P-codes, as ADM1_PCODE or adm1_pcode does; it has {titles}. A "
        "mapping can say what its columns are (docs/boundaries.md)."
    )


def preferred(languages: Iterable[str]) -> list[str]:
    """Sort languages by preference for display: English, unnamed, other Latin, then the rest."""
    codes = list(languages)
    return [lang for lang in dict.fromkeys((*_LATIN, *codes)) if lang in codes]


# ---- codes and names, level by level


@dataclass
class _Column:
    """The texts of a column that are in one language; ``""`` elsewhere."""

    title: str
    texts: pd.Series


Names = dict[str, list[_Column]]


@dataclass
class _LevelColumns:
    """Codes by level; names by level and language, each as columns in order of preference."""

    codes: dict[int, Any] = field(default_factory=dict)
    names: dict[int, Names] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def level(self) -> int:
        return max(self.codes, default=0)

    def name(self, level: int, language: str, title: str, texts: Any) -> None:
        """Add a column of names, where it holds any."""
        if (texts != "").any():
            columns = self.names.setdefault(level, {}).setdefault(language, [])
            columns.append(_Column(title, texts))


def _recognise(
    frame: GeoDataFrame, options: ColumnOptions, level: int | None
) -> _LevelColumns | None:
    """Recognise the columns by a mapping, else by the first scheme that they fit."""
    schemes: tuple[Callable[[], _LevelColumns | None], ...] = (
        lambda: _by_mapping(frame, options, level),
        lambda: _cod(frame),
        lambda: _gadm(frame, options.country),
        lambda: _geoboundaries(frame, options.country),
    )
    return next((columns for scheme in schemes if (columns := scheme()) and columns.codes), None)


def _first_names(names: Names, blank: Any) -> tuple[Any, Any]:
    """Return for each row the first name there is, and its language."""
    texts, languages = blank.copy(), blank.copy()
    for language in preferred(names):
        for column in sorted(names[language], key=_is_other_script):
            is_chosen = (texts == "") & (column.texts != "")
            texts, languages = (
                texts.where(~is_chosen, column.texts),
                languages.where(~is_chosen, language),
            )
    return texts, languages


def _is_other_script(column: _Column) -> bool:
    """Tell whether most letters are not Latin; such columns of an unnamed language come last."""
    letters = [letter for text in column.texts for letter in text if letter.isalpha()]
    return bool(sum(letter > "\u024f" for letter in letters) > len(letters) / 2)


def _unread_columns(names: Names, displayed: Any, level: int) -> Iterator[str]:
    """Yield a sentence on each column of an unnamed language of which no name is displayed."""
    for column in names.get("", []):
        if not ((column.texts == displayed) & (displayed != "")).any():
            yield (
                f"The column {column.title} is not read: the file does not say the language of its "
                f"names. If it is Arabic, say adm{level}_ar: {column.title} in a mapping."
            )


def _text(values: Any) -> Any:
    """Return cells as text: missing cells empty, runs of spaces as one."""
    texts = values.astype("object").where(values.notna(), "").map(str)
    return texts.str.split().str.join(" ").astype("str")


def _text_or_blank(values: Any) -> Any:
    """Return cells as text, without words for nothing (``NA``, ``NULL`` …)."""
    texts = _text(values)
    return texts.where(~texts.isin(_NOTHING), "")


# ---- COD-AB


def _cod(frame: GeoDataFrame) -> _LevelColumns:
    """Recognise COD-AB, in any of the schemes that it has had."""
    columns, bare, bare_names = _LevelColumns(), "", _LevelColumns()
    for column in map(str, frame.columns):
        title = _TITLE.fullmatch(column.lower().replace("_", ""))
        if not title or column == frame.geometry.name:
            continue
        level = int(title["level"]) if title["level"] else None
        if title["code"]:
            if level is None and title["code"] == "pcode":
                bare = column
            elif level is not None and (level not in columns.codes or title["code"] != "code"):
                columns.codes[level] = _text(frame[column])
        elif level is not None or not (title["lang"] or title["cut"]):
            target = columns if level is not None else bare_names
            for language, texts in _names_by_language(frame, column, title):
                target.name(level or 0, language, column, texts)
    if bare:
        _add_unnumbered(columns, _text(frame[bare]), bare_names.names.get(0, {}))
    return columns


def _names_by_language(
    frame: GeoDataFrame, column: str, title: re.Match[str]
) -> Iterator[tuple[str, Any]]:
    """Yield the names of a column by language, which a column ``lang…`` may name by row."""
    texts = _text(frame[column])
    language = title["of"] or title["lang"]
    if language:
        if language in LANGUAGES:
            yield language, texts
        return
    number = title["number"] or title["again"] or ""
    beside = [other for other in map(str, frame.columns)
              if re.fullmatch(rf"lang(?:uage)?_?{number}", other.lower())]  # fmt: skip
    if not beside:
        yield "", texts
        return
    languages = _text(frame[beside[0]]).str.lower().str[:3].replace(_SHORT)
    for language in dict.fromkeys(languages):
        yield language, texts.where(languages == language, "")


def _add_unnumbered(columns: _LevelColumns, codes: Any, names: Names) -> None:
    """Add a column ``pcode``, as the level with the same codes, else one below the deepest."""
    level = next(
        (number for number, level_codes in columns.codes.items() if level_codes.equals(codes)), None
    )
    if level is None:
        level = max(columns.codes, default=0) + 1
        columns.codes[level] = codes
    columns.names[level] = names | columns.names.get(level, {})


# ---- GADM, geoBoundaries, others


def _titles(frame: GeoDataFrame) -> dict[str, str]:
    return {str(column).casefold(): str(column) for column in frame.columns}


def _gadm(frame: GeoDataFrame, country: str) -> _LevelColumns:
    """Recognise GADM from version 3.6 on: GID_1, NAME_1, NL_NAME_1."""
    titles, columns = _titles(frame), _LevelColumns()
    for level in range(6):
        code, name = titles.get(f"gid_{level}"), titles.get(f"name_{level}")
        if not code or not name:
            continue
        _add_codes(columns, level, frame, code, country)
        columns.name(level, "", name, _text_or_blank(frame[name]))
        if level in LEVELS and (own := titles.get(f"nl_name_{level}")):
            columns.name(level, "", own, _text_or_blank(frame[own]))
    if columns.codes:
        columns.notes.insert(
            0, f"Its columns are GADM's: GID_{columns.level}, NAME_{columns.level}."
        )
    return columns


def _geoboundaries(frame: GeoDataFrame, country: str) -> _LevelColumns:
    """Recognise geoBoundaries: shapeName, shapeISO, shapeID, shapeGroup, shapeType."""
    titles, columns = _titles(frame), _LevelColumns()
    if not {"shapename", "shapetype", "shapeid"} <= titles.keys():
        return columns
    kinds = set(_text(frame[titles["shapetype"]]).str.upper())
    level = re.fullmatch(r"ADM(\d)", next(iter(kinds), "")) if len(kinds) == 1 else None
    if level is None:
        return columns
    iso = (
        _text_or_blank(frame[titles["shapeiso"]])
        if "shapeiso" in titles
        else _text(frame.iloc[:, 0])
    )
    pcodes = iso.map(lambda code: p_code(code, country))
    is_sound = pcodes.str.fullmatch(PCODE.strip("^$")).all() and pcodes.is_unique
    if "shapeiso" not in titles or not is_sound or (iso == "").any():
        group = _text_or_blank(frame[titles["shapegroup"]]) if "shapegroup" in titles else country
        iso = group + _text_or_blank(frame[titles["shapeid"]])
    _add_codes(columns, int(level[1]), frame.assign(shapeISO=iso), "shapeISO", country)
    columns.name(int(level[1]), "", titles["shapename"], _text_or_blank(frame[titles["shapename"]]))
    columns.notes.insert(0, "Its columns are those of geoBoundaries: shapeName, and shapeISO or "
                          "shapeID as codes.")  # fmt: skip
    return columns


def _by_mapping(
    frame: GeoDataFrame, options: ColumnOptions, level: int | None
) -> _LevelColumns | None:
    """Take the columns that a mapping names; ``None`` if it names none of this layer."""
    titles = _titles(frame)
    mapped = {key: titles[title.casefold()] for key, title in options.columns.items()
            if title.casefold() in titles}  # fmt: skip
    levels = [number for number in LEVELS if f"adm{number}_code" in mapped]
    if not levels or (level is not None and level not in levels):
        return None
    is_shared = len(levels) > 1 and mapped["adm1_code"] == mapped["adm2_code"]
    if is_shared and level is None:
        raise BoundaryError(
            "The mapping says that codes of both levels are in the column "
            f"{mapped['adm1_code']}: say of which level a file is with --level1 FILE and "
            "--level2 FILE."
        )
    deepest = level or levels[-1]
    columns = _LevelColumns()
    for number in range(1, deepest + 1):
        if number < deepest and (is_shared or number not in levels):
            continue
        _add_codes(columns, number, frame, mapped[f"adm{number}_code"], options.country)
        for key, language in (
            (f"adm{number}", "en"),
            *((f"adm{number}_{local}", local) for local in LOCAL_NAMES),
        ):
            if key in mapped:
                columns.name(number, language, mapped[key], _text_or_blank(frame[mapped[key]]))
    return columns


def _add_codes(
    columns: _LevelColumns, level: int, frame: GeoDataFrame, column: str, country: str
) -> None:
    """Add a level's codes as P-codes; a note gives an example of what was changed."""
    codes = _text_or_blank(frame[column])
    columns.codes[level] = codes.map(lambda code: p_code(code, country)).astype("str")
    changed = codes != columns.codes[level]
    if changed.any() and level in LEVELS:
        columns.notes.append(
            f"Codes of {column} are written as P-codes, capital letters and digits: "
            f"{codes[changed].iloc[0]} is {columns.codes[level][changed].iloc[0]}."
        )


def p_code(code: str, country: str = "") -> str:
    """Write a code as a P-code: GADM's by its numbers, others by their letters and digits.

    >>> [p_code(code, "SDN") for code in ("SDN.1_1", "SDN.1.12_1", "SD-KH", "sd01", "07", "")]
    ['SDN001', 'SDN001012', 'SDKH', 'SD01', 'SDN07', '']
    """
    gadm = re.fullmatch(r"([A-Z]{3})((?:\.\d+)+)_\d+", code)
    if gadm:
        # Without leading zeros the 12th district of the 1st and the 2nd of the 11th would be one.
        return gadm[1] + "".join(f"{int(number):03}" for number in gadm[2].split(".")[1:])
    plain = re.sub("[^A-Z0-9]", "", code.upper())
    return plain if not plain or re.fullmatch(PCODE.strip("^$"), plain) else f"{country}{plain}"
