"""A layer of neurons as numbers that a browser steps with: each is the float32 that `snncore` computes with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from app.words.parameters import LAYER_PARAMETERS
from snncore.errors import ExperimentError
from snncore.experiment.layers import NeuronSpec
from snncore.layers import RECURRENT
from snncore.layers.bounds import decay

TIME_CONSTANTS = ("tau_mem", "tau_syn", "tau_adapt")
NUMBERS = (*TIME_CONSTANTS, "spike_threshold", "adapt_scale", "min_v_mem")


def neuron_data(layer: NeuronSpec) -> dict[str, Any]:
    """What `parametersInForce` of components/neuron takes, under the names of the constructor: `kind`, numbers, `norm_input`, `spike_fn`
    and `reset_fn` with their `kind` and numbers, None for what the model doesn't have; and `decays`, `{"taus": [τ, …], "alphas":
    [exp(-1/τ), …]}`, for every time constant of the layer and every one that a slider can be set to.

    Raises:
        ExperimentError: recurrent neurons, or a value for each neuron.
    """
    if layer.model in RECURRENT:
        plain = layer.model.__name__.removesuffix("Recurrent")
        raise ExperimentError(f"{layer.model.__name__}: its neurons drive each other, so none can be shown alone; choose {plain}.")
    fields = layer.model_dump()
    numbers = {name: _float32(layer, name, fields.get(name)) for name in NUMBERS}
    return {
        "kind": layer.model.__name__,
        **numbers,
        "norm_input": fields.get("norm_input", False),
        "spike_fn": fields.get("spike_fn"),
        "reset_fn": _reset(layer, fields["reset_fn"]) if "reset_fn" in fields else None,
        "decays": _decays(numbers[name] for name in TIME_CONSTANTS),
    }


def _reset(layer: NeuronSpec, reset_fn: dict[str, Any]) -> dict[str, Any]:
    return {name: value if name == "kind" else _float32(layer, f"reset_fn.{name}", value) for name, value in reset_fn.items()}


def _float32(layer: NeuronSpec, name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        raise ExperimentError(f"{layer.model.__name__}: {name} has a value for each neuron, but one neuron is shown; give one number.")
    return float(np.float32(value))


def _decays(own: Iterable[float | None]) -> dict[str, list[float]]:
    """exp(-1/τ) as torch computes it in float32."""
    taus = torch.tensor(sorted({*_slider_values(), *(tau for tau in own if tau is not None)}))
    alphas, _ = decay(taus, is_alpha=False, longest_tau=math.inf)
    return {"taus": taus.tolist(), "alphas": alphas.tolist()}


def _slider_values() -> set[float]:
    """The time constants that sliders can be set to."""
    values: set[float] = set()
    for name in TIME_CONSTANTS:
        slider = LAYER_PARAMETERS[name]
        assert slider.low is not None
        assert slider.high is not None
        assert slider.step is not None
        values |= {slider.low + step * slider.step for step in range(round((slider.high - slider.low) / slider.step) + 1)}
    return values
