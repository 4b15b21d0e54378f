"""Every URL of the application, built here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Urls:
    """Builds URLs under ``prefix`` (starts and ends with a slash)."""

    prefix: str = "/"

    def page(self, query: str = "") -> str:
        """The map; ``query`` as :func:`geodata.state.query` writes it."""
        return self._with(self.prefix, query)

    def sources(self, source: str = "") -> str:
        """Data and sources; ``source`` is the id of one of them."""
        return f"{self.prefix}sources" + (f"#{source}" if source else "")

    def asset(self, path: str) -> str:
        """A file of ``assets/``."""
        return f"{self.prefix}assets/{path}"

    def view(self, query: str = "") -> str:
        """A view as JSON."""
        return self._with(f"{self.prefix}api/v1/view.json", query)

    def areas(self, level: int | str) -> str:
        """Boundaries of a level as TopoJSON."""
        return f"{self.prefix}api/v1/areas/{level}.topojson"

    def area(self, pcode: str, query: str = "") -> str:
        """The area panel as JSON."""
        return self._with(f"{self.prefix}api/v1/area/{pcode}.json", query)

    def meta(self) -> str:
        """Populations, programmes, dates and sources as JSON."""
        return f"{self.prefix}api/v1/meta.json"

    def health(self) -> str:
        """Whether the process answers."""
        return f"{self.prefix}healthz"

    def ready(self) -> str:
        """Whether a verified snapshot is served."""
        return f"{self.prefix}readyz"

    @staticmethod
    def _with(path: str, query: str) -> str:
        return f"{path}?{query}" if query else path
