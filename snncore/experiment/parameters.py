"""A network's parameters as arrays by name: whether they are those that it takes, and their way into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from snncore.arrays import Array
from snncore.experiment.errors import abbreviated
from snncore.experiment.part import Shape

Parameters = Mapping[str, Array]


def is_weight(name: str) -> bool:
    """Return True if a parameter of this name is a weight or a bias; else it is a constant of neurons."""
    return name.rpartition(".")[2] in ("weight", "bias")


def misfit(given: Mapping[str, Shape], taken: Mapping[str, Shape], label: Callable[[str], str] = str) -> str | None:
    """What keeps parameters of the `given` shapes from being those that are `taken`, as a clause; None where nothing does.

    Args:
        label: how the clause calls the parameter of a name.
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
    """Set the model's parameters of these names, which have the same shapes."""
    with torch.no_grad():
        for name, value in values.items():
            model.get_parameter(name).copy_(torch.tensor(value))
