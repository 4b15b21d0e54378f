"""The briefing that a request names, and the snapshot that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from callbacks.serving.context import Context
from geodata.briefing import addresses
from geodata.briefing.briefing import Briefing
from geodata.i18n.language import Language
from geodata.links.urls import Urls
from geodata.snapshots.snapshot import Snapshot


@dataclass(frozen=True)
class BriefingRequest:
    """The briefing of a request, and the snapshot that it is of."""

    briefing: Briefing
    snapshot: Snapshot
    version: str
    notices: tuple[str, ...] = ()

    @property
    def language(self) -> Language:
        """The briefing's language."""
        return self.briefing.language

    def following(self, urls: Urls) -> Urls:
        """Return the builder of links that keep its language, digits and snapshot."""
        return replace(
            urls, version=self.version, language_items=tuple(self.briefing.language_items)
        )

    def query(self, briefing: Briefing | None = None) -> str:
        """Return the query of the briefing, or of another one of the same snapshot.

        Raises
        ------
        BriefingError
            If it is too long for an address.
        """
        text = addresses.to_query(briefing or self.briefing, self.snapshot)
        frozen = f"v={self.version}" if self.version else ""
        return "&".join(filter(None, [text, frozen]))


def read(context: Context, query: Mapping[str, str], *, lenient: bool) -> BriefingRequest:
    """Read a briefing from a query.

    Raises
    ------
    BriefingError
        Unless ``lenient``; :class:`~geodata.errors.NotAvailable` in any case.
    """
    snapshot, named, _ = context.named(query, lenient=True)
    briefing, notices = addresses.from_query(query, snapshot, lenient=lenient)
    return BriefingRequest(briefing, snapshot, named.v, tuple(notices))
