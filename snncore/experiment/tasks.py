"""What a network is trained for. A task turns the network's output (batch, time, ...) into a loss and says when it is done."""

from __future__ import annotations

from typing import Literal, Protocol

from torch import Tensor

from snncore.experiment.part import Count, Part


class Task(Protocol):
    def loss(self, output: Tensor) -> Tensor:
        """A scalar with a gradient; 0 means reached."""
        ...


class SpikeCount(Part):
    """A given number of output spikes, all samples, neurons and time steps together: loss (Σ output - target)²."""

    kind: Literal["spike_count"] = "spike_count"
    target: Count = 10

    def loss(self, output: Tensor) -> Tensor:
        return (output.sum() - self.target) ** 2
