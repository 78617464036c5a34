"""An Experiment's network made ready for one pass: with given parameters, its input, and the loss of its output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from snncore.errors import ExperimentError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.parameters import Parameters, misfit, put, shapes_of
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.layers.model import reset_states, spiking_layers
from snncore.run.labelled import shown_samples


@dataclass(frozen=True)
class OnePass:
    """Attributes:
    model: the network, with dropout switched off.
    data: its input, (batch, time, ...).
    loss: returns the loss of the model's last output. With labelled data it reads the layers too.
    """

    model: nn.Module
    data: Tensor
    loss: Callable[[Tensor], Tensor]

    def run(self) -> Tensor:
        """Return the loss of a pass from the initial state."""
        reset_states(self.model)
        return self.loss(self.model(self.data))

    def number(self) -> float:
        """Return the loss as a number, without a gradient."""
        with torch.no_grad():
            return self.run().item()


def one_pass(experiment: Experiment, parameters: Parameters | None = None, files: Files = NO_FILES) -> OnePass:
    """Build the network for a pass.

    Labelled data are learned in batches of which none is kept; here the loss is that of the samples that the input shows.

    Args:
        parameters: all parameters of the network by name, to run it with instead of its own, as in `EpochRecord.parameters`.
        files: arrays that the input, the data and the checkpoint name by their digest.

    Raises:
        ExperimentError: the task can't measure the output, `parameters` belong to a different network, a file is missing, or the input
            isn't a sample of the labelled data.
    """
    experiment.check_trainable()
    model = experiment.build(files).eval()
    if parameters is not None:
        problem = misfit(shapes_of(parameters), shapes_of(dict(model.named_parameters())), experiment.parameter_label)
        if problem:
            raise ExperimentError(f"The parameters are not those of the network: {problem}.")
        put(parameters, model)
    if isinstance(experiment.training.task, Classification):
        last = spiking_layers(model).get(str(len(experiment.network) - 1))
        if last is not None:
            last.record_states = True  # the loss may read its potentials
        data, loss = shown_samples(experiment, model, files)
        return OnePass(model, data, loss)
    return OnePass(model, experiment.make_input(files), experiment.task.loss)
