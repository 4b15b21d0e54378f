"""Names of areas as a reader sees them: spelled as their country spells them, in each language."""

from __future__ import annotations

import pandas as pd

from geodata.bundled.iraq import ARABIC, SORANI
from geodata.i18n.language import Language
from geodata.places.folding import fold
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot


@memoise(64)
def area_names(snapshot: Snapshot, language: Language) -> dict[str, str]:
    """Return every area's name in the reader's language, or in the nearest that the source has.

    Arabic names are spelled as Arabic readers do (:mod:`geodata.bundled.iraq`).
    """
    rows = snapshot.tables.areas.set_index("pcode")
    local = rows["name_en"]
    for code in reversed((language.code, *language.writing.names)):
        if (column := f"name_{code}") in rows:
            local = _spelled(rows[column], code).fillna(local)
    return {str(pcode): str(name).strip() for pcode, name in local.items()}


def _spelled(names: pd.Series, code: str) -> pd.Series:
    """Correct spellings: letters that the source omits, or takes from another language."""
    if code != "ar":
        return names.replace(SORANI) if code == "ckb" else names
    spelling = names.index.to_series().map(ARABIC)
    same = [fold(a) == fold(b) for a, b in zip(names.fillna(""), spelling.fillna(""), strict=True)]
    return names.mask(pd.Series(same, index=names.index) & spelling.notna(), spelling)
