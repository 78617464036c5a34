"""One epoch: its seven steps, and the record that they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from snncore.arrays import Array
from snncore.errors import DivergenceError, NonFiniteError
from snncore.experiment.tasks.base import Task
from snncore.experiment.tasks.spike_count import SpikeCount
from snncore.layers import StatefulLayer
from snncore.layers.model import reset_states, spiking_layers, zero_grad
from snncore.run.record import LayerRecord, outputs_kept, record_of, threshold_of

CONSTANTS = (*(f"{kind}_{which}" for which in ("mem", "syn", "adapt") for kind in ("tau", "alpha")), "spike_threshold", "b0")
"""Names of the time constants and thresholds among neuron parameters; `b0` is the base threshold of adaptive neurons."""

NO_OUTPUT: Array = np.empty(0, dtype=np.float32)


class Phase(Enum):
    """The seven steps of an epoch, in their order."""

    RESET_PARAMETER_GRADIENTS = "reset the parameter gradients"
    RESET_STATE_GRADIENTS = "reset the state gradients"
    RESET_STATES = "reset the states"
    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


@dataclass(frozen=True)
class EpochRecord:
    """One epoch: the forward pass with the weights as they were when it began, and the gradients that changed them.

    With labelled data it is all batches of an epoch, without layers and reach. The parameters are then those after the epoch, with which
    the test was made; loss, spikes and rates are means or sums over the batches, as are the gradient norms, while they learned.

    Attributes:
        epoch: counted from 0.
        spikes: Σ output, all samples, neurons and time steps together; a sum of values where the output doesn't spike.
        layers: the neuron layers in the order of the data flow; none in a record that was reduced to its numbers.
        parameters: values of all parameters as the epoch began, by name; none in a record that was reduced to its numbers.
        gradient_norms: Euclidean norm of ∂loss/∂parameter by parameter name, for the parameters that got a gradient.
        reach: max u/θ of each layer, as in its `largest_u_over_threshold`.
        rates: mean output of each layer, spikes per neuron and time step.
        constants: mean over neurons of each time constant (or its α, where that is trained) and threshold, by parameter name.
        task: the task that the loss and the measures belong to.
        measures: the task's other measures of the output, by name.
        output: the network's output, (batch, time, ...); empty in a record that was reduced to its numbers.
        does_spike: whether the output is that of a spiking layer.
        into_convolutions: with labelled data, synaptic operations of a sample whose spikes reach a Conv2d, on average. They depend on the
            spikes' places, and so don't follow from rates.
    """

    epoch: int
    spikes: float
    loss: float
    layers: tuple[LayerRecord, ...]
    parameters: dict[str, Array]
    gradient_norms: dict[str, float]
    reach: tuple[float, ...]
    rates: tuple[float, ...]
    constants: dict[str, float]
    task: Task = field(default_factory=SpikeCount)
    measures: Mapping[str, float] = field(default_factory=dict)
    output: Array = field(default_factory=lambda: NO_OUTPUT)
    does_spike: bool = True
    into_convolutions: float = 0.0

    @property
    def score(self) -> float:
        """The task's score, in its own unit."""
        return self.task.score(self)

    @property
    def train_score(self) -> float | None:
        """Score on the training samples during this epoch; None without labelled data."""
        return self.task.train_score(self)

    @property
    def is_reached(self) -> bool:
        """True if the epoch did what the task asks for."""
        return self.task.is_reached(self)

    @property
    def fires(self) -> bool:
        """True if the output spiked."""
        return self.does_spike and self.spikes > 0

    @property
    def is_whole(self) -> bool:
        """True if the record still holds its arrays."""
        return bool(self.parameters)

    @property
    def nbytes(self) -> int:
        """Size of all arrays in bytes."""
        is_kept_twice = any(np.may_share_memory(self.output, layer.spikes) for layer in self.layers[-1:])
        own = 0 if is_kept_twice else self.output.nbytes
        return own + sum(layer.nbytes for layer in self.layers) + sum(values.nbytes for values in self.parameters.values())

    def measured_by(self, task: Task) -> EpochRecord:
        """Return this epoch, whole, with its output measured by another task. Without an output it keeps its measures."""
        if task == self.task:
            return self
        if not self.output.size:
            return replace(self, task=task)
        output = torch.from_numpy(self.output)
        return replace(self, task=task, loss=task.loss(output).item(), measures=task.measure(output))

    def reduced(self) -> EpochRecord:
        """Return the record without arrays: its numbers alone."""
        return replace(self, layers=(), parameters={}, output=NO_OUTPUT)


