"""Layers as Python code, to copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from snncore.errors import ExperimentError
from snncore.experiment.layers import NeuronSpec
from snncore.layers import NEURON_MODELS


def layer_code(layer: NeuronSpec) -> str:
    """Return a program that makes a neuron layer and runs it on `z`.

    It contains only arguments that differ from the constructor's defaults, and doesn't say which parameters learn.

    Raises:
        ExperimentError: the layer is recurrent; its weights aren't in its spec.
    """
    if layer.kind not in NEURON_MODELS:
        raise ExperimentError(f"{layer.kind} has weights, which are not written as code; take the model without its connections.")
    arguments = dict(_arguments(layer))
    activations = sorted({type(value).__name__ for value in arguments.values() if _is_activation(value)})
    call = _call(layer.kind, arguments)
    home: str = layer.model.__module__
    lines = [
        *(["import torch"] if "torch." in call else []),
        *([f"from snncore.activation import {', '.join(activations)}"] if activations else []),
        f"from {'snncore.layers' if home.startswith('snncore.layers.') else home} import {layer.kind}",
        f"layer = {call}",
        f"{'spikes' if layer.does_spike else 'u'} = layer(z)  # z: float tensor (batch, time, neurons)",
    ]
    return "\n".join(lines) + "\n"


def _arguments(layer: NeuronSpec) -> Iterator[tuple[str, Any]]:
    """Return the arguments that differ from their defaults."""
    for name, field in type(layer).model_fields.items():
        value = getattr(layer, name)
        if name not in ("kind", "learns") and (field.is_required() or value != field.get_default()):
            yield name, value


def _is_activation(value: Any) -> bool:
    return hasattr(value, "__dataclass_fields__")


def _call(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{argument}={_literal(value)}' for argument, value in arguments.items())})"


def _literal(value: Any) -> str:
    if _is_activation(value):
        chosen = {field.name: getattr(value, field.name) for field in fields(value) if getattr(value, field.name) != field.default}
        return _call(type(value).__name__, chosen)
    return f"torch.tensor({_listed(value)})" if isinstance(value, tuple) else repr(value)


def _listed(value: Any) -> Any:
    return [_listed(entry) for entry in value] if isinstance(value, tuple) else value
