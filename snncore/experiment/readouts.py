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


OF_SPIKES: dict[str, Callable[[Tensor], Tensor]] = {"spike_count": spike_count, "first_spike": first_spike}
OF_POTENTIALS: dict[str, Callable[[Tensor], Tensor]] = {"mean_potential": mean_potential, "largest_potential": largest_potential}
