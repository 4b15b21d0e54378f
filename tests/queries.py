"""Queries as a broken link, or somebody who means harm, sends them."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

STATE = (
    *("pop", "prog", "measure", "mode", "level", "classes", "time", "base", "area", "lang", "v"),
)
NASTY = st.text(
    alphabet=st.sampled_from(list("<>\"'&=~%;,/\\{}\x00\n é\u202e-0129azIQGR")), max_size=30
)


def hostile(*keys: str) -> st.SearchStrategy[dict[str, str]]:
    """Some keys of a state, or of these, each with a value it may or may not have."""
    known = st.sampled_from([*STATE, *keys, "nonsense"])
    return st.dictionaries(known, NASTY, min_size=1, max_size=5)


def marked(query: Mapping[str, str]) -> dict[str, str]:
    """The query with an element in every value, of a name of its own."""
    return {key: f"{value}<i{key}>" for key, value in query.items()}


def echoed(query: Mapping[str, str], text: str) -> list[str]:
    """Keys whose element came back as markup."""
    return [key for key in query if f"<i{key}>" in text]
