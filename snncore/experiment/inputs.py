"""What an Experiment is fed with, as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import torch
from pydantic import FailFast, Field, model_validator
from torch import Tensor

from snncore import encoders
from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment.errors import abbreviated
from snncore.experiment.kinds import Kinds
from snncore.experiment.part import LARGEST_LENGTH, LARGEST_NUMBER, MOST_AXES, Count, Part, Positive

Files = Mapping[str, Array]
"""What was uploaded: inputs, (batch, time, ...), by their `files.content_hash`; weights by their digest, `/` and the parameter's name."""

NO_FILES: Files = MappingProxyType({})

Holds = Literal["events", "counts", "currents"]
"""What an uploaded file was read as: a list of events, or a raster that counts spikes or holds currents."""

MOST_DRAWN = 1000
"""Time steps of a current that is drawn by hand."""

STRONGEST = 1e6
Strength = Annotated[float, Field(ge=-STRONGEST, le=STRONGEST, strict=True)]
"""Of one value of an input, and what it is multiplied by: far within the range of float32, so that products stay finite."""

SHORTEST_PERIOD = 1e-3
"""Of a sine, in steps: far below the two that it needs, and the phase stays finite."""

Current = Annotated[float, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
"""Of a current that nothing is multiplied by: within the range of float32."""


class Input(Part):
    """Base of the inputs. Each has a field `kind` with its name, and is registered in `INPUT_KINDS`."""

    if TYPE_CHECKING:
        kind: str

    shape: Annotated[tuple[Annotated[int, Field(strict=True)], ...], FailFast()] = Field(min_length=3, max_length=MOST_AXES)
    """(batch, time, ...)."""

    @model_validator(mode="after")
    def _axes_can_be_built(self) -> Self:
        if min(self.shape) < 1:
            raise ValueError(f"shape is {abbreviated(self.shape)}; every axis of (batch, time, ...) must be at least 1")
        if max(self.shape) > LARGEST_LENGTH:
            raise ValueError(f"shape is {abbreviated(self.shape)}; every axis of (batch, time, ...) must be at most {LARGEST_LENGTH:,}")
        return self

    @property
    def carries_spikes(self) -> bool:
        """Whether its values count spikes; else they are currents."""
        return True

    @property
    def words(self) -> str:
        """What it is, for a sentence: "one random input", say."""
        raise NotImplementedError

    def is_random(self, dt: float) -> bool:
        """Whether another seed makes other values; `dt` as in `make`."""
        return False

    def draws(self, generator: torch.Generator, dt: float) -> Tensor | None:
        """The uniform numbers, float32 of `shape` in [0, 1), that `make` makes the input from with the same generator; None where it
        isn't made from such numbers, one for each value.
        """
        return None

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        """float32 of `shape`; `dt` is the length of a time step in seconds.

        Raises:
            ExperimentError: it is a file that isn't among `files`, or has another shape.
        """
        raise NotImplementedError


class _Weighted(Input):
    """Base of those whose values can be multiplied."""

    weight: Strength = 1.0

    @property
    def carries_spikes(self) -> bool:
        return self.weight == 1

    @property
    def _how_strong(self) -> str:
        return "" if self.weight == 1 else f", weight {self.weight:g}"


class RandomSpikes(_Weighted):
    """Every entry spikes by itself with `probability`: the quickstart's `torch.rand(shape) > 0.2`."""

    kind: Literal["random_spikes"] = "random_spikes"
    probability: float = Field(ge=0, le=1)

    def is_random(self, dt: float) -> bool:
        return self.weight != 0 and encoders.RAREST <= self.probability < 1

    @property
    def words(self) -> str:
        return f"spiking with probability {self.probability:g}{self._how_strong}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return self.weight * encoders.random_spikes(self.shape, self.probability, generator)

    def draws(self, generator: torch.Generator, dt: float) -> Tensor | None:
        return encoders.uniform_numbers(self.shape, generator)


class PoissonSpikes(_Weighted):
    """Poisson spike trains of `rate` Hz."""

    kind: Literal["poisson_spikes"] = "poisson_spikes"
    rate: float = Field(ge=0, le=1e6)

    def is_random(self, dt: float) -> bool:
        return self.weight != 0 and self.rate * dt >= encoders.RAREST

    @property
    def words(self) -> str:
        return f"Poisson spikes at {self.rate:g} Hz{self._how_strong}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return self.weight * encoders.poisson_spikes(self.shape, self.rate, dt, generator)

    def draws(self, generator: torch.Generator, dt: float) -> Tensor | None:
        return encoders.uniform_numbers(self.shape, generator) if self.rate * dt <= encoders.LARGEST_INVERTED else None


class LatencySpikes(Input):
    """Each neuron has one value, drawn uniformly from [0, 1), and spikes once, the larger the value the sooner."""

    kind: Literal["latency"] = "latency"

    def is_random(self, dt: float) -> bool:
        return self.shape[1] > 1

    @property
    def words(self) -> str:
        return "one spike per neuron, the larger its random value the sooner"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.latency_spikes(self.shape, generator)


class _FirstNeurons(Input):
    """Base of those that may leave some neurons without input."""

    neurons: Positive | None = None
    """Only the first so many neurons of the flattened sample get it; None: all."""

    @model_validator(mode="after")
    def _has_so_many_neurons(self) -> Self:
        encoders.check_neurons(self.shape, self.neurons)
        return self

    @property
    def _whose(self) -> str:
        if self.neurons is None:
            return ""
        return " in the first neuron" if self.neurons == 1 else f" in the first {self.neurons} neurons"


class SpikeBursts(_FirstNeurons, _Weighted):
    """A burst of `length` steps every `period` steps, from step `first` on, `count` of them; a regular train with length 1.

    The period of each next neuron is longer by `period_step` steps, so that trains drift in and out of coincidence.
    """

    kind: Literal["spike_bursts"] = "spike_bursts"
    period: Positive
    length: Positive = 1
    first: Count = 0
    count: Positive | None = None
    """Only so many bursts; None: until the end."""
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

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        bursts = encoders.spike_bursts(self.shape, self.period, self.length, self.first, self.neurons, self.period_step, self.count)
        return self.weight * bursts


class _Current(Input):
    """Base of the currents."""

    @property
    def carries_spikes(self) -> bool:
        return False


class StepCurrent(_Current, _FirstNeurons):
    """A current of `amplitude` from step `start` up to and without `stop`; constant without them."""

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


class RampCurrent(_Current):
    """A current in a straight line from `first` to `last`."""

    kind: Literal["ramp_current"] = "ramp_current"
    first: Current = 0.0
    last: Current

    @property
    def words(self) -> str:
        return f"a current from {self.first:g} to {self.last:g}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.ramp_current(self.shape, self.first, self.last)


class SineCurrent(_Current):
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


class DrawnCurrent(_Current, _Weighted):
    """A current drawn by hand: one of the `values` for each time step, the same for all neurons."""

    kind: Literal["drawn"] = "drawn"
    values: Annotated[tuple[Strength, ...], FailFast()] = Field(max_length=MOST_DRAWN)

    @model_validator(mode="after")
    def _has_a_value_for_each_step(self) -> Self:
        encoders.check_drawn(self.shape, self.values)
        return self

    @property
    def words(self) -> str:
        return f"a current drawn by hand, between {min(self.values):g} and {max(self.values):g}{self._how_strong}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return self.weight * encoders.drawn_current(self.shape, self.values)


class MovingBar(Input):
    """A bright bar that moves over a two-polarity sensor, (batch, time, 2, height, width)."""

    kind: Literal["moving_bar"] = "moving_bar"
    width: Positive = 2
    speed: float = Field(default=0.5, gt=0, le=STRONGEST)

    @model_validator(mode="after")
    def _can_be_seen(self) -> Self:
        encoders.check_moving_bar(self.shape, self.width, self.speed)
        return self

    @property
    def words(self) -> str:
        return f"a bar {self.width} pixels wide that moves {self.speed:g} pixels per step"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.moving_bar(self.shape, self.width, self.speed)


class DigitSpikes(Input):
    """Handwritten digits of 8×8 pixels, from scikit-learn's 1797, as ON and OFF spikes, (batch, time, 2, 8, 8).

    Sample b of the batch shows digit `index` + b, from the first again after the last. A pixel's contrast is how far it is above (ON) or
    below (OFF) the mean of its image, relative to the pixel that is farthest. As a `rate` code it spikes in each step with probability
    min(1, contrast · rate · dt), `rate` in Hz; as a latency code once, the stronger the contrast the sooner.
    """

    kind: Literal["digit"] = "digit"
    index: int = Field(ge=0, lt=encoders.DIGITS)
    code: Literal["rate", "latency"] = "rate"
    rate: float = Field(default=200.0, ge=0, le=1e6)

    @model_validator(mode="after")
    def _has_the_pixels_of_a_digit(self) -> Self:
        if self.shape[2:] != (2, 8, 8):
            raise ValueError(f"shape is {abbreviated(self.shape)}; a digit's ON and OFF spikes have (batch, time, 2, 8, 8)")
        return self

    def is_random(self, dt: float) -> bool:
        probabilities = encoders.digit_contrasts(self.index, self.shape[0]) * (self.rate * dt)
        return self.code == "rate" and bool(((probabilities >= encoders.RAREST) & (probabilities < 1)).any())

    @property
    def words(self) -> str:
        code = f"up to {self.rate:g} Hz" if self.code == "rate" else "stronger contrasts sooner"
        digits = f"digit no. {self.index}" if self.shape[0] == 1 else f"digits from no. {self.index} on"
        return f"ON and OFF spikes of handwritten {digits}, {code}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        contrasts = encoders.digit_contrasts(self.index, self.shape[0])
        if self.code == "latency":
            return encoders.latency_code(contrasts, self.shape[1])
        return encoders.rate_code(contrasts, self.shape[1], self.rate, dt, generator)


class FileSpikes(_Weighted):
    """What the user uploaded, as `files.read_raster` reads it. An Experiment only names it: by its file's `name`, for people, and by the
    `digest` that `files.content_hash` makes of it.
    """

    kind: Literal["file"] = "file"
    name: str = Field(max_length=100)
    digest: str = Field(pattern="^[0-9a-f]{32}$")
    holds: Holds | None = None
    """None: not known, as in what was saved before it was noted."""

    @property
    def carries_spikes(self) -> bool:
        return super().carries_spikes and self.holds != "currents"

    @property
    def read_as(self) -> str:
        """What the file was understood as: "events, in 100 time steps, 16 neurons, 1 sample", say."""
        batch, steps, *sample = self.shape
        if len(sample) == 1:
            places = _counted(sample[0], "neuron")
        else:
            axes = " (channels × height × width)" if len(sample) == 3 else ""
            places = " × ".join(f"{length:,}" for length in sample) + axes
        kinds = {None: "", "events": "events, in ", "counts": "spike counts, in ", "currents": "currents, in "}
        return f"{kinds[self.holds]}{_counted(steps, 'time step')}, {places}, {_counted(batch, 'sample')}"

    @property
    def words(self) -> str:
        return f"from the file {self.name!r}{self._how_strong}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        values = files.get(self.digest)
        if values is None:
            raise ExperimentError(
                f"The input is the file {self.name!r}, which is not here: links carry no files. Upload it again, or choose another input."
            )
        if values.shape != self.shape:
            raise ExperimentError(
                f"The input's shape is {self.shape}, but that of the file {self.name!r} is {values.shape}; set it to that."
            )
        return self.weight * torch.tensor(values, dtype=torch.float32)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


INPUT_KINDS: Kinds[Input] = Kinds("input")
"""Everything that a network may be fed with."""
for _spec in (
    RandomSpikes,
    PoissonSpikes,
    LatencySpikes,
    SpikeBursts,
    StepCurrent,
    RampCurrent,
    SineCurrent,
    DrawnCurrent,
    MovingBar,
    DigitSpikes,
    FileSpikes,
):
    INPUT_KINDS.register(_spec)

if TYPE_CHECKING:
    InputSpec = Input
else:
    InputSpec = Annotated[Any, INPUT_KINDS]
