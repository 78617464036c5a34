"""The fused loops against the scan: equal spikes, states and recordings, the same gradients, and the scan wherever they don't apply."""

import math
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from snncore import kernels
from snncore.activation import (
    SURROGATES,
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
)
from snncore.kernels import fused, loading, sharing
from snncore.layers import IAF, LIF

SPIKE_FNS = [MultiSpike(), MaxSpike(), MaxSpike(2), SingleSpike()]
RESETS = [MembraneSubtract(), MembraneSubtract(0.6), MembraneReset(), MembraneReset(0.2)]
SURROGATE_GRADS = [
    *(kind() for kind in SURROGATES),
    SingleExponential(0.2, 2.0),
    PeriodicExponential(0.3, 2.0),
    Heaviside(0.3),
    Gaussian(0.1, 0.8, 2.0),
    MultiGaussian(0.1, 0.4, 0.3, 4.0, 2.0),
    FastSigmoid(5.0),
    ATan(3.0),
]


def fields_like(u: torch.Tensor, threshold: torch.Tensor) -> torch.Tensor:
    """A caller's own surrogate."""
    return 1 / (1 + (u / threshold - 1) ** 2)


@st.composite
def layers(draw, neurons):
    """Makes the same layer again with each call."""

    def per_neuron(low, high):
        values = st.floats(low, high)
        return draw(values | st.lists(values, min_size=neurons, max_size=neurons).map(torch.tensor))

    settings = {
        "tau_syn": per_neuron(0.3, 100) if draw(st.booleans()) else None,
        "spike_threshold": per_neuron(0.125, 3),
        "min_v_mem": per_neuron(-2, 0) if draw(st.booleans()) else None,
        "spike_fn": draw(st.sampled_from(SPIKE_FNS)),
        "reset_fn": draw(st.sampled_from(RESETS)),
        "surrogate_grad_fn": draw(st.sampled_from([*SURROGATE_GRADS, fields_like])),
        "record_states": draw(st.booleans()),
    }
    kind = IAF
    if draw(st.integers(0, 3)):
        kind = LIF
        settings |= {"tau_mem": per_neuron(0.3, 100), "norm_input": draw(st.booleans()), "train_alphas": draw(st.booleans())}
    trains_threshold = draw(st.booleans())

    def make():
        layer = kind(**settings)
        layer.spike_threshold.requires_grad_(trains_threshold)
        return layer

    return make


def run(make, z, seed=0, through=("spikes", "v_mem", "i_syn", "recordings")):
    """Values and gradients of one call from a random state, for a loss through what `through` names."""
    numbers = torch.Generator().manual_seed(seed)
    layer, z = make(), z.detach().requires_grad_()
    state = {name: torch.randn(z[:, 0].shape, generator=numbers).requires_grad_() for name in layer.state_names}
    for name, value in state.items():
        setattr(layer, name, value)
    values = {"spikes": layer(z), **{name: getattr(layer, name) for name in state}}
    loss = torch.zeros(())
    for name, value in (*values.items(), *(("recordings", value) for value in layer.recordings.values())):
        weights = torch.randn(value.shape, generator=numbers)
        if name in through and value.requires_grad:
            loss = loss + (value * weights).sum()
    loss.backward()
    gradients = {name: p.grad for name, p in (("z", z), *state.items(), *layer.named_parameters()) if p.requires_grad}
    values |= {f"recorded {name}": value for name, value in layer.recordings.items()}
    return values, gradients


def by_scan(*args, **kwargs):
    with kernels.disabled():
        return run(*args, **kwargs)


def assert_same(actual, expected):
    values, gradients = actual
    expected_values, expected_gradients = expected
    assert values.keys() == expected_values.keys()
    for name, value in expected_values.items():
        assert torch.equal(values[name], value), name
        assert values[name].requires_grad == value.requires_grad, name
        assert values[name].is_contiguous()
    assert gradients.keys() == expected_gradients.keys()
    for name, gradient in expected_gradients.items():
        if gradient is None or not gradient.numel():
            assert gradients[name] is None or not gradients[name].any(), name
        else:
            close = {"rtol": 1e-4, "atol": 1e-6 + 1e-5 * gradient.abs().max().item()}
            torch.testing.assert_close(gradients[name], gradient, msg=lambda text, name=name: f"{name}: {text}", **close)


def noise(*shape, seed=0):
    return 0.3 + 1.5 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_loops_are_used_where_they_apply(monkeypatch):
    monkeypatch.setattr(lif, "scan", None)
    LIF(10.0, tau_syn=5.0, min_v_mem=-1.0, record_states=True)(noise(2, 5, 3))
    IAF()(noise(2, 5, 2, 4, 4)).sum()


@settings(max_examples=250, deadline=None)
@given(st.data(), st.integers(1, 3), st.integers(1, 20), st.sampled_from([1, 3, 40]), st.integers(0, 2**31))
def test_loops_equal_the_scan(data, batch, steps, neurons, seed):
    make, z = data.draw(layers(neurons)), noise(batch, steps, neurons, seed=seed)
    assert_same(run(make, z, seed), by_scan(make, z, seed))


@pytest.mark.parametrize("through", ["spikes", "v_mem", "i_syn", "recordings"])
@pytest.mark.parametrize("tau_syn", [None, 4.0])
def test_loss_through_one_output_has_the_gradient_of_the_scan(through, tau_syn):
    def make():
        return LIF(6.0, tau_syn, 0.4, record_states=True, min_v_mem=-0.3)

    if through in ("spikes", "v_mem", "recordings") or tau_syn:
        z = noise(3, 30, 40)
        assert_same(run(make, z, through=(through,)), by_scan(make, z, through=(through,)))


