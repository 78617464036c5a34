"""The shape ribbon: a network's layers in a line, with the tensor's shape after each.

It also shows how samples and time steps lie in the tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.figures.acts import RibbonAct
from app.figures.stages import Stage

_component = component("ribbon")


class Ribbon(TypedDict):
    """Data of the view; its fields are those of `ribbon`."""

    stages: Sequence[Stage]
    selected: int | None
    batch: int
    steps: int
    folded: bool
    answered: int


def ribbon(
    key: str,
    stages: Sequence[Stage],
    selected: int | None,
    batch: int,
    steps: int,
    folded: bool,
    on_select: Callable[[int | None], None],
    on_remedy: Callable[[int], None],
) -> None:
    """Show the stages in one wrapping line, with problems and remedies beneath. A click on a shape shows its samples and steps.

    Args:
        stages: in the order of the data; the first is the input.
        selected: index of the selected layer, None for the input.
        batch, steps: samples B and time steps T of the input, each ≥ 1.
        folded: whether the network folds time into the batch somewhere.
        on_select: called, before the page runs again, with the layer's index, None for the input.
        on_remedy: called likewise with the index of the layer whose remedy was pressed.
    """

    def on_act(act: RibbonAct) -> None:
        if act["do"] == "select":
            on_select(act["layer"])
        else:
            on_remedy(act["layer"])

    data = Ribbon(stages=stages, selected=selected, batch=batch, steps=steps, folded=folded, answered=last_answered(key))
    _component(key=key, data=data, on_acts_change=answering(key, RibbonAct, on_act))
