"""Currents by formula: a step, a ramp, a sine."""

from __future__ import annotations

from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor

from snncore import encoders
from snncore.experiment.inputs.base import INPUT_KINDS, STRONGEST, Current, CurrentInput, Files, FirstNeurons, two_digits
from snncore.experiment.part import Count, Shape

SHORTEST_PERIOD = 1e-3
"""Shortest period of a sine, in steps: far below the two that it needs, and the phase stays finite."""


@INPUT_KINDS.register
class StepCurrent(CurrentInput, FirstNeurons):
    """A current of `amplitude` from step `start` to before `stop`; constant by default."""

    kind: Literal["step_current"] = "step_current"
    amplitude: Current
    start: Count = 0
    stop: Count | None = None

    @property
    def words(self) -> str:
        if self.start == 0 and self.stop is None:
            return f"a constant current of {self.amplitude:g}{self._whose}"
        until = "" if self.stop is None else f" to {self.stop}"
        return f"a current of {self.amplitude:g} from step {self.start}{until}{self._whose}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.step_current(self.shape, self.amplitude, self.start, self.stop, self.neurons)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"amplitude": 1.0, "start": shape[1] // 10}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        return {"amplitude": mean, "start": shape[1] // 10, "stop": max(shape[1] * 4 // 5, 1)}

    def begun_within(self, steps: int) -> dict[str, Any]:
        return {"start": steps // 10, "stop": None} if self.start >= steps else {}

    def bounds(self) -> dict[str, tuple[float, float]]:
        steps = self.shape[1]
        return {"start": (0, (self.stop or steps) - 1), "stop": (self.start + 1, max(steps, self.start + 1))}


@INPUT_KINDS.register
class RampCurrent(CurrentInput):
    """A current that changes linearly from `first` to `last`."""

    kind: Literal["ramp_current"] = "ramp_current"
    first: Current = 0.0
    last: Current

    @property
    def words(self) -> str:
        return f"a current from {self.first:g} to {self.last:g}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.ramp_current(self.shape, self.first, self.last)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"last": 1.0}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        return {"last": two_digits(2 * mean)}


@INPUT_KINDS.register
class SineCurrent(CurrentInput):
    """`offset + amplitude · sin(2π t / period)`, the period in steps."""

    kind: Literal["sine_current"] = "sine_current"
    amplitude: Current
    period: float = Field(ge=SHORTEST_PERIOD, le=STRONGEST)
    offset: Current = 0.0

    @property
    def words(self) -> str:
        return f"a sine current of {self.amplitude:g} around {self.offset:g} with a period of {self.period:g} steps"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.sine_current(self.shape, self.amplitude, self.period, self.offset)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"amplitude": 1.0, "period": _quarter(shape)}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        return {"amplitude": mean, "offset": mean, "period": _quarter(shape)}


def _quarter(shape: Shape) -> float:
    """Return a quarter of the time steps, but at least the two that a sine needs."""
    return max(shape[1] / 4, 2.0)
