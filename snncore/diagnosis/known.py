"""Which layers a diagnosis can reckon with: those whose step is one of `snncore.dynamics`, whose answer to an input it knows."""

from __future__ import annotations

from typing import Any

from snncore.dynamics import alif_step, exp_leak_step, lif_step
from snncore.experiment.layers import NeuronSpec
from snncore.layers.models import model_of

KNOWN_STEPS = (exp_leak_step, lif_step, alif_step)


def is_known(layer: Any) -> bool:
    """Return True if the layer's potential follows from its input as in `snncore.dynamics`; not so for a model from outside."""
    model = model_of(layer.model) if isinstance(layer, NeuronSpec) else None
    return model is not None and model.step in KNOWN_STEPS


def has_surrogate(layer: Any) -> bool:
    """Return True if a surrogate gradient is among the layer's parameters."""
    return hasattr(layer, "surrogate_grad_fn")
