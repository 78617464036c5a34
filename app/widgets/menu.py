"""The Training page's menu: what a training is compared with, and what is taken along from it or brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.components.focus import focus
from app.components.pictures import pictures
from app.figures.export import history_csv
from app.server.runner import TrainingRun
from app.state import comparing
from app.state import training as driving
from app.state.desk import desk
from app.state.handover import open_trained
from app.words.layers import layer_names
from snncore.diagnosis.remedies import without_normalisation
from snncore.diagnosis.training import silence
from snncore.io import checkpoint
from snncore.run.bptt import EpochRecord

NEURON_PAGE = "views/neuron.py"


def menu(run: TrainingRun, traced: Mapping[int, int]) -> None:
    """The button that opens it, and while it is open what is in it.

    Args:
        traced: the neuron of each neuron layer, by its place in the network, that the Neuron page can show.
    """
    opened = st.popover("Compare, export", key="menu", on_change="rerun")
    if not opened.open:
        return
    with opened:
        focus("menu_focus")
        st.markdown("**Compare**")
        _comparisons(run)
        st.markdown("**Open on the Neuron page**")
        _neurons(run, traced)
        st.markdown("**Take along**")
        _exports(run)
        st.markdown("**Bring back**")
        _imports()


def _comparisons(run: TrainingRun) -> None:
    st.button(
        "Pin this training as A",
        on_click=_close_and,
        args=(comparing.pin,),
        width="stretch",
        help="Its curve stays as a ghost, its spikes and potentials are drawn beside those of what you train next.",
    )
    st.button(
        "Try all surrogates",
        on_click=_close_and,
        args=(comparing.try_surrogates,),
        width="stretch",
        help="Trains the same weights on the same input with each surrogate gradient, side by side.",
    )
    st.button(
        "Why silent?",
        key="menu_why",
        on_click=_close_and,
        args=(comparing.ask_why, True),
        width="stretch",
        disabled=not can_ask_why(run),
        help="Shows beside what the same weights do when the input isn't multiplied by 1-α.",
    )


def _neurons(run: TrainingRun, traced: Mapping[int, int]) -> None:
    """At the epoch that is seen."""
    for name, (layer, neuron) in zip(layer_names(run.experiment), traced.items(), strict=True):
        is_pressed = st.button(f"{name}, neuron {neuron}", key=f"open_neuron {layer}", width="stretch")
        if is_pressed and open_trained(run.experiment, driving.seen_record(), layer, neuron):
            st.switch_page(NEURON_PAGE)


def can_ask_why(run: TrainingRun) -> bool:
    """Whether the epoch that is seen is silent where spikes are asked for, and input normalisation may be the reason."""
    return (
        run.in_force.training.task.target > 0 and silence([driving.seen_record()]) is not None and bool(without_normalisation(run.in_force))
    )


def _close_and(act: Callable[..., None], *arguments: Any) -> None:
    """What is compared is seen where the menu was."""
    act(*arguments)
    st.session_state["menu"] = False


def _exports(run: TrainingRun) -> None:
    held = desk()
    st.download_button(
        "Trained weights (safetensors)",
        lambda: _weights(run, driving.seen_on(held)),
        "weights.safetensors",
        key="save_weights",
        on_click="ignore",
        width="stretch",
        help="All parameters as they were at the epoch that is seen, with the Experiment.",
    )
    st.download_button(
        "Experiment (JSON)",
        lambda: run.experiment.to_json(),
        "experiment.json",
        key="save_experiment",
        on_click="ignore",
        width="stretch",
        help="The network, input, training and seeds, with all changes made while it trained.",
    )
    st.download_button(
        "History (CSV)",
        lambda: history_csv(run.experiment, run.records[:], layer_names(run.experiment)),
        "history.csv",
        key="save_history",
        on_click="ignore",
        width="stretch",
        help="The numbers of every epoch.",
    )
    pictures("pictures")


def _weights(run: TrainingRun, seen: EpochRecord) -> bytes:
    return checkpoint.save(run.experiment.in_force(seen.epoch), seen.parameters)


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
    if given is not None:
        driving.bring_back(given.name, given.getvalue())