class Iteration:
    """One epoch: its seven steps as methods, and the record that they make."""

    def __init__(self, epoch: int, model: nn.Module, data: Tensor, task: Task, optimiser: Optimizer) -> None:
        self.epoch = epoch
        self.model = model
        self.data = data
        self.task = task
        self.optimiser = optimiser
        self.layers = spiking_layers(model)
        self.spikes: dict[str, Tensor] = {}
        self.thresholds: dict[str, Array] = {}
        self.parameters: dict[str, Array] = {}
        self.gradient_norms: dict[str, float] = {}
        self.output = self.loss = torch.empty(0)
        self.has_finite_loss = False

    def phases(self) -> tuple[tuple[Phase, Callable[[], None]], ...]:
        return (
            (Phase.RESET_PARAMETER_GRADIENTS, self.optimiser.zero_grad),
            (Phase.RESET_STATE_GRADIENTS, lambda: zero_grad(self.model)),
            (Phase.RESET_STATES, lambda: reset_states(self.model)),
            (Phase.FORWARD, self.forward),
            (Phase.LOSS, self.compute_loss),
            (Phase.BACKWARD, self.backward),
            (Phase.UPDATE, self.update),
        )

    def forward(self) -> None:
        try:
            for layer in self.layers.values():
                layer.hold_parameters()
            self.run_model()
        except NonFiniteError as error:
            raise diverged(self.epoch, self.layers, error) from error

    def run_model(self) -> None:
        """Keep the output, and what is recorded of the forward pass."""
        self.thresholds = {name: threshold_of(layer) for name, layer in self.layers.items()}
        self.parameters = {name: parameter.detach().clone().numpy() for name, parameter in self.model.named_parameters()}
        with outputs_kept(dict(self.layers)) as self.spikes:
            self.output = self.model(self.data)

    def measure(self) -> Tensor:
        """Return the loss of the output."""
        return self.task.loss(self.output)

    def compute_loss(self) -> None:
        self.loss = self.measure()
        self._require_finite(self.loss, self._output_layer(), f"loss from the {'spikes' if self.does_spike else 'output'}")
        self.has_finite_loss = True

    def backward(self) -> None:
        if self.loss.requires_grad:  # otherwise no learning parameter acts on the output, e.g. recurrent weights within a single time step
            self.loss.backward()
        for name, parameter in self.model.named_parameters():
            if parameter.grad is not None:
                norm = parameter.grad.norm().item()
                if not math.isfinite(norm):  # some value isn't, or its square is beyond float32
                    self._require_finite(parameter.grad, _module_of(name), f"gradient of the {_field_of(name)}")
                    norm = parameter.grad.double().norm().item()
                self.gradient_norms[name] = norm

    def update(self) -> None:
        try:
            self.optimiser.step()
        except RuntimeError as error:
            if "overflow" not in str(error):
                raise
            name = next(name for name, parameter in self.model.named_parameters() if parameter.grad is not None)
            raise DivergenceError(self.epoch, _module_of(name), f"new {_field_of(name)}") from error
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                self._require_finite(parameter, _module_of(name), _field_of(name))

    def record(self) -> EpochRecord:
        layers = tuple(record_of(name, layer, self.spikes[name], self.thresholds[name]) for name, layer in self.layers.items())
        return EpochRecord(
            epoch=self.epoch,
            spikes=self.output.sum().item(),
            loss=self.loss.item(),
            layers=layers,
            parameters=self.parameters,
            gradient_norms=self.gradient_norms,
            reach=tuple(layer.largest_u_over_threshold for layer in layers),
            rates=tuple(0.0 if layer.firing_rate is None else layer.firing_rate.item() for layer in self.layers.values()),
            constants=constants(self.parameters),
            task=self.task,
            measures=self.task.measure(self.output.detach()),
            output=self.output.detach().numpy(),
            does_spike=self.does_spike,
        )

    @property
    def does_spike(self) -> bool:
        """True if the output is that of the last spiking layer, perhaps in another shape."""
        if not self.layers:
            return False
        name, layer = next(reversed(self.layers.items()))
        return layer.does_spike and self.spikes[name].untyped_storage().data_ptr() == self.output.untyped_storage().data_ptr()

    def _output_layer(self) -> str:
        """Return the name of the last layer, by torch's numbers in a Sequential."""
        numbered = [name for name, _ in self.model.named_children() if name.isdecimal()]
        return numbered[-1] if numbered else next(reversed(self.layers), "")

    def _require_finite(self, value: Tensor, layer: str, quantity: str) -> None:
        value = value.detach()
        # A finite sum has finite terms, and takes a fraction of the time; a sum of finite terms may still leave float32.
        if not math.isfinite(value.sum().item()) and not bool(value.isfinite().all()):
            raise DivergenceError(self.epoch, layer, quantity)


def diverged(epoch: int, layers: Mapping[str, StatefulLayer], error: NonFiniteError) -> DivergenceError:
    """Return the error of a training in which a layer's potential is not finite."""
    name = next(name for name, layer in layers.items() if layer is error.layer)
    return DivergenceError(epoch, name, "membrane potential")


def constants(parameters: Mapping[str, Array]) -> dict[str, float]:
    """Return the mean over neurons of each time constant and threshold among parameters, by name."""
    return {name: float(values.mean()) for name, values in parameters.items() if _field_of(name) in CONSTANTS}


def _module_of(parameter: str) -> str:
    return parameter.rpartition(".")[0]


def _field_of(parameter: str) -> str:
    return parameter.rpartition(".")[2]
