"""What the tests of pages look with: a fault is seen in whatever kind of text it is."""

from __future__ import annotations

import pytest

from tests import access

PAGE = """<!doctype html><html lang="en"><title>Page</title>
<style>
  body {{ background: #fff; color: #222 }} .dark {{ background: #333; color: #eee }}
  @media (prefers-color-scheme: dark) {{ body {{ color: #bbb }} }}
</style>
<main><h1>Heading</h1><ul>{rows}</ul><div class="dark"><p>Light</p></div>{fault}</main>"""
FAULTS = {
    "colour": "<ul><li style='color: #ccc'>fault</li></ul>",
    "ground": "<div class='dark'><p style='color: #222'>fault</p></div>",
    "ground of what it stands in": "<div style='background: #333'><p><b>fault</b></p></div>",
    "opacity": "<ul style='opacity: 0.2'><li>fault</li></ul>",
    "field": "<input value='fault' aria-label='Field' style='color: #ccc; background: #fff'>",
}


def colours(page, **options):
    return access.violations(page, only=["color-contrast"], **options)


@pytest.fixture(scope="module")
def bare(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_of_many_texts_the_one_that_is_painted_otherwise_is_looked_at(bare, fault):
    bare.emulate_media(color_scheme="light")
    bare.set_content(PAGE.format(rows="<li>good</li>" * 50, fault=FAULTS[fault]))
    (said,) = colours(bare)
    assert "fault" in said


def test_of_texts_of_a_kind_one_is_looked_at_until_their_colours_change(bare):
    bare.emulate_media(color_scheme="light")
    bare.set_content(PAGE.format(rows="<li>good</li>" * 50, fault=""))
    assert colours(bare, every_text=True) == []
    assert colours(bare) == []
    bare.emulate_media(color_scheme="dark")
    for _ in range(2):  # what was found is found again
        assert [said[:30] for said in colours(bare)] == [
            "color-contrast (serious): <h1>",
            "color-contrast (serious): <li>",
        ]
    assert len(colours(bare, every_text=True)) == 51


def test_a_structure_is_of_what_is_seen_and_not_of_where_it_is(bare):
    bare.set_content("<main><p>one</p><svg aria-hidden='true'><path d='M0 0'/></svg></main>")
    before = access.structure(bare)
    bare.evaluate("() => document.querySelector('path').setAttribute('d', 'M1 1')")
    bare.evaluate("() => { document.querySelector('p').style.width = '50px' }")
    assert access.structure(bare) == before
    for change in ("style.display = 'none'", "title = 'Title'", "textContent = 'two'"):
        bare.evaluate(f"() => {{ document.querySelector('p').{change} }}")
        after = access.structure(bare)
        assert after != before
        before = after
