"""The shape ribbon: a network's layers in a line, with the tensor's shape after each.

It also shows how samples and time steps lie in the tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from app.components.assets import source
from app.figures.stages import Stage

SOURCES = ("folding.js", "blocks.js", "panel.js", "ribbon.js")

_component = st.components.v2.component(
    "ribbon",
    css=source("ribbon", "ribbon.css"),
    js="".join(source("ribbon", file) for file in SOURCES) + source("numbers", "typed_number.js"),
    isolate_styles=False,
)


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
        on_select, on_remedy: called, before the page runs again, with the layer's index, None for the input.
    """

    def answer(event: str, call: Callable[[Any], None]) -> Callable[[], None]:
        def answered() -> None:
            value = st.session_state[key].get(event)
            if value:
                call(value["layer"])

        return answered

    _component(
        key=key,
        data={"stages": _with_folds(stages), "selected": selected, "batch": batch, "steps": steps, "folded": folded},
        on_selected_change=answer("selected", on_select),
        on_remedied_change=answer("remedied", on_remedy),
    )


def _with_folds(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """Return the stages as data; `folded` says whether a stage's shape has time folded into the batch."""
    told = []
    folded = False
    for stage in stages:
        if stage.layer is None:
            folded = stage.name == "squeeze"
        told.append({**asdict(stage), "folded": folded})
    return told
