"""Trained time constants: held at τ ≥ 0.1 and 0 ≤ α ≤ 1-2⁻²⁴, with a gradient that at a bound leads only back inside."""

import math

import pytest
import torch

from snncore.errors import ParameterError
from snncore.layers import IAF, LIF
from snncore.layers.bounds import MAX_ALPHA, MIN_TAU, held_within


def put(parameter: torch.Tensor, value: float) -> None:
    parameter.data.fill_(value)


def test_value_is_clamped_to_its_bounds():
    assert held_within(torch.tensor([-1.0, 0.0, 0.5, 2.0, 3.0]), 0.0, 2.0).tolist() == [0.0, 0.0, 0.5, 2.0, 2.0]


def test_gradient_at_a_bound_passes_only_inward():
    x = torch.tensor([-1.0, -1.0, 0.0, 0.0, 0.5, 0.5, 2.0, 2.0, 3.0, 3.0], requires_grad=True)
    push = torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    (push * held_within(x, 0.0, 2.0)).sum().backward()
    assert x.grad.tolist() == [0.0, -1.0, 0.0, -1.0, 1.0, -1.0, 1.0, 0.0, 1.0, 0.0]


@pytest.mark.parametrize("value", [-5.0, 0.0, 0.0999])
@pytest.mark.parametrize("which", ["mem", "syn"])
def test_tau_is_held_at_a_tenth_of_a_step(which, value):
    layer = LIF(10.0, tau_syn=10.0)
    put(getattr(layer, f"tau_{which}"), value)
    assert getattr(layer, f"tau_{which}_calculated").item() == pytest.approx(MIN_TAU)
    assert getattr(layer, f"alpha_{which}_calculated").item() == pytest.approx(math.exp(-10), rel=1e-5)
    assert layer(torch.ones(1, 4, 2)).isfinite().all()


@pytest.mark.parametrize(("value", "held"), [(-0.5, 0.0), (0.0, 0.0), (0.5, 0.5), (1.0, 1 - 2**-24), (1.5, 1 - 2**-24)])
@pytest.mark.parametrize("which", ["mem", "syn"])
def test_alpha_is_held_between_zero_and_the_last_number_below_one(which, value, held):
    layer = LIF(10.0, tau_syn=10.0, train_alphas=True)
    put(getattr(layer, f"alpha_{which}"), value)
    assert getattr(layer, f"alpha_{which}_calculated").item() == held


def test_input_never_vanishes_however_long_tau_is_trained():
    layer = LIF(10.0, record_states=True)
    put(layer.tau_mem, 1e12)
    layer(torch.ones(1, 3, 1))
    assert layer.alpha_mem_calculated.item() == MAX_ALPHA
    assert layer.recordings["u"][0, 0, 0].item() == 2**-24


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_tau_below_its_bound_is_pulled_inward_only(sign):
    layer = LIF(10.0)
    put(layer.tau_mem, -1.0)
    (sign * layer.alpha_mem_calculated).backward()
    slope = math.exp(-1 / MIN_TAU) / MIN_TAU**2
    assert layer.tau_mem.grad.item() == pytest.approx(0.0 if sign > 0 else -slope, rel=1e-4)


@pytest.mark.parametrize(
    ("value", "sign", "gradient"), [(-0.1, 1, 0), (-0.1, -1, -1), (1.1, 1, 1), (1.1, -1, 0), (0.5, 1, 1), (0.5, -1, -1)]
)
def test_alpha_beyond_its_bound_is_pulled_inward_only(value, sign, gradient):
    layer = LIF(10.0, train_alphas=True)
    put(layer.alpha_mem, value)
    (sign * layer.alpha_mem_calculated).backward()
    assert layer.alpha_mem.grad.item() == gradient


def test_training_that_pushes_tau_down_ends_at_the_bound_and_can_return():
    layer = LIF(0.5)
    optimiser = torch.optim.SGD(layer.parameters(), lr=1.0)
    for sign in [1.0] * 20 + [-1.0] * 200:
        optimiser.zero_grad()
        (sign * layer.alpha_mem_calculated).backward()
        optimiser.step()
        assert layer.tau_mem_calculated.item() >= MIN_TAU
        if sign > 0:
            lowest = layer.tau_mem.item()
    assert lowest <= MIN_TAU
    assert layer.tau_mem.item() > MIN_TAU


@pytest.mark.parametrize("tau", [0.0, -1.0, 0.09, math.nan, torch.tensor([5.0, 0.0])], ids=str)
@pytest.mark.parametrize("train_alphas", [False, True])
def test_tau_below_its_bound_is_refused(tau, train_alphas):
    with pytest.raises(ParameterError, match=r"LIF: tau_mem is .* at least 0\.1"):
        LIF(tau, train_alphas=train_alphas)
    with pytest.raises(ParameterError, match=r"LIF: tau_syn is .* at least 0\.1"):
        LIF(10.0, tau_syn=tau, train_alphas=train_alphas)
    with pytest.raises(ParameterError, match=r"IAF: tau_syn is .* at least 0\.1"):
        IAF(tau_syn=tau)


@pytest.mark.parametrize("tau", [1e8, math.inf])
def test_tau_so_long_that_the_input_would_vanish_is_refused_with_input_normalisation(tau):
    with pytest.raises(ParameterError, match=r"tau_mem is .* vanish.* IAF"):
        LIF(tau)
    assert LIF(tau, norm_input=False)(torch.ones(1, 3, 1)).flatten().tolist() == [1.0, 1.0, 1.0]


def test_tau_at_its_bound_is_accepted():
    assert LIF(0.1, tau_syn=0.1).tau_mem_calculated.item() == pytest.approx(0.1)


@pytest.mark.parametrize("threshold", [0.0, -1.0, math.nan, math.inf, torch.tensor([1.0, 0.0])], ids=str)
@pytest.mark.parametrize("build", [lambda **settings: LIF(10.0, **settings), IAF], ids=["LIF", "IAF"])
def test_threshold_that_is_not_finite_and_positive_is_refused(build, threshold):
    with pytest.raises(ParameterError, match=r"spike_threshold is .* above 0"):
        build(spike_threshold=threshold)


@pytest.mark.parametrize("bound", [math.nan, math.inf])
def test_membrane_bound_that_is_no_bound_is_refused(bound):
    with pytest.raises(ParameterError, match="min_v_mem is"):
        LIF(10.0, min_v_mem=bound)


def test_something_that_cannot_spike_is_refused():
    with pytest.raises(ParameterError, match=r"spike_fn is .* apply"):
        LIF(10.0, spike_fn=None)
