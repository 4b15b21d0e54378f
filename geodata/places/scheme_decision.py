"""Decide which scheme the P-codes of a round are of, by the names beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from geodata.places.pcode_schemes import BY_NAME, PcodeScheme, PcodeSchemes

LISTED = 5  # examples in a sentence; more make it long and say no more
_OVERRULES = 2
"""Names that it takes to read codes by another numbering than they are written in: one alone may
be a slip of the pen."""


# ---- what the rows of a round say


class CodedPlace(NamedTuple):
    """A code, and what the names beside it mean.

    Attributes
    ----------
    code
        As the file writes it.
    digits
        Of its governorate.
    meant
        Governorates that the names may mean; none where there are no names, or unknown ones.
    own
        Whether it is written as codes of the areas' own numbering are, and no other.
    """

    code: str
    digits: str
    name: str
    meant: frozenset[str]
    own: bool

    def agrees(self, numbering: PcodeScheme) -> bool:
        """Tell whether the code means by a numbering what the name means."""
        return numbering.areas.get(self.digits) in self.meant


@dataclass(frozen=True)
class SchemeDecision:
    """The scheme that was chosen for the codes of one date, and why; or the error.

    Attributes
    ----------
    numbering
        ``None``: the codes are left out, and names decide.
    how
        What the report says of it.
    by_names
        Whether names bear it out.
    error
        Why the round is refused.
    """

    numbering: PcodeScheme | None
    how: str
    by_names: bool = True
    error: str = ""
    examples: tuple[CodedPlace, ...] = ()


def decide_scheme(
    places: Sequence[CodedPlace], known: PcodeSchemes, said: str = ""
) -> SchemeDecision:
    """Decide of which numbering the codes of one round are.

    Parameters
    ----------
    places
        What its rows say, each once.
    said
        Name of the numbering that the person who loads it gives, or :data:`BY_NAME`.
    """
    if said == BY_NAME:
        return SchemeDecision(None, "P-codes left out, as said; places are found by name")
    named = [place for place in places if place.meant]
    telling = [place for place in named if known.is_telling(place.digits)]
    alone = [place for place in places if not place.meant and known.is_telling(place.digits)]
    if said:
        return _as_said(known.named(said) or known.own, named, telling, known)
    if telling:
        return _by_names(named, telling, alone, known)
    if not alone:
        every = " and ".join(one.name for one in known.every)
        return SchemeDecision(known.own, f"P-codes that mean the same by the numberings of {every}")
    if all(place.own for place in alone):
        how = f"P-codes of {known.own.name}, by how they are written (no name beside them tells)"
        return SchemeDecision(known.own, how, by_names=False)
    return SchemeDecision(None, "", error=_open(alone, known), examples=tuple(alone))


def _by_names(
    named: Sequence[CodedPlace],
    telling: Sequence[CodedPlace],
    alone: Sequence[CodedPlace],
    known: PcodeSchemes,
) -> SchemeDecision:
    fits = [one for one in known.every if all(place.agrees(one) for place in telling)]
    if len(fits) > 1 and any(len({one.areas.get(p.digits) for one in fits}) > 1 for p in alone):
        return SchemeDecision(None, "", error=_open(alone, known), examples=tuple(alone))
    best = fits[0] if fits else max(known.every, key=lambda one: _agreeing(telling, one))
    if not best.own and any(place.own for place in alone):
        return SchemeDecision(None, "", error=_open(alone, known), examples=tuple(alone))
    if not best.own and len(telling) < _OVERRULES and all(place.own for place in telling):
        best = known.own  # and the row is reported as one that contradicts itself
    elif not fits and 2 * _agreeing(telling, best) <= len(telling):
        return SchemeDecision(None, "", error=_against(telling, known), examples=tuple(telling))
    how = f"P-codes of {best.name}, by names of {_agreeing(named, best)} of {len(named)} places"
    if alone:
        how += f", and so of {len(alone)} without a name that tells"
    return SchemeDecision(best, how)


def _as_said(
    said: PcodeScheme,
    named: Sequence[CodedPlace],
    telling: Sequence[CodedPlace],
    known: PcodeSchemes,
) -> SchemeDecision:
    against = [place for place in telling if not place.agrees(said)]
    fits = [one for one in known.every if all(place.agrees(one) for place in telling)]
    if against and fits:
        names = fits[0].name
        return SchemeDecision(
            None,
            "",
            error=f"The P-codes were said to be of {said.name}, and by the names of "
            f"{len(telling)} of {len(telling)} places that tell they are of {names}: say {names}, "
            "or say nothing and let the names decide; files whose rounds differ may be split.",
            examples=tuple(against),
        )
    how = f"P-codes of {said.name}, as said"
    if named:
        how += f", and by names of {_agreeing(named, said)} of {len(named)} places"
    return SchemeDecision(said, how, by_names=bool(telling))


def _agreeing(places: Iterable[CodedPlace], numbering: PcodeScheme) -> int:
    return sum(place.agrees(numbering) for place in places)


def _open(alone: Sequence[CodedPlace], known: PcodeSchemes) -> str:
    first = alone[0]
    says = " or ".join(f"`pcode_scheme: {one.name}`" for one in known.every)
    return (
        f"P-codes alone do not say of which numbering they are: {first.code} is "
        f"{_meanings(first, known)}. Add the column of names, or say which it is, {says} in the "
        f"mapping (--pcode-scheme {known.own.name} and so on), for rounds that are all of one."
    )


def _against(telling: Sequence[CodedPlace], known: PcodeSchemes) -> str:
    agree = " and ".join(
        f"{_agreeing(telling, one)} of {len(telling)} by that of {one.name}" for one in known.every
    )
    return (
        "P-codes and names contradict each other by every numbering that is known: they agree in "
        f"{agree}. Mend them, or say `pcode_scheme: {BY_NAME}` (--pcode-scheme {BY_NAME}) to leave "
        "the codes out and find places by name."
    )


def _meanings(place: CodedPlace, known: PcodeSchemes) -> str:
    return " and ".join(
        f"{known.display[one.areas[place.digits]]} by that of {one.name}"
        for one in known.every
        if place.digits in one.areas
    )
