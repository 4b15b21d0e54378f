"""Answers that live on the snapshot they were computed from, and leave the memory with it.

::

    @memoise(64)
    def levels(snapshot, population): ...

    levels(snapshot, "idp") ──▶ snapshot.answers[levels] ──▶ an lru_cache of its own, of 64 answers

Two snapshots of one version are equal and share no answers: one that was opened again, or that asks
another engine, computes its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Concatenate, Generic, ParamSpec, TypeVar
from weakref import WeakValueDictionary, ref

from geodata.snapshots.snapshot import Snapshot

P = ParamSpec("P")
R = TypeVar("R")


class Memoised(Generic[P, R]):
    """A function of a snapshot that keeps its answers on the snapshot."""

    def __init__(self, function: Callable[Concatenate[Snapshot, P], R], size: int) -> None:
        self._function, self._size = function, size
        self._caches: WeakValueDictionary[int, Callable[..., R]] = WeakValueDictionary()
        update_wrapper(self, function)

    def __call__(self, snapshot: Snapshot, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return the answer from memory, or compute it and keep it."""
        cache: Callable[..., R] = snapshot.answers.get(self) or self._cache_of(snapshot)
        return cache(*args, **kwargs)

    def _cache_of(self, snapshot: Snapshot) -> Callable[..., R]:
        # A strong reference would keep the snapshot until the collector runs.
        function, reference = self._function, ref(snapshot)

        def compute(*args: P.args, **kwargs: P.kwargs) -> R:
            if (alive := reference()) is None:
                raise ReferenceError("a snapshot's answers were asked for after it had gone")
            return function(alive, *args, **kwargs)

        new: Callable[..., R] = lru_cache(maxsize=self._size)(compute)
        cache: Callable[..., R] = snapshot.answers.setdefault(self, new)
        self._caches[id(cache)] = cache
        return cache

    def forget(self) -> None:
        """Forget the answers of every snapshot, as before a fork that they would not survive."""
        for reference in self._caches.valuerefs():  # a list: other threads may add to them
            if cache := reference():
                cache.cache_clear()  # type: ignore[attr-defined]


def memoise(
    size: int,
) -> Callable[[Callable[Concatenate[Snapshot, P], R]], Memoised[P, R]]:
    """Keep the last ``size`` answers of a function on the snapshot that is its first argument.

    Any thread may ask; two that ask for the same at once may both compute it.

    >>> @memoise(8)
    ... def governorates(snapshot):
    ...     print("computed")
    ...     return int((snapshot.tables.areas["level"] == 1).sum())
    >>> governorates(snapshot), governorates(snapshot)
    computed
    (2, 2)
    """
    return lambda function: Memoised(function, size)
