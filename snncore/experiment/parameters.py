"""A network's parameters as arrays by name: checking that they fit it, and loading them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from snncore.arrays import Array
from snncore.experiment.errors import abbreviated
from snncore.experiment.part import Shape

Parameters = Mapping[str, Array]


def is_weight(name: str) -> bool:
    """Return True if the parameter is a weight or bias, not a neuron constant."""
    return name.rpartition(".")[2] in ("weight", "bias")


def misfit(given: Mapping[str, Shape], taken: Mapping[str, Shape], label: Callable[[str], str] = str) -> str | None:
    """Return how the `given` names and shapes differ from the `taken` ones, as a clause; None if they don't.

    Args:
        label: returns a parameter's name in the clause.
    """
    for name, shape in taken.items():
        if name not in given:
            return f"{label(name)} is missing"
        if given[name] != shape:
            return f"{label(name)} has the shape {abbreviated(given[name])}, but the network takes {shape}"
    unknown = next((name for name in given if name not in taken), None)
    return None if unknown is None else f"the network has no {abbreviated(unknown)}"


def shapes_of(values: Mapping[str, Array | Tensor]) -> dict[str, Shape]:
    return {name: tuple(value.shape) for name, value in values.items()}


def put(values: Parameters, model: nn.Module) -> None:
    """Set the model's parameters with these names; shapes must be the same."""
    with torch.no_grad():
        for name, value in values.items():
            model.get_parameter(name).copy_(torch.tensor(value))
