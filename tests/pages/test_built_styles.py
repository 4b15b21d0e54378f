"""Styles say the same minified as they do in ``assets/``, in the words of a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from geodata.links.embed_options import AUTO
from layouts import bundle

pytestmark = pytest.mark.browser

# Each rule as its selector and values; those of custom properties keep the spaces of their text.
RULES = """([source, built]) => {
  const plain = (value) => value.replace(/\\s+/g, ' ').replace(/\\s*([,()*\\/])\\s*/g, '$1').trim();
  const list = (rules) => [...rules].flatMap((rule) => [
    [rule.selectorText, rule.conditionText, rule.name].filter(Boolean).join(' '),
    ...[...(rule.style ?? [])].map((name) =>
      `${name}: ${plain(rule.style.getPropertyValue(name))}`),
    ...list(rule.cssRules ?? []),
  ]);
  const parsed = (text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return list(sheet.cssRules);
  };
  const [theirs, ours] = [parsed(source), parsed(built)];
  return theirs.flatMap((rule, i) => rule === ours[i] ? [] : [[rule, ours[i] ?? '']]);
}"""


def sheets() -> dict[str, tuple[str, str]]:
    """Every style sheet that is minified, as it is written and as it is sent."""
    page = bundle.joined(bundle._page_styles()), bundle.built("page.css").body.decode()
    public = bundle.joined(bundle.STYLES), bundle.style(AUTO).body.decode()
    return {"page.css": page, "embed": public}


@pytest.mark.parametrize("name", ["page.css", "embed"])
def test_minified_rules_are_those_that_were_written(browser: Browser, name: str) -> None:
    page = browser.new_page()
    assert page.evaluate(RULES, list(sheets()[name])) == []
    page.close()


def test_a_selector_that_is_changed_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    within = "@container (min-width: 1px) { .map :is(.names) { color: red } }"
    assert page.evaluate(RULES, [within, within.replace(" :is", ":is")])
    page.close()


def test_assets_that_are_sent_as_they_are_are_not_minified() -> None:
    path = Path(bundle.ASSETS / "css/base.css")
    assert bundle.built("css/base.css").body == path.read_bytes()
