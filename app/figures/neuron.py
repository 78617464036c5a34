"""A layer of neurons as numbers for the browser, each the float32 that `snncore` computes with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypedDict

import torch

from app.words.layer_parameters import LAYER_PARAMETERS
from snncore.experiment.layers import NeuronSpec
from snncore.layers.bounds import decay
from snncore.run.single_neuron import TIME_CONSTANTS, NeuronNumbers, neuron_numbers


class Decays(TypedDict):
    """exp(-1/τ) in `alphas` for each τ in `taus`, as torch computes it in float32."""

    taus: list[float]
    alphas: list[float]


class NeuronWithDecays(NeuronNumbers):
    """A neuron, and the decays for its time constants and for every position of their sliders."""

    decays: Decays


def neuron_data(layer: NeuronSpec) -> NeuronWithDecays:
    """Return the layer's numbers and decays, as `parametersInForce` in `app/web/neuron/parameters.js` takes them.

    Raises:
        ExperimentError: recurrent neurons, or a value for each neuron.
    """
    numbers = neuron_numbers(layer)
    return {**numbers, "decays": decays_of([numbers])}


def decays_of(neurons: Iterable[NeuronNumbers]) -> Decays:
    """Return the decays for every time constant of some neurons, and for every position of the sliders."""
    own = {tau for neuron in neurons for tau in (neuron["tau_mem"], neuron["tau_syn"], neuron["tau_adapt"]) if tau is not None}
    taus = torch.tensor(sorted({*_slider_values(), *own}))
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
