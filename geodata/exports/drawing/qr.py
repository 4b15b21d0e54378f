"""A link as a QR code, for paper: its dark squares as one path of SVG."""

from __future__ import annotations

import io


def qr_svg(link: str) -> bytes:
    """Draw the code as an SVG document, black on white, with the quiet zone it needs."""
    import segno

    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", border=2, xmldecl=False, light="#fff", dark="#000"
    )
    return out.getvalue()
