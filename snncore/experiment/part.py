"""What every part of an Experiment is: immutable data without unknown keys, its numbers finite and bounded."""

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, model_validator

from snncore.experiment.errors import abbreviated

Shape = tuple[int, ...]
"""Shape of one sample at one time step, without batch and time."""

MOST_AXES = 16
"""Axes of an input, and lists within lists; NumPy and torch take up to 64."""

LARGEST_LENGTH = 2**31 - 1
"""Of an axis, a window or its stride: torch counts some of them in 32 bits."""

LARGEST_WHOLE = 2**53 - 1
"""Up to here JSON and browsers hold whole numbers exactly."""

LARGEST_NUMBER = 3e38
"""Magnitude of a number that a layer computes with: within the range of float32."""

Length = Annotated[int, Field(ge=1, le=LARGEST_LENGTH)]

Count = Annotated[int, Field(ge=0, le=LARGEST_WHOLE)]
"""Of steps, spikes, epochs; a seed."""

Positive = Annotated[int, Field(ge=1, le=LARGEST_WHOLE)]
"""The same, but not 0."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def check_kind(cls) -> None:
        """Raise RegistrationError if this part can't be registered as a kind of its family."""

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
    """The types of each field's entries, without None."""
    return {name: frozenset(_entry_types(field.annotation)) - {type(None)} for name, field in part.model_fields.items()}


def _entry_types(annotation: Any) -> set[Any]:
    """What an annotation comes down to: {int} of `Annotated[tuple[int, ...], FailFast()] | None`, and None's type."""
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
