"""Base of all inputs: shape, randomness, values, and the defaults of a new one.

A new kind of input is a class with a field `kind`, registered in `INPUT_KINDS`; `docs/architecture.md` says how.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import torch
from pydantic import FailFast, Field, ValidationError, model_validator
from torch import Tensor

from snncore import encoders
from snncore.arrays import Array
from snncore.errors import ExperimentError, RegistrationError, in_a_line
from snncore.experiment.errors import abbreviated
from snncore.experiment.field_words import FieldWords
from snncore.experiment.kinds import Kinds
from snncore.experiment.part import LARGEST_LENGTH, LARGEST_NUMBER, MOST_AXES, Part, Positive, Shape
from snncore.experiment.trial import in_type, try_seeds

Files = Mapping[str, Array]
"""Uploaded arrays: inputs, (batch, time, ...), by their `recordings.content_hash`; weights by digest, `/` and parameter name."""

NO_FILES: Files = MappingProxyType({})

Holds = Literal["events", "counts", "currents"]
"""How an uploaded file was read: as a list of events, or as a raster of spike counts or of currents."""

STRONGEST = 1e6
Strength = Annotated[float, Field(ge=-STRONGEST, le=STRONGEST, strict=True)]
"""Value or weight of an input: far within the range of float32, so that products stay finite."""

Current = Annotated[float, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
"""A current that isn't multiplied by a weight: within the range of float32."""

SENSOR: Shape = (2, 8, 8)
"""Polarity, height and width of a two-polarity sensor, where an input needs one."""

InputShape = Annotated[tuple[Annotated[int, Field(strict=True)], ...], FailFast()]


TRIAL: Shape = (1, 100, 16)
"""Shape of the input for trying a kind: large enough that two seeds give two inputs."""

LIVELY_TRIAL: Shape = (1, 100, 1)
"""Shape of the input of a single neuron for trying a kind."""

TRIAL_DT = 1e-3
"""Seconds."""


class Input(Part):
    """Base of all inputs. A subclass has a field `kind` with its name, and is registered in `INPUT_KINDS`.

    It must define `make`, `is_random`, `words` and `usual`; the other methods have defaults that suit most inputs.
    """

    is_supplied: ClassVar[bool] = False
    """True if the user draws or uploads its values, or the task has them."""

    title: ClassVar[str] = ""
    """Name of a kind from outside: "Sawtooth". The names of built-in kinds are in `app`."""

    field_words: ClassVar[Mapping[str, FieldWords]] = MappingProxyType({})
    """Words for the fields of a kind from outside, by name: for all but `kind` and `shape`."""

    if TYPE_CHECKING:
        kind: str

    shape: InputShape = Field(min_length=3, max_length=MOST_AXES)
    """(batch, time, ...)."""

    @model_validator(mode="after")
    def _axes_can_be_built(self) -> Self:
        if min(self.shape) < 1:
            raise ValueError(f"shape is {abbreviated(self.shape)}; every axis of (batch, time, ...) must be at least 1")
        if max(self.shape) > LARGEST_LENGTH:
            raise ValueError(f"shape is {abbreviated(self.shape)}; every axis of (batch, time, ...) must be at most {LARGEST_LENGTH:,}")
        return self

    @classmethod
    def check_kind(cls) -> None:
        name, words = cls.__name__, cls.field_words
        if not (isinstance(words, Mapping) and all(isinstance(said, FieldWords) for said in words.values())):
            raise RegistrationError(f"{name}: its field_words are {words!r}; give {{field: FieldWords(name, note)}}.")
        if not isinstance(cls.title, str):
            raise RegistrationError(f"{name}: its title is {cls.title!r}; give its name for people as a text.")
        fields = cls.model_fields.keys() - {"kind", "shape"}
        unknown, missing = sorted(words.keys() - fields), sorted(fields - words.keys())
        if unknown:
            raise RegistrationError(f"{name}: field_words describes {', '.join(unknown)}, which it doesn't have; remove that.")
        if cls.is_built_in():
            return
        if missing:
            raise RegistrationError(f"{name}: field_words doesn't describe {', '.join(missing)}; add a FieldWords for each field.")
        if not cls.title:
            raise RegistrationError(f'{name} has no title; give it a name for people, such as title = "Sawtooth".')

    @classmethod
    def try_kind(cls) -> None:
        """Make a usual and a lively input with two seeds each; raise RegistrationError if they aren't as the kind says."""
        try:
            cls._made_of("usual", cls.fitting(TRIAL))._try()
        except ExperimentError as error:
            if not cls.is_supplied:  # else there is no usual one
                raise RegistrationError(f"{cls.__name__}: usual gives no input: {error}") from error
        try:
            fields = cls.lively(LIVELY_TRIAL, mean=1.0, dt=TRIAL_DT)
        except Exception as error:
            raise RegistrationError(
                f"{cls.__name__}: its lively ended in {in_a_line(error)}; lively(shape, mean, dt) must return fields, or None."
            ) from error
        if fields is None:
            return
        if not isinstance(fields, dict):
            raise RegistrationError(f"{cls.__name__}: its lively returns {in_type(fields)}; it must return a dict of fields, or None.")
        cls._made_of("lively", {"kind": cls.model_fields["kind"].default, "shape": LIVELY_TRIAL, **fields})._try()

    @classmethod
    def _made_of(cls, method: str, fields: Mapping[str, Any]) -> Self:
        try:
            return cls(**fields)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            where = ".".join(map(str, problem["loc"])) or "the input"
            raise RegistrationError(
                f"{cls.__name__}: what {method} gives can't be an input: {where}: {problem['msg']}; correct {method}."
            ) from error

    def _try(self) -> None:
        name = type(self).__name__
        if not isinstance(self.words, str):
            raise RegistrationError(f"{name}: its words are {self.words!r}; give a text.")
        try:
            try_seeds(name, "make", lambda generator: values_of(self, generator, TRIAL_DT, NO_FILES), self.is_random(TRIAL_DT))
        except ExperimentError as error:
            raise RegistrationError(str(error)) from error
        try:
            draws = self.draws(torch.Generator().manual_seed(0), TRIAL_DT)
        except Exception as error:
            raise RegistrationError(f"{name}: its draws ended in {in_a_line(error)}; correct it, or leave it out.") from error
        if draws is None:
            return
        if not isinstance(draws, Tensor) or draws.shape != self.shape or draws.dtype != torch.float32:
            raise RegistrationError(f"{name}: its draws returns {in_type(draws)}; it must return float32 {self.shape}, or None.")
        if not ((draws >= 0) & (draws < 1)).all():
            raise RegistrationError(f"{name}: its draws returns numbers outside of [0, 1); return those that make compares.")

    # ---------------------------------------------------------------------------------------------- what it is

    @property
    @abstractmethod
    def words(self) -> str:
        """Describe it for the middle of a sentence: "a ramp from 0 to 2"."""

    @property
    def carries_spikes(self) -> bool:
        """True if its values count spikes; else they are currents."""
        return True

    @abstractmethod
    def is_random(self, dt: float) -> bool:
        """Return True if its values depend on the seed; `dt` as in `make`."""

    @abstractmethod
    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        """Return its values.

        Args:
            generator: source of everything random; seeded with `seeds.input`.
            dt: length of a time step in seconds.
            files: uploaded arrays.

        Returns:
            A new float32 tensor of `shape`.

        Raises:
            ExperimentError: it is a file that isn't among `files`, or has another shape.
        """

    def draws(self, generator: torch.Generator, dt: float) -> Tensor | None:
        """Return the uniform numbers that `make` turns into values, given an equal generator.

        Returns:
            float32 of `shape` in [0, 1), one for each value; None if the input isn't made from such numbers.
        """
        return None

    # ----------------------------------------------------------------------------------------- how one begins

    @classmethod
    @abstractmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        """Return usual values of its fields except `kind` and `shape`.

        Args:
            shape: (batch, time, ...) of the input.
        """

    @classmethod
    def sample_for(cls, sample: Shape) -> Shape:
        """Return `sample`, the shape of one time step, or the shape that this kind needs."""
        return sample

    @classmethod
    def fitting(cls, shape: Shape) -> dict[str, Any]:
        """Return a usual input of this kind as data.

        It has the given `shape` (batch, time, ...) if the kind takes it.
        """
        shape = (*shape[:2], *cls.sample_for(shape[2:]))
        return {"kind": cls.model_fields["kind"].default, "shape": shape, **cls.usual(shape)}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        """Return fields with which its mean is near `mean`, so that a single neuron spikes.

        Args:
            shape: (1, time, neurons).
            mean: mean of all values while the input is on.
            dt: length of a time step in seconds.

        Returns:
            As in `usual`; None for a kind that isn't offered for a single neuron.
        """
        return None

    # -------------------------------------------------------------------------------------- how it is edited

    def reshaped(self, shape: Shape) -> dict[str, Any]:
        """Return the fields that change if the input gets another `shape` (batch, time, ...).

        Raises:
            ExperimentError: this input can't have that shape.
        """
        return {"shape": shape}

    def begun_within(self, steps: int) -> dict[str, Any]:
        """Return the fields to change so that the input begins within `steps` time steps; none if it does."""
        return {}

    def bounds(self) -> dict[str, tuple[float, float]]:
        """Return least and largest value by field, for whole numbers bounded by other fields."""
        return {}


