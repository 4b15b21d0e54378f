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
        What its element holds at first: components, text, or HTML. Where it does not stand in the
        page, it is sent as the property ``written``.
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
        return element("div", {"className": "island", "data-island": self._id}, self._own())

    def to_plotly_json(self) -> dict[str, Any]:
        """Describe the component for Dash, with its element: a callback may return it."""
        described = self.described()
        return described | {"props": described["props"] | {"written": str(self._own())}}

    def described(self) -> dict[str, Any]:
        """Describe the component for a page in which its element stands already."""
        return dict(super().to_plotly_json())

    def _own(self) -> Markup:
        return element(self._tag, self._attributes, self._first)


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


class Funder(Island):
    """The list of funders: ``value`` is the code of the chosen one, several joined, or empty."""

    properties = ("value",)
    class_name = "inline-choice"


class BaseDate(Island):
    """The date that a change is counted from: ``value`` (ISO 8601), or empty."""

    properties = ("value",)
    class_name = "inline-choice"


class Ends(Island):
    """Until when the options of a control have figures; ``of`` is the control's id."""

    properties = ("of",)
    tag, class_name = "p", "ends"


class PartLinks(Island):
    """Links to parts of the population; ``everyone`` is said where none is chosen."""

    properties = ("everyone",)
    class_name = "part-links"


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


class Dated(Island):
    """HTML that follows the date: what has ``data-text`` or ``data-link`` among its attributes.

    ``texts`` and ``links`` have for each of their names what stands there on every date of the
    figures whose address is ``of``. A text that is empty is hidden.
    """

    properties: tuple[str, ...] = ("texts", "links", "of")


class AreaFigures(Dated):
    """What the panel of an area begins with; it has the focus where a key has opened it."""


class Bars(Dated):
    """Bars of the categories of a breakdown, largest first unless ``ordered``.

    ``values`` has for every date a number of each category, or nothing. Those beyond the first few
    are behind a button.
    """

    properties = ("values", "ordered", *Dated.properties)
    tag, class_name = "section", "breakdown"


class Trend(Island):
    """Lines of populations over time, drawn by Plotly: ``lines`` as the API has them."""

    properties = ("lines", "layout")


class Table(Island):
    """A table that can be sorted and copied, of the figures at ``of`` on ``date``."""

    properties = ("date", "of")


class Fixed(Island):
    """What scripts leave as the server wrote it."""
