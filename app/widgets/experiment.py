"""The Training page's controls: the task, how to train, and the neurons' parameters."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.widgets.controls import choice, choices, number, slider
from app.widgets.drawing import draw
from app.widgets.session import desk
from app.widgets.tasks import task_controls
from app.words.layer_parameters import LAYER_PARAMETERS, PART_PARAMETERS, part_name
from app.words.layers import parameter_names
from app.words.parameter import Parameter
from app.words.seeds import SEEDS, seed_note
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
    training = experiment.training
    task_controls(experiment, lambda changes: edit_field(changes, changes_controls=True))
    _number(
        "Learning rate",
        "training.lr",
        training.lr,
        f"Scales the update that {training.optimiser} makes in each epoch.",
        Numbers.of(Training, "lr"),
    )
    for field in ("tau_mem", "spike_threshold"):
        _neuron_slider(field, LAYER_PARAMETERS[field], experiment)
    _surrogate(experiment)
    more = st.expander("More", key="more", on_change="rerun")
    if more.open:
        with more:
            _more_controls(experiment)


def _more_controls(experiment: Experiment) -> None:
    choice(
        "Optimiser",
        "training.optimiser",
        experiment.training.optimiser,
        OPTIMISERS,
        "How gradients become new weights. A new optimiser starts without memory.",
        lambda changes: edit_field(changes, changes_controls=False),
    )
    _surrogate_parameters(experiment)
    _learning(experiment)
    epochs = experiment.training.epochs
    note = "Where training stops if the target isn't reached."
    _number("Epochs at most", "training.epochs", epochs, note, Numbers.of(Training, "epochs"))
    for name in SEEDS:
        note, numbers = seed_note(experiment, name), Numbers.of(Seeds, name)
        _number(f"Seed: {name}", f"seeds.{name}", getattr(experiment.seeds, name), note, numbers)
    _json(experiment)


def edit_field(changes: dict[str, Any], changes_controls: bool) -> None:
    """Edit fields, without starting over if they may change during training.

    Args:
        changes_controls: whether other controls show the change too, as those under More do.
    """
    changes_controls |= st.session_state.more
    drawer = ["drawer"] if st.session_state.get("drawer") else []
    held = desk()
    held.attempt(lambda: held.training.change(changes))
    if not changes_controls:
        draw("live", *drawer)


def _number(label: str, path: str, value: float, note: str, numbers: Numbers, changes_controls: bool = False) -> None:
    number(label, path, value, note, lambda changes: edit_field(changes, changes_controls), numbers)


def _neuron_slider(field: str, parameter: Parameter, experiment: Experiment) -> None:
    """One slider for a parameter of all neuron layers that have it; values by neuron are left alone."""
    found = {f"network.{index}.{field}": getattr(layer, field, None) for index, layer in _neurons(experiment)}
    values = {path: value for path, value in found.items() if isinstance(value, float)}
    if not values or parameter.low is None or parameter.high is None or parameter.step is None:
        return
    differ = len(set(values.values())) > 1
    said = ", ".join(f"{value:g}" for value in values.values())
    slider(
        parameter.label,
        field,
        next(iter(values.values())),
        f"The layers differ ({said}); moving this sets all." if differ else parameter.note,
        lambda changes: edit_field(dict.fromkeys(values, changes[field]), changes_controls=differ),
        parameter.low,
        parameter.high,
        parameter.step,
    )


def _surrogate(experiment: Experiment) -> None:
    layers = _with_surrogate(experiment)
    if not layers:
        return
    kinds = [layer.model_dump()["surrogate_grad_fn"]["kind"] for _, layer in layers]
    differ = len(set(kinds)) > 1
    note = "Stands in for the slope of a spike, which is zero almost everywhere."
    choice(
        "Surrogate gradient",
        "surrogate_grad_fn",
        kinds[0],
        [surrogate.__name__ for surrogate in SURROGATES],
        f"The layers differ ({', '.join(map(part_name, kinds))}); choosing another one sets all." if differ else note,
        lambda changes: edit_field(
            {f"network.{index}.surrogate_grad_fn": changes["surrogate_grad_fn"] for index, _ in layers}, changes_controls=differ
        ),
        part_name,
    )


def _surrogate_parameters(experiment: Experiment) -> None:
    """Show fields for the numbers of the surrogate of all spiking layers."""
    layers = _with_surrogate(experiment)
    if not layers:
        return
    found = [layer.model_dump()["surrogate_grad_fn"] for _, layer in layers]
    shown = found[0]
    differ = any(other != shown for other in found)
    note = f"Shows {experiment.layer_label(str(layers[0][0]))}; the layers differ, and changing this sets all." if differ else ""

    def change(changes: dict[str, Any]) -> None:
        given = {path.rpartition(".")[2]: value for path, value in changes.items()}
        edit_field({f"network.{index}.surrogate_grad_fn": {**shown, **given} for index, _ in layers}, changes_controls=differ)

    for name, value in shown.items():
        if name != "kind":
            of_part = PART_PARAMETERS[name]
            number(f"Surrogate: {of_part.label.lower()}", f"surrogate_grad_fn.{name}", value, note, change, of_part.numbers)


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
        edit_field(changes, changes_controls=False)

    choices(
        "Learns",
        "learns",
        [f"{index}.{name}" for index, layer in layers.items() for name in layer.learning],
        list(options),
        "Parameters that training moves; the others stay as they are.",
        lambda changes: learn(changes["learns"]),
        options.__getitem__,
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
