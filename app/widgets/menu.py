"""The Training page's menu: comparisons, exports and uploads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.components.focus import focus
from app.components.pictures import pictures
from app.export.formats import OF_TRAININGS, Trained
from app.state.handover import open_trained
from app.state.training import TrainingState
from app.widgets.exports import export_buttons
from app.widgets.session import desk
from app.words.layers import layer_names
from snncore.io import checkpoint

NEURON_PAGE = "views/neuron.py"


def menu(training: TrainingState, traced: Mapping[int, int]) -> None:
    """Show the button that opens the menu, and the menu while it is open.

    Args:
        traced: traced neuron of each layer that the Neuron page can show, by the layer's place.
    """
    opened = st.popover("Compare, export", key="menu", on_change="rerun")
    if not opened.open:
        return
    with opened:
        focus("menu_focus")
        st.markdown("**Compare**")
        _comparisons(training)
        st.markdown("**Open on the Neuron page**")
        _neurons(training, traced)
        st.markdown("**Take along**")
        _exports(training)
        st.markdown("**Bring back**")
        _imports()


def _comparisons(training: TrainingState) -> None:
    st.button(
        "Pin this training as A",
        on_click=_close_and,
        args=(training.pin,),
        width="stretch",
        help="Its curve stays as a ghost, its spikes and potentials are drawn beside those of what you train next.",
    )
    st.button(
        "Try all surrogates",
        on_click=_close_and,
        args=(training.try_surrogates,),
        width="stretch",
        help="Trains the same weights on the same input with each surrogate gradient, side by side.",
    )
    st.button(
        "Why silent?",
        key="menu_why",
        on_click=_close_and,
        args=(training.ask_why, True),
        width="stretch",
        disabled=not training.can_ask_why,
        help="Shows for comparison what the same weights do when the input isn't multiplied by 1-α.",
    )


def _neurons(training: TrainingState, traced: Mapping[int, int]) -> None:
    """Show buttons that open the traced neurons, at the epoch on display, on the Neuron page."""
    for name, (layer, neuron) in zip(layer_names(training.run.experiment), traced.items(), strict=True):
        is_pressed = st.button(f"{name}, neuron {neuron}", key=f"open_neuron {layer}", width="stretch")
        if is_pressed:
            held = desk()
            if held.attempt(lambda: open_trained(held, layer, neuron)):  # noqa: B023  (called at once)
                st.switch_page(NEURON_PAGE)


def _close_and(act: Callable[..., None], *arguments: Any) -> None:
    """Do the act and close the menu, which would cover the comparison."""
    desk().attempt(lambda: act(*arguments))
    st.session_state["menu"] = False


def _exports(training: TrainingState) -> None:
    export_buttons(OF_TRAININGS, lambda: Trained(training.run.experiment, training.run.records[:], training.seen_record))
    pictures("pictures")


def _imports() -> None:
    st.file_uploader(
        "Weights or an Experiment from here",
        type=["safetensors", "json"],
        key="brought",
        on_change=_bring_back,
        max_upload_size=checkpoint.LARGEST_FILE // 2**20,
    )


def _bring_back() -> None:
    given = st.session_state["brought"]
    held = desk()
    if given is not None:
        held.attempt(lambda: held.training.bring_back(given.name, given.getvalue()))
