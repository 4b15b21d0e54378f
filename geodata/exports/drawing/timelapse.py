"""Every round one after the other, as an animated GIF: for slides and messages without scripts."""

from __future__ import annotations

import io

from geodata.exports.drawing.raster import pixels

WIDTH = 640
STEP_MS, LAST_MS = 200, 3000
_COLORS = 255


def timelapse(drawings: list[str], comment: str) -> bytes:
    """Render drawings of one size as frames, oldest first; the last one stays longest.

    All frames share the colours of the last, whose legend has all there are.
    """
    from PIL import Image

    shared = _frame(drawings[-1]).quantize(_COLORS, dither=Image.Dither.NONE)
    frames = (
        _frame(drawing).quantize(palette=shared, dither=Image.Dither.NONE) for drawing in drawings
    )
    out = io.BytesIO()
    next(frames).save(
        out,
        format="GIF",
        save_all=True,
        append_images=frames,
        duration=[STEP_MS] * (len(drawings) - 1) + [LAST_MS],
        loop=0,
        comment=comment.encode(),
        optimize=False,
    )
    return out.getvalue()


def _frame(drawing: str):  # type: ignore[no-untyped-def] # Pillow's own class is imported lazily
    from PIL import Image

    return Image.frombytes("RGB", *pixels(drawing, width=WIDTH))
