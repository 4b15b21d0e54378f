"""Names of downloaded files, which tell what is inside."""

from __future__ import annotations

import datetime as dt
import unicodedata
from urllib.parse import quote

from geodata.briefing.briefing import Briefing
from geodata.figures.state import State, part_items
from geodata.figures.view import View
from geodata.i18n.language import SOURCE_LANGUAGE, load_language
from geodata.i18n.messages import gettext
from geodata.links.urls import slug
from geodata.populations import LEVEL, LEVELS
from geodata.snapshots.snapshot import Snapshot
from geodata.text.wording import product

_BRIEFING = gettext("Briefing")
_LONGEST = 150  # bytes of a title in a name; file systems take 255, some of them less with a path


def filename(view: View, ending: str, *, every_date: bool = False) -> str:
    """Write ``iraq-idp-people-governorates-2018-08-31.csv``.

    A file of every date has no date in its name; a language other than English stands at the end.
    """
    state = view.state
    parts = [
        view.snapshot.country,
        state.pop,
        *state.funder,
        *state.prog,
        *part_of_name(state),
        state.measure,
        LEVELS[state.level].name,
    ]
    if state.mode != LEVEL:
        parts += [state.mode, "since", str(state.base)]
    if not every_date:
        parts.append(view.on_its_date().date.isoformat())
    if state.lang != SOURCE_LANGUAGE:
        parts.append(state.lang)
    return f"{slug(parts)}.{ending}"


def part_of_name(state: State) -> list[str]:
    """Return what of a name says which part of the population a file is of.

    >>> part_of_name(State(from_="IQG15"))
    ['from', 'IQG15']
    """
    return [word for key, value in part_items(state) for word in (key, value) if value]


def briefing_filenames(
    briefing: Briefing, snapshot: Snapshot, date: dt.date, ending: str
) -> tuple[str, str]:
    """Write the name of a briefing's file in its own letters, and in ASCII: by title and date.

    Parameters
    ----------
    date
        The newest one that its slides show.
    """
    language, english = briefing.language, load_language(SOURCE_LANGUAGE)
    usual, usual_in_ascii = (
        f"{product(snapshot, each)} {each.gettext(_BRIEFING)}" for each in (language, english)
    )
    title = _title_in_name(briefing.title or usual)
    in_ascii = title if title.isascii() and title else slug([usual_in_ascii])
    code = [] if language.code == SOURCE_LANGUAGE else [language.code]
    end = "-".join([date.isoformat(), *code]) + f".{ending}"
    return f"{title or in_ascii}-{end}", f"{in_ascii}-{end}"


def _title_in_name(title: str) -> str:
    """Join the words of a title with hyphens: its letters, marks and digits, and nothing else.

    What else is in titles would part folders, name drives, turn the way of reading or be refused by
    a file system.

    >>> _title_in_name("../Returns: 2024/2025?")
    'returns-2024-2025'
    >>> _title_in_name("النزوح في نينوى")
    'النزوح-في-نينوى'
    """
    composed = unicodedata.normalize("NFC", title).lower()
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in composed)
    words = kept.split()
    name = "-".join(words)
    while len(name.encode()) > _LONGEST and len(words) > 1:
        words.pop()
        name = "-".join(words)
    return name.encode()[:_LONGEST].decode(errors="ignore")


def attachment(name: str, in_ascii: str) -> str:
    """Write the ``Content-Disposition`` of a file to save, as RFC 6266 has it.

    Programs that know no other letters save it under the name in ASCII.

    >>> attachment("a.pdf", "a.pdf")
    'attachment; filename="a.pdf"'
    """
    if name == in_ascii:
        return f'attachment; filename="{name}"'
    return f"attachment; filename=\"{in_ascii}\"; filename*=UTF-8''{quote(name, safe='')}"
