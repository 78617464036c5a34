"""Modules of one kind replaced by others, in a copy of a model or in place."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

from torch import nn

Mapper = Callable[[Any], nn.Module]
"""A function that returns the module to put in place of another."""


def replace_module(model: nn.Module, source_class: type[nn.Module], mapper_fn: Mapper) -> nn.Module:
    """Return a copy of the model with each module of `source_class` replaced by `mapper_fn(module)`.

    Subclasses stay. A module that stands in several places is replaced in each of them, by one module per place.
    """
    if type(model) is source_class:
        return mapper_fn(model)
    copied = copy.deepcopy(model)
    replace_module_(copied, source_class, mapper_fn)
    return copied


def replace_module_(model: nn.Module, source_class: type[nn.Module], mapper_fn: Mapper) -> None:
    """Replace modules as in `replace_module`, in place. A model that is itself of `source_class` stays, with a warning."""
    if type(model) is source_class:
        message = f"The model itself is of type {source_class.__name__} and can't be replaced in place; use replace_module."
        warnings.warn(message, stacklevel=2)
    for parent in list(model.modules()):
        for name, child in list(parent._modules.items()):
            if type(child) is source_class:
                setattr(parent, name, mapper_fn(child))
