"""Poisson spike trains."""

from __future__ import annotations

from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor

from snncore import encoders
from snncore.experiment.inputs.base import INPUT_KINDS, Files, Weighted, two_digits
from snncore.experiment.part import Shape

HIGHEST_RATE = 1e6
"""Hz."""

LIVELY_SPIKES = 0.1
"""Mean spikes per step of a lively train."""


@INPUT_KINDS.register
class PoissonSpikes(Weighted):
    """Poisson spike trains of `rate` Hz."""

    kind: Literal["poisson_spikes"] = "poisson_spikes"
    rate: float = Field(ge=0, le=HIGHEST_RATE)

    @property
    def words(self) -> str:
        return f"Poisson spikes at {self.rate:g} Hz{self._how_strong}"

    def is_random(self, dt: float) -> bool:
        return self.weight != 0 and self.rate * dt >= encoders.RAREST

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return self.weight * encoders.poisson_spikes(self.shape, self.rate, dt, generator)

    def draws(self, generator: torch.Generator, dt: float) -> Tensor | None:
        return encoders.uniform_numbers(self.shape, generator) if self.rate * dt <= encoders.LARGEST_INVERTED else None

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"rate": 50.0}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        rate = min(LIVELY_SPIKES / dt, HIGHEST_RATE)
        return {"rate": rate, "weight": two_digits(mean / (rate * dt))}
