"""The key ``flows``: how many of the largest flows between governorates a map draws."""

from __future__ import annotations

from geodata.errors import StateError
from geodata.figures.breakdowns import populations_with_origins
from geodata.figures.query_keys import QueryReader
from geodata.i18n.messages import gettext
from geodata.snapshots.snapshot import Snapshot

MOST = 20
CHOICES = (0, 5, 10, MOST)
_NOT_AT_LEVEL = gettext(
    "flows={value} cannot be shown with level={level}: flows are between governorates, level=1."
)
_NOT_OF = gettext(
    "flows={value} cannot be shown for pop={pop}, of which no origins are published: pop may be "
    "{allowed}."
)


def read_flows(reader: QueryReader, snapshot: Snapshot, pop: str, level: int, text: str) -> int:
    """Read how many flows to draw of a population at a level; 0 for none.

    Raises
    ------
    StateError
        Where it is no number up to :data:`MOST`, or there are no flows of that.

    >>> from geodata.i18n.language import load_language
    >>> read_flows(QueryReader({}, False, load_language("en")), snapshot, "idp", 1, "5")
    5
    """
    number = reader.whole("flows", (0, MOST))(text)
    known = populations_with_origins(snapshot)
    if not number or (level == 1 and pop in known):
        return number
    refusal = _NOT_AT_LEVEL if level != 1 else _NOT_OF
    allowed = reader.language.join_items(known)
    sentence = reader.language.gettext(refusal, value=text, level=level, pop=pop, allowed=allowed)
    raise StateError("flows", text, sentence)


def flow_choices(snapshot: Snapshot, pop: str, level: int) -> tuple[int, ...]:
    """Return how many flows a control offers for a population at a level: of some, none alone.

    >>> flow_choices(snapshot, "idp", 1), flow_choices(snapshot, "idp", 2)
    ((0, 5, 10, 20), (0,))
    """
    offered = level == 1 and pop in populations_with_origins(snapshot)
    return CHOICES if offered else (0,)
