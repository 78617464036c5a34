"""Spike trains to feed a network with, each drawn from an explicit `torch.Generator`."""

from __future__ import annotations

import torch
from torch import Tensor

from snncore.errors import ParameterError


def random_spikes(shape: tuple[int, ...], probability: float, generator: torch.Generator | None = None) -> Tensor:
    """Independent spikes: each entry is 1 with `probability` (0 to 1), else 0; float32 of `shape`, (batch, time, ...).

    With probability 0.8 the numbers drawn and compared are those of `torch.rand(shape) > 0.2`.

    Raises:
        ParameterError: a probability outside [0, 1].
    """
    if not 0 <= probability <= 1:
        raise ParameterError(f"random spikes: probability is {probability}; it must lie between 0 and 1.")
    drawn = torch.rand(shape, generator=generator, dtype=torch.float32)  # [0, 1)
    return torch.ones_like(drawn) if probability == 1 else (drawn > 1 - probability).float()
