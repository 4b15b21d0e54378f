"""Where the parts of a slide lie, for PowerPoint and PDF alike."""

from __future__ import annotations

from collections.abc import Callable

Link = Callable[[str], str]  # query of the map page -> address


def compare_places(width: float, height: float) -> dict[str, tuple[float, float, float, float]]:
    """Place two maps, their dates and their legend within a place, in its own units."""
    half, caption, legend = width / 2, height * 0.06, height * 0.3
    tall = height - caption - legend
    return {
        "before": (0, 0, half, caption),
        "now": (half, 0, half, caption),
        "map before": (0, caption, half, tall),
        "map now": (half, caption, half, tall),
        "legend": (width * 0.03, caption + tall, width * 0.94, legend),
    }
