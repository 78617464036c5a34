"""Independent random spikes."""

from __future__ import annotations

from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor

from snncore import encoders
from snncore.experiment.inputs.base import INPUT_KINDS, Files, Weighted, two_digits
from snncore.experiment.part import Shape

LIVELY_PROBABILITY = 0.2


@INPUT_KINDS.register
class RandomSpikes(Weighted):
    """Independent spikes, each with `probability`: the quickstart's `torch.rand(shape) > 0.2`."""

    kind: Literal["random_spikes"] = "random_spikes"
    probability: float = Field(ge=0, le=1)

    @property
    def words(self) -> str:
        return f"spiking with probability {self.probability:g}{self._how_strong}"

    def is_random(self, dt: float) -> bool:
        return self.weight != 0 and encoders.RAREST <= self.probability < 1

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return self.weight * encoders.random_spikes(self.shape, self.probability, generator)

    def draws(self, generator: torch.Generator, dt: float) -> Tensor | None:
        return encoders.uniform_numbers(self.shape, generator)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"probability": 0.8}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        return {"probability": LIVELY_PROBABILITY, "weight": two_digits(mean / LIVELY_PROBABILITY)}
