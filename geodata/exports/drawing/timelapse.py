"""Every round one after the other, as moving pictures: GIF, WebP, and video in H.264.

::

    drawings ──▶ frames, once ──┬──▶ gif
                                ├──▶ webp
                                └──▶ mp4, by the program that imageio-ffmpeg ships
"""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

from geodata.exports.drawing.raster import pixels

WIDTH = 640
STEP_MS, LAST_MS = 200, 3000
_COLORS = 255
_FASTEST = 1  # of zlib: flat colours are a twentieth all the same
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
    '<rdf:li xml:lang="x-default">{}</rdf:li>'
    "</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def frames(drawings: list[str]) -> bytes:
    """Render drawings of one size, oldest first, as what the functions below read."""
    packed = io.BytesIO()
    for drawing in drawings:
        (width, height), colours = pixels(drawing, width=WIDTH)
        body = zlib.compress(colours, _FASTEST)
        packed.write(struct.pack(">III", width, height, len(body)) + body)
    return packed.getvalue()


def gif(packed: bytes, comment: str) -> bytes:
    """Write frames as an animated GIF; the last one stays longest.

    All frames share the colours of the last, whose legend has all there are.
    """
    from PIL import Image

    every = list(_unpacked(packed))
    shared = _image(every[-1]).quantize(_COLORS, dither=Image.Dither.NONE)
    images = (_image(each).quantize(palette=shared, dither=Image.Dither.NONE) for each in every)
    return _animated(images, len(every), "GIF", comment=comment.encode(), optimize=False)


def webp(packed: bytes, comment: str) -> bytes:
    """Write frames as an animated WebP; the comment is its description (XMP)."""
    every = list(_unpacked(packed))
    # Whole pictures are rare in it: most frames are what has changed since the one before.
    look = {"method": 3, "quality": 40, "kmin": 30, "kmax": 200}
    xmp = _XMP.format(escape(comment)).encode()
    return _animated(map(_image, every), len(every), "WEBP", xmp=xmp, **look)


def mp4(packed: bytes, comment: str) -> bytes:
    """Write frames as a video in H.264, which presentations and browsers play.

    The encoder is a program of its own, and the number of its threads decides on its bytes.
    """
    import imageio_ffmpeg

    every = list(_unpacked(packed))
    (width, height), _ = every[-1]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "timelapse.mp4"  # its index is put before its pictures at the end
        command = [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"),
            *("-r", str(1000 // STEP_MS), "-i", "-"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-threads", "2"),
            *("-pix_fmt", "yuv420p", "-movflags", "+faststart", "-metadata", f"comment={comment}"),
            *("-fflags", "+bitexact", "-flags:v", "+bitexact", str(path)),
        ]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
            assert encoder.stdin
            for each in [*every, *[every[-1]] * (LAST_MS // STEP_MS - 1)]:
                encoder.stdin.write(zlib.decompress(each[1]))
        if encoder.returncode:
            raise RuntimeError(f"The video's encoder ended with {encoder.returncode}.")
        return path.read_bytes()


_Packed = tuple[tuple[int, int], bytes]


def _unpacked(packed: bytes) -> Iterator[_Packed]:
    """Return size and packed colours of each frame."""
    head, at = struct.Struct(">III"), 0
    while at < len(packed):
        width, height, size = head.unpack_from(packed, at)
        at += head.size + size
        yield (width, height), packed[at - size : at]


def _image(frame: _Packed) -> Any:
    from PIL import Image

    return Image.frombytes("RGB", frame[0], zlib.decompress(frame[1]))


def _animated(images: Iterator[Any], count: int, kind: str, **look: Any) -> bytes:
    out, durations = io.BytesIO(), [STEP_MS] * (count - 1) + [LAST_MS]
    first = next(images)
    first.save(
        out, format=kind, save_all=True, append_images=images, duration=durations, loop=0, **look
    )
    return out.getvalue()
