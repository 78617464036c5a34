"""A layer of neurons as numbers for the browser, each the float32 that `snncore` computes with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch

from app.words.parameters import LAYER_PARAMETERS
from snncore.experiment.layers import NeuronSpec
from snncore.layers.bounds import decay
from snncore.run.single_neuron import TIME_CONSTANTS, neuron_numbers


def neuron_data(layer: NeuronSpec) -> dict[str, Any]:
    """Return the argument of `parametersInForce` in components/neuron: the `neuron_numbers`, and `decays`.

    `decays` is `{"taus": [τ, …], "alphas": [exp(-1/τ), …]}`, for every time constant of the layer and every position of its sliders.

    Raises:
        ExperimentError: recurrent neurons, or a value for each neuron.
    """
    numbers = neuron_numbers(layer)
    return {**numbers, "decays": _decays(numbers[name] for name in TIME_CONSTANTS)}


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
