"""Every neuron model in many settings, made from the list of models alone: what the laws of state, recording and shape are held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import strategies as st
from torch import nn

from snncore.activation import SURROGATES, MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleSpike
from snncore.layers import NEURON_MODELS
from snncore.layers.stateful import StatefulLayer, constructor_arguments

MODELS: tuple[type[StatefulLayer], ...] = tuple(model.layer for model in NEURON_MODELS.values())
RECURRENT: tuple[type[StatefulLayer], ...] = tuple(model.recurrent for model in NEURON_MODELS.values() if model.recurrent)

NEURONS = 3
Maker = Callable[..., StatefulLayer]

NEEDED = {"tau_mem": 8.0, "tau_adapt": 20.0, "spike_threshold": 0.4}
SETTINGS: dict[str, dict[str, Any]] = {
    "": {},
    "synapse": {"tau_syn": 3.0},
    "bound": {"min_v_mem": -0.1},
    "unscaled input": {"norm_input": False},
    "trained alphas": {"train_alphas": True, "tau_syn": 3.0},
    "tau per neuron": {"tau_mem": torch.tensor([3.0, 8.0, 20.0]), "tau_syn": torch.tensor([2.0, 3.0, 5.0])},
    "hard reset": {"reset_fn": MembraneReset(0.1), "spike_fn": MultiSpike},
    "single spikes": {"spike_fn": SingleSpike, "reset_fn": MembraneSubtract(0.3)},
    "detached reset": {"detach_reset": True},
    "multiple spikes": {"spike_fn": MaxSpike(2), "tau_syn": 3.0},
}


def rec_connect(neurons: int = NEURONS) -> nn.Linear:
    """Weak inhibition of itself and excitation of a neighbour, in eighths: no sum of them is rounded."""
    linear = nn.Linear(neurons, neurons)
    with torch.no_grad():
        linear.weight.copy_(torch.eye(neurons).roll(1, 0) / 8 - torch.eye(neurons) / 4)
        linear.bias.copy_(torch.linspace(-1, 1, neurons).round() / 8)
    return linear


def _maker(model: type[StatefulLayer], settings: dict[str, Any]) -> Maker:
    takes = constructor_arguments(model)
    arguments = {name: value for name, value in NEEDED.items() if name in takes} | settings

    def make(**more: Any) -> StatefulLayer:
        connected = {"rec_connect": rec_connect()} if model in RECURRENT else {}
        return model(**{**arguments, **connected, **more})

    return make


LAYERS: dict[str, Maker] = {
    " with ".join(filter(None, (model.__name__, name))): _maker(model, settings)
    for model in (*MODELS, *RECURRENT)
    for name, settings in SETTINGS.items()
    if settings.keys() <= constructor_arguments(model).keys()
}
"""By name, makers of the same layer at every call; they take more arguments of the constructor."""


# -------------------------------------------------------------------------------------------------- drawn at random


def named(value: object) -> str:
    """What a parameter of a test is called: the same in every process, which the text of a function is not."""
    return getattr(value, "__name__", str(value))


def own_surrogate(u: torch.Tensor, threshold: torch.Tensor) -> torch.Tensor:
    """A caller's own."""
    return 1 / (1 + (u / threshold - 1) ** 2)


def per_neuron(values: st.SearchStrategy[float], neurons: int) -> st.SearchStrategy[float | torch.Tensor]:
    """One value for all neurons, or one for each."""
    return values | st.lists(values, min_size=neurons, max_size=neurons).map(torch.tensor)


def arguments(model: type[StatefulLayer], neurons: int) -> st.SearchStrategy[dict[str, Any]]:
    """Any arguments of a model's constructor, apart from `shape`."""
    tau = per_neuron(st.floats(0.3, 100.0), neurons)
    surrogates = [*(kind() for kind in SURROGATES), *SURROGATES_WITH_FIELDS, own_surrogate]
    by_name: dict[str, st.SearchStrategy[Any]] = {
        "tau_mem": tau,
        "tau_adapt": tau,
        "tau_syn": st.none() | tau,
        "adapt_scale": per_neuron(st.floats(0.0, 3.0), neurons),
        "spike_threshold": per_neuron(st.floats(0.125, 3.0), neurons),
        "min_v_mem": st.none() | per_neuron(st.floats(-2.0, 0.0), neurons),
        "spike_fn": st.sampled_from([MultiSpike(), MaxSpike(), MaxSpike(2), SingleSpike()]),
        "reset_fn": st.sampled_from([MembraneSubtract(), MembraneSubtract(0.6), MembraneReset(), MembraneReset(0.2)]),
        "surrogate_grad_fn": st.sampled_from(surrogates),
        "detach_reset": st.booleans(),
        "initial_v_mem": st.sampled_from([0.0, 0.5, -0.25]),
        "norm_input": st.booleans(),
        "train_alphas": st.booleans(),
        "record_states": st.booleans(),
    }
    return st.fixed_dictionaries({name: by_name[name] for name in constructor_arguments(model) if name in by_name})


SURROGATES_WITH_FIELDS: list[Any] = [
    kind(*values)
    for kind, values in zip(
        SURROGATES,
        [(0.2, 2.0), (0.3, 2.0), (0.3,), (0.1, 0.8, 2.0), (0.1, 0.4, 0.3, 4.0, 2.0), (5.0,), (3.0,), ()],
        strict=True,
    )
]
