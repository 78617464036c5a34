"""The task of firing at given time steps."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

import torch
from pydantic import FailFast, Field, field_validator
from torch import Tensor
from torch.nn.functional import pad

from snncore.errors import MisfitError
from snncore.experiment.part import LARGEST_LENGTH, LARGEST_NUMBER, Shape
from snncore.experiment.tasks.base import TASK_KINDS, Task

MOST_TIMES = 100_000
"""Most output neurons, and most target spikes of each."""

SHORTEST_TAU = 0.1
"""Shortest τ in steps, as in a layer."""

USUAL_SPIKES = 2
"""Target spikes of each neuron by default."""

Step = Annotated[int, Field(strict=True, ge=0, le=LARGEST_LENGTH)]
Steps = Annotated[tuple[Step, ...], FailFast(), Field(max_length=MOST_TIMES)]


def exponential_filter(spikes: Tensor, tau: float) -> Tensor:
    """Return f[t] = e^(−1/τ) f[t−1] + s[t] along the second axis.

    Each round doubles the reach of the kernel e^(−k/τ), so T steps take log₂ T rounds.
    """
    filtered, reach = spikes, 1
    while reach < spikes.shape[1]:
        decay = math.exp(-reach / tau)
        if decay == 0:
            break
        before = filtered[:, :-reach]
        filtered = filtered + decay * pad(before, (0, 0) * (spikes.dim() - 2) + (reach, 0))
        reach *= 2
    return filtered


@TASK_KINDS.register
class SpikeTimes(Task):
    """Output spikes at given steps.

    The loss is the distance of van Rossum (2001) between the spike trains, a mean over samples:

        D = (1/τ) Σ (f − g)² over steps and neurons,  f[t] = e^(−1/τ) f[t−1] + s[t],

    where g is the same filter of the target spikes.

    A missing or extra spike costs 1/(τ (1 − e^(−2/τ))) if the run goes on for long enough after it, ½ for a long τ; a spike that is
    k steps late costs 2 (1 − e^(−k/τ)) times as much. All fields may change during training: the weights stay, and the new distance
    counts from the next epoch on.

    Attributes:
        times: target steps of each output neuron, in the order of the flattened output.
        tau: τ in steps; the distance in time over which a target acts on a spike.
        tolerance: distance at which the task is reached.
    """

    score_name = "distance"
    goal_name = "tolerance"
    changeable = ("times", "tau", "tolerance")
    needs_spikes = "it has no spike times"

    kind: Literal["spike_times"] = "spike_times"
    times: Annotated[tuple[Steps, ...], FailFast()] = Field(max_length=MOST_TIMES)
    tau: float = Field(default=10.0, ge=SHORTEST_TAU, le=LARGEST_NUMBER)
    tolerance: float = Field(default=0.05, ge=0, le=LARGEST_NUMBER)

    @field_validator("times")
    @classmethod
    def _in_order_and_once(cls, times: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
        in_order = tuple(tuple(sorted(steps)) for steps in times)
        for neuron, steps in enumerate(in_order):
            twice = next((step for step, after in itertools.pairwise(steps) if step == after), None)
            if twice is not None:
                raise ValueError(f"output neuron {neuron} is to spike at step {twice} twice; name each step once")
        return in_order

    def loss(self, output: Tensor) -> Tensor:
        """Return the distance; raise MisfitError if the output has other neurons or too few steps."""
        misfit = self.misfit(tuple(output.shape))
        if misfit:
            raise misfit
        trains = output.flatten(2)
        target = trains.new_zeros(trains.shape[1:])
        target[_places(self.times)] = 1
        difference = exponential_filter(trains - target, self.tau)  # the filter is linear: f - g in one go
        return difference.square().sum() / (self.tau * len(trains))

    @property
    def goal(self) -> float:
        return self.tolerance

    @classmethod
    def fitting(cls, shape: Shape) -> Self:
        """Return a task of two spikes per neuron, spread over the run in turn."""
        _, steps, neurons = _sizes(shape)
        share = steps / (USUAL_SPIKES * neurons + 1)
        return cls(times=tuple(_spread(share, neuron, neurons) for neuron in range(neurons)))

    def misfit(self, shape: Shape) -> MisfitError | None:
        _, steps, neurons = _sizes(shape)
        late = next((neuron for neuron, each in enumerate(self.times) if each and each[-1] >= steps), None)
        if len(self.times) != neurons:
            outputs = f"{neurons:,} output neuron{'' if neurons == 1 else 's'}"
            reason = f"The task has target spikes for {len(self.times):,}, but the network has {outputs}; give a list for each"
        elif late is not None:
            reason = (
                f"The task asks output neuron {late} to spike at step {self.times[late][-1]:,}, but the run has {steps:,} steps; "
                f"use steps from 0 to {steps - 1:,}"
            )
        else:
            return None
        within = [tuple(step for step in each if step < steps) for each in self.times[:neurons]]
        return MisfitError(reason, {"times": (*within, *((),) * (neurons - len(within)))})

    def spikes_wanted(self, samples: int) -> int:
        return samples * sum(map(len, self.times))

    @property
    def marks(self) -> tuple[tuple[int, ...], ...]:
        return self.times

    def toggled(self, neuron: int, step: int) -> dict[str, Any]:
        times = list(self.times)
        times[neuron] = tuple(sorted({*times[neuron]} ^ {step}))
        return {"times": tuple(times)}


@lru_cache(maxsize=64)
def _places(times: tuple[tuple[int, ...], ...]) -> tuple[Tensor, Tensor]:
    """Return step and neuron of each target spike. Kept outside of the task, since tensors in it would take part in comparing tasks."""
    places = [(step, neuron) for neuron, steps in enumerate(times) for step in steps]
    steps, neurons = torch.tensor(places, dtype=torch.int64).reshape(-1, 2).unbind(1)
    return steps, neurons


def _sizes(shape: Shape) -> tuple[int, int, int]:
    """Return the numbers of samples, steps and neurons of an output."""
    return shape[0], shape[1], math.prod(shape[2:])


def _spread(share: float, neuron: int, neurons: int) -> tuple[int, ...]:
    return tuple(sorted({int(share * (number * neurons + neuron + 1)) for number in range(USUAL_SPIKES)}))
