"""Spike functions, resets and surrogate gradients against their definitions, written here with scalars and `math` alone."""

import itertools
import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
import torch

from snncore.activation import (
    ATan,
    FastSigmoid,
    Gaussian,
    Heaviside,
    MaxSpike,
    MembraneReset,
    MembraneSubtract,
    MultiGaussian,
    MultiSpike,
    PeriodicExponential,
    SingleExponential,
    SingleSpike,
    TrueDerivative,
)
from snncore.errors import ParameterError
from snncore.experiment.spec import ten_spikes
from snncore.layers import IAF, LIF
from snncore.run.bptt import train
from tests.snncore.models import named

POTENTIALS = [-2.0, -0.3, 0.0, 0.4, 0.96875, 1.0, 1.2, 1.5, 2.3, 2.5, 3.7, 7.5]
THRESHOLDS = [0.5, 1.0, 2.5]


def single_exponential(w: float, k: float) -> Callable[[float, float], float]:
    return lambda u, theta: k / (w * theta) * math.exp(-abs(u - theta) / (w * theta))


def periodic_exponential(w: float, k: float) -> Callable[[float, float], float]:
    def form(u: float, theta: float) -> float:
        if u < theta:
            return k * math.exp(-(theta - u) / w)
        past_multiple = math.fmod(u, theta)
        return k * math.exp(-2 * min(past_multiple, theta - past_multiple) / w)

    return form


def multi_gaussian(mu: float, sigma: float, h: float, s: float, k: float) -> Callable[[float, float], float]:
    def form(u: float, theta: float) -> float:
        x = u - theta
        sides = NormalDist(sigma, s * sigma).pdf(x) + NormalDist(-sigma, s * sigma).pdf(x)
        return k * ((1 + h) * NormalDist(mu, sigma).pdf(x) - h * sides)

    return form


SURROGATES = [
    (SingleExponential(), single_exponential(0.5, 1)),
    (SingleExponential(grad_width=0.2, grad_scale=3.0), single_exponential(0.2, 3)),
    (PeriodicExponential(), periodic_exponential(0.5, 1)),
    (PeriodicExponential(grad_width=0.3, grad_scale=2.0), periodic_exponential(0.3, 2)),
    (Heaviside(), lambda u, theta: 1 / theta if u >= theta - 1 else 0.0),
    (Heaviside(window=0.25), lambda u, theta: 1 / theta if u >= theta - 0.25 else 0.0),
    (Gaussian(), lambda u, theta: NormalDist(0, 0.5).pdf(u - theta)),
    (Gaussian(mu=0.3, sigma=0.8, grad_scale=2.0), lambda u, theta: 2 * NormalDist(0.3, 0.8).pdf(u - theta)),
    (MultiGaussian(), multi_gaussian(0, 0.5, 0.15, 6, 1)),
    (MultiGaussian(mu=0.2, sigma=0.3, h=0.4, s=3.0, grad_scale=2.0), multi_gaussian(0.2, 0.3, 0.4, 3, 2)),
    (FastSigmoid(), lambda u, theta: 1 / (1 + 25 * abs(u - theta)) ** 2),
    (FastSigmoid(slope=5.0), lambda u, theta: 1 / (1 + 5 * abs(u - theta)) ** 2),
    (ATan(), lambda u, theta: 1 / (1 + (math.pi * (u - theta)) ** 2)),
    (ATan(alpha=5.0), lambda u, theta: 2.5 / (1 + (math.pi / 2 * 5 * (u - theta)) ** 2)),
    (TrueDerivative(), lambda u, theta: 0.0),
]

COUNTS = [
    (MultiSpike(), lambda u, theta: math.trunc(u / theta) if u > 0 else 0),
    (MaxSpike(), lambda u, theta: math.trunc(u / theta) if u > 0 else 0),
    (MaxSpike(1), lambda u, theta: min(math.trunc(u / theta), 1) if u > 0 else 0),
    (MaxSpike(2), lambda u, theta: min(math.trunc(u / theta), 2) if u > 0 else 0),
    (SingleSpike(), lambda u, theta: 1 if u - theta >= 0 else 0),
]


