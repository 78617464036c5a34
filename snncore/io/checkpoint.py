"""A network's parameters at one epoch, with its Experiment, as a safetensors file. Without snncore's reader, torch loads it as well:
`experiment.build().load_state_dict(safetensors.torch.load_file(path))`.
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
from snncore.layers.bounds import MAX_TAU, MIN_TAU

LARGEST_FILE = 32 * 2**20
"""Bytes of a file that is read."""

LARGEST_HEADER = 2 * 2**20
"""Bytes of the part of it that names the tensors and holds the Experiment."""


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds.

    Attributes:
        experiment: with the constants of neurons as they are in the file, and a `checkpoint` that names the weights.
        weights: weights and biases by parameter name, float32.
    """

    experiment: Experiment
    weights: dict[str, Array]

    @property
    def files(self) -> Files:
        """What `experiment.build` takes the weights from."""
        named = self.experiment.checkpoint
        return {} if named is None else {named.key(name): values for name, values in self.weights.items()}


def save(experiment: Experiment, parameters: Parameters) -> bytes:
    """A safetensors file: all parameters as float32 tensors under their names in the built network, and as metadata `"experiment"`, JSON.

    Args:
        experiment: as it is in force at the epoch whose parameters these are. The state of the optimiser is not saved.
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
    """The Experiment and weights of a file that `save` made.

    Time constants, thresholds and other constants of neurons become values of the Experiment, as they are in force: a τ that training
    led below its bound is at it. Where α is held instead of τ (`train_alphas`), τ is the one that gives α back: exactly from τ = 2
    on; below to within a few roundings, since there not every α has a τ of its own in float32; and where τ would be below 0.1, it is that.
    What was changed while training ran is settled.

    Args:
        name: of the file, for messages and for people.

    Raises:
        InputFileError: in one sentence, what is wrong with the file and what would be right.
    """
    try:
        return _read(name, content)
    except (InputFileError, ExperimentError) as error:
        raise InputFileError(f"File {abbreviated(name)}: {str(error).removesuffix('.')}.") from error


def of(experiment: Experiment, parameters: Parameters, name: str) -> Checkpoint:
    """The parameters of a network as a checkpoint, as `read` would make it of a file.

    Args:
        experiment: as it is in force at the epoch whose parameters these are.
        parameters: all those of the network, as in `EpochRecord.parameters`.
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
    named = CheckpointRef(name=name[-100:], digest=_digest(weights)).model_dump() if weights else None
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
    """The Experiment as JSON, and the tensors by name."""
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
    """Which parameter holds an infinity or NaN, as a clause; None where none does."""
    name = next((name for name, values in parameters.items() if not np.isfinite(values).all()), None)
    return None if name is None else f"{abbreviated(name)} holds values that are not finite"


def _digest(weights: Parameters) -> str:
    """What names weights in an Experiment: the first 32 hexadecimal digits of the SHA-256 of their names and contents."""
    named = sorted((name, content_hash(values)) for name, values in weights.items())
    return hashlib.sha256(repr(named).encode()).hexdigest()[:32]


# ------------------------------------------------------------------------------------------- constants of neurons


def _constants(experiment: Experiment, model: nn.Module) -> dict[str, Any]:
    """The numbers that the model's neurons compute with, as changes of the Experiment."""
    return {
        f"network.{number}.{name}": _as_data(value)
        for number, spec in enumerate(experiment.network)
        if isinstance(spec, NeuronSpec)
        for name, value in _in_force(spec, model.get_submodule(str(number)))
    }


def _in_force(spec: NeuronSpec, layer: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Of each argument of the layer that is a number, or one for each neuron, the present value."""
    assert isinstance(layer, StatefulLayer)
    for name, value in layer.arg_dict.items():
        if not isinstance(getattr(spec, name, None), float | tuple):
            continue
        if name.startswith("tau_") and getattr(spec, "train_alphas", False):
            yield name, _tau_of(getattr(layer, f"{name.replace('tau', 'alpha')}_calculated").detach())
        else:
            yield name, value


def _tau_of(alpha: Tensor) -> Tensor:
    """The float32 τ with exp(-1/τ) = α, in double precision on the way."""
    return (-1 / alpha.double().log()).float().clamp(MIN_TAU, MAX_TAU)


def _as_data(value: Tensor) -> Any:
    """A number or nested lists, each with the fewest digits that give its float32 back."""
    return value.numpy().astype(str).astype(float).tolist()
