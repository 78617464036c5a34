"""A training on labelled data with Sinabs's layers: from the first weights of an Experiment, on its batches, as its own documents train."""

from __future__ import annotations

from typing import Any

import sinabs.activation
import sinabs.layers
import torch
from torch import Tensor, nn

from snncore import layers
from snncore.activation import MultiSpike, SingleSpike
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification

SPIKE_FUNCTIONS = {MultiSpike: sinabs.activation.MultiSpike, SingleSpike: sinabs.activation.SingleSpike}


class SinabsTraining:
    """Raises TypeError for a layer that Sinabs doesn't have, or for spike counts that aren't read from potentials."""

    def __init__(self, experiment: Experiment) -> None:
        task = experiment.training.task
        if not (isinstance(task, Classification) and task.reads_potentials):
            raise TypeError(f"{task.kind} is not read from potentials")
        self.task = task
        self.experiment = experiment
        self.halves = task.data.make()
        self.model = nn.Sequential(*(_of_sinabs(module, experiment.input.shape[1]) for module in experiment.build()))
        self.layers = [layer for layer in self.model if isinstance(layer, sinabs.layers.StatefulLayer)]
        learning = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimiser: torch.optim.Optimizer = getattr(torch.optim, experiment.training.optimiser)(learning, lr=experiment.training.lr)

    def epoch(self, number: int, batches: tuple[Tensor, ...]) -> tuple[float, float]:
        """Learn the batches, then test; return the mean loss and the test accuracy.

        Args:
            batches: places in the training half of the samples of each batch.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = self.experiment.training.learning_rate(number)
        loss_sum = 0.0
        for places in batches:
            self.optimiser.zero_grad()
            loss = self.task.loss_of(self._readouts(self.halves.train.values[places]), self.halves.train.labels[places])
            loss.backward()
            self.optimiser.step()
            loss_sum += len(places) * loss.item()
        with torch.no_grad():
            parts = zip(*(half.split(self.experiment.training.batch_size) for half in self.halves.test), strict=True)
            right = sum(int((self._readouts(values).argmax(dim=1) == labels).sum()) for values, labels in parts)
        return loss_sum / sum(map(len, batches)), right / len(self.halves.test.labels)

    def _readouts(self, values: Tensor) -> Tensor:
        for layer in self.layers:
            layer.reset_states()
        experiment = self.experiment
        return self.task.read(self.model(self.task.encoded(values, experiment.input.shape[1:], experiment.dt, torch.Generator())))


def _of_sinabs(ours: nn.Module, steps: int) -> nn.Module:
    """Return a layer of neurons as Sinabs has it, and any other layer as it is, in a network whose samples have `steps` time steps."""
    if isinstance(ours, layers.UnflattenTime):
        return nn.Unflatten(0, (-1, steps))
    if not isinstance(ours, layers.StatefulLayer):
        return ours
    arguments: dict[str, Any] = {"tau_mem": ours.tau_mem.item(), "norm_input": ours.norm_input}
    if hasattr(ours, "surrogate_grad_fn"):
        arguments["spike_fn"] = SPIKE_FUNCTIONS[type(ours.spike_fn)]
        arguments["surrogate_grad_fn"] = ours.surrogate_grad_fn  # a function of u and θ, which Sinabs takes too
    if isinstance(ours, layers.ALIF):
        arguments |= {"tau_adapt": ours.tau_adapt.item(), "adapt_scale": float(ours.adapt_scale)}
    if hasattr(ours, "num_timesteps"):
        arguments["num_timesteps"] = steps
    made: nn.Module = getattr(sinabs.layers, type(ours).__name__)(**arguments)
    for name, parameter in made.named_parameters():
        parameter.requires_grad_(getattr(ours, name).requires_grad)
    return made
