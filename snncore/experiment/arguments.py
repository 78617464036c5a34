"""The arguments of neuron layers as fields of an Experiment: numbers, one for each neuron, switches and activations."""

from __future__ import annotations

import inspect
from dataclasses import asdict, fields
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer
from torch import Tensor, nn

from snncore.activation import RESETS, SPIKE_FUNCTIONS, SURROGATES, ResetFunction, SpikeFunction, SurrogateGradient
from snncore.errors import RegistrationError
from snncore.experiment.errors import abbreviated
from snncore.experiment.part import LARGEST_NUMBER, LARGEST_WHOLE, MOST_AXES, Shape
from snncore.experiment.torch_layers import LinearSpec
from snncore.layers.membrane import Scalar


def _named(choices: tuple[type, ...]) -> tuple[BeforeValidator, PlainSerializer]:
    """Return the JSON form of frozen dataclasses, `{"kind": name, field: value, ...}`; the name alone stands for the defaults."""
    by_name = {choice.__name__: choice for choice in choices}

    def parse(value: Any) -> Any:
        given = dump(value) if isinstance(value, choices) else dict(value) if isinstance(value, dict) else {"kind": value}
        kind = given.pop("kind", None)
        if not isinstance(kind, str) or kind not in by_name:
            raise ValueError(f"{abbreviated(kind)} is not known; use one of {', '.join(by_name)}")
        defaults = {field.name: field.default for field in fields(by_name[kind])}
        for name, entry in given.items():
            if name not in defaults:
                raise ValueError(f"{kind} has no {abbreviated(name)}; it takes {', '.join(defaults) or 'nothing'}")
            if not is_number(entry) and not (entry is None and defaults[name] is None):
                raise ValueError(f"{kind}: {name} is {abbreviated(entry)}; it must be a finite number within ±{LARGEST_NUMBER:g}")
        return by_name[kind](**given)

    def dump(value: Any) -> dict[str, Any]:
        return {"kind": type(value).__name__, **asdict(value)}

    return BeforeValidator(parse), PlainSerializer(dump)


SpikeFn = Annotated[Any, *_named(SPIKE_FUNCTIONS)]
ResetFn = Annotated[Any, *_named(RESETS)]
SurrogateGradFn = Annotated[Any, *_named(SURROGATES)]


def _parse_value(value: Any) -> Any:
    """Return a finite number, or nested lists with one for each neuron as tuples."""
    return _nested(value, MOST_AXES) if isinstance(value, list | tuple) else _number(value)


def _number(value: Any) -> float:
    if not is_number(value):
        raise ValueError(f"it must be a finite number within ±{LARGEST_NUMBER:g}, or a list with one for each neuron")
    return float(value)


def _nested(values: Any, most_axes: int) -> tuple[Any, ...]:
    if most_axes == 0:
        raise ValueError(f"it must be one list, or up to {MOST_AXES} lists within one another, with a number for each neuron")
    entries = tuple(_nested(value, most_axes - 1) if isinstance(value, list | tuple) else _number(value) for value in values)
    if not entries:
        raise ValueError("it must have a number for each neuron")
    if len(set(map(shape_of, entries))) > 1:
        raise ValueError("it must be one list, or lists of one length, with a number for each neuron")
    return entries


Value = Annotated[Any, BeforeValidator(_parse_value)]
"""A parameter of neurons: a number for all, or nested tuples with one for each."""
OptionalValue = Annotated[Any, BeforeValidator(lambda value: None if value is None else _parse_value(value))]


def is_number(value: Any) -> bool:
    """Return True if a JSON value is a finite number within a layer's range."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def shape_of(value: Any) -> Shape:
    """Return a parameter's shape: () for one number, else the shape of its nested tuples."""
    return (len(value), *shape_of(value[0])) if isinstance(value, tuple) else ()


# ---------------------------------------------------------------------------------------------- fields of arguments


def _single(value: Any) -> float:
    if not is_number(value):
        raise ValueError(f"it must be one finite number within ±{LARGEST_NUMBER:g}, the same for all neurons")
    return float(value)


Number = Annotated[Any, BeforeValidator(_single)]
OptionalNumber = Annotated[Any, BeforeValidator(lambda value: None if value is None else _single(value))]
Whole = Annotated[int, Field(ge=-LARGEST_WHOLE, le=LARGEST_WHOLE)]

FIELDS: dict[Any, Any] = {
    float: Number,
    float | None: OptionalNumber,
    Scalar: Value,
    Scalar | None: OptionalValue,
    Tensor: Value,
    Tensor | None: OptionalValue,
    bool: bool,
    int: Whole,
    SpikeFunction: SpikeFn,
    SpikeFunction | type[SpikeFunction]: SpikeFn,
    ResetFunction: ResetFn,
    SurrogateGradient: SurrogateGradFn,
    nn.Module: LinearSpec,
}
"""Fields of an Experiment by the annotated type of a constructor's argument."""

WITHOUT_ANNOTATION: dict[type, Any] = {float: Value, int: Value, bool: bool, type(None): OptionalValue}
"""Fields by the type of the default, for arguments without an annotation."""


def field_of(owner: str, argument: inspect.Parameter) -> tuple[Any, Any]:
    """Return the field for an argument: its type, and its default or ... without one.

    Raises:
        RegistrationError: its type isn't known.
    """
    default = argument.default() if isinstance(argument.default, type) and argument.default is not argument.empty else argument.default
    if argument.annotation is not argument.empty:
        kind = FIELDS.get(argument.annotation) if _is_hashable(argument.annotation) else None
    else:
        kind = Value if default is argument.empty else WITHOUT_ANNOTATION.get(type(default))
    if kind is None:
        given = argument.annotation if argument.annotation is not argument.empty else type(default)
        raise RegistrationError(
            f"{owner}: its argument {argument.name} is of the type {inspect.formatannotation(given)}, which no Experiment holds; "
            f"use float, float | Tensor, bool, int, SpikeFunction, ResetFunction or SurrogateGradient."
        )
    return kind, ... if default is argument.empty else default


def _is_hashable(annotation: Any) -> bool:
    try:
        hash(annotation)
    except TypeError:
        return False
    return True
