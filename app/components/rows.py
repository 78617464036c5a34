"""Rows of rasters, potentials and other quantities on canvases, sharing one time axis and cursor."""

from __future__ import annotations

from collections.abc import Callable

from app.components.answers import Act, answering, last_answered
from app.components.assets import component
from app.components.sent import send
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
    on_act: Callable[[Act], None] = lambda act: None,
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Draw a figure of `app.figures.rows`. Zoom, cursor and hover survive a redraw.

    Args:
        description: of the figure, in words.
        on_act: called once with each act:
            `{"do": "pick", "layer": place, "row" or "neuron": number, "add": bool}` when a neuron is picked,
            `{"do": "toggle", "layer": place, "what": "open" or "heatmap"}`,
            `{"do": "remedy", "layer": place, "remedy": number}` when one of a layer's remedies is pressed,
            `{"do": "ask", "layer": place, "row": number, "time": step}` for a click on a spike in a raster that asks, on any cell in a
                heatmap that does, or on any step of lines that do; the place is -1 for the input, -2 for the potential that is drawn,
            `{"do": "back"}` for Escape where it leads back,
            `{"do": "mark", "neuron": number, "time": step}` for a click on a raster that takes marks.
        redraw: called after that; it may end the run.
    """
    header = Rows(**figure.header, description=description, answered=last_answered(key))
    send(_component, key, header, figure.arrays, answering(key, on_act, redraw))
