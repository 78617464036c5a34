"""A network's decision over a plane, with the spikes of its hidden neurons, repainted while it learns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.components.sent import send
from app.figures.acts import MapAct
from app.figures.decision_map import DecisionHeader

_component = component("decision_map")


class DecisionMapData(DecisionHeader):
    """Header of what the view is sent; `description` has the maps in words."""

    description: str
    answered: int


def decision_map(
    key: str,
    header: DecisionHeader,
    arrays: list[NDArray[Any]],
    description: str,
    on_act: Callable[[MapAct], None],
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Draw a figure of `app.figures.decision_map`.

    Args:
        description: of the figure, in words.
        on_act: called once with each act.
        redraw: called after that; it may end the run.
    """
    data = DecisionMapData(**header, description=description, answered=last_answered(key))
    send(_component, key, data, arrays, answering(key, MapAct, on_act, redraw))
