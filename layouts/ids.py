"""Ids of the components of the map page: layouts, callbacks, scripts and tests use these names."""

POPULATION = "population"
PROGRAMME_SEARCH = "programme-search"
PROGRAMME_NONE = "programme-none"
PROGRAMMES = "programmes-{pillar}"
MEASURE = "measure"
MODE = "mode"
BASE = "base"
LEVEL = "level"
CLASSES = "classes"
MAP = "map"
TREND = "trend"
TAB = "tab"
CHOICE = "choice"


def programmes(pillar: str) -> str:
    """Id of the checklist of one pillar's programmes."""
    return PROGRAMMES.format(pillar=pillar)
