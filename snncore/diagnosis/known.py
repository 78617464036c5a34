"""Which layers a diagnosis can calculate: layers with a step of `snncore.dynamics`, whose response to an input is known."""

from __future__ import annotations

from typing import Any

from snncore.dynamics import alif_step, exp_leak_step, lif_step
from snncore.experiment.layers import NeuronSpec
from snncore.layers.models import model_of

KNOWN_STEPS = (exp_leak_step, lif_step, alif_step)


def is_known(layer: Any) -> bool:
    """Return True if the layer's equations are in `snncore.dynamics`; False for a model from outside."""
    model = model_of(layer.model) if isinstance(layer, NeuronSpec) else None
    return model is not None and model.step in KNOWN_STEPS


def has_surrogate(layer: Any) -> bool:
    """Return True if the layer has a surrogate gradient."""
    return hasattr(layer, "surrogate_grad_fn")
