"""Credit is followed back through a membrane by the products of its factors, to where it ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from snncore.activation import Heaviside, MembraneReset
from snncore.errors import ExperimentError
from snncore.experiment.spec import ten_spikes
from snncore.explain import Flow, LayerCredit, arriving, credit, credit_of, flow, usual_factor
from snncore.layers import LIF, ExpLeak

STEPS = 60


def credit_of_layer(layer: Any, current: float = 1.0) -> LayerCredit:
    """Credit of one neuron under a constant current, for the sum of what it puts out."""
    found = credit_of(nn.Sequential(layer.double()), torch.full((1, STEPS, 1), current, dtype=torch.float64), torch.sum)
    return found.layers["0"]


def product(layer: LayerCredit, from_step: int, to_step: int) -> float:
    """Of the factors by which credit goes from one step back to another."""
    return float(np.prod(layer.factor[0, to_step:from_step, 0]))


class Tall(Heaviside):
    """A surrogate that is 10 everywhere."""

    def __call__(self, u: torch.Tensor, threshold: torch.Tensor | float) -> torch.Tensor:
        return torch.full_like(u, 10.0)


def test_credit_of_a_leak_fades_to_one_percent_after_its_time_constant_times_ln_100() -> None:
    found = flow(credit_of_layer(ExpLeak(5.0)), neuron=0, step=50)
    steps = math.ceil(5 * math.log(100))
    assert found == Flow(
        "faded", 50 - steps, pytest.approx(math.exp(-steps / 5)), pytest.approx(math.exp(-1 / 5)), pytest.approx(math.exp(-1 / 5))
    )


def test_what_has_not_faded_reaches_step_0() -> None:
    layer = credit_of_layer(ExpLeak(50.0))
    found = flow(layer, neuron=0, step=40)
    assert (found.ended_by, found.step) == ("start", 0)
    assert found.left == pytest.approx(math.exp(-40 / 50))
    assert flow(layer, neuron=0, step=0) == Flow("start", 0, 1.0, 1.0, 1.0)


def test_a_hard_reset_cuts_credit_at_the_spike_before() -> None:
    layer = credit_of_layer(LIF(30.0, spike_threshold=0.3, reset_fn=MembraneReset()), current=0.9)
    fired = np.flatnonzero(layer.record.spikes[0, :, 0])
    asked = int(fired[-1])
    found = flow(layer, neuron=0, step=asked)
    assert (found.ended_by, found.step) == ("cut", int(fired[-2]))
    assert found.left == 0
    assert found.last == 0


def test_a_narrow_surrogate_makes_credit_explode_through_the_reset() -> None:
    """At θ a surrogate of height 10 makes the factor α(1 - 10θ) = -9α."""
    layer = credit_of_layer(LIF(1e6, spike_threshold=1.0, surrogate_grad_fn=Tall()), current=1e6)
    found = flow(layer, neuron=0, step=30)
    assert found.ended_by == "grown"
    assert abs(found.left) > 100
    assert abs(product(layer, 30, found.step + 1)) <= 100


def test_what_is_left_is_the_product_of_the_factors() -> None:
    layer = credit(ten_spikes()).layers[1]
    for neuron in range(0, 64, 7):
        found = flow(layer, neuron, step=80)
        factors = layer.factor[0, found.step : 80, neuron].astype(np.float64)
        assert found.left == pytest.approx(np.prod(factors))
        assert found.factor ** len(factors) == pytest.approx(abs(found.left))
        assert found.last == pytest.approx(factors[0])


def test_the_usual_factor_of_a_leak_is_its_alpha() -> None:
    assert usual_factor(credit_of_layer(ExpLeak(5.0))) == pytest.approx(math.exp(-1 / 5))


def test_what_arrives_is_the_norm_over_neurons_and_steps() -> None:
    found = credit(ten_spikes())
    for place, norm in arriving(found).items():
        assert norm == pytest.approx(math.sqrt((found.layers[place].u.astype(np.float64) ** 2).sum()))


def test_credit_of_a_neuron_that_is_not_there_is_refused() -> None:
    with pytest.raises(ExperimentError, match="There is no neuron 64 in this layer; choose one from 0 to 63"):
        flow(credit(ten_spikes()).layers[1], neuron=64, step=3)


def test_a_gradient_that_becomes_infinite_is_told_by_the_layers_name() -> None:
    steep = {"kind": "SingleExponential", "grad_width": 0.5, "grad_scale": 1e38}
    with pytest.raises(ExperimentError, match=r"^LIF \d: the gradient is not finite; lower the surrogate's grad_scale"):
        credit(ten_spikes().replace({"network.1.surrogate_grad_fn": steep, "network.3.surrogate_grad_fn": steep}))
