"""The fused loops against the scan: equal spikes, states and recordings, and the same gradients."""

import math
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore import kernels
from snncore.errors import NonFiniteError
from snncore.kernels import layout, sharing
from snncore.layers import ALIF, IAF, LIF
from tests.length import examples
from tests.snncore.kernel_runs import ADAPTIVE, SMALL, SURROGATE_GRADS, assert_same, by_scan, makers, noise, run
from tests.snncore.models import LAYERS, named


@examples(500)
@given(st.data(), st.integers(1, 3), st.integers(1, 20), st.sampled_from([1, 3, 40]), st.integers(0, 2**31))
def test_loops_equal_the_scan(data, batch, steps, neurons, seed):
    make, z = data.draw(makers(neurons)), noise(batch, steps, neurons, seed=seed)
    assert_same(run(make, z, seed), by_scan(make, z, seed))


@pytest.mark.slow
@pytest.mark.parametrize("through", ["output", "v_mem", "i_syn", "b", "recordings", "firing_rate"])
@pytest.mark.parametrize("kind", [kind for kind in LAYERS if "Recurrent" not in kind])
def test_loss_through_one_output_has_the_gradient_of_the_scan(through, kind):
    def make():
        return LAYERS[kind](record_states=True)

    if through not in ("i_syn", "b") or through in make().state_names:
        z = noise(3, 30, 3)
        assert_same(run(make, z, through=(through,)), by_scan(make, z, through=(through,)))


@pytest.mark.parametrize("kind", LAYERS)
def test_gradient_of_u_is_that_of_the_scan(kind):
    found = []
    for context in (nullcontext(), kernels.disabled()):
        layer = LAYERS[kind]()
        layer.record_gradients = True
        with context:
            layer(noise(3, 30, 3).requires_grad_()).square().sum().backward()
        found.append(layer.gradients["u"])
    assert found[0].any()
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "reduce",
    [
        lambda s: s.sum(),
        lambda s: s.sum(0).square().sum(),
        lambda s: s.sum(1).square().sum(),
        lambda s: s[:, -1].sum(),
        lambda s: s.sum(2).sum(),
    ],
    ids=["all", "samples", "steps", "last step", "neurons"],
)
@pytest.mark.parametrize("neurons", [3, 40])
def test_gradient_that_is_the_same_for_many_is_that_of_the_scan(reduce, neurons):
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        z = noise(3, 20, neurons).requires_grad_()
        with context:
            reduce(LIF(6.0, spike_threshold=0.4)(z)).backward()
        gradients.append(z.grad)
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("surrogate", SURROGATE_GRADS, ids=named)
def test_surrogate_is_that_of_the_scan(surrogate):
    def make():
        return LIF(torch.linspace(2, 9, 600), 4.0, torch.linspace(0.2, 1.5, 600), surrogate_grad_fn=surrogate)

    z = 3 * noise(2, 20, 600)
    assert_same(run(make, z), by_scan(make, z))


@pytest.mark.parametrize("surrogate", SURROGATE_GRADS, ids=named)
def test_surrogate_of_an_adaptive_threshold_is_that_of_the_scan(surrogate):
    z = noise(2, 20, 40)

    def make():
        return ALIF(**ADAPTIVE, surrogate_grad_fn=surrogate)

    assert_same(run(make, z), by_scan(make, z))


@pytest.mark.parametrize("shape", [(0, 5, 3), (2, 5, 0), (1, 1), (4, 1), (3, 7), (1, 1, 1), (2, 6, 2, 5, 7), (2, 3, 1500)], ids=str)
@pytest.mark.parametrize("threads", [1, 2])
def test_every_shape_equals_the_scan(shape, threads, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)

    for make in SMALL:
        assert_same(run(make, noise(*shape)), by_scan(make, noise(*shape)))


def test_narrow_blocks_of_many_steps_equal_the_scan(monkeypatch):
    monkeypatch.setattr(layout, "LONGEST_PAST", 30 * 32)
    for make in SMALL:
        assert_same(run(make, noise(2, 30, 100)), by_scan(make, noise(2, 30, 100)))


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


@pytest.mark.parametrize("place", [(0, 0, 0), (1, 19, 39), (2, 7, 12)])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("make", SMALL, ids=["LIF", "ALIF", "ExpLeak"])
def test_a_number_that_is_not_finite_is_noticed_wherever_it_stands(make, value, place, monkeypatch):
    monkeypatch.setattr(sharing, "LEAST_SHARE", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    z = noise(3, 20, 40)
    z[place] = value
    with pytest.raises(NonFiniteError):
        make()(z)


@pytest.mark.parametrize("value", [1e30, -1e30])
def test_huge_numbers_do_as_in_the_scan(value):
    z = noise(1, 20, 40)
    z[0, 7, :5] = value
    assert_same(run(lambda: LIF(6.0, 4.0, 0.4), z), by_scan(lambda: LIF(6.0, 4.0, 0.4), z))


def test_gradient_that_is_negated_in_passing_is_that_of_the_scan():
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        z = noise(2, 9, 40).requires_grad_()
        with context:
            spikes = IAF()(z)
            imaginary = torch.complex(torch.zeros_like(spikes), spikes)
            (imaginary.conj() * (1 + 2j)).real.sum().backward()
        gradients.append(z.grad)
    torch.testing.assert_close(*gradients)


def test_trained_bound_gets_its_gradient():
    layer = LIF(6.0, min_v_mem=-0.1)
    layer.min_v_mem.requires_grad_()
    layer(noise(2, 20, 3)).sum().backward()
    assert layer.min_v_mem.grad.abs() > 0
