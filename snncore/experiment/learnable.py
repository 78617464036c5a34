"""Which of a layer's parameters training moves, as data, and their update in the built layer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator
from torch import nn

from snncore.experiment.errors import abbreviated
from snncore.experiment.part import Part

FIXED_BY_DEFAULT = ("spike_threshold",)
"""Parameters that learn only if they are named."""


def _list_of_names(value: Any) -> Any:
    if value is not None and not (isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)):
        raise ValueError("it must be a list of names of parameters, or null for all but thresholds")
    return value


Names = Annotated[tuple[str, ...] | None, BeforeValidator(_list_of_names)]


class Learnable(Part):
    """Base of the layers with parameters that training can move.

    Attributes:
        learns: names of the parameters that learn; empty: the layer stays as it is; None: all but thresholds.
    """

    kind: str
    learns: Names = None

    @model_validator(mode="after")
    def _has_what_it_learns(self) -> Self:
        learnable = self.learnable
        for name in self.learns or ():
            if name not in learnable:
                raise ValueError(f"learns names {abbreviated(name)}, but all that the layer can learn is {', '.join(learnable)}")
        return self

    @property
    def learnable(self) -> tuple[str, ...]:
        """Names of the parameters that training can move."""
        raise NotImplementedError

    @property
    def learning(self) -> tuple[str, ...]:
        """Names of the parameters that learn, in the order of `learnable`."""
        return self._by_default if self.learns is None else tuple(name for name in self.learnable if name in self.learns)

    def learns_for(self, names: Collection[str]) -> tuple[str, ...] | None:
        """Return the value of `learns` with which only these parameters learn.

        Names that the layer doesn't have are left out. None if the value is the default.
        """
        chosen = tuple(name for name in self.learnable if name in names)
        return None if chosen == self._by_default else chosen

    @property
    def _by_default(self) -> tuple[str, ...]:
        return tuple(name for name in self.learnable if name not in FIXED_BY_DEFAULT)

    def revise(self, layer: nn.Module) -> None:
        """Update a built layer's training settings to this spec's: here, which parameters learn."""
        for name in self.learnable:
            for parameter in self.parameters(layer, name):
                parameter.requires_grad_(name in self.learning)

    def parameters(self, layer: nn.Module, name: str) -> tuple[nn.Parameter, ...]:
        """Return the built layer's parameters under one of the `learnable` names."""
        return (layer.get_parameter(name),)
