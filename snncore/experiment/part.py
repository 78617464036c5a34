"""Base of all parts of an Experiment: immutable data without unknown keys, its numbers finite and bounded."""

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, model_validator

from snncore.experiment.errors import abbreviated

Shape = tuple[int, ...]
"""Shape of one sample at one time step, without batch and time."""

MOST_AXES = 16
"""Most axes of an input and levels of nested lists; NumPy and torch take up to 64."""

LARGEST_LENGTH = 2**31 - 1
"""Largest length of an axis, a window or a stride: torch counts some of them in 32 bits."""

LARGEST_WHOLE = 2**53 - 1
"""Largest whole number up to which JSON and browsers are exact."""

LARGEST_NUMBER = 3e38
"""Largest magnitude of a number that a layer computes with: within the range of float32."""

Length = Annotated[int, Field(ge=1, le=LARGEST_LENGTH)]

Count = Annotated[int, Field(ge=0, le=LARGEST_WHOLE)]
"""A number of steps, spikes or epochs, ≥ 0; or a seed."""

Positive = Annotated[int, Field(ge=1, le=LARGEST_WHOLE)]
"""A number of steps, spikes or epochs, ≥ 1."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def check_kind(cls) -> None:
        """Raise RegistrationError if this part can't be registered as a kind of its family."""

    @classmethod
    def is_built_in(cls) -> bool:
        """Return True if it is of this package, whose kinds are tried by tests instead, and have their words in `app`."""
        return cls.__module__.partition(".")[0] == __name__.partition(".")[0]

    @classmethod
    def try_kind(cls) -> None:
        """Use a usual part of this kind once; raise RegistrationError if it doesn't do what its family requires."""

    @model_validator(mode="before")
    @classmethod
    def _takes_no_other_type_for_a_number(cls, data: Any) -> Any:
        """Refuse what pydantic would convert: true to 1, "1_0" to 10, "no" to false."""
        if isinstance(data, dict):
            for name, held in _types_held(cls).items():
                if name in data:
                    _check_type(name, data[name], held)
        return data


@cache
def _types_held(part: type[Part]) -> dict[str, frozenset[Any]]:
    """Return the types of each field's entries, without None."""
    return {name: frozenset(_entry_types(field.annotation)) - {type(None)} for name, field in part.model_fields.items()}


def _entry_types(annotation: Any) -> set[Any]:
    """Return the types within an annotation: int and None's for `Annotated[tuple[int, ...], FailFast()] | None`."""
    kind, arguments = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return _entry_types(arguments[0])
    if kind in (tuple, Union, UnionType):
        return set().union(*(_entry_types(argument) for argument in arguments if argument is not Ellipsis))
    return {annotation}


def _check_type(name: str, value: Any, held: frozenset[Any]) -> None:
    if isinstance(value, bool) and not held & {bool, Any}:
        raise ValueError(f"{name} is {value}; it can't be true or false")
    if not held <= {int, float, bool}:
        return
    what = "true or false" if held == {bool} else "a number"
    if isinstance(value, str):
        raise ValueError(f"{name} is {abbreviated(value)}; write {what} without quotation marks")
    if isinstance(value, list | tuple):
        for entry in value:
            if isinstance(entry, str):
                raise ValueError(f"{name} holds {abbreviated(entry)}; write {what} without quotation marks")
