"""One neuron of a network on its own, with the input that it received there: it behaves as it did in the network."""

from __future__ import annotations

import math
from typing import Any, NotRequired, TypedDict, cast

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from snncore.arrays import Array
from snncore.dynamics import fed_back
from snncore.errors import ExperimentError
from snncore.experiment.edits import as_kind
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.parameters import Parameters, put
from snncore.experiment.part import Shape
from snncore.experiment.spec import Experiment
from snncore.layers import NEURON_MODELS, StatefulLayer
from snncore.layers.bounds import MAX_TAU, MIN_TAU
from snncore.layers.models import model_of
from snncore.layers.recurrent import Recurrent
from snncore.run.simulation import Simulation

KINDS = tuple(name for name, model in NEURON_MODELS.items() if model.has_browser_step)
"""Models that a page can step in the browser; registered ones from outside can't be."""

TIME_CONSTANTS = ("tau_mem", "tau_syn", "tau_adapt")
NUMBERS = (*TIME_CONSTANTS, "spike_threshold", "adapt_scale", "min_v_mem", "initial_v_mem")


class SpikeFunction(TypedDict):
    """A spike function by its `kind`, with its number."""

    kind: str
    max_num_spikes_per_bin: NotRequired[int | None]


class ResetFunction(TypedDict):
    """A reset by its `kind`, with its number."""

    kind: str
    subtract_value: NotRequired[float | None]
    reset_value: NotRequired[float | None]


class NeuronNumbers(TypedDict):
    """Parameters of a neuron under the names of its constructor, rounded to float32; None for what the model doesn't have."""

    kind: str
    tau_mem: float | None
    tau_syn: float | None
    tau_adapt: float | None
    spike_threshold: float | None
    adapt_scale: float | None
    min_v_mem: float | None
    initial_v_mem: float | None
    norm_input: bool
    spike_fn: SpikeFunction | None
    reset_fn: ResetFunction | None


NEIGHBOURS = 8
"""Number of float32 neighbours on either side among which a τ is sought whose α is the trained one."""


def lone_neuron(
    simulation: Simulation, layer: int, neuron: int, sample: int = 0, parameters: Parameters | None = None
) -> tuple[NeuronSpec, Array]:
    """Return the neuron as an unconnected layer, and its input.

    The input is (time,) float32, recurrent current included.

    On that input the layer computes, from rest, exactly the u and the spikes of the neuron in the network. Only where training has moved
    α instead of τ (`train_alphas`) to a τ below two time steps, float32 may have no τ for it; then α is off by up to 2⁻²⁵.

    Args:
        simulation: the first run of `simulate`, the layers' outputs included.
        layer: place of its layer in the network.
        neuron: its number in the flattened sample.
        parameters: the parameters that `simulate` was given.

    Raises:
        ExperimentError: the neuron doesn't exist, the simulation doesn't hold its input, or no layer can be built with its trained
            parameters.
    """
    label = simulation.experiment.layer_label(str(layer))
    spec = simulation.experiment.network[layer]
    if not isinstance(spec, NeuronSpec):
        raise ExperimentError(f"{label} has no neurons; choose a layer of neurons.")
    if not simulation.outputs:
        raise ExperimentError(f"What {label} received was not kept; simulate the network once more.")
    record = simulation.records[layer]
    batch, _, *shape = record.u.shape
    count = math.prod(shape)
    if not (0 <= neuron < count and 0 <= sample < batch):
        raise ExperimentError(f"{label} has no neuron {neuron} in sample {sample}; it has {count} neurons in {batch} samples, from 0 on.")
    built = spec.build(torch.Generator(), torch.Generator())
    prefix = f"{layer}."
    values = {**simulation.weights, **(parameters or {})}
    put({name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}, built)
    received = torch.from_numpy(simulation.received(layer).reshape(record.u.shape))
    if hasattr(built, "rec_connect"):
        received = received + _recurrent_current(built.get_submodule("rec_connect"), torch.from_numpy(record.spikes))
    try:
        lone = _picked(spec, built, tuple(shape), neuron)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise ExperimentError(f"Neuron {neuron} of {label} can't be a layer of its own: {reason}") from error
    return lone, received.flatten(2)[sample, :, neuron].numpy().copy()


