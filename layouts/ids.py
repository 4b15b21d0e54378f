"""Ids of the components of the map page: layouts, callbacks, scripts and tests use these names."""

from typing import Any

POPULATION = "population"
PROGRAMME_SEARCH = "programme-search"
PROGRAMME_NONE = "programme-none"
PROGRAMMES = "programmes"
MEASURE = "measure"
MODE = "mode"
BASE = "base"
LEVEL = "level"
CLASSES = "classes"
MAP = "map"
TREND = "trend"
TAB = "tab"
CHOICE = "choice"


def programmes(pillar: Any) -> dict[str, Any]:
    """Id of the checklist of one pillar's programmes, or a pattern for those of all.

    Pillars are the snapshot's, and another snapshot may have others while the server runs.
    """
    return {"type": PROGRAMMES, "pillar": pillar}
