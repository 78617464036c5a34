"""Rows of rasters, potentials and other quantities on canvases, sharing one time axis and cursor."""

from __future__ import annotations

from collections.abc import Callable

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.components.sent import send
from app.figures.acts import RowsAct
from app.figures.row_data import RowsHeader
from app.figures.row_kinds import NetworkFigure

_component = component("rows")


class Rows(RowsHeader):
    """Header of what the view is sent; `description` has the figure in words."""

    description: str
    answered: int


def rows(
    key: str,
    figure: NetworkFigure,
    description: str,
    on_act: Callable[[RowsAct], None] = lambda act: None,
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Draw a figure of `app.figures.rows`. Zoom, cursor and hover survive a redraw.

    Args:
        description: of the figure, in words.
        on_act: called once with each act.
        redraw: called after that; it may end the run.
    """
    header = Rows(**figure.header, description=description, answered=last_answered(key))
    send(_component, key, header, figure.arrays, answering(key, RowsAct, on_act, redraw))