def _recurrent_current(rec_connect: nn.Module, spikes: Tensor) -> Tensor:
    """Return the current that the spikes (batch, time, ...) send back one step later."""
    current = torch.zeros_like(spikes)
    with torch.no_grad():
        for step in range(1, spikes.shape[1]):  # step by step as in the layer: a sum over all of them may round otherwise
            current[:, step] = fed_back(rec_connect, spikes[:, step - 1].contiguous()).reshape(current[:, step].shape)
    return current


def _picked(spec: NeuronSpec, layer: StatefulLayer, shape: Shape, neuron: int) -> NeuronSpec:
    """Return the spec of one neuron, by its number in `shape` (...), from its layer's."""
    model = model_of(type(layer))
    assert model is not None
    plain = as_kind(spec, model.name)
    held = layer.arg_dict
    values = {name: _of_neuron(held[name], shape, neuron) for name in type(plain).model_fields if isinstance(held.get(name), Tensor)}
    if getattr(spec, "train_alphas", False):
        for name in [name for name in values if name.startswith("tau_")]:
            alpha = _of_neuron(getattr(layer, f"{name.replace('tau', 'alpha')}_calculated"), shape, neuron)
            named = _of_neuron(torch.tensor(getattr(spec, name)), shape, neuron)
            values[name] = _time_constant(alpha, named, values[name])
    return type(plain)(**{**dict(plain), **{name: _shortest(value) for name, value in values.items()}})


def _of_neuron(value: Tensor, shape: Shape, neuron: int) -> Tensor:
    """Return the neuron's value, from one for all or one for each."""
    return value.detach().expand(shape).flatten()[neuron]


def _time_constant(alpha: Tensor, named: Tensor, about: Tensor) -> Tensor:
    """Return the τ whose exp(-1/τ) is nearest to α: the `named` one unless a candidate near `about` is nearer."""
    rounding = torch.arange(-NEIGHBOURS, NEIGHBOURS + 1) * torch.finfo(torch.float32).eps
    candidates = torch.cat([named.view(1), (about * (1 + rounding)).clamp(MIN_TAU, MAX_TAU)])
    return candidates[(torch.exp(-1 / candidates) - alpha).abs().argmin()]


def _shortest(value: Tensor) -> float:
    """Return the shortest decimal number that float32 rounds to the value."""
    return float(str(np.float32(value.item())))


def layer_of(experiment: Experiment) -> NeuronSpec:
    """Return the Experiment's only layer."""
    (layer,) = experiment.network
    assert isinstance(layer, NeuronSpec)
    return layer


def neuron_numbers(layer: NeuronSpec) -> NeuronNumbers:
    """Return the neuron's parameters as `snncore` computes with them, rounded to float32.

    Raises:
        ExperimentError: recurrent neurons, or a value for each neuron.
    """
    if issubclass(layer.model, Recurrent):
        plain = layer.model.__name__.removesuffix("Recurrent")
        raise ExperimentError(f"{layer.model.__name__}: its neurons drive each other, so none can be shown alone; choose {plain}.")
    fields = layer.model_dump()
    numbers = {
        "kind": layer.model.__name__,
        **{name: _float32(layer, name, fields.get(name)) for name in NUMBERS},
        "norm_input": fields.get("norm_input", False),
        "spike_fn": fields.get("spike_fn"),
        "reset_fn": _reset(layer, fields["reset_fn"]) if "reset_fn" in fields else None,
    }
    return cast(NeuronNumbers, numbers)


def _reset(layer: NeuronSpec, reset_fn: dict[str, Any]) -> dict[str, Any]:
    return {name: value if name == "kind" else _float32(layer, f"reset_fn.{name}", value) for name, value in reset_fn.items()}


def _float32(layer: NeuronSpec, name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        raise ExperimentError(f"{layer.model.__name__}: {name} has a value for each neuron, but one neuron is shown; give one number.")
    return float(np.float32(value))