@pytest.mark.parametrize("theta", THRESHOLDS)
@pytest.mark.parametrize(("surrogate", "form"), SURROGATES, ids=[str(surrogate) for surrogate, _ in SURROGATES])
def test_surrogate_is_its_formula(surrogate, form, theta):
    u = torch.tensor(POTENTIALS, dtype=torch.float64)
    expected = torch.tensor([form(potential, theta) for potential in POTENTIALS], dtype=torch.float64)
    torch.testing.assert_close(surrogate(u, torch.tensor(theta, dtype=torch.float64)), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("theta", THRESHOLDS)
@pytest.mark.parametrize(("spike_fn", "count"), COUNTS, ids=[str(spike_fn) for spike_fn, _ in COUNTS])
def test_spike_function_counts_as_defined(spike_fn, count, theta):
    spikes = spike_fn.apply(torch.tensor(POTENTIALS), torch.tensor(theta), SingleExponential())
    assert spikes.dtype == torch.float32
    assert spikes.tolist() == [count(potential, theta) for potential in POTENTIALS]


@pytest.mark.parametrize("spike_fn", [MultiSpike(), MaxSpike(2), SingleSpike()], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_spikes_keep_the_dtype_of_the_potential(spike_fn, dtype):
    u = torch.tensor(POTENTIALS, dtype=dtype)
    assert spike_fn.apply(u, torch.tensor(1.0, dtype=dtype), SingleExponential()).dtype == dtype


@pytest.mark.parametrize("spike_fn", [MultiSpike(), MaxSpike(1), SingleSpike()], ids=str)
@pytest.mark.parametrize("surrogate", [SingleExponential(), FastSigmoid(), lambda u, theta: u * theta], ids=named)
def test_gradient_of_spikes_is_the_surrogate(spike_fn, surrogate):
    u = torch.tensor(POTENTIALS, dtype=torch.float64, requires_grad=True)
    weights = torch.arange(1.0, 1 + len(POTENTIALS), dtype=torch.float64)
    theta = torch.tensor(1.0, dtype=torch.float64)
    (weights * spike_fn.apply(u, theta, surrogate)).sum().backward()
    assert torch.equal(u.grad, weights * surrogate(u.detach(), theta))


@pytest.mark.parametrize("theta", [[0.5, 1.0, 2.5], 2.0], ids=["per neuron", "shared"])
@pytest.mark.parametrize(
    ("spike_fn", "factor"),
    [(MultiSpike(), lambda u, theta: -u / theta), (MaxSpike(1), lambda u, theta: -u / theta), (SingleSpike(), lambda u, theta: -1.0)],
    ids=["MultiSpike", "MaxSpike", "SingleSpike"],
)
def test_threshold_gradient_of_spikes_is_its_factor_times_the_surrogate(spike_fn, factor, theta):
    u = torch.tensor([[-0.5, 0.4, 1.2], [0.9, 3.1, 2.6]], dtype=torch.float64)
    threshold = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    spike_fn.apply(u, threshold, SingleExponential()).sum().backward()
    per_neuron = torch.as_tensor(theta, dtype=torch.float64).expand(3)
    form = single_exponential(0.5, 1)
    terms = [[factor(v, t) * form(v, t) for v, t in zip(row, per_neuron.tolist(), strict=True)] for row in u.tolist()]
    expected = torch.tensor(terms, dtype=torch.float64).sum_to_size(threshold.shape)
    torch.testing.assert_close(threshold.grad, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("reset_fn", "form"),
    [
        (MembraneSubtract(), lambda u, s, theta: u - s * theta),
        (MembraneSubtract(subtract_value=0.25), lambda u, s, theta: u - s * 0.25),
        (MembraneReset(), lambda u, s, theta: 0.0 if s > 0 else u),
        (MembraneReset(reset_value=-0.5), lambda u, s, theta: -0.5 if s > 0 else u),
        (MembraneReset(reset_value=0.5), lambda u, s, theta: 0.5 if s > 0 else u),
    ],
    ids=named,
)
def test_reset_is_its_formula_and_leaves_everything_else(reset_fn, form):
    potentials, counts, theta = [-1.0, 0.25, 0.75, 1.5, 2.75], [0.0, 0.0, 1.0, 2.0, 3.0], 0.75
    u, i_syn = torch.tensor(potentials), torch.ones(5)
    given = {"v_mem": u, "i_syn": i_syn}
    state = reset_fn(torch.tensor(counts), given, torch.tensor(theta))
    assert state["v_mem"].tolist() == [form(v, s, theta) for v, s in zip(potentials, counts, strict=True)]
    assert state["i_syn"] is i_syn
    assert given["v_mem"] is u
    assert u.tolist() == potentials


def test_hard_reset_passes_the_gradient_only_where_no_spike_was():
    u = torch.tensor([0.4, 1.5, 0.9, 2.5], requires_grad=True)
    MembraneReset(0.3)(torch.tensor([0.0, 1.0, 0.0, 2.0]), {"v_mem": u}, torch.tensor(1.0))["v_mem"].sum().backward()
    assert u.grad.tolist() == [1.0, 0.0, 1.0, 0.0]


def test_soft_reset_gradient_is_one_minus_theta_times_the_surrogate():
    u = torch.tensor(POTENTIALS, dtype=torch.float64, requires_grad=True)
    theta = torch.tensor(0.75, dtype=torch.float64)
    spikes = MultiSpike().apply(u, theta, SingleExponential())
    MembraneSubtract()(spikes, {"v_mem": u}, theta)["v_mem"].sum().backward()
    torch.testing.assert_close(u.grad, 1 - theta * SingleExponential()(u.detach(), theta), rtol=1e-14, atol=0)


@pytest.mark.slow
def test_true_derivative_trains_nothing_and_spikes_like_any_surrogate():
    def trained(surrogate):
        fields = {f"network.{index}.surrogate_grad_fn": type(surrogate).__name__ for index in (1, 3)}
        return list(itertools.islice(train(ten_spikes().replace(fields)), 5))

    assert ten_spikes().training.optimiser == "RMSprop"
    records = trained(TrueDerivative())
    assert len(records) == 5
    assert all(record.gradient_norms.keys() >= {"0.weight", "2.bias", "3.tau_mem"} for record in records)
    assert not any(norm for record in records for norm in record.gradient_norms.values())
    np.testing.assert_equal([record.parameters for record in records], [records[0].parameters] * 5)
    for surrogate, _ in SURROGATES:
        for ours, theirs in zip(records[0].layers, trained(surrogate)[0].layers, strict=True):
            np.testing.assert_array_equal(ours.spikes, theirs.spikes)


def test_spike_function_may_be_a_class_or_an_instance():
    assert LIF(10.0, spike_fn=SingleSpike).spike_fn == LIF(10.0, spike_fn=SingleSpike()).spike_fn == SingleSpike()


def test_anything_with_apply_any_reset_and_any_surrogate_will_do():
    class EveryPositive:
        def apply(self, u, threshold, surrogate_grad_fn):
            return (u > 0).to(u.dtype) * surrogate_grad_fn(u, threshold)

    layer = IAF(
        spike_threshold=2.0,
        spike_fn=EveryPositive(),
        reset_fn=lambda s, state, threshold: {**state, "v_mem": state["v_mem"] * 0.5},
        surrogate_grad_fn=lambda u, threshold: threshold + 1,
    )
    output = layer(torch.tensor([[[1.0, -1.0], [1.0, -1.0]]]))
    assert output.tolist() == [[[3.0, 0.0], [3.0, 0.0]]]
    assert layer.v_mem.tolist() == [[0.75, -0.75]]


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: MaxSpike(0), "max_num_spikes_per_bin"),
        (lambda: MaxSpike(-1), "max_num_spikes_per_bin"),
        (lambda: MaxSpike(2.5), "max_num_spikes_per_bin"),
        (lambda: MaxSpike(math.nan), "max_num_spikes_per_bin"),
        (lambda: MaxSpike(10**30), "max_num_spikes_per_bin"),
        (lambda: MembraneSubtract(math.inf), "subtract_value"),
        (lambda: MembraneReset(math.nan), "reset_value"),
        (lambda: MembraneReset(-1e39), "reset_value is -1e.39; it must be a number that float32 can hold"),
        (lambda: SingleExponential(grad_width=1e-50), "grad_width is 1e-50; it must be a number that float32 can hold"),
        (lambda: FastSigmoid(slope=1e39), "slope is 1e.39; it must be a number that float32 can hold"),
        (lambda: SingleExponential(grad_width=0.0), "grad_width"),
        (lambda: SingleExponential(grad_scale=math.nan), "grad_scale"),
        (lambda: PeriodicExponential(grad_width=-1.0), "grad_width"),
        (lambda: Heaviside(window=math.nan), "window"),
        (lambda: Gaussian(sigma=0.0), "sigma"),
        (lambda: MultiGaussian(s=0.0), "s is"),
        (lambda: FastSigmoid(slope=0.0), "slope"),
        (lambda: ATan(alpha=-2.0), "alpha"),
    ],
)
def test_activation_outside_its_range_is_refused(build, field):
    with pytest.raises(ParameterError, match=field):
        build()
