"""Regular spike trains and bursts."""

from __future__ import annotations

from typing import Any, Literal, Self

import torch
from pydantic import model_validator
from torch import Tensor

from snncore import encoders
from snncore.experiment.inputs.base import INPUT_KINDS, STRONGEST, Files, FirstNeurons, Weighted, two_digits
from snncore.experiment.part import Count, Positive, Shape

USUAL_PERIOD = 10
"""Steps."""


@INPUT_KINDS.register
class SpikeBursts(FirstNeurons, Weighted):
    """`count` bursts of `length` steps every `period` steps, from step `first` on.

    With length 1, a regular spike train. Each neuron's period is `period_step` steps longer than that of the neuron before, so that
    trains drift in and out of coincidence.
    """

    kind: Literal["spike_bursts"] = "spike_bursts"
    period: Positive
    length: Positive = 1
    first: Count = 0
    count: Positive | None = None
    """Number of bursts; None: until the end."""
    period_step: Count = 0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.length > self.period:
            raise ValueError(f"length is {self.length}, more than the period of {self.period} steps; use at most {self.period}")
        return self

    @property
    def words(self) -> str:
        burst = "a spike" if self.length == 1 else f"a burst of {self.length} spikes"
        if self.count == 1:
            return f"{burst} at step {self.first}{self._whose}{self._how_strong}"
        longer = f", {self.period_step} more for each next neuron" if self.period_step else ""
        so_many = "" if self.count is None else f", up to {self.count} times"
        return f"{burst} every {self.period} steps{longer}{so_many}{self._whose}{self._how_strong}"

    def is_random(self, dt: float) -> bool:
        return False

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        bursts = encoders.spike_bursts(self.shape, self.period, self.length, self.first, self.neurons, self.period_step, self.count)
        return self.weight * bursts

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"period": USUAL_PERIOD}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        return {"period": USUAL_PERIOD, "first": shape[1] // 10, "weight": two_digits(USUAL_PERIOD * mean)}

    def begun_within(self, steps: int) -> dict[str, Any]:
        return {"first": steps // 10} if self.first >= steps else {}

    def bounds(self) -> dict[str, tuple[float, float]]:
        return {"first": (0, self.shape[1] - 1), "length": (1, self.period), "period": (self.length, STRONGEST)}
