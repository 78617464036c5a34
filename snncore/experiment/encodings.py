"""Encodings: how values without time become spikes or currents in time. Each kind registers in `ENCODING_KINDS`."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import torch
from pydantic import Field, ValidationError
from torch import Tensor

from snncore import encoders
from snncore.errors import MisfitError, RegistrationError
from snncore.experiment.kinds import Kinds
from snncore.experiment.part import Part, Shape
from snncore.experiment.trial import in_type, try_seeds

FASTEST = 1e6
"""Hz."""

STRONGEST = 1e6

Rate = Annotated[float, Field(ge=0, le=FASTEST)]


TRIAL_SAMPLES: tuple[Shape, ...] = ((12,), (4, 4))
"""Shapes of a sample for trying an encoding; it needn't take both."""

TRIAL_DT = 1e-3
"""Seconds."""


class Encoding(Part):
    """Base of the encodings. A subclass has a field `kind` with its name, and is registered in `ENCODING_KINDS`.

    Attributes:
        title: its name for people: "Rate code".
        takes_time: whether it takes samples that already have time.
        makes_spikes: whether what it makes are spikes, if they are whole numbers.
    """

    if TYPE_CHECKING:
        kind: str

    title: ClassVar[str] = ""
    takes_time: ClassVar[bool] = False
    makes_spikes: ClassVar[bool] = True

    @classmethod
    def check_kind(cls) -> None:
        if not (isinstance(cls.title, str) and cls.title):
            raise RegistrationError(f'{cls.__name__} has no title; give it a name for people, such as title = "Rate code".')

    @classmethod
    def try_kind(cls) -> None:
        """Encode a value of each size with two seeds; raise RegistrationError if what is made isn't as the kind says."""
        try:
            encoding = cls.model_validate({})
        except ValidationError as error:
            raise RegistrationError(
                f"{cls.__name__}: it can't be made without values for its fields; give each field a default."
            ) from error
        samples, steps = 2, 20
        for shape in TRIAL_SAMPLES:
            try:
                made = (samples, steps, *encoding.output_shape(shape))
            except MisfitError:
                continue
            values = torch.linspace(0, 1, samples * math.prod(shape)).reshape(samples, *shape)
            if cls.takes_time:
                values = values.unsqueeze(1).expand(samples, steps, *shape)
            try_seeds(cls.__name__, "encode", partial(encoding._tried, values, made), encoding.is_random)

    def _tried(self, values: Tensor, shape: Shape, generator: torch.Generator) -> Tensor:
        encoded = self.encode(values, shape[1], TRIAL_DT, generator)
        if not isinstance(encoded, Tensor) or encoded.shape != shape or encoded.dtype != torch.float32:
            raise RegistrationError(f"{type(self).__name__}: its encode makes {in_type(encoded)}; it must return float32 {shape}.")
        return encoded

    @property
    def is_random(self) -> bool:
        """Return True if it draws random numbers."""
        return False

    def output_shape(self, sample: Shape) -> Shape:
        """Return the shape of one time step, given that of a sample; raise MisfitError for a shape that it can't take."""
        return sample

    @abstractmethod
    def encode(self, values: Tensor, steps: int, dt: float, generator: torch.Generator) -> Tensor:
        """Return spikes or currents, float32 (batch, steps, ...).

        Args:
            values: (batch, ...) in [0, 1]; with `takes_time`, (batch, steps, ...).
            dt: length of a time step in seconds.
            generator: source of everything random.
        """


ENCODING_KINDS: Kinds[Encoding] = Kinds("encoding", Encoding)
"""Every kind of encoding."""


@ENCODING_KINDS.register
class RateCode(Encoding):
    """Spikes at random: in each step with probability min(1, value · rate · dt), `rate` in Hz. Every epoch draws other ones."""

    title: ClassVar[str] = "Rate code"
    kind: Literal["rate"] = "rate"
    rate: Rate = 200.0

    @property
    def is_random(self) -> bool:
        return True

    def encode(self, values: Tensor, steps: int, dt: float, generator: torch.Generator) -> Tensor:
        return encoders.rate_code(values, steps, self.rate, dt, generator)


@ENCODING_KINDS.register
class LatencyCode(Encoding):
    """One spike for each value above 0, the larger the sooner: at step (1-value)·(steps-1), rounded."""

    title: ClassVar[str] = "Latency code"
    kind: Literal["latency"] = "latency"

    def encode(self, values: Tensor, steps: int, dt: float, generator: torch.Generator) -> Tensor:
        return encoders.latency_code(values, steps)


@ENCODING_KINDS.register
class OnOffCode(Encoding):
    """ON and OFF spikes of images: how far each pixel is above or below its image's mean, as a `rate` or `latency` code.

    Shape: (batch, height, width) -> (batch, steps, 2, height, width).
    """

    title: ClassVar[str] = "ON and OFF"
    kind: Literal["on_off"] = "on_off"
    code: Literal["rate", "latency"] = "rate"
    rate: Rate = 200.0

    @property
    def is_random(self) -> bool:
        return self.code == "rate"

    def output_shape(self, sample: Shape) -> Shape:
        if len(sample) != 2:
            raise MisfitError(f"The on_off encoding takes images (height, width), but a sample has the shape {sample}; use rate or latency")
        return 2, *sample

    def encode(self, values: Tensor, steps: int, dt: float, generator: torch.Generator) -> Tensor:
        contrasts = encoders.on_off(values)
        if self.code == "latency":
            return encoders.latency_code(contrasts, steps)
        return encoders.rate_code(contrasts, steps, self.rate, dt, generator)


@ENCODING_KINDS.register
class ConstantCurrent(Encoding):
    """Each value as a constant current, value · `amplitude`."""

    title: ClassVar[str] = "Constant current"
    makes_spikes: ClassVar[bool] = False
    kind: Literal["current"] = "current"
    amplitude: float = Field(default=1.0, ge=-STRONGEST, le=STRONGEST)

    def encode(self, values: Tensor, steps: int, dt: float, generator: torch.Generator) -> Tensor:
        current = (self.amplitude * values).unsqueeze(1)
        return current.expand(len(values), steps, *values.shape[1:]).contiguous()


@ENCODING_KINDS.register
class AsGiven(Encoding):
    """The samples' own values in time."""

    title: ClassVar[str] = "As given"
    takes_time: ClassVar[bool] = True
    kind: Literal["given"] = "given"

    def encode(self, values: Tensor, steps: int, dt: float, generator: torch.Generator) -> Tensor:
        return values


def kinds_taking(sample: Shape) -> list[str]:
    """Return the kinds of encoding for samples of this shape without time."""
    return [kind for kind, each in ENCODING_KINDS.items() if not each.takes_time and _takes(each, sample)]


def _takes(kind: type[Encoding], sample: Shape) -> bool:
    try:
        kind.model_validate({}).output_shape(sample)
    except MisfitError:
        return False
    return True


if TYPE_CHECKING:
    EncodingSpec = Encoding
else:
    EncodingSpec = Annotated[Any, ENCODING_KINDS]
