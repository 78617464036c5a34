"""Parts that a layer's field takes, by the names that every page shows: spike functions, resets, surrogate gradients, first weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from snncore.activation import (
    ATan,
    FastSigmoid,
    Gaussian,
    Heaviside,
    MultiGaussian,
    PeriodicExponential,
    SingleExponential,
    TrueDerivative,
)
from snncore.experiment.part import Part
from snncore.experiment.weights import ChainWeights, ConstantWeights, DiagonalWeights, NormalWeights, RandomWeights

First = dict[str, Any]
"""A part as data, with the values that it begins with."""


def _surrogate(kind: type[Any]) -> First:
    return {"kind": kind.__name__, **{field.name: field.default for field in fields(kind)}}


def _weights(kind: type[Part], **given: float) -> First:
    return {**{name: field.default for name, field in kind.model_fields.items() if not field.is_required()}, **given}


SUBTRACT: First = {"kind": "MembraneSubtract", "subtract_value": None}
TO_ZERO: First = {"kind": "MembraneReset", "reset_value": 0.0}

PARTS: dict[str, dict[str, First]] = {
    "spike_fn": {
        "any number": {"kind": "MultiSpike"},
        "at most …": {"kind": "MaxSpike", "max_num_spikes_per_bin": 2},
        "one": {"kind": "SingleSpike"},
    },
    "reset_fn": {
        "subtract θ": SUBTRACT,
        "subtract a value": {"kind": "MembraneSubtract", "subtract_value": 1.0},
        "to a value": TO_ZERO,
    },
    "surrogate_grad_fn": {
        "exponential": _surrogate(SingleExponential),
        "periodic exponential": _surrogate(PeriodicExponential),
        "step": _surrogate(Heaviside),
        "Gaussian": _surrogate(Gaussian),
        "multi-Gaussian": _surrogate(MultiGaussian),
        "fast sigmoid": _surrogate(FastSigmoid),
        "arctangent": _surrogate(ATan),
        "true derivative (zero)": _surrogate(TrueDerivative),
    },
    "weights": {
        "random": _weights(RandomWeights),
        "normal": _weights(NormalWeights),
        "constant": _weights(ConstantWeights, value=0.1),
        "diagonal": _weights(DiagonalWeights),
        "chain": _weights(ChainWeights, groups=2, value=0.1),
    },
}
"""What a field takes, by its name, in the order in which it is offered. Two may be of the same kind, with and without a number."""


def firsts(field: str) -> dict[str, First]:
    """What a field takes, by kind: of each the first part that is offered."""
    return {first["kind"]: first for first in reversed(list(PARTS[field].values()))}


def part_name(kind: str) -> str:
    """Name of a kind that is offered once: "exponential" for SingleExponential."""
    return choice_of({"kind": kind})


def choice_of(part: Mapping[str, Any]) -> str:
    """Name under which a part is offered: "subtract θ", "subtract a value"; its kind if it isn't."""
    found = {name: first for parts in PARTS.values() for name, first in parts.items() if first["kind"] == part["kind"]}
    if part["kind"] == "MaxSpike" and part.get("max_num_spikes_per_bin") is None:
        return "any number"
    return next((name for name, first in found.items() if _numbers(first) == _numbers(part)), next(iter(found), part["kind"]))


def part_in_words(part: Mapping[str, Any]) -> str:
    """A part in a sentence, with its number where the name leaves that open: "subtract 0.5", "at most 3", "to 0", "exponential"."""
    match part:
        case {"kind": "MaxSpike", "max_num_spikes_per_bin": int(most)}:
            return f"at most {most}"
        case {"kind": "MembraneSubtract", "subtract_value": float() | int() as taken}:
            return f"subtract {taken:g}"
        case {"kind": "MembraneReset", "reset_value": float() | int() as value}:
            return f"to {value:g}"
    return choice_of(part)


def as_data(part: Any) -> dict[str, Any]:
    """Return a part that is an object, such as `MaxSpike(2)`, as data."""
    return {"kind": type(part).__name__, **vars(part)}


def _numbers(part: Mapping[str, Any]) -> set[str]:
    """Names of the numbers that a part has."""
    return {name for name, value in part.items() if value is not None}
