"""One neuron: its run, which the browser computes again during a drag, its equations and its controls."""

from __future__ import annotations

from collections.abc import Callable

from app.components.answers import answering
from app.components.assets import component
from app.components.sent import send
from app.figures.acts import NeuronAct
from app.figures.neuron_page import NeuronFigure, NeuronHeader

_component = component("neuron")


class NeuronData(NeuronHeader):
    """Header of what the view is sent. `answered` is the number of the act that it answers, along with all acts before it."""

    answered: int


def neuron(key: str, figure: NeuronFigure, answered: int, on_act: Callable[[NeuronAct], None], redraw: Callable[[], None]) -> None:
    """Draw a figure of `app.figures.neuron_page`. The time cursor, the ghost and a drag in progress survive a redraw.

    Args:
        answered: number of the act that the figure answers, along with all acts before it.
        on_act: called with each act in turn, before the page runs again.
        redraw: called after that; it may end the run.
    """
    header = NeuronData(**figure.header, answered=answered)
    send(_component, key, header, figure.arrays, answering(key, NeuronAct, on_act, redraw))
