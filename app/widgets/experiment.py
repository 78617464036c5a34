"""The Training page's controls: the task, how to train, and the neurons' parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from app.widgets.controls import Panel, Parts, panel
from app.widgets.own_data import own_data_rows
from app.widgets.session import desk
from app.widgets.tasks import add_more_of_task, add_task
from app.words.layer_parameters import LAYER_PARAMETERS, PART_PARAMETERS
from app.words.layers import parameter_names
from app.words.parameter import Parameter
from app.words.parts import part_name
from app.words.seeds import SEEDS, seed_parameter
from app.words.training_parameters import EPOCHS, LEARNING_RATE, OPTIMISER, SURROGATE
from app.words.typed_numbers import Numbers
from snncore.activation import SURROGATES
from snncore.diagnosis.known import has_surrogate
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.learnable import Learnable
from snncore.experiment.spec import Experiment
from snncore.experiment.training import Seeds, Training

OPTIMISERS = ("RMSprop", "Adam", "SGD")


def experiment_controls(experiment: Experiment) -> None:
    """Show the controls that edit the Experiment.

    Task fields, learning rate, optimiser, surrogate and the choice of learning parameters may be changed during training; any other control
    starts over at epoch 0. An Experiment that can't be built is refused, and nothing changes.
    """
    panel("fields", "Training", _add_first)
    own_data_rows(experiment.draft)
    more = st.expander("More", key="more", on_change="rerun")
    if more.open:
        with more:
            panel("more fields", "Training, more", _add_more)
            _learning(experiment)
            _json(experiment)


def _add_first(rows: Panel) -> None:
    experiment = desk().training.run.in_force
    add_task(rows, experiment, lambda changes: edit_field(changes, changes_controls=True))
    rows.number(LEARNING_RATE, "training.lr", experiment.training.lr, Numbers.of(Training, "lr"), edit_field)
    for field in ("tau_mem", "spike_threshold"):
        _add_of_neurons(rows, field, LAYER_PARAMETERS[field], experiment)


def _add_more(rows: Panel) -> None:
    experiment = desk().training.run.in_force
    add_more_of_task(rows, experiment, edit_field)
    rows.choice(OPTIMISER, "training.optimiser", experiment.training.optimiser, OPTIMISERS, edit_field)
    _add_surrogate(rows, experiment)
    _add_surrogate_parameters(rows, experiment)
    rows.number(EPOCHS, "training.epochs", experiment.training.epochs, Numbers.of(Training, "epochs"), edit_field)
    for name in SEEDS:
        seed = getattr(experiment.seeds, name)
        rows.number(seed_parameter(experiment.draft, name), f"seeds.{name}", seed, Numbers.of(Seeds, name), edit_field)


def edit_field(changes: dict[str, Any], changes_controls: bool = False) -> Parts:
    """Edit fields, without starting over if they may change during training.

    Args:
        changes_controls: whether other controls show the change too, as those under More do.
    """
    parts = ["live", *(["drawer"] if st.session_state.get("drawer") else [])]
    shown = None if changes_controls or st.session_state.more else parts
    held = desk()
    held.attempt(lambda: held.training.change(changes))
    return shown


def _add_of_neurons(rows: Panel, field: str, parameter: Parameter, experiment: Experiment) -> None:
    """Add one row for a parameter of all neuron layers that have it; values by neuron are left alone."""
    found = {f"network.{index}.{field}": getattr(layer, field, None) for index, layer in _neurons(experiment)}
    values = {path: value for path, value in found.items() if isinstance(value, float)}
    if not values:
        return
    if len(set(values.values())) > 1:
        said = ", ".join(f"{value:g}" for value in values.values())
        parameter = replace(parameter, note=f"{parameter.note} The layers differ ({said}); a new value sets all.")
    first = next(iter(values.values()))
    rows.number(parameter, field, first, parameter.numbers, lambda changes: edit_field(dict.fromkeys(values, changes[field])))


def _add_surrogate(rows: Panel, experiment: Experiment) -> None:
    layers = _with_surrogate(experiment)
    if not layers:
        return
    kinds = [layer.model_dump()["surrogate_grad_fn"]["kind"] for _, layer in layers]
    differ = f" The layers differ ({', '.join(map(part_name, kinds))}); choosing another one sets all."
    rows.choice(
        replace(SURROGATE, note=SURROGATE.note + (differ if len(set(kinds)) > 1 else "")),
        "surrogate_grad_fn",
        kinds[0],
        [surrogate.__name__ for surrogate in SURROGATES],
        lambda changes: edit_field({f"network.{index}.surrogate_grad_fn": changes["surrogate_grad_fn"] for index, _ in layers}),
        part_name,
    )


def _add_surrogate_parameters(rows: Panel, experiment: Experiment) -> None:
    """Add rows for the numbers of the surrogate of all spiking layers."""
    layers = _with_surrogate(experiment)
    if not layers:
        return
    found = [layer.model_dump()["surrogate_grad_fn"] for _, layer in layers]
    shown = found[0]
    differ = any(other != shown for other in found)
    note = f" Shows {experiment.layer_label(str(layers[0][0]))}; the layers differ, and changing this sets all." if differ else ""

    def change(changes: dict[str, Any]) -> Parts:
        given = {path.rpartition(".")[2]: value for path, value in changes.items()}
        return edit_field({f"network.{index}.surrogate_grad_fn": {**shown, **given} for index, _ in layers})

    for name, value in shown.items():
        if name != "kind":
            of_part = PART_PARAMETERS[name]
            parameter = replace(of_part, name=f"Surrogate: {of_part.name.lower()}", note=f"{of_part.note}{note}".strip())
            rows.number(parameter, f"surrogate_grad_fn.{name}", value, of_part.numbers, change)


def _learning(experiment: Experiment) -> None:
    """Show the choice of parameters that learn, over all layers."""
    layers = {index: layer for index, layer in enumerate(experiment.network) if isinstance(layer, Learnable)}
    options = parameter_names(experiment, (f"{index}.{name}" for index, layer in layers.items() for name in layer.learnable))

    def learn(chosen: list[str]) -> None:
        changes: dict[str, Any] = {}
        for index, layer in layers.items():
            names = tuple(name for name in layer.learnable if f"{index}.{name}" in chosen)
            if names != layer.learning:
                changes[f"network.{index}.learns"] = layer.learns_for(names)
        edit_field(changes)

    chosen = [f"{index}.{name}" for index, layer in layers.items() for name in layer.learning]
    key = "edit learns"
    if st.session_state.get(key) != chosen:
        st.session_state[key] = chosen  # only if they differ: setting a value overrides what is going on in the browser
    st.multiselect(
        "Learns",
        list(options),
        chosen,
        key=key,
        format_func=options.__getitem__,
        on_change=lambda: learn(st.session_state[key]),
        help="Parameters that training moves; the others stay as they are.",
    )


def _json(experiment: Experiment) -> None:
    """Show the Experiment as text to edit. A refused text stays as typed."""
    if st.session_state.get("experiment_in_text") != experiment:
        st.session_state.experiment_in_text = experiment
        st.session_state.experiment_json = experiment.to_json()
    st.text_area(
        "Experiment (JSON)",
        key="experiment_json",
        height=220,
        help="Everything on this page as data, layer stack included. Edit it and press Apply.",
    )
    st.button("Apply", on_click=_apply)


def _apply() -> None:
    text, held = st.session_state.experiment_json, desk()
    held.attempt(lambda: held.training.begin(Experiment.from_json(text)))


def _with_surrogate(experiment: Experiment) -> list[tuple[int, NeuronSpec]]:
    """Return the neuron layers whose surrogate gradient can be chosen; some external models have none."""
    return [(index, layer) for index, layer in _neurons(experiment) if has_surrogate(layer)]


def _neurons(experiment: Experiment) -> list[tuple[int, NeuronSpec]]:
    return [(index, layer) for index, layer in enumerate(experiment.network) if isinstance(layer, NeuronSpec)]
