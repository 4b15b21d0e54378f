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
    governorates
        P-codes that the names may mean; none where there are no names, or unknown ones.
    own
        Whether it is written as codes of the areas' own numbering are, and no other.
    """

    code: str
    digits: str
    name: str
    governorates: frozenset[str]
    own: bool

    def agrees(self, scheme: PcodeScheme) -> bool:
        """Tell whether code and name mean the same governorate by a scheme."""
        return scheme.areas.get(self.digits) in self.governorates


@dataclass(frozen=True)
class SchemeDecision:
    """The scheme that was chosen for the codes of one date, and why; or the error.

    Attributes
    ----------
    scheme
        ``None``: the codes are left out, and names decide.
    how
        What the report says of it.
    by_names
        Whether names confirm it.
    error
        Why the round is refused.
    """

    scheme: PcodeScheme | None
    how: str
    by_names: bool = True
    error: str = ""
    examples: tuple[CodedPlace, ...] = ()


def decide_scheme(
    places: Sequence[CodedPlace], schemes: PcodeSchemes, choice: str = ""
) -> SchemeDecision:
    """Decide of which scheme the codes of one round are.

    Parameters
    ----------
    places
        Distinct places of its rows.
    choice
        Name of a scheme that the person who loads the file gives, or :data:`BY_NAME`; ``""``: none.
    """
    if choice == BY_NAME:
        return SchemeDecision(None, "P-codes left out, as said; places are found by name")
    with_names = [place for place in places if place.governorates]
    distinctive = [place for place in with_names if schemes.distinguishes(place.digits)]
    nameless = [
        place for place in places if not place.governorates and schemes.distinguishes(place.digits)
    ]
    if choice:
        return _as_chosen(schemes.by_name(choice) or schemes.own, with_names, distinctive, schemes)
    if distinctive:
        return _by_names(with_names, distinctive, nameless, schemes)
    if not nameless:
        every = " and ".join(scheme.name for scheme in schemes.all)
        return SchemeDecision(
            schemes.own, f"P-codes that mean the same by the numberings of {every}"
        )
    if all(place.own for place in nameless):
        how = f"P-codes of {schemes.own.name}, by how they are written (no name beside them tells)"
        return SchemeDecision(schemes.own, how, by_names=False)
    return SchemeDecision(None, "", error=_open(nameless, schemes), examples=tuple(nameless))


def _by_names(
    with_names: Sequence[CodedPlace],
    distinctive: Sequence[CodedPlace],
    nameless: Sequence[CodedPlace],
    schemes: PcodeSchemes,
) -> SchemeDecision:
    """Choose the scheme by which most names agree with their codes, or refuse the round."""
    fits = [scheme for scheme in schemes.all if all(place.agrees(scheme) for place in distinctive)]
    if len(fits) > 1 and any(
        len({scheme.areas.get(p.digits) for scheme in fits}) > 1 for p in nameless
    ):
        return SchemeDecision(None, "", error=_open(nameless, schemes), examples=tuple(nameless))
    best = fits[0] if fits else max(schemes.all, key=lambda scheme: _agreeing(distinctive, scheme))
    if not best.own and any(place.own for place in nameless):
        return SchemeDecision(None, "", error=_open(nameless, schemes), examples=tuple(nameless))
    if not best.own and len(distinctive) < _OVERRULES and all(place.own for place in distinctive):
        best = schemes.own  # and the row is reported as one that contradicts itself
    elif not fits and 2 * _agreeing(distinctive, best) <= len(distinctive):
        return SchemeDecision(
            None, "", error=_against(distinctive, schemes), examples=tuple(distinctive)
        )
    agreeing = _agreeing(with_names, best)
    how = f"P-codes of {best.name}, by names of {agreeing} of {len(with_names)} places"
    if nameless:
        how += f", and so of {len(nameless)} without a name that tells"
    return SchemeDecision(best, how)


def _as_chosen(
    choice: PcodeScheme,
    with_names: Sequence[CodedPlace],
    distinctive: Sequence[CodedPlace],
    schemes: PcodeSchemes,
) -> SchemeDecision:
    """Take the scheme that was chosen, unless the names agree with another one throughout."""
    against = [place for place in distinctive if not place.agrees(choice)]
    fits = [scheme for scheme in schemes.all if all(place.agrees(scheme) for place in distinctive)]
    if against and fits:
        names = fits[0].name
        return SchemeDecision(
            None,
            "",
            error=f"The P-codes were said to be of {choice.name}, and by the names of "
            f"{len(distinctive)} of {len(distinctive)} places that tell they are "
            f"of {names}: say {names}, or say nothing and let the names decide; files whose "
            "rounds differ may be split.",
            examples=tuple(against),
        )
    how = f"P-codes of {choice.name}, as said"
    if with_names:
        how += f", and by names of {_agreeing(with_names, choice)} of {len(with_names)} places"
    return SchemeDecision(choice, how, by_names=bool(distinctive))


def _agreeing(places: Iterable[CodedPlace], scheme: PcodeScheme) -> int:
    """Count the places of which code and name agree by a scheme."""
    return sum(place.agrees(scheme) for place in places)


def _open(nameless: Sequence[CodedPlace], schemes: PcodeSchemes) -> str:
    """Return the error for codes that no name tells the scheme of."""
    first = nameless[0]
    options = " or ".join(f"`pcode_scheme: {scheme.name}`" for scheme in schemes.all)
    return (
        f"P-codes alone do not say of which numbering they are: {first.code} is "
        f"{_meanings(first, schemes)}. Add the column of names, or say which it is, {options} in "
        f"the mapping (--pcode-scheme {schemes.own.name} and so on), for rounds that are all of "
        "one."
    )


def _against(distinctive: Sequence[CodedPlace], schemes: PcodeSchemes) -> str:
    """Return the error for codes that contradict their names by every scheme."""
    agree = " and ".join(
        f"{_agreeing(distinctive, scheme)} of {len(distinctive)} by that of {scheme.name}"
        for scheme in schemes.all
    )
    return (
        "P-codes and names contradict each other by every numbering that is known: they agree in "
        f"{agree}. Mend them, or say `pcode_scheme: {BY_NAME}` (--pcode-scheme {BY_NAME}) to leave "
        "the codes out and find places by name."
    )


def _meanings(place: CodedPlace, schemes: PcodeSchemes) -> str:
    """List the governorates that a code means, each with the scheme by which it does."""
    return " and ".join(
        f"{schemes.display[scheme.areas[place.digits]]} by that of {scheme.name}"
        for scheme in schemes.all
        if place.digits in scheme.areas
    )
