"""Slides of a briefing as PowerPoint and PDF: time from warm and with nothing kept, memory."""

from __future__ import annotations

import resource
import time as clock
from collections.abc import Callable
from functools import lru_cache

from benchmarks.table import OK, OVER, Row, count, fact, middle, time, write
from geodata.briefing.addresses import from_query, to_query
from geodata.briefing.briefing import default
from geodata.briefing.slides import contents
from geodata.exports.documents import deck_pdf, pptx
from geodata.exports.drawing.raster import png
from geodata.figures.view import compute
from geodata.i18n.language import load_language
from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import load

RUNS = 5
MOST_PPTX_MS, MOST_PPTX_BYTES = 2000, 1_200_000
MOST_TIMES = 1.5  # of the time that pictures take
_THRESHOLD = 5


def measure() -> list[Row]:
    """Make the default briefing's six slides, as the application does."""
    snapshot, language = load(BUNDLED), load_language("en")
    briefing = default(snapshot, language)
    compute_once = lru_cache(maxsize=32)(
        lambda loaded, state: compute(loaded, state, threshold=_THRESHOLD)
    )
    texts = contents(briefing, snapshot, compute_once)

    def link(query: str) -> str:
        return f"https://example.org/?{query}"

    def powerpoint() -> int:
        return len(pptx.deck(briefing, texts, link=link))

    def with_pictures() -> int:
        png.cache_clear()
        return len(pptx.deck(briefing, texts, link=link, maps=pptx.PICTURES))

    def pages() -> int:
        """In another order each time: typst remembers what it has set before."""
        texts.append(texts.pop(0))
        return len(deck_pdf.deck(briefing, texts, link=link))

    with_pictures()  # imports
    n_slides, size, pdf_size = len(texts), powerpoint(), pages()
    in_turn = [(_milliseconds(powerpoint), _milliseconds(with_pictures)) for _ in range(RUNS)]
    shapes_ms, pictures_ms = (middle(each) for each in zip(*in_turn, strict=True))
    times = middle(shapes / pictures for shapes, pictures in in_turn)
    texts_ms = _p50(lambda: contents(briefing, snapshot, compute_once))
    return [
        time(f"{n_slides}-slide PowerPoint, p50", shapes_ms, MOST_PPTX_MS),
        fact(f"{n_slides}-slide PowerPoint, maps as pictures, p50", write(pictures_ms, "ms")),
        Row(
            "PowerPoint with maps as shapes / as pictures, in turn, p50",
            f"{times:.2f}x",
            f"<= {MOST_TIMES}x",
            OVER if times > MOST_TIMES else OK,
        ),
        count(f"{n_slides}-slide PowerPoint", size, MOST_PPTX_BYTES, "kB"),
        fact(f"{n_slides}-slide PowerPoint, maps as pictures", write(with_pictures(), "kB")),
        fact(f"{n_slides}-slide PDF, p50", write(_p50(pages), "ms")),
        fact("what the slides say, views kept, p50", write(texts_ms, "ms")),
        fact(
            "a briefing from its address, p50", write(_p50(_from_address(briefing, snapshot)), "ms")
        ),
        fact(f"{n_slides}-slide PDF", write(pdf_size, "kB")),
        fact("peak memory of the process", f"{_peak_megabytes():,.0f} MB"),
    ]


def _from_address(briefing, snapshot) -> Callable[[], object]:
    query = {"slides": to_query(briefing).removeprefix("slides=")}
    return lambda: from_query(query, snapshot, lenient=False)


def _p50(function: Callable[[], object]) -> float:
    return middle(_milliseconds(function) for _ in range(RUNS))


def _milliseconds(function: Callable[[], object]) -> float:
    start = clock.perf_counter()
    function()
    return (clock.perf_counter() - start) * 1000


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
