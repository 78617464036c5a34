"""One epoch of a training as its seven phases change it, in numbers: a copy is trained from the start, and the original stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import nn

from snncore.arrays import Array
from snncore.errors import DivergenceError, ExperimentError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.spec import Experiment
from snncore.layers.model import spiking_layers
from snncore.run.bptt import Trainer
from snncore.run.epoch import EpochRecord, Phase

V_MEM = "v_mem"


@dataclass(frozen=True)
class WalkedEpoch:
    """What each phase of an epoch found and left.

    Attributes:
        record: the epoch, as training records it: the forward pass, the loss and the gradients.
        old_gradients: the gradients that the epoch before left, by parameter name; cleared by the first phase.
        graphs: number of state variables of each layer that still hung on the graph of the epoch before, by layer name; cut off by the
            second phase.
        left: v that the epoch before left in each layer, (batch, ...), by layer name; empty before the first epoch, and where it starts
            again after the third phase.
        moved: (new - old) of each parameter that the last phase moved, by name.
    """

    record: EpochRecord
    old_gradients: Mapping[str, Array]
    graphs: Mapping[str, int]
    left: Mapping[str, Array]
    moved: Mapping[str, Array]


def walk_epoch(experiment: Experiment, epoch: int, stop: Callable[[], bool] = lambda: False, files: Files = NO_FILES) -> WalkedEpoch | None:
    """Train a copy up to an epoch, and through its phases.

    Args:
        experiment: with the changes made while it trained, so that the copy makes them too.
        epoch: counted from 0.
        stop: asked before each phase; True ends the work.
        files: arrays that the input and the checkpoint name by their digest.

    Returns:
        None if it was stopped.

    Raises:
        ExperimentError: the task has labelled data, which are learned in batches; the Experiment can't be trained, or its numbers were no
            longer finite before the end of the epoch.
    """
    if experiment.task.is_labelled:
        raise ExperimentError("An epoch of labelled data has these phases in each of its batches, of which none is kept.")
    trainer = Trainer(experiment, files)
    try:
        while trainer.next_epoch < epoch:
            if not any(True for _ in trainer.epochs(1, stop)):
                return None
        seen = _Seen(trainer.model)
        records = list(trainer.epochs(1, stop, on_phase=seen.look))
    except DivergenceError as error:
        raise ExperimentError(str(error)) from error
    if not records:
        return None
    (record,) = records
    now = {name: parameter.detach().numpy() for name, parameter in trainer.model.named_parameters()}
    moved = {name: now[name] - before for name, before in record.parameters.items() if not np.array_equal(now[name], before)}
    return WalkedEpoch(record, seen.old_gradients, seen.graphs, seen.left, moved)


@dataclass
class _Seen:
    """Looks at the model before each phase."""

    model: nn.Module
    old_gradients: dict[str, Array] = field(default_factory=dict)
    graphs: dict[str, int] = field(default_factory=dict)
    left: dict[str, Array] = field(default_factory=dict)

    def look(self, phase: Phase) -> None:
        if phase is Phase.RESET_PARAMETER_GRADIENTS:
            named = self.model.named_parameters()
            self.old_gradients = {name: parameter.grad.numpy().copy() for name, parameter in named if parameter.grad is not None}
        elif phase is Phase.RESET_STATE_GRADIENTS:
            for name, layer in spiking_layers(self.model).items():
                self.graphs[name] = sum(getattr(layer, state).requires_grad for state in layer.state_names)
        elif phase is Phase.RESET_STATES:
            for name, layer in spiking_layers(self.model).items():
                self.left[name] = getattr(layer, V_MEM).detach().numpy().copy()
