"""A network's parameters at one epoch, with its Experiment, as a safetensors file.

torch also loads it without snncore's reader: `experiment.build().load_state_dict(safetensors.torch.load_file(path))`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from torch import Tensor, nn

from snncore.arrays import Array
from snncore.errors import ExperimentError, InputFileError
from snncore.experiment.errors import abbreviated
from snncore.experiment.inputs import Files
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.loaded_weights import CheckpointRef, weight_shapes
from snncore.experiment.parameters import Parameters, is_weight, misfit, put, shapes_of
from snncore.experiment.part import LARGEST_LENGTH, MOST_AXES
from snncore.experiment.spec import Experiment
from snncore.io.recordings import content_hash
from snncore.layers import StatefulLayer
from snncore.layers.bounds import MAX_TAU, MIN_TAU, tau_of

LARGEST_FILE = 32 * 2**20
"""Most bytes of a file that is read."""

LARGEST_HEADER = 2 * 2**20
"""Most bytes of its header, which names the tensors and holds the Experiment."""


@dataclass(frozen=True)
class Checkpoint:
    """The content of a checkpoint file.

    Attributes:
        experiment: the Experiment with the file's neuron constants, and a `checkpoint` that names the weights.
        weights: weights and biases by parameter name, float32.
    """

    experiment: Experiment
    weights: dict[str, Array]

    @property
    def files(self) -> Files:
        """Return the weights as `files` for `experiment.build`."""
        named = self.experiment.checkpoint
        return {} if named is None else {named.key(name): values for name, values in self.weights.items()}


def save(experiment: Experiment, parameters: Parameters) -> bytes:
    """Return a safetensors file of all parameters and the Experiment.

    Parameters are float32 tensors under their names in the built network; the metadata `"experiment"` is JSON. The optimiser's state is
    not saved.

    Args:
        experiment: the Experiment in force at the epoch of the parameters.
        parameters: as in `EpochRecord.parameters`.

    Raises:
        ExperimentError: these aren't the network's parameters, or not all are finite.
    """
    drawn = experiment.replace({"checkpoint": None})
    problem = misfit(shapes_of(parameters), shapes_of(dict(drawn.build().named_parameters()))) or _not_finite(parameters)
    if problem:
        raise ExperimentError(f"The parameters can't be saved: {problem}.")
    tensors = {name: np.asarray(values, np.float32, order="C") for name, values in parameters.items()}
    return safetensors.numpy.save(tensors, {"experiment": drawn.to_json()})


def read(name: str, content: bytes) -> Checkpoint:
    """Return the Experiment and weights of a file from `save`.

    Time constants, thresholds and other neuron constants become values of the Experiment, as they are in force: a τ that training
    moved below its bound is at the bound. If α is held instead of τ (`train_alphas`), τ is the value that gives α back: exactly for
    τ ≥ 2; below, to within a few roundings, since not every α has its own τ in float32; a τ below 0.1 becomes 0.1. Changes made
    during training are settled.

    Args:
        name: name of the file, for messages and for people.

    Raises:
        InputFileError: one sentence on what is wrong with the file and what would be right.
    """
    try:
        return _read(name, content)
    except (InputFileError, ExperimentError) as error:
        raise InputFileError(f"File {abbreviated(name)}: {str(error).removesuffix('.')}.") from error


def holds_experiment(content: bytes) -> bool:
    """Return True if a file is safetensors with an Experiment in its metadata, whatever else is wrong with it."""
    length = int.from_bytes(content[:8], "little")
    if length > LARGEST_HEADER:
        return False
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError):
        return False
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    return isinstance(metadata, dict) and "experiment" in metadata


def of(experiment: Experiment, parameters: Parameters, name: str) -> Checkpoint:
    """Return a network's parameters as a checkpoint, as `read` does from a file.

    Args:
        experiment: the Experiment in force at the epoch of the parameters.
        parameters: all parameters of the network, as in `EpochRecord.parameters`.
        name: where they come from, for people.

    Raises:
        InputFileError: these aren't the network's parameters, or not all are finite.
    """
    _require(_not_finite(parameters))
    begun = experiment.settled.replace({"checkpoint": None})
    weights = {name: values for name, values in parameters.items() if is_weight(name)}
    _require(misfit(shapes_of(weights), weight_shapes(begun.network)))  # before anything is built: a small file may name a large network
    model = begun.build()
    _require(misfit(shapes_of(parameters), shapes_of(dict(model.named_parameters()))))
    put(parameters, model)
    named = CheckpointRef(name=name[-100:], digest=digest_of(weights)).model_dump() if weights else None
    return Checkpoint(begun.replace({**_constants(begun, model), "checkpoint": named}), weights)


def _read(name: str, content: bytes) -> Checkpoint:
    text, parameters = _unpacked(content)
    try:
        experiment = Experiment.from_json(text)
    except ExperimentError as error:
        raise InputFileError(f"its Experiment can't be read: {error}") from error
    return of(experiment, parameters, name)


# ------------------------------------------------------------------------------------------------------ the file


def _unpacked(content: bytes) -> tuple[str, dict[str, Array]]:
    """Return the Experiment as JSON, and the tensors by name."""
    if len(content) > LARGEST_FILE:
        raise InputFileError(f"it has {len(content) / 2**20:.1f} MB, more than the {LARGEST_FILE // 2**20} MB that are taken")
    length = int.from_bytes(content[:8], "little")
    if len(content) > length > LARGEST_HEADER:
        raise InputFileError(f"its header has {length:,} bytes, more than the {LARGEST_HEADER:,} that are taken; save the weights again")
    try:
        tensors = safetensors.deserialize(content)  # type: ignore[no-untyped-call]  # the package has no types for it
    except safetensors.SafetensorError as error:
        raise InputFileError("it is no safetensors file, or is cut off; save the weights again") from error
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    text = metadata.get("experiment")
    if text is None:
        raise InputFileError('it holds no Experiment under "experiment" in its metadata; save the weights together with their Experiment')
    for name, tensor in tensors:
        if len(tensor["shape"]) > MOST_AXES or max(tensor["shape"], default=0) > LARGEST_LENGTH:
            shape = abbreviated(tensor["shape"])
            raise InputFileError(f"tensor {abbreviated(name)} has the shape {shape}, as no parameter has; save the weights again")
        if tensor["dtype"] != "F32":
            raise InputFileError(f"tensor {abbreviated(name)} is of type {tensor['dtype']}; save it as float32, F32")
    parameters = {name: np.frombuffer(tensor["data"], "<f4").reshape(tensor["shape"]) for name, tensor in tensors}
    _require(_not_finite(parameters))
    return text, parameters


def _require(problem: str | None) -> None:
    if problem:
        raise InputFileError(f"{problem}; save all parameters of the network together with its Experiment")


def _not_finite(parameters: Parameters) -> str | None:
    """Return which parameter holds an infinity or NaN, as a clause; None if none does."""
    name = next((name for name, values in parameters.items() if not np.isfinite(values).all()), None)
    return None if name is None else f"{abbreviated(name)} holds values that are not finite"


def digest_of(weights: Parameters) -> str:
    """Return the first 32 hexadecimal digits of the SHA-256 of the weights' names and contents; it names them in an Experiment."""
    named = sorted((name, content_hash(values)) for name, values in weights.items())
    return hashlib.sha256(repr(named).encode()).hexdigest()[:32]


# ------------------------------------------------------------------------------------------- constants of neurons


def _constants(experiment: Experiment, model: nn.Module) -> dict[str, Any]:
    """Return the numbers that the model's neurons compute with, as changes of the Experiment."""
    return {
        f"network.{number}.{name}": _as_data(value)
        for number, spec in enumerate(experiment.network)
        if isinstance(spec, NeuronSpec)
        for name, value in _in_force(spec, model.get_submodule(str(number)))
    }


def _in_force(spec: NeuronSpec, layer: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Yield the present value of each argument with numbers, one or one per neuron."""
    assert isinstance(layer, StatefulLayer)
    for name, value in layer.arg_dict.items():
        if not isinstance(getattr(spec, name, None), float | tuple) or not isinstance(value, Tensor):
            continue  # what training can't move stands in the spec
        if name.startswith("tau_") and getattr(spec, "train_alphas", False):
            alpha = getattr(layer, f"{name.replace('tau', 'alpha')}_calculated").detach()
            yield name, tau_of(alpha).clamp(MIN_TAU, MAX_TAU)
        else:
            yield name, value


def _as_data(value: Tensor) -> Any:
    """Return a number or nested lists, with the fewest digits that give the float32 back."""
    return value.numpy().astype(str).astype(float).tolist()
