"""Components of the product: each a class here, and a short script in ``assets/js/page``.

A component writes its first view, as the server knows it. In the browser its element is made live
at once (``assets/js/islands.js``), and handed to Dash as it is when Dash has come: it is never made
twice. A step of the timeline goes from one to the other without Dash; what they say of themselves
(``selected``, ``date``, ``value``) is theirs for callbacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash.development.base_component import Component
from markupsafe import Markup

from layouts.markup import element, to_markup

_WILDCARDS = ["data-", "aria-"]


class Island(Component):
    """A component whose element stays the same before and after Dash has come.

    Parameters
    ----------
    id
        Of the component; its element has it, too, unless ``attributes`` name another.
    first
        What its element holds at first: components, text, or HTML. It is written once and not sent
        as a property.
    tag, attributes
        Of the element, where they are not those of the class.
    given
        The properties of the class.
    """

    _namespace = "layouts"
    available_properties: list[str]
    properties: tuple[str, ...] = ()
    tag = "div"
    class_name = ""

    def __init_subclass__(cls) -> None:
        """Name the class as scripts do, and tell Dash what properties it has beside its id."""
        super().__init_subclass__()
        cls._type = cls.__name__
        cls._prop_names = cls.available_properties = ["id", *cls.properties]
        cls._valid_wildcard_attributes = cls.available_wildcard_properties = _WILDCARDS

    def __init__(
        self,
        id: str,
        first: Any = None,
        *,
        tag: str = "",
        attributes: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> None:
        self._first = first if isinstance(first, Markup) else to_markup(first)
        self._tag = tag or self.tag
        self._id = id
        self._attributes = {"className": self.class_name or None, "id": id, **(attributes or {})}
        super().__init__(id=id, **given)

    def to_markup(self) -> Markup:
        """Write the place that Dash will own, and in it the element that stays."""
        own = element(self._tag, self._attributes, self._first)
        return element("div", {"className": "island", "data-island": self._id}, own)


class View(Island):
    """The figures that are shown.

    ``url`` is the address that they come from: a callback on it is asked whenever others are shown.
    """

    properties = ("url",)


class Address(Island):
    """The query of the page's address, as the reader may copy it: ``query``."""

    properties = ("query",)


class Choropleth(Island):
    """The map, which zooms and moves; ``selected`` is the P-code of the chosen area, or empty."""

    properties = ("selected",)
    class_name = "choropleth"


class Timeline(Island):
    """The dates of the view: ``date`` (ISO 8601) follows when the reader rests on one."""

    properties = ("date",)
    class_name = "timeline-slot"


class Choices(Island):
    """Radio buttons or check boxes of a form, which works without scripts, too.

    ``value`` is what is chosen: a list of check boxes. ``name`` is the key that the form sends.
    """

    properties = ("name", "value")
    class_name = "segments"


class Populations(Choices):
    """The populations, each with its total on the date."""

    class_name = "choices"


class Programmes(Island):
    """The programmes, with a field to find one; ``value`` lists the codes that are chosen."""

    properties = ("value",)


class BaseDate(Island):
    """The date that a change is counted from: ``value`` (ISO 8601), or empty."""

    properties = ("value",)
    class_name = "inline-choice"


class Ends(Island):
    """Until when the options of a control have figures; ``of`` is the control's id."""

    properties = ("of",)
    tag, class_name = "p", "ends"


class PlaceField(Island):
    """The field that finds a governorate or a district, in a form that works without scripts."""

    tag, class_name = "form", "place-search"


class FiltersButton(Island):
    """The button that opens the form as a sheet, on phones; it says what is chosen."""

    tag, class_name = "button", "button filters-button live-only"


class Sentence(Island):
    """A text of the view, which follows the date: ``of`` is its name in ``components.js``."""

    properties = ("of",)
    tag = "p"


class Notices(Island):
    """What was not understood, could not be had, or is new."""

    class_name = "notices"


class Legend(Island):
    """Classes and statuses, each with its number of areas."""

    class_name = "legend"


class KeyFigures(Island):
    """Four figures of the whole."""


class Ranking(Island):
    """All areas, largest first, with a bar each."""

    tag, class_name = "ol", "ranking"


class Table(Island):
    """The view as a table; ``shown`` says whether it is seen."""

    properties = ("shown",)


class AreaPanel(Island):
    """The chosen area: figures, trend, breakdowns, programmes."""

    tag, class_name = "section", "card"


class ProgrammePanel(Island):
    """The chosen programmes: years, funders, reported results."""

    tag, class_name = "section", "card"


class Notes(Island):
    """How the figures were made; and, at the foot of the page, whose they are."""

    class_name = "notes"


class Fixed(Island):
    """What scripts leave as the server wrote it."""
