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
from geodata.snapshots.schemas import PCODE

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_SHOWN = 12  # columns that a message lists

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
class GivenColumns:
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
    shown
        Language of most names that are shown; ``""`` where the file does not say it.
    notes
        What is to be told of the columns, as sentences.
    """

    level: int
    frame: GeoDataFrame
    shown: str
    notes: tuple[str, ...]


def areas(frame: GeoDataFrame, given: GivenColumns, level: int | None = None) -> AreaColumns | None:
    """Rename the columns of a layer; return ``None`` where it is of no level that is used.

    Parameters
    ----------
    level
        That a person chose for the file, else as the columns say it.

    Raises
    ------
    BoundaryError
        If a mapping says the same of both levels, so that only a person can tell them apart.
    """
    found = _found(frame, given, level)
    deepest = found.level if found else 0
    if found is None or deepest not in LEVELS:
        return None
    names, above = found.names.get(deepest, {}), found.names.get(deepest - 1, {})
    blank = pd.Series("", index=frame.index, dtype="str")
    made = frame[[frame.geometry.name]].copy()
    made["pcode"] = found.codes[deepest]
    made["name"], made["lang"] = _first(names, blank)
    for local, column in LOCAL_NAMES.items():
        made[column] = _first({local: names.get(local, [])}, blank)[0]
    if deepest > 1:
        made["parent"] = found.codes.get(deepest - 1, blank)
        made["parent_name"], made["parent_lang"] = _first(above, blank)
        for local, column in LOCAL_NAMES.items():
            made[f"parent_{column}"] = _first({local: above.get(local, [])}, blank)[0]
    used = [lang for lang in preferred(names) if (made["lang"] == lang).any()]
    unread = list(_unread(names, made["name"], deepest))
    return AreaColumns(deepest, made, next(iter(used), ""), (*found.notes, *unread))


def no_level(frame: GeoDataFrame) -> str:
    """Return the sentence on why a layer is of no level that is used."""
    found = _found(frame, GivenColumns(), None)
    if found is not None:
        return f"It is of level {found.level}; levels 1 and 2 are used."
    titles = ", ".join(map(str, frame.columns[:_SHOWN]))
    return (
        f"No column holds P-codes, as ADM1_PCODE or adm1_pcode does; it has {titles}. A "
        "mapping can say what its columns are (docs/boundaries.md)."
    )


def preferred(languages: Iterable[str]) -> list[str]:
    """Sort languages as names are chosen for display."""
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
class _Found:
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


def _found(frame: GeoDataFrame, given: GivenColumns, level: int | None) -> _Found | None:
    schemes: tuple[Callable[[], _Found | None], ...] = (
        lambda: _mapped(frame, given, level),
        lambda: _cod(frame),
        lambda: _gadm(frame, given.country),
        lambda: _geoboundaries(frame, given.country),
    )
    return next((found for scheme in schemes if (found := scheme()) and found.codes), None)


def _first(names: Names, blank: Any) -> tuple[Any, Any]:
    """Return for each row the first name there is, and its language."""
    texts, langs = blank.copy(), blank.copy()
    for language in preferred(names):
        for column in sorted(names[language], key=_is_other_script):
            taken = (texts == "") & (column.texts != "")
            texts, langs = texts.where(~taken, column.texts), langs.where(~taken, language)
    return texts, langs


def _is_other_script(column: _Column) -> bool:
    """Tell whether most letters are not Latin: of columns in an unsaid language those come last."""
    letters = [letter for text in column.texts for letter in text if letter.isalpha()]
    return bool(sum(letter > "\u024f" for letter in letters) > len(letters) / 2)


def _unread(names: Names, shown: Any, level: int) -> Iterator[str]:
    """Yield columns of names in an unsaid language of which nothing is shown."""
    for column in names.get("", []):
        if not ((column.texts == shown) & (shown != "")).any():
            yield (
                f"The column {column.title} is not read: the file does not say the language of its "
                f"names. If it is Arabic, say adm{level}_ar: {column.title} in a mapping."
            )


def _text(values: Any) -> Any:
    """Return cells as text: missing is empty, spaces count once."""
    texts = values.astype("object").where(values.notna(), "").map(str)
    return texts.str.split().str.join(" ").astype("str")


def _meant(values: Any) -> Any:
    """Return cells as text, where words for nothing are nothing."""
    texts = _text(values)
    return texts.where(~texts.isin(_NOTHING), "")


# ---- COD-AB


def _cod(frame: GeoDataFrame) -> _Found:
    """Return columns of COD-AB, in any of the schemes that it has had."""
    found, bare, bare_names = _Found(), "", _Found()
    for column in map(str, frame.columns):
        title = _TITLE.fullmatch(column.lower().replace("_", ""))
        if not title or column == frame.geometry.name:
            continue
        level = int(title["level"]) if title["level"] else None
        if title["code"]:
            if level is None and title["code"] == "pcode":
                bare = column
            elif level is not None and (level not in found.codes or title["code"] != "code"):
                found.codes[level] = _text(frame[column])
        elif level is not None or not (title["lang"] or title["cut"]):
            of = found if level is not None else bare_names
            for language, texts in _spoken(frame, column, title):
                of.name(level or 0, language, column, texts)
    if bare:
        _place_bare(found, _text(frame[bare]), bare_names.names.get(0, {}))
    return found


def _spoken(frame: GeoDataFrame, column: str, title: re.Match[str]) -> Iterator[tuple[str, Any]]:
    """Yield the names of a column by language, which a column ``lang…`` may say by row."""
    texts = _text(frame[column])
    language = title["of"] or title["lang"]
    if language:
        if language in LANGUAGES:
            yield language, texts
        return
    number = title["number"] or title["again"] or ""
    beside = [one for one in map(str, frame.columns)
              if re.fullmatch(rf"lang(?:uage)?_?{number}", one.lower())]  # fmt: skip
    if not beside:
        yield "", texts
        return
    spoken = _text(frame[beside[0]]).str.lower().str[:3].replace(_SHORT)
    for language in dict.fromkeys(spoken):
        yield language, texts.where(spoken == language, "")


def _place_bare(found: _Found, codes: Any, names: Names) -> None:
    """Decide the level of a column ``pcode``: below those that are named, or one of them."""
    level = next((one for one, known in found.codes.items() if known.equals(codes)), None)
    if level is None:
        level = max(found.codes, default=0) + 1
        found.codes[level] = codes
    found.names[level] = names | found.names.get(level, {})


# ---- GADM, geoBoundaries, others


def _titles(frame: GeoDataFrame) -> dict[str, str]:
    return {str(column).casefold(): str(column) for column in frame.columns}


def _gadm(frame: GeoDataFrame, country: str) -> _Found:
    """Return columns of GADM from version 3.6 on: GID_1, NAME_1, NL_NAME_1."""
    titles, found = _titles(frame), _Found()
    for level in range(6):
        code, name = titles.get(f"gid_{level}"), titles.get(f"name_{level}")
        if not code or not name:
            continue
        _take_codes(found, level, frame, code, country)
        found.name(level, "", name, _meant(frame[name]))
        if level in LEVELS and (own := titles.get(f"nl_name_{level}")):
            found.name(level, "", own, _meant(frame[own]))
    if found.codes:
        found.notes.insert(0, f"Its columns are GADM's: GID_{found.level}, NAME_{found.level}.")
    return found


def _geoboundaries(frame: GeoDataFrame, country: str) -> _Found:
    """Return columns of geoBoundaries: shapeName, shapeISO, shapeID, shapeGroup, shapeType."""
    titles, found = _titles(frame), _Found()
    if not {"shapename", "shapetype", "shapeid"} <= titles.keys():
        return found
    kinds = set(_text(frame[titles["shapetype"]]).str.upper())
    level = re.fullmatch(r"ADM(\d)", next(iter(kinds), "")) if len(kinds) == 1 else None
    if level is None:
        return found
    iso = _meant(frame[titles["shapeiso"]]) if "shapeiso" in titles else _text(frame.iloc[:, 0])
    written = iso.map(lambda code: p_code(code, country))
    sound = written.str.fullmatch(PCODE.strip("^$")).all() and written.is_unique
    if "shapeiso" not in titles or not sound or (iso == "").any():
        group = _meant(frame[titles["shapegroup"]]) if "shapegroup" in titles else country
        iso = group + _meant(frame[titles["shapeid"]])
    _take_codes(found, int(level[1]), frame.assign(shapeISO=iso), "shapeISO", country)
    found.name(int(level[1]), "", titles["shapename"], _meant(frame[titles["shapename"]]))
    found.notes.insert(0, "Its columns are those of geoBoundaries: shapeName, and shapeISO or "
                          "shapeID as codes.")  # fmt: skip
    return found


def _mapped(frame: GeoDataFrame, given: GivenColumns, level: int | None) -> _Found | None:
    """Return columns as a mapping says them; ``None`` where it names none of these."""
    titles = _titles(frame)
    given_titles = {key: titles[title.casefold()] for key, title in given.columns.items()
            if title.casefold() in titles}  # fmt: skip
    levels = [one for one in LEVELS if f"adm{one}_code" in given_titles]
    if not levels or (level is not None and level not in levels):
        return None
    alike = len(levels) > 1 and given_titles["adm1_code"] == given_titles["adm2_code"]
    if alike and level is None:
        raise BoundaryError(
            "The mapping says that codes of both levels are in the column "
            f"{given_titles['adm1_code']}: say of which level a file is with --level1 FILE and "
            "--level2 FILE."
        )
    deepest = level or levels[-1]
    found = _Found()
    for one in range(1, deepest + 1):
        if one < deepest and (alike or one not in levels):
            continue
        _take_codes(found, one, frame, given_titles[f"adm{one}_code"], given.country)
        for key, language in (
            (f"adm{one}", "en"),
            *((f"adm{one}_{own}", own) for own in LOCAL_NAMES),
        ):
            if key in given_titles:
                found.name(one, language, given_titles[key], _meant(frame[given_titles[key]]))
    return found


def _take_codes(found: _Found, level: int, frame: GeoDataFrame, column: str, country: str) -> None:
    """Add codes of a level as P-codes; what they were is told by an example."""
    codes = _meant(frame[column])
    found.codes[level] = codes.map(lambda code: p_code(code, country)).astype("str")
    changed = codes != found.codes[level]
    if changed.any() and level in LEVELS:
        found.notes.append(
            f"Codes of {column} are written as P-codes, capital letters and digits: "
            f"{codes[changed].iloc[0]} is {found.codes[level][changed].iloc[0]}."
        )


def p_code(code: str, country: str = "") -> str:
    """Write a code as a P-code: GADM's by its numbers, others by their letters and digits.

    >>> [p_code(one, "SDN") for one in ("SDN.1_1", "SDN.1.12_1", "SD-KH", "sd01", "07", "")]
    ['SDN001', 'SDN001012', 'SDKH', 'SD01', 'SDN07', '']
    """
    gadm = re.fullmatch(r"([A-Z]{3})((?:\.\d+)+)_\d+", code)
    if gadm:
        # Without leading zeros the 12th district of the 1st and the 2nd of the 11th would be one.
        return gadm[1] + "".join(f"{int(number):03}" for number in gadm[2].split(".")[1:])
    plain = re.sub("[^A-Z0-9]", "", code.upper())
    return plain if not plain or re.fullmatch(PCODE.strip("^$"), plain) else f"{country}{plain}"
