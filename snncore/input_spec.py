"""What an Experiment is fed with, as data."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from snncore import encoders
from snncore.part import Part


class _InputSpec(Part):
    """Base of them."""

    shape: tuple[int, ...] = Field(min_length=3)
    """(batch, time, ...)."""

    @model_validator(mode="after")
    def _axes_are_positive(self) -> Self:
        if min(self.shape) < 1:
            raise ValueError(f"shape is {self.shape}; every axis of (batch, time, ...) must be at least 1")
        return self

    @property
    def words(self) -> str:
        """What it is, for a sentence: "one random input", say."""
        raise NotImplementedError

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        """float32 of `shape`; `dt` is the length of a time step in seconds."""
        raise NotImplementedError


class RandomSpikes(_InputSpec):
    """Every entry spikes by itself with `probability`: the quickstart's `torch.rand(shape) > 0.2`."""

    kind: Literal["random_spikes"] = "random_spikes"
    probability: float = Field(ge=0, le=1)

    @property
    def words(self) -> str:
        return f"spiking with probability {self.probability:g}"

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        return encoders.random_spikes(self.shape, self.probability, generator)


class PoissonSpikes(_InputSpec):
    """Poisson spike trains of `rate` Hz."""

    kind: Literal["poisson_spikes"] = "poisson_spikes"
    rate: float = Field(ge=0, le=1e6)

    @property
    def words(self) -> str:
        return f"Poisson spikes at {self.rate:g} Hz"

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        return encoders.poisson_spikes(self.shape, self.rate, dt, generator)


class SpikeBursts(_InputSpec):
    """A burst of `length` steps every `period` steps, from step `first` on; a regular train with length 1."""

    kind: Literal["spike_bursts"] = "spike_bursts"
    period: int = Field(ge=1)
    length: int = Field(default=1, ge=1)
    first: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.length > self.period:
            raise ValueError(f"length is {self.length}, more than the period of {self.period} steps; use at most {self.period}")
        return self

    @property
    def words(self) -> str:
        burst = "a spike" if self.length == 1 else f"a burst of {self.length} spikes"
        return f"{burst} every {self.period} steps"

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        return encoders.spike_bursts(self.shape, self.period, self.length, self.first)


class StepCurrent(_InputSpec):
    """A current of `amplitude` from step `start` up to and without `stop`; constant without them."""

    kind: Literal["step_current"] = "step_current"
    amplitude: float
    start: int = Field(default=0, ge=0)
    stop: int | None = Field(default=None, ge=0)

    @property
    def words(self) -> str:
        if self.start == 0 and self.stop is None:
            return f"a constant current of {self.amplitude:g}"
        return f"a current of {self.amplitude:g} from step {self.start}" + ("" if self.stop is None else f" to {self.stop}")

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        return encoders.step_current(self.shape, self.amplitude, self.start, self.stop)


class RampCurrent(_InputSpec):
    """A current in a straight line from `first` to `last`."""

    kind: Literal["ramp_current"] = "ramp_current"
    first: float = 0.0
    last: float

    @property
    def words(self) -> str:
        return f"a current from {self.first:g} to {self.last:g}"

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        return encoders.ramp_current(self.shape, self.first, self.last)


class SineCurrent(_InputSpec):
    """`offset + amplitude · sin(2π t / period)`, the period in steps."""

    kind: Literal["sine_current"] = "sine_current"
    amplitude: float
    period: float = Field(gt=0)
    offset: float = 0.0

    @property
    def words(self) -> str:
        return f"a sine current of {self.amplitude:g} around {self.offset:g}, {self.period:g} steps long"

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        return encoders.sine_current(self.shape, self.amplitude, self.period, self.offset)


class MovingBar(_InputSpec):
    """A bright bar that moves over a two-polarity sensor, (batch, time, 2, height, width)."""

    kind: Literal["moving_bar"] = "moving_bar"
    width: int = Field(default=2, ge=1)
    speed: float = Field(default=0.5, gt=0)

    @model_validator(mode="after")
    def _can_be_seen(self) -> Self:
        encoders.moving_bar((1, 1, *self.shape[2:]), self.width, self.speed)
        return self

    @property
    def words(self) -> str:
        return f"a bar {self.width} pixels wide that moves {self.speed:g} pixels per step"

    def make(self, generator: torch.Generator, dt: float) -> Tensor:
        return encoders.moving_bar(self.shape, self.width, self.speed)


InputSpec = Annotated[
    RandomSpikes | PoissonSpikes | SpikeBursts | StepCurrent | RampCurrent | SineCurrent | MovingBar, Field(discriminator="kind")
]
INPUT_KINDS = ("random_spikes", "poisson_spikes", "spike_bursts", "step_current", "ramp_current", "sine_current", "moving_bar")
