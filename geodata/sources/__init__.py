"""Readers of what comes in: one module for each kind of file, with one contract.

::

    dtm-idp, dtm-returnee   DTM master lists       ─┐
    dtm-api                 DTM's API               │
    hapi                    HDX HAPI                ├─▶ ParsedSource ─▶ ingest.merge ─▶ snapshot
    hxl                     any HXL-tagged file     │
    table                   your own table, mapped  │
    programmes, coverage, reach, residents, aliases │
    3w, iati                activities of partners ─┘

A format is a module here that has ``KINDS``; naming them in :data:`MODULES` is all there is to
adding it. A module is imported when one of its kinds is needed: serving the map needs no reader.
"""

from __future__ import annotations

from importlib import import_module
from typing import Literal, get_args

from geodata.sources.contract import SourceKind

MODULES = {
    "dtm-idp": "dtm.master_list",
    "dtm-returnee": "dtm.master_list",
    "dtm-api": "dtm.api",
    "hapi": "hapi",
    "hxl": "hxl",
    "table": "mapped_table",
    "programmes": "reference.reader",
    "coverage": "reference.reader",
    "reach": "reference.reader",
    "residents": "reference.reader",
    "aliases": "reference.reader",
    "3w": "activities.three_w",
    "iati": "activities.iati",
}
"""Every kind of source, by its name on the command line, and the module that reads it."""

Repeats = Literal["refuse", "add", "once"]
REPEATS: tuple[Repeats, ...] = get_args(Repeats)
"""What to do with rows that agree in all columns read: refuse them, add them up, or count one."""


def kind(name: str) -> SourceKind:
    """Return the kind of source that has this name; ``KeyError`` where there is none."""
    kinds: tuple[SourceKind, ...] = import_module(f"{__name__}.{MODULES[name]}").KINDS
    return next(kind for kind in kinds if kind.name == name)
