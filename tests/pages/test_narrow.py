"""Narrow windows and other scripts: words stay in their boxes, and lines begin below each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.windows import Watched

LANGUAGES = ["en", "ar", "ckb"]
# What is written of a node: how far it reaches, whatever box it stands in.
WRITTEN = """const written = (node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  return range.getBoundingClientRect();
};"""
BEYOND = f"""() => {{
  {WRITTEN}
  return [...document.querySelectorAll('.segments')].flatMap((box) => {{
    const {{ left, right }} = box.getBoundingClientRect();
    return [...box.querySelectorAll('label span')].filter((label) => {{
      const at = written(label);
      return at.width && (at.left < left || at.right > right);
    }});
  }}).map((label) => label.textContent);
}}"""
AWRY = f"""() => {{
  {WRITTEN}
  const begin = (node) => written(node)[document.dir === 'rtl' ? 'right' : 'left'];
  return [...document.querySelectorAll('.option.programme')]
    .filter(({{ children: [name, span] }}) => Math.abs(begin(name) - begin(span)) > 1)
    .map((option) => option.textContent);
}}"""
CAPTION = """() => {
  const caption = document.querySelector('#table-pane caption').getBoundingClientRect();
  const pane = document.querySelector('#table-pane .scroll').getBoundingClientRect();
  return [caption.left - pane.left, caption.width - pane.width];
}"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_stay_in_their_boxes_and_lines_of_a_programme_begin_together(
    watched: Callable[..., Watched], site: str, lang: str
) -> None:
    page = watched(1440, 900).open(f"{site}/?lang={lang}")
    for width in (1440, 1280, 1100, 1024, 1000, 390, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(BEYOND) == [], width
        assert page.evaluate(AWRY) == [], width


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_caption_of_a_table_is_as_wide_as_a_phone_allows(
    watched: Callable[..., Watched], site: str, lang: str
) -> None:
    page = watched(390, 844).open(f"{site}/?mode=change&tab=table&lang={lang}")
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        page.locator("#table-pane caption").wait_for()
        assert page.evaluate(CAPTION) == pytest.approx([0, 0], abs=1), width