def values_of(source: Input, generator: torch.Generator, dt: float, files: Files) -> Tensor:
    """Return what an input's `make` returns, once it is known to be a tensor as required.

    Raises:
        ExperimentError: `make` raised an error, or returned something else; the one sentence names the kind.
    """
    kind = source.kind
    try:
        values = source.make(generator, dt, files)
    except (ExperimentError, MemoryError):
        raise
    except Exception as error:
        raise ExperimentError(
            f"The input {kind!r} can't be made: {in_a_line(error)}; choose another input, or correct its make."
        ) from error
    if not isinstance(values, Tensor) or values.shape != source.shape or values.dtype != torch.float32:
        raise ExperimentError(f"The input {kind!r} makes {in_type(values)}; its make must return float32 {source.shape}.")
    return values


class Weighted(Input):
    """Base of inputs whose values are multiplied by a weight."""

    weight: Strength = 1.0

    @property
    def carries_spikes(self) -> bool:
        return self.weight == 1

    @property
    def _how_strong(self) -> str:
        return "" if self.weight == 1 else f", weight {self.weight:g}"


class FirstNeurons(Input):
    """Base of inputs that may reach only the first neurons."""

    neurons: Positive | None = None
    """Number of neurons, from the first of the flattened sample, that get it; None: all."""

    @model_validator(mode="after")
    def _has_so_many_neurons(self) -> Self:
        encoders.check_neurons(self.shape, self.neurons)
        return self

    @property
    def _whose(self) -> str:
        if self.neurons is None:
            return ""
        return " in the first neuron" if self.neurons == 1 else f" in the first {self.neurons} neurons"


class CurrentInput(Input):
    """Base of currents, which aren't random."""

    @property
    def carries_spikes(self) -> bool:
        return False

    def is_random(self, dt: float) -> bool:
        return False


def two_digits(value: float) -> float:
    """Return the value rounded to two digits, as a person would set it."""
    return float(f"{value:.2g}")


INPUT_KINDS: Kinds[Input] = Kinds("input", Input)
"""Every kind of input, in the order in which the app offers them."""
