"""The result of repairing boundaries: areas that tile, and findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geodata.boundaries.readers import Layer
from geodata.util.findings import Finding

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

MAX_SLIVER = 0.01
"""Part of an area that may overlap another, lie outside its governorate, or move in all."""
LISTED = 20  # areas that one sentence names


@dataclass
class Repaired:
    """Areas that tile, and the findings of repairing them.

    Attributes
    ----------
    governorates, districts
        ``pcode``, ``adm1_pcode`` (of districts), ``name``, ``name_ar``, ``name_ckb`` and shapes in
        degrees; ``None`` where there is no such level, or nothing that can be used.
    """

    governorates: GeoDataFrame | None = None
    districts: GeoDataFrame | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """Findings on what cannot be repaired."""
        return [finding for finding in self.findings if finding.severity == "error"]

    def add_error(self, layer: Layer, sentence: str, code: str = "") -> None:
        """Report what cannot be repaired, in a layer or in its area ``code``."""
        self.findings.append(Finding("error", sentence, layer.file, value=code))

    def add_warning(self, layer: Layer, sentence: str, code: str = "") -> None:
        """Report what was repaired, or looks wrong, in a layer or in its area ``code``."""
        self.findings.append(Finding("warning", sentence, layer.file, value=code))
