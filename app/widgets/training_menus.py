"""What the Training page's menus hold: comparisons; reasons, and neurons to open; files that go out and come in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from app.components.plain import sentence, title
from app.export.formats import OF_TRAININGS, Trained
from app.state.desk import NEURON_PAGE
from app.state.handover import open_trained
from app.state.training import TrainingState
from app.widgets.exports import export_buttons
from app.widgets.head import close_and, head_menus, pin_button
from app.widgets.insights import insight_buttons
from app.widgets.own_weights import own_weights
from app.widgets.session import desk, turning_button
from app.words.layers import layer_names
from app.words.training import LOOK_BACK, WHICH_SURROGATE, WHY_SILENT, lesson


def training_menus(training: TrainingState, traced: Mapping[int, int]) -> None:
    """Show the menus' buttons, and the open menu.

    Args:
        traced: traced neuron of each layer that the Neuron page can show, by the layer's place.
    """
    head_menus(partial(_compare, training), partial(_explain, training, traced), partial(_share, training))


def _compare(training: TrainingState) -> None:
    note = "Its curve stays as a ghost, its spikes and potentials are drawn beside those of what you train next."
    pin_button("training", training.pin, note)
    st.button(
        WHICH_SURROGATE,
        on_click=close_and,
        args=(training.try_surrogates,),
        width="stretch",
        help="Trains the same weights on the same input with each surrogate gradient, side by side.",
    )


def _explain(training: TrainingState, traced: Mapping[int, int]) -> None:
    sentence(lesson(training.run.in_force))
    cause = training.cause()
    if cause:
        st.button(LOOK_BACK, key="menu_look_back", on_click=close_and, args=(training.look_at_first_spike, cause), width="stretch")
    st.button(
        WHY_SILENT,
        key="menu_why",
        on_click=close_and,
        args=(training.ask_why, True),
        width="stretch",
        disabled=not training.can_ask_why,
        help="Shows for comparison what the same weights do when the input isn't multiplied by 1-α.",
    )
    insight_buttons(training)
    title("Open a neuron on the Neuron page")
    _neurons(training, traced)


def _neurons(training: TrainingState, traced: Mapping[int, int]) -> None:
    """Show buttons that open the traced neurons, at the epoch on display, on the Neuron page."""
    for name, (layer, neuron) in zip(layer_names(training.run.experiment), traced.items(), strict=True):
        opens = partial(open_trained, desk(), layer, neuron)
        turning_button(f"{name}, neuron {neuron}", opens, NEURON_PAGE, key=f"open_neuron {layer}", width="stretch")


def _share(training: TrainingState) -> None:
    export_buttons(OF_TRAININGS, lambda: Trained(training.run.experiment, training.run.records[:], training.seen_record))
    composition = training.composition
    own_weights("brought", "Own weights, or an Experiment from here", composition.own_weights, composition.present, training.bring_back)
