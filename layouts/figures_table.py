"""The figures of a date as a table: every area with its figure, status, rank and change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from geodata import populations
from geodata.figures.availability import DISTRICT
from geodata.i18n.rounding import rounded
from geodata.text import area_labels, wording
from geodata.text.area_labels import AreaLabel
from geodata.text.view_text import ViewText
from layouts.area_panel import area_link
from layouts.components import Table
from layouts.explore_facts import Shown, order
from layouts.markup import hyphenated

_NUMBER: dict[str, Any] = {"className": "number"}


@dataclass(frozen=True)
class Cell:
    """A cell of the table: its text, and what a column of numbers is sorted by."""

    text: str
    by: float | None = None


@dataclass(frozen=True)
class Column:
    """A column of the table; ``key`` names it in scripts."""

    key: str
    label: str
    number: bool = False


def table(shown: Shown, texts: ViewText) -> Component:
    """Return the table with its button, sortable where scripts run."""
    _ = shown.view.language.gettext
    status = html.Span(className="copy-status", role="status")
    copy = html.Button(_("Copy table"), className="button", type="button")
    return Table(
        "figures-table",
        [
            html.Div([copy, status], className="table-actions live-only"),
            _scrolled(shown, texts),
        ],
        date=texts.at.date.isoformat(),
        of=shown.url,
    )


def plain_table(shown: Shown, texts: ViewText) -> Component:
    """Return the table for readers without scripts."""
    return html.Div(_scrolled(shown, texts), className="table-pane")


def _scrolled(shown: Shown, texts: ViewText) -> Component:
    _ = shown.view.language.gettext
    named: dict[str, Any] = {"role": "region", "aria-label": _("Table")}
    return html.Div(_table(shown, texts), className="scroll", tabIndex="0", **named)


def columns(shown: Shown) -> list[Column]:
    """List the columns: districts have a governorate, and no change is of a change."""
    view, _ = shown.view, shown.view.language.gettext
    every = [
        Column("name", _("Area")),
        Column("parent", _("Governorate")),
        Column("pcode", _("P-code")),
        Column("value", wording.unit(view), number=True),
        Column("status", _("Status")),
        Column("rank", _("Rank"), number=True),
        Column("change", _("Since previous round"), number=True),
        Column("work", _("Programme")),
    ]
    lacking = {"parent"} if view.state.level != DISTRICT else set()
    lacking |= {"change"} if view.state.mode == populations.CHANGE else set()
    lacking |= {"work"} if view.work is None else set()
    return [column for column in every if column.key not in lacking]


def _cells(texts: ViewText, i: int, label: AreaLabel) -> dict[str, Cell]:
    at = texts.at
    rank = int(at.ranks[i])
    return {
        "name": Cell(label.name),
        "parent": Cell(label.parent),
        "pcode": Cell(label.pcode),
        "value": Cell(
            label.figure, rounded(float(at.values[i]), at.state.decimals) if label.shown else None
        ),
        "status": Cell(label.status),
        "rank": Cell(at.language.number(rank) if rank else "", rank or None),
        "work": Cell(area_labels.work_label(at, i)),
        "change": Cell(label.by, area_labels.difference(at, i, at.t - 1)),
    }


def rows(texts: ViewText) -> list[tuple[AreaLabel, dict[str, Cell]]]:
    """Return the cells of every area, largest figure first, those without one last."""
    labels = texts.labels
    return [(labels[i], _cells(texts, i, labels[i])) for i in order(texts.at)]


def _table(shown: Shown, texts: ViewText) -> Component:
    listed = columns(shown)
    head = [
        html.Th(
            html.Span(column.label, className="sort"),
            scope="col",
            **hyphenated(data_sort=column.key),
            **(hyphenated(aria_sort="ascending") if column.key == "rank" else {}),
            **(_NUMBER if column.number else {}),
        )
        for column in listed
    ]
    body = [
        html.Tr(
            [_cell(shown, column, label, cells[column.key]) for column in listed],
            **hyphenated(data_status=label.letter),
        )
        for label, cells in rows(texts)
    ]
    caption = shown.view.language.gettext(
        "{title}. {headline}.", title=wording.title(shown.view), headline=texts.headline
    )
    return html.Table([html.Caption(caption), html.Thead(html.Tr(head)), html.Tbody(body)])


def _cell(shown: Shown, column: Column, label: AreaLabel, cell: Cell) -> Component:
    if column.key == "name":
        return html.Th(area_link(shown, label.pcode, cell.text, **{"class": "link"}), scope="row")
    by = {} if cell.by is None else hyphenated(data_by=f"{cell.by:.12g}")
    return html.Td(cell.text, **by, **(_NUMBER if column.number else {}))
