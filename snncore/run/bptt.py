"""Training through time: an iterator of records, one for each epoch, which can stop between any two of an epoch's seven steps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from snncore.errors import DivergenceError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.learnable import Learnable
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.base import HasLoss, OwnLoss, Task
from snncore.experiment.tasks.classification import Classification
from snncore.layers.model import spiking_layers, zero_grad
from snncore.run.epoch import CONSTANTS, EpochRecord, Iteration, Phase
from snncore.run.labelled import LabelledEpoch

__all__ = ["CONSTANTS", "EpochRecord", "Phase", "Trainer", "epochs", "train"]


def train(experiment: Experiment, stop: Callable[[], bool] = lambda: False, files: Files = NO_FILES) -> Iterator[EpochRecord]:
    """Build what the Experiment describes and train it.

    Trains for at most `experiment.training.epochs`, and makes the Experiment's changes at their epochs.

    Raises:
        ExperimentError: the network's output isn't what the task measures, or its input or weights are of a file that isn't among `files`.
    """
    return Trainer(experiment, files).epochs(experiment.training.epochs, stop)


class Trainer:
    """An Experiment's network while it is trained.

    Args:
        left_out: a step of each epoch that is not done, to see what it is for; not with labelled data.

    Raises:
        ExperimentError: the network's output isn't what the task measures, or its input or weights are of a file that isn't among `files`.

    Attributes:
        experiment: the Experiment with the changes made so far.
        model, data, optimiser: the network, input and optimiser that it builds.
        next_epoch: number of the epoch that comes next.
    """

    def __init__(self, experiment: Experiment, files: Files = NO_FILES, left_out: Phase | None = None) -> None:
        task = experiment.training.task
        experiment.check_trainable()
        self.experiment = experiment
        self.model = experiment.build(files)
        self.data = experiment.make_input(files)
        self.optimiser = experiment.make_optimiser(self.model)
        self.next_epoch = 0
        self._left_out = left_out
        self._in_force = experiment.in_force(-1)
        self._halves = task.data.make(files) if isinstance(task, Classification) else None
        self._begun: LabelledEpoch | None = None

    def change(self, changes: dict[str, Any]) -> None:
        """Change some fields from the next epoch on. No epoch may be running; of labelled data one may have been stopped half-way.

        Raises:
            ExperimentError: a field that can't be changed while training runs, a value that can't be built, or nothing would learn; all
                stays as it was.
        """
        if self._begun and not self._begun.done:
            self._begun = None
        changed = self.experiment.changed(self.next_epoch + (self._begun is not None), changes)
        changed.check_trainable()
        self.experiment = changed

    @property
    def batches(self) -> tuple[int, int]:
        """Batches of labelled data that the present epoch has done, and how many it has; (0, 0) between two epochs."""
        begun = self._begun
        return (begun.done, begun.batches) if begun else (0, 0)

    @property
    def is_testing(self) -> bool:
        """Whether the present epoch of labelled data has learned all its batches, and tests."""
        return self._begun is not None and self._begun.done >= self._begun.learning

    def epochs(
        self,
        count: int,
        stop: Callable[[], bool] = lambda: False,
        on_batch: Callable[[], None] = lambda: None,
        on_phase: Callable[[Phase], None] = lambda phase: None,
    ) -> Iterator[EpochRecord]:
        """Train up to `count` more epochs, until the task is reached; see the function `epochs`.

        An epoch of labelled data that `stop()` ends keeps what its batches have learned, and the next call goes on with it.

        Args:
            on_batch: called after each batch of labelled data.
            on_phase: called before each phase of an epoch without labelled data.
        """
        for _ in range(count):
            for record in self._epoch(stop, on_batch, on_phase):
                self.next_epoch = record.epoch + 1
                yield record
                if record.is_reached:
                    return
            if stop():
                return

    def _epoch(self, stop: Callable[[], bool], on_batch: Callable[[], None], on_phase: Callable[[Phase], None]) -> Iterator[EpochRecord]:
        """Yield the record of the next epoch, or none if it was stopped."""
        if self._begun is None:
            self._take_changes()
        task, number = self._in_force.task, self.next_epoch
        if self._halves is None:
            given = (self.model, self.data, task, self.optimiser)
            yield from epochs(*given, first_epoch=number, count=1, stop=stop, on_phase=on_phase, left_out=self._left_out)
            return
        self._begun = self._begun or LabelledEpoch(number, self._in_force, self.model, self._halves, self.optimiser)
        record = self._begun.run(stop, on_batch=on_batch)
        if record is not None:
            self._begun = None
            yield record

    def _take_changes(self) -> None:
        """Apply the next epoch's settings to model and optimiser."""
        old, new = self._in_force, self.experiment.in_force(self.next_epoch)
        self._in_force = new
        if new.training.optimiser != old.training.optimiser:
            self.optimiser = new.make_optimiser(self.model)
        for group in self.optimiser.param_groups:
            group["lr"] = new.training.learning_rate(self.next_epoch)
        if new is old:
            return
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
    left_out: Phase | None = None,
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
        left_out: a phase that is not done, to see what it is for: not `FORWARD` or `LOSS`, without which there is nothing to record.

    Raises:
        ValueError: `left_out` can't be left out.
        DivergenceError: a potential, the loss, a gradient or an updated parameter is not finite. Where the forward pass
            was still good, its record comes first.
    """
    measured = task if isinstance(task, Task) else OwnLoss(task)
    if left_out in (Phase.FORWARD, Phase.LOSS):
        raise ValueError(f"Without the phase {left_out.value!r} there is nothing to record; leave out another one.")
    layers = spiking_layers(model)
    for layer in layers.values():
        layer.record_states = True
    for epoch in itertools.count(first_epoch) if count is None else range(first_epoch, first_epoch + count):
        iteration = Iteration(epoch, model, data, measured, optimiser)
        try:
            for phase, perform in iteration.phases():
                if stop():
                    return
                if phase is left_out:
                    continue
                on_phase(phase)
                perform()
        except DivergenceError:
            if iteration.has_finite_loss:
                yield iteration.record()
            raise
        record = iteration.record()
        if left_out is not Phase.RESET_STATE_GRADIENTS:
            zero_grad(model)
        yield record
        if record.is_reached:
            return
