"""The conversion of a network: accuracy over the steps, activations against rates, and one neuron, all following a dragged T."""

from __future__ import annotations

from collections.abc import Callable

from app.components.answers import answering
from app.components.assets import component
from app.components.sent import send
from app.figures.acts import ConversionAct
from app.figures.conversion import ConversionFigure, ConversionHeader

_component = component("conversion")


class ConversionData(ConversionHeader):
    """Header of what the view is sent. `answered` is the number of the act that it answers, along with all acts before it."""

    answered: int


def conversion(
    key: str, figure: ConversionFigure, answered: int, on_act: Callable[[ConversionAct], None], redraw: Callable[[], None]
) -> None:
    """Draw a figure of `app.figures.conversion`. What is being dragged survives a redraw.

    Args:
        answered: number of the act that the figure answers, along with all acts before it.
        on_act: called once with each act.
        redraw: called after that; it may end the run.
    """
    header = ConversionData(**figure.header, answered=answered)
    send(_component, key, header, figure.arrays, answering(key, ConversionAct, on_act, redraw))