@pytest.mark.parametrize("surrogate", [*SURROGATE_GRADS, fields_like], ids=str)
def test_surrogate_is_that_of_the_scan(surrogate):
    def make():
        return LIF(torch.linspace(2, 9, 600), 4.0, torch.linspace(0.2, 1.5, 600), surrogate_grad_fn=surrogate)

    z = 3 * noise(2, 20, 600)
    assert_same(run(make, z), by_scan(make, z))


@pytest.mark.parametrize("shape", [(0, 5, 3), (2, 5, 0), (1, 1), (4, 1), (3, 7), (1, 1, 1), (2, 6, 2, 5, 7), (2, 3, 1500)], ids=str)
@pytest.mark.parametrize("threads", [1, 2])
def test_every_shape_equals_the_scan(shape, threads, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)

    def make():
        return LIF(6.0, 4.0, 0.4, record_states=True)

    assert_same(run(make, noise(*shape)), by_scan(make, noise(*shape)))


@pytest.mark.parametrize("samples", [1, 2, 5, 100])
@pytest.mark.parametrize("neurons", [1, 15, 16, 17, 100, 5000])
@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_shares_cover_every_neuron_of_every_sample_once(samples, neurons, threads, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 10)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    covered = torch.zeros(samples, neurons, dtype=torch.int64)
    parts = sharing.shares(samples, 3, neurons)
    for part in parts:
        covered[part.first_sample : part.end_sample, part.first_neuron : part.end_neuron] += 1
    assert (covered == 1).all()
    assert len(parts) <= threads


def test_an_error_in_any_share_is_raised():
    def work(part):
        raise ZeroDivisionError(part)

    for parts in ([1], [1, 2]):
        with pytest.raises(ZeroDivisionError):
            sharing.run(work, parts)
    with pytest.raises(ZeroDivisionError):
        sharing.run(lambda part: 1 // part, [1, 0])


@pytest.mark.parametrize(
    "view",
    [
        lambda z: z.transpose(0, 1),
        lambda z: z[:, ::2],
        lambda z: z[..., ::3],
        lambda z: z[:1, :, :1].expand(3, -1, 40),
        lambda z: z.flip(2),
        lambda z: z.to_sparse().to_dense(),
    ],
)
def test_input_that_is_not_contiguous_equals_the_scan(view):
    z = view(noise(20, 30, 120))
    assert_same(run(lambda: LIF(6.0, 4.0, 0.4), z), by_scan(lambda: LIF(6.0, 4.0, 0.4), z))


def test_many_threads_at_once_each_get_the_result_of_the_scan(monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1000)

    def make():
        return LIF(6.0, 4.0, 0.4, record_states=True)

    data = [noise(3, 50, 70, seed=k) for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for result, z in zip(pool.map(lambda z: run(make, z), data), data, strict=True):
            assert_same(result, by_scan(make, z))


def test_output_changed_in_place_leaves_the_gradient():
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        with context:
            z = noise(2, 20, 3).requires_grad_()
            LIF(6.0, spike_threshold=0.4)(z).mul_(2).sum().backward()
            gradients.append(z.grad)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30, -1e30])
def test_numbers_out_of_range_do_as_in_the_scan(value):
    z = noise(1, 20, 40)
    z[0, 7, :5] = value
    (actual, gradients), (expected, by_scan_) = run(lambda: LIF(6.0, 4.0, 0.4), z), by_scan(lambda: LIF(6.0, 4.0, 0.4), z)
    for name in expected:
        assert torch.equal(actual[name].nan_to_num(7), expected[name].nan_to_num(7)), name
    assert torch.equal(gradients["z"].isfinite(), by_scan_["z"].isfinite())


class HalvedReset:
    def __call__(self, s, state, threshold):
        return {**state, "v_mem": torch.where(s > 0, state["v_mem"] / 2, state["v_mem"])}


class SubtractTwice(MembraneSubtract):
    def __call__(self, s, state, threshold):
        return super().__call__(2 * s, state, threshold)


class SlowLIF(LIF):
    def step(self, z, state, parameters):
        return super().step(z / 2, state, parameters)


@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        (lambda: LIF(6.0, reset_fn=HalvedReset()), torch.float32),
        (lambda: LIF(6.0, reset_fn=SubtractTwice()), torch.float32),
        (lambda: SlowLIF(6.0), torch.float32),
        (lambda: LIF(6.0), torch.float64),
        (lambda: LIF(6.0), torch.float16),
    ],
    ids=["own reset", "reset of a subclass", "step of a subclass", "float64", "float16"],
)
def test_the_scan_runs_where_the_loops_do_not_apply(make, dtype, monkeypatch):
    z = noise(2, 20, 3).to(dtype)
    with kernels.disabled():
        expected = make()(z)
    monkeypatch.setattr(loading, "loops", lambda: pytest.fail("the loops do not apply"))
    assert torch.equal(make()(z), expected)


def test_trained_bound_gets_its_gradient():
    layer = LIF(6.0, min_v_mem=-0.1)
    layer.min_v_mem.requires_grad_()
    layer(noise(2, 20, 3)).sum().backward()
    assert layer.min_v_mem.grad.abs() > 0


def test_first_call_in_a_process_neither_waits_nor_imports_numba_before():
    program = (
        "import sys, torch; from snncore.layers import LIF; layer = LIF(10.0); assert 'numba' not in sys.modules\n"
        "z = 3 * torch.rand(2, 9, 3); first = layer(z)\n"
        "from snncore import kernels; kernels.prepare(); layer.reset_states(); assert torch.equal(layer(z), first)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=300)
