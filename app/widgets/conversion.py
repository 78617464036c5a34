"""The Conversion page's controls: steps, threshold and percentile; and, under More, everything else that is converted with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from app.components.plain import caption
from app.state.conversion import MOST_STEPS, presets
from app.widgets.controls import Panel, Parts, panel
from app.widgets.fields import Edits, Field, add_parts
from app.widgets.session import desk
from app.words import conversion as words
from app.words.layer_parameters import LAYER_PARAMETERS
from app.words.seeds import seed_parameter
from app.words.typed_numbers import Numbers
from snncore.convert.artificial import neuron_places
from snncore.experiment.training import Seeds, Training


def conversion_controls() -> None:
    """Show the controls beside the plots."""
    found = next((preset for preset in presets() if preset.draft == desk().conversion.present), None)
    st.menu_button(
        f"Start from: {found.title if found else 'own conversion'}",
        [preset.title for preset in presets()],
        key="conversion_preset",
        width="stretch",
        on_click=_take_preset,
    )
    with st.container(key="watch"):
        if found:
            caption(found.watch)
    panel("conversion fields", "Conversion", _add_first)
    more = st.expander("More", key="conversion_more", on_change="rerun")
    if more.open:
        with more:
            panel("more conversion fields", "Conversion, more", _add_more)
            st.button("Train the ANN again", on_click=_train_again, help="From the same weights, to be watched.")


def _add_first(rows: Panel) -> None:
    present = desk().conversion.present
    rows.number(words.STEPS, "steps", present.input.shape[1], Numbers(True, 1, MOST_STEPS), _set_steps)
    neurons, differ = _neurons()
    note = f"{words.THRESHOLD.note} Layers differ; changing this sets all." if differ else words.THRESHOLD.note
    rows.number(replace(words.THRESHOLD, note=note), "spike_threshold", neurons.spike_threshold, words.THRESHOLD.numbers, _edit_neurons)
    percentile = desk().conversion.conversion.percentile
    rows.number(words.PERCENTILE, "conversion.percentile", percentile, words.PERCENTILE.numbers, _edit)


def _add_more(rows: Panel) -> None:
    state = desk().conversion
    neurons, _ = _neurons()
    task: Any = state.present.training.task
    for parameter, name in ((words.RESET, "reset_fn"), (words.SPIKES, "spike_fn")):
        add_parts(rows, Field(name, name, neurons.model_dump()[name], parameter), Edits(_edit_neurons, _edit_neurons))
    names = {kind: name for name, kind in words.INPUTS.items()}
    rows.choice(words.INPUT, "encoding", task.encoding.kind, list(names), _set_input, words=names.__getitem__)
    initial = LAYER_PARAMETERS["initial_v_mem"]
    rows.number(initial, "initial_v_mem", neurons.initial_v_mem, initial.numbers, _edit_neurons)
    rows.number(seed_parameter(state.present, "weights"), "seeds.weights", state.present.seeds.weights, Numbers.of(Seeds, "weights"), _edit)
    rows.number(words.EPOCHS, "training.epochs", state.present.training.epochs, Numbers.of(Training, "epochs"), _edit)
    for parameter, name in ((words.ENERGY_MULTIPLY_ADD, "energy_multiply_add"), (words.ENERGY_SYNOP, "energy_synop")):
        rows.number(parameter, f"conversion.{name}", getattr(state.conversion, name), parameter.numbers, _edit)


def _neurons() -> tuple[Any, bool]:
    """Return the first layer of neurons, and whether others have another threshold."""
    experiment = desk().conversion.experiment
    layers: list[Any] = [experiment.network[place] for place in neuron_places(experiment)]
    return layers[0], len({layer.spike_threshold for layer in layers}) > 1


def _edit(changes: dict[str, Any]) -> Parts:
    held = desk()
    held.attempt(lambda: held.conversion.edit(changes))
    return None


def _edit_neurons(changes: dict[str, Any]) -> Parts:
    held = desk()
    held.attempt(lambda: held.conversion.edit_neurons(changes))
    return None


def _set_steps(changes: dict[str, Any]) -> Parts:
    held = desk()
    held.attempt(lambda: held.conversion.ask_for_steps(int(changes["steps"])))
    return None


def _set_input(changes: dict[str, Any]) -> Parts:
    held = desk()
    kind = changes["encoding"]
    encoding = {"kind": kind, "rate": 1 / held.conversion.present.dt} if kind == "rate" else {"kind": kind}
    held.attempt(lambda: held.conversion.edit({"training.task.encoding": encoding}))
    return None


def _train_again() -> None:
    held = desk()
    held.attempt(held.conversion.train_again)


def _take_preset() -> None:
    chosen = next(preset for preset in presets() if preset.title == st.session_state["conversion_preset"])
    held = desk()
    held.attempt(lambda: held.conversion.start_from(chosen.draft))
