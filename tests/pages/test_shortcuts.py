"""The list of shortcuts says what the keys of each page do, in its language."""

from __future__ import annotations

import pytest

from geodata.i18n.language import load_language
from layouts.shortcuts import Shortcut, listed


def keys_of(code: str, page: str, group: int) -> list[Shortcut]:
    return list(listed(load_language(code), page)[group].shortcuts)


@pytest.mark.parametrize("page", ["map", "embed", "compare", "briefing"])
def test_a_question_mark_comes_first(page):
    assert keys_of("en", page, 0)[0].keys == ("?",)


def test_a_page_without_shortcuts_lists_none(client):
    assert listed(load_language("en"), "sources") == ()
    assert "shortcuts-title" not in client.get("/sources").get_data(as_text=True)
    assert "shortcuts-title" in client.get("/compare").get_data(as_text=True)


def test_arrows_run_in_reading_order_in_time_and_never_on_the_map():
    for code, earlier in (("en", "←"), ("ar", "→")):
        on_map, on_date = (keys_of(code, "map", group)[0].keys for group in (1, 2))
        assert on_map == ("←", "→", "↑", "↓")
        assert on_date[0] == earlier


def test_a_still_map_has_no_keys_of_its_own(client):
    assert "shortcuts-title" not in client.get("/embed?static=1").get_data(as_text=True)
    assert "shortcuts-title" in client.get("/embed").get_data(as_text=True)
