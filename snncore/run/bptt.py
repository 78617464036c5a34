"""Training through time: an iterator of records, one for each epoch, which can stop between any two of an epoch's seven steps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from snncore.arrays import Array
from snncore.errors import DivergenceError, NonFiniteError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.learnable import Learnable
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.base import HasLoss, OwnLoss, Task
from snncore.experiment.tasks.spike_count import SpikeCount
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

    @property
    def score(self) -> float:
        """The task's score, in its own unit."""
        return self.task.score(self)

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
        """True if the record still holds the layers' arrays."""
        return bool(self.layers)

    @property
    def nbytes(self) -> int:
        """Size of all arrays in bytes."""
        is_kept_twice = any(np.may_share_memory(self.output, layer.spikes) for layer in self.layers[-1:])
        own = 0 if is_kept_twice else self.output.nbytes
        return own + sum(layer.nbytes for layer in self.layers) + sum(values.nbytes for values in self.parameters.values())

    def measured_by(self, task: Task) -> EpochRecord:
        """Return this epoch, whole, with its output measured by another task."""
        if task == self.task:
            return self
        output = torch.from_numpy(self.output)
        return replace(self, task=task, loss=task.loss(output).item(), measures=task.measure(output))

    def reduced(self) -> EpochRecord:
        """Return the record without arrays: its numbers alone."""
        return replace(self, layers=(), parameters={}, output=NO_OUTPUT)


def train(experiment: Experiment, stop: Callable[[], bool] = lambda: False, files: Files = NO_FILES) -> Iterator[EpochRecord]:
    """Build what the Experiment describes and train it.

    Trains for at most `experiment.training.epochs`, and makes the Experiment's changes at their epochs.

    Raises:
        ExperimentError: the network's output isn't what the task measures, or its input or weights are of a file that isn't among `files`.
    """
    return Trainer(experiment, files).epochs(experiment.training.epochs, stop)


class Trainer:
    """An Experiment's network while it is trained.

    Raises:
        ExperimentError: the network's output isn't what the task measures, or its input or weights are of a file that isn't among `files`.

    Attributes:
        experiment: the Experiment with the changes made so far.
        model, data, optimiser: the network, input and optimiser that it builds.
        next_epoch: number of the epoch that comes next.
    """

    def __init__(self, experiment: Experiment, files: Files = NO_FILES) -> None:
        experiment.check_trainable()
        self.experiment = experiment
        self.model = experiment.build(files)
        self.data = experiment.make_input(files)
        self.optimiser = experiment.make_optimiser(self.model)
        self.next_epoch = 0
        self._in_force = experiment.in_force(-1)

    def change(self, changes: dict[str, Any]) -> None:
        """Change some fields from the next epoch on. No epoch may be running.

        Raises:
            ExperimentError: a field that can't be changed while training runs, a value that can't be built, or nothing would learn; all
                stays as it was.
        """
        changed = self.experiment.changed(self.next_epoch, changes)
        changed.check_trainable()
        self.experiment = changed

    def epochs(self, count: int, stop: Callable[[], bool] = lambda: False) -> Iterator[EpochRecord]:
        """Train up to `count` more epochs, until the task is reached; see the function `epochs`."""
        for _ in range(count):
            self._take_changes()
            task = self._in_force.task
            for record in epochs(self.model, self.data, task, self.optimiser, first_epoch=self.next_epoch, count=1, stop=stop):
                self.next_epoch = record.epoch + 1
                yield record
                if record.is_reached:
                    return
            if stop():
                return

    def _take_changes(self) -> None:
        """Apply the next epoch's settings to model and optimiser."""
        old, new = self._in_force, self.experiment.in_force(self.next_epoch)
        self._in_force = new
        if new is old:
            return
        if new.training.optimiser != old.training.optimiser:
            self.optimiser = new.make_optimiser(self.model)
        for group in self.optimiser.param_groups:
            group["lr"] = new.training.lr
        for index, layer in enumerate(new.network):
            if isinstance(layer, Learnable) and layer != old.network[index]:
                layer.revise(self.model.get_submodule(str(index)))


def epochs(
    model: nn.Module,
    data: Tensor,
    task: Task | HasLoss,
    optimiser: Optimizer,
    *,
    first_epoch: int = 0,
    count: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_phase: Callable[[Phase], None] = lambda phase: None,
) -> Iterator[EpochRecord]:
    """Train by back-propagation through time, one record per epoch, until the task is reached.

    An epoch that `stop()` ends early leaves no record and changes no parameter, since the update comes last: training
    resumes with a new call and `first_epoch`.

    Args:
        model: a module with spiking layers, (batch, time, ...) -> (batch, time, ...); its recording is switched on.
        data: the input of every epoch.
        task: a task, or any object with a `loss(output)`, which is reached at loss 0.
        count: the most epochs to train; None: no limit.
        stop: asked before each phase; True ends the iteration.
        on_phase: called before each phase.

    Raises:
        DivergenceError: a potential, the loss, a gradient or an updated parameter is not finite. Where the forward pass
            was still good, its record comes first.
    """
    measured = task if isinstance(task, Task) else OwnLoss(task)
    layers = spiking_layers(model)
    for layer in layers.values():
        layer.record_states = True
    for epoch in itertools.count(first_epoch) if count is None else range(first_epoch, first_epoch + count):
        iteration = _Iteration(epoch, model, data, measured, optimiser)
        try:
            for phase, perform in iteration.phases():
                if stop():
                    return
                on_phase(phase)
                perform()
        except DivergenceError:
            if iteration.has_finite_loss:
                yield iteration.record()
            raise
        record = iteration.record()
        zero_grad(model)
        yield record
        if record.is_reached:
            return


class _Iteration:
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
            for name, layer in self.layers.items():
                layer.hold_parameters()
                self.thresholds[name] = threshold_of(layer)
            self.parameters = {name: parameter.detach().clone().numpy() for name, parameter in self.model.named_parameters()}
            with outputs_kept(dict(self.layers)) as self.spikes:
                self.output = self.model(self.data)
        except NonFiniteError as error:
            name = next(name for name, layer in self.layers.items() if layer is error.layer)
            raise DivergenceError(self.epoch, name, "membrane potential") from error

    def compute_loss(self) -> None:
        self.loss = self.task.loss(self.output)
        self._require_finite(self.loss, self._output_layer(), f"loss from the {'spikes' if self.does_spike else 'output'}")
        self.has_finite_loss = True

    def backward(self) -> None:
        if self.loss.requires_grad:  # otherwise no learning parameter acts on the output, e.g. recurrent weights within a single time step
            self.loss.backward()
        for name, parameter in self.model.named_parameters():
            if parameter.grad is not None:
                self._require_finite(parameter.grad, _module_of(name), f"gradient of the {_field_of(name)}")
                norm = parameter.grad.norm()
                self.gradient_norms[name] = float(norm if norm.isfinite() else parameter.grad.double().norm())

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
            constants={name: float(values.mean()) for name, values in self.parameters.items() if _is_constant(name)},
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
        if not bool(value.detach().isfinite().all()):
            raise DivergenceError(self.epoch, layer, quantity)


def _is_constant(parameter: str) -> bool:
    return _field_of(parameter) in CONSTANTS


def _module_of(parameter: str) -> str:
    return parameter.rpartition(".")[0]


def _field_of(parameter: str) -> str:
    return parameter.rpartition(".")[2]
