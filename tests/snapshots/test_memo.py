"""Answers stay on the snapshot they were computed from, and leave the memory with it."""

from __future__ import annotations

import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import load


class Answer:
    """What can be seen to leave."""


@pytest.fixture
def opened(examplia_folder):
    """A snapshot of one's own, opened anew."""
    return load(examplia_folder)


@pytest.fixture
def computed():
    """A function that keeps two answers, and the arguments it was computed for."""
    seen = []

    @memoise(2)
    def answer(snapshot, key="", *, more=0):
        seen.append((key, more))
        return Answer()

    return answer, seen


def test_an_answer_is_computed_once(opened, computed):
    answer, seen = computed
    assert answer(opened, "a") is answer(opened, "a")
    assert answer(opened, "a", more=1) is not answer(opened, "a")
    assert seen == [("a", 0), ("a", 1)]


def test_only_so_many_answers_are_kept_the_last_that_were_asked_for(opened, computed):
    answer, seen = computed
    for key in ("a", "b", "a", "c", "a", "b"):
        answer(opened, key)
    assert [key for key, _ in seen] == ["a", "b", "c", "b"]


def test_equal_snapshots_share_no_answers(opened, computed, examplia_folder):
    answer, seen = computed
    again = load(examplia_folder)
    there = replace(opened, store_url="postgres://example.org/figures")
    assert opened == again == there
    assert len({answer(one) for one in (opened, again, there)}) == len(seen) == 3


def test_answers_leave_at_once_with_their_snapshot(computed, examplia_folder):
    """Without the collector, and though the function stays."""
    answer, _ = computed
    snapshot = load(examplia_folder)
    left = weakref.ref(answer(snapshot))
    assert left() is not None
    del snapshot
    assert left() is None


def test_a_snapshot_that_is_opened_again_and_again_keeps_nothing_of_those_before(
    computed, examplia_folder
):
    answer, seen = computed
    answers = weakref.WeakSet(answer(load(examplia_folder)) for _ in range(3))
    assert (len(seen), len(answers)) == (3, 0)


def test_what_fails_is_tried_again(opened):
    tried = []

    @memoise(2)
    def failing(snapshot):
        tried.append(snapshot)
        raise ValueError("no answer")

    for _ in range(2):
        with pytest.raises(ValueError, match="no answer"):
            failing(opened)
    assert tried == [opened, opened]


def test_all_answers_can_be_forgotten(opened, computed, examplia_folder):
    answer, seen = computed
    other = load(examplia_folder)
    for _ in range(2):
        for snapshot in (opened, other):
            answer(snapshot)
        answer.forget()
    assert len(seen) == 4


def test_any_thread_may_ask(opened, computed):
    answer, _ = computed
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: answer(opened, n % 2), range(64)))
    assert all(isinstance(each, Answer) for each in found)
    assert answer(opened, 0) is answer(opened, 0)


def test_a_memoised_function_is_documented_as_itself():
    @memoise(2)
    def levels(snapshot):
        """Levels of a snapshot."""

    assert (levels.__doc__, levels.__module__) == ("Levels of a snapshot.", __name__)
