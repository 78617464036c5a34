"""Readouts: what an output says about each class, (batch, classes). The class with the largest value is the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Readout = Literal["spike_count", "mean_potential", "largest_potential", "first_spike"]


def spike_count(spikes: Tensor) -> Tensor:
    """Return Σ over time of the spikes (batch, time, classes)."""
    return spikes.sum(dim=1)


def first_spike(spikes: Tensor) -> Tensor:
    """Return how many steps are left at each output's first spike, that step included; 0 without a spike.

    Gradients reach the first spike alone, or all steps of an output that is silent.
    """
    left = torch.arange(spikes.shape[1], 0, -1, dtype=spikes.dtype)
    return (spikes.clamp(max=1) * left[:, None]).amax(dim=1)


def mean_potential(u: Tensor) -> Tensor:
    """Return the mean over time of the membrane potentials before the reset (batch, time, classes)."""
    return u.mean(dim=1)


def largest_potential(u: Tensor) -> Tensor:
    """Return the largest membrane potential before the reset at any step."""
    return u.amax(dim=1)


def so_far(readout: Readout, output: Tensor) -> Tensor:
    """Return a readout of each beginning of an output, (batch, time, classes): at the last step it is the readout itself.

    Args:
        output: what the readout is of, (batch, time, classes).
    """
    steps = torch.arange(1, output.shape[1] + 1, dtype=output.dtype)[:, None]
    match readout:
        case "spike_count":
            return output.cumsum(dim=1)
        case "mean_potential":
            return output.cumsum(dim=1) / steps
        case "largest_potential":
            return output.cummax(dim=1).values
        case "first_spike":
            return (output.clamp(max=1) * steps.flip(0)).cummax(dim=1).values


OF_SPIKES: dict[str, Callable[[Tensor], Tensor]] = {"spike_count": spike_count, "first_spike": first_spike}
OF_POTENTIALS: dict[str, Callable[[Tensor], Tensor]] = {"mean_potential": mean_potential, "largest_potential": largest_potential}
