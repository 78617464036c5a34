"""Operations on all spiking layers of a model at once."""

from __future__ import annotations

import torch
from torch import nn

from snncore.layers.stateful import StatefulLayer


def reset_states(model: nn.Module, randomize: bool = False, generator: torch.Generator | None = None) -> None:
    """Call `reset_states` on every spiking layer in `model`, itself included, at any depth."""
    for layer in spiking_layers(model).values():
        layer.reset_states(randomize=randomize, generator=generator)


def zero_grad(model: nn.Module) -> None:
    """Call `zero_grad` on every spiking layer in `model`, itself included, at any depth."""
    for layer in spiking_layers(model).values():
        layer.zero_grad()


def spiking_layers(model: nn.Module) -> dict[str, StatefulLayer]:
    """Return the spiking layers by module name, in order of registration."""
    return {name: module for name, module in model.named_modules() if isinstance(module, StatefulLayer)}
