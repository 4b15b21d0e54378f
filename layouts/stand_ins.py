"""Write what stands for a component of ``dash.dcc`` until its script has come, and without one.

A control is the browser's own of its kind. It is sent with the form of the filters under the
component's id, wherever on the page it stands, so that a page without scripts can follow it. A
graph has its figures in a table for readers without scripts, and a place of its height for others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import html

from layouts import ids
from layouts.native import native

Props = Mapping[str, Any]
NAMESPACE = "dash_core_components"
_GRAPH_HEIGHT = "180px"
_NO_NUMBER = "–"


def stand_in(kind: str, props: Props) -> Any:
    """Return what is written for a component of ``dash.dcc``; ``None`` where there is nothing.

    ``kind`` is the name of its class.
    """
    write = _STAND_INS.get(kind)
    if write:
        return write(props)
    return native("div", {"id": props.get("id"), "className": "place"}, props.get("children"))


def _options(props: Props) -> list[tuple[Any, Any, bool]]:
    """List value, label and whether it is chosen, in every way that Dash takes options."""
    options = props.get("options") or []
    value = props.get("value")
    chosen = value if isinstance(value, list) else [value]
    if isinstance(options, Mapping):
        pairs = list(options.items())
    else:
        pairs = [
            (each["value"], each.get("label", each["value"]))
            if isinstance(each, Mapping)
            else (each, each)
            for each in options
        ]
    return [(value, label, value in chosen) for value, label in pairs]


def _control(props: Props, **more: Any) -> dict[str, Any]:
    return {
        "name": props.get("id"),
        "form": ids.FILTERS,
        "disabled": bool(props.get("disabled")),
        **more,
    }


def _dropdown(props: Props) -> Any:
    options = [
        native("option", {"value": value, "selected": chosen}, label)
        for value, label, chosen in _options(props)
    ]
    if props.get("clearable", True) and not props.get("multi"):
        options.insert(0, native("option", {"value": ""}, props.get("placeholder")))
    control = _control(props, id=props.get("id"), multiple=bool(props.get("multi")))
    return native("select", control, options)


def _boxes(kind: str) -> Callable[[Props], Any]:
    def write(props: Props) -> Any:
        boxes = [
            html.Label([native("input", _control(props, type=kind, **box)), " ", label])
            for box, label in (
                ({"value": value, "checked": chosen}, label)
                for value, label, chosen in _options(props)
            )
        ]
        return native("div", {"id": props.get("id"), "className": "place"}, boxes)

    return write


def _input(props: Props) -> Any:
    copied = ("id", "type", "value", "placeholder", "min", "max", "step", "className", "style")
    return native("input", _control(props, **{name: props.get(name) for name in copied}))


def _textarea(props: Props) -> Any:
    copied = {name: props.get(name) for name in ("id", "placeholder", "className", "style")}
    return native("textarea", _control(props, **copied), props.get("value"))


def _slider(props: Props) -> Any:
    copied = {name: props.get(name) for name in ("id", "min", "max", "step", "value")}
    return native("input", _control(props, type="range", **copied))


def _date(props: Props) -> Any:
    limits = {"min": props.get("min_date_allowed"), "max": props.get("max_date_allowed")}
    more = {"id": props.get("id"), "value": props.get("date"), **limits}
    return native("input", _control(props, type="date", **more))


def _link(props: Props) -> Any:
    copied = {name: props.get(name) for name in ("id", "href", "title", "className", "style")}
    return native("a", copied, props.get("children") or props.get("href"))


def _nothing(_: Props) -> Any:
    return None


def _graph(props: Props) -> Any:
    """Return a place of the graph's height, and its figures for readers without scripts."""
    figure = props.get("figure") or {}
    figure = figure if isinstance(figure, Mapping) else figure.to_plotly_json()
    height = (props.get("style") or {}).get("height") or (figure.get("layout") or {}).get("height")
    place = {"id": props.get("id"), "className": "place live-only"}
    table = native("noscript", {}, _figures(figure))
    return [native("div", {**place, "style": {"height": height or _GRAPH_HEIGHT}}), table]


def _figures(figure: Mapping[str, Any]) -> Any:
    """Return the traces of a figure that have ``x`` and ``y`` as a table."""
    traces = [
        (str(trace.get("name") or ""), dict(zip(trace["x"], trace["y"], strict=False)))
        for trace in figure.get("data") or ()
        if trace.get("x") is not None and trace.get("y") is not None
    ]
    rows = list(dict.fromkeys(x for _, points in traces for x in points))
    head = html.Tr([html.Th(), *(html.Th(name, scope="col") for name, _ in traces)])
    body = [
        html.Tr(
            [
                html.Th(str(x), scope="row"),
                *(html.Td(str(points.get(x, _NO_NUMBER))) for _, points in traces),
            ]
        )
        for x in rows
    ]
    return html.Table([html.Thead(head), html.Tbody(body)]) if traces else None


_STAND_INS: dict[str, Callable[[Props], Any]] = {
    "Dropdown": _dropdown,
    "RadioItems": _boxes("radio"),
    "Checklist": _boxes("checkbox"),
    "Input": _input,
    "Textarea": _textarea,
    "Slider": _slider,
    "DatePickerSingle": _date,
    "Link": _link,
    "Graph": _graph,
    **dict.fromkeys(
        ("Store", "Interval", "Location", "Download", "ConfirmDialog", "Clipboard", "Tooltip"),
        _nothing,
    ),
}
