"""Moving pictures: read back by readers of their own, they hold every round in order."""

from __future__ import annotations

import io
import re
import subprocess
from base64 import b64encode
from dataclasses import replace
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from geodata.exports.drawing import pictures, sparkline
from geodata.exports.drawing.elements import Mirrored
from geodata.exports.drawing.raster import pixels
from geodata.exports.formats import FILES, ExportRequest
from geodata.exports.options import Options
from geodata.figures.view import View
from tests.views import viewed

HERE = "https://maps.example.org/"
MOVING = ("timelapse.gif", "timelapse.webp", "timelapse.mp4")


def made(name: str, view: View) -> bytes:
    return FILES[name].make(ExportRequest(view, Options(), page=HERE))


@pytest.mark.parametrize(
    ("name", "about"), [("timelapse.gif", "comment"), ("timelapse.webp", "xmp")]
)
def test_every_round_is_a_frame_and_the_last_stays(examplia, name, about):
    view = viewed(examplia)
    moving = Image.open(io.BytesIO(made(name, view)))
    assert getattr(moving, "n_frames", 1) == len(view.counts.dates)
    assert moving.size == (640, 480)
    durations = []
    for n in range(len(view.counts.dates)):
        moving.seek(n)
        moving.load()
        durations.append(moving.info["duration"])
    assert durations[-1] > durations[0]
    assert view.snapshot.version.encode() in moving.info[about]


def test_a_video_is_as_long_as_its_rounds_and_has_them_in_order(examplia, tmp_path):
    """A decoder says so; its index comes first, so that it plays at once."""
    view = viewed(examplia)
    body = made("timelapse.mp4", view)
    assert body == made("timelapse.mp4", view)
    assert body.index(b"moov") < body.index(b"mdat")
    assert view.snapshot.version.encode() in body
    path = tmp_path / "timelapse.mp4"
    path.write_bytes(body)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-f", "rawvideo"]
    read = subprocess.run([*command, "-pix_fmt", "rgb24", "-"], capture_output=True, check=True)
    steps = len(view.counts.dates) + 14  # the last one stays for three seconds
    assert re.search(rb"Video: h264.*yuv420p.*640x480.* 5 fps", read.stderr)
    shown = np.frombuffer(read.stdout, np.uint8).reshape(-1, 480, 640, 3)
    assert len(shown) == steps
    for at, frame in ((0, shown[0]), (-1, shown[-1])):
        drawn = pictures.picture(
            view.on(at % len(view.counts.dates)),
            theme="light",
            permalink=ExportRequest(view, Options(), page=HERE).permalink,
            with_trend=True,
        )
        _, colours = pixels(drawn, width=640)
        exact = np.frombuffer(colours, np.uint8).reshape(480, 640, 3)
        assert np.abs(frame.astype(int) - exact.astype(int)).mean() < 3


def test_frames_are_rendered_once_for_all_that_moves(examplia):
    """What renders is asked for the frames by the first format alone."""
    asked: list[str] = []

    def render(function: Any, *args: Any, **options: Any) -> bytes:
        asked.append(function.__name__)
        return b"" if function.__name__ != "frames" else b"frames"

    view = viewed(examplia)
    for name in MOVING:
        request = ExportRequest(view, Options(), page="https://once.example.org/", render=render)
        FILES[name].make(request)
    assert asked == ["frames", "gif", "webp", "mp4"]


def test_the_line_of_totals_is_broken_where_none_is_known(examplia):
    """And the mark of a frame stands over its own date, from the right in Arabic."""
    view = viewed(examplia)
    totals = view.totals.copy()
    totals[1] = np.nan
    broken = replace(view, totals=totals)
    colours = ("#000", "#f00")

    def drawn(view: View, t: int) -> str:
        return sparkline.dated(view.on(t), Mirrored(view.language, 1200), (40, 128), colours)

    assert drawn(broken, 0).count("<path") == drawn(view, 0).count("<path") + 1
    assert "<circle" not in drawn(broken, 1) and "<circle" in drawn(view, 1)
    assert 'cx="40' in drawn(view, 0)
    assert 'cx="1160' in drawn(viewed(examplia, lang="ar"), 0)


@pytest.mark.browser
def test_a_browser_plays_the_video(browser, examplia):
    view = viewed(examplia)
    body = b64encode(made("timelapse.mp4", view)).decode()
    page = browser.new_page()
    facts = page.evaluate(
        """async (body) => {
          const video = document.createElement("video");
          const ready = new Promise((done) => {
            video.onloadeddata = video.onerror = done;
          });
          video.src = `data:video/mp4;base64,${body}`;
          await ready;
          return [video.videoWidth, video.videoHeight, video.duration, video.error?.message];
        }""",
        body,
    )
    page.close()
    steps = len(view.counts.dates) + 14
    assert facts == [640, 480, pytest.approx(steps / 5, abs=0.1), None]
