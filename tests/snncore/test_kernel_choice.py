"""The fused loops run where they apply, and the scan everywhere else."""

import copy
from contextlib import nullcontext

import pytest
import torch
from torch.autograd import forward_ad

from snncore import kernels
from snncore.activation import MembraneSubtract
from snncore.dynamics import lif_step
from snncore.kernels import fused, loading
from snncore.layers import ALIF, IAF, LIF, ExpLeak, LIFRecurrent
from tests.length import sampled
from tests.snncore.kernel_runs import ADAPTIVE, noise
from tests.snncore.models import own_surrogate


def test_loops_are_used_where_they_apply(monkeypatch):
    monkeypatch.setattr(fused.dynamics, "scan", None)
    LIF(10.0, tau_syn=5.0, min_v_mem=-1.0, record_states=True)(noise(2, 5, 3))
    IAF()(noise(2, 5, 2, 4, 4)).sum()
    ExpLeak(10.0)(noise(2, 5, 3))
    ALIF(10.0, tau_adapt=5.0, record_states=True)(noise(2, 5, 3))


def recurrent():
    return LIFRecurrent(6.0, rec_connect=torch.nn.Linear(3, 3))


class HalvedReset:
    def __call__(self, s, state, threshold):
        return {**state, "v_mem": torch.where(s > 0, state["v_mem"] / 2, state["v_mem"])}


class SubtractTwice(MembraneSubtract):
    def __call__(self, s, state, threshold):
        return super().__call__(2 * s, state, threshold)


class SlowLIF(LIF):
    def step(self, z, state, parameters):
        return lif_step(z / 2, state, parameters)


@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        (lambda: LIF(6.0, reset_fn=HalvedReset()), torch.float32),
        (lambda: LIF(6.0, reset_fn=SubtractTwice()), torch.float32),
        (lambda: SlowLIF(6.0), torch.float32),
        (lambda: ALIF(**ADAPTIVE, surrogate_grad_fn=own_surrogate), torch.float32),
        (lambda: LIF(6.0), torch.float64),
        (lambda: LIF(6.0), torch.float16),
    ],
    ids=["own reset", "reset of a subclass", "step of a subclass", "own surrogate of a changing threshold", "float64", "float16"],
)
def test_the_scan_runs_where_the_loops_do_not_apply(make, dtype, monkeypatch):
    z = noise(2, 20, 3).to(dtype)
    with kernels.disabled():
        expected = make()(z)
    monkeypatch.setattr(loading, "loops", lambda: pytest.fail("the loops do not apply"))
    assert torch.equal(make()(z), expected)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of torch's own compiler
@pytest.mark.parametrize("make", sampled([lambda: LIF(6.0), IAF, lambda: ALIF(**ADAPTIVE), lambda: ExpLeak(6.0), recurrent], most=2))
def test_a_layer_that_torch_compiles_does_and_learns_the_same(make):
    z, weights = noise(2, 6, 3), noise(2, 6, 3)

    def run(layer, call):
        x = z.clone().requires_grad_()
        output = call(x)
        (output * weights).sum().backward()
        return [output.detach(), x.grad, *(parameter.grad for parameter in layer.parameters())]

    torch.manual_seed(1)
    layer = make()
    other = copy.deepcopy(layer)
    expected = run(layer, layer)
    torch._dynamo.reset()
    for value, same in zip(run(other, torch.compile(other, backend="aot_eager")), expected, strict=True):
        assert (value is None) == (same is None)
        assert value is None or torch.allclose(value, same, rtol=1e-4, atol=1e-6)


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning", "ignore::DeprecationWarning")
def test_a_traced_graph_holds_the_scan_and_gives_the_same_spikes():
    z, other = noise(2, 9, 40), noise(2, 9, 40, seed=1)

    class Fresh(torch.nn.Module):
        def forward(self, z):
            return LIF(6.0, spike_threshold=0.4)(z)

    traced = torch.jit.trace(Fresh(), z, check_trace=False)
    assert "aten::stack" in str(traced.inlined_graph)
    assert torch.equal(traced(other), Fresh()(other))


def test_tensors_without_values_have_their_shapes_computed():
    layer = ALIF(**ADAPTIVE).to("meta")
    out = layer(torch.empty(2, 9, 40, device="meta"))
    assert (out.shape, out.device.type, layer.b.shape) == ((2, 9, 40), "meta", (2, 40))


def test_default_dtype_is_of_no_effect():
    z = noise(2, 9, 40)
    expected = LIF(6.0)(z)
    layer = LIF(6.0)
    torch.set_default_dtype(torch.float64)
    try:
        spikes = layer(z)
    finally:
        torch.set_default_dtype(torch.float32)
    assert spikes.dtype == torch.float32
    assert torch.equal(spikes, expected)


def test_tangents_are_carried_forward():
    layer = ExpLeak(6.0)
    layer.tau_mem.requires_grad_(False)
    z = noise(2, 9, 3)
    with forward_ad.dual_level():
        out = forward_ad.unpack_dual(layer(forward_ad.make_dual(z, torch.ones_like(z))))
    layer.reset_states()
    assert torch.allclose(out.tangent, layer(torch.ones_like(z)))


@pytest.mark.parametrize("first", [torch.no_grad, torch.inference_mode, torch.enable_grad])
@pytest.mark.parametrize("learns", [True, False])
def test_a_call_without_gradients_leaves_nothing_behind_that_a_call_with_gradients_would_miss(first, learns):
    z, gradients = noise(2, 20, 40), []
    for called_before in (True, False):
        layer = LIF(6.0, 4.0, 0.4, min_v_mem=-0.5)
        layer.spike_threshold.requires_grad_(learns)
        layer.tau_syn.requires_grad_(learns)
        if called_before:
            with first():
                layer(z)
            layer.reset_states()
        layer(z).square().sum().backward()
        gradients.append({name: p.grad for name, p in layer.named_parameters() if p.requires_grad})
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[1].items():
        assert torch.equal(gradients[0][name], gradient)


def test_parameters_of_a_functional_call_are_in_force_between_two_calls_with_the_layer_s_own():
    z, layer = noise(2, 20, 40), LIF(6.0, spike_threshold=0.4)
    own = layer(z)
    layer.reset_states()
    others = {"tau_mem": torch.tensor(2.0, requires_grad=True)}
    spikes = torch.func.functional_call(layer, others, (z,))
    spikes.square().sum().backward()
    layer.reset_states()
    expected = LIF(2.0, spike_threshold=0.4)
    assert torch.equal(spikes, expected(z))
    assert not torch.equal(spikes, own)
    assert others["tau_mem"].grad
    assert torch.equal(layer(z), own)


def test_what_a_call_made_of_parameters_is_not_taken_where_tangents_are_carried():
    layer, z = ExpLeak(6.0), noise(2, 9, 3)
    layer.tau_mem.requires_grad_(False)
    layer(z)
    layer.reset_states()
    with forward_ad.dual_level():
        out = forward_ad.unpack_dual(layer(forward_ad.make_dual(z, torch.ones_like(z))))
    layer.reset_states()
    assert torch.allclose(out.tangent, layer(torch.ones_like(z)))


def test_a_copy_holds_nothing_that_was_made_of_the_original_s_parameters():
    z, layer = noise(2, 20, 40), LIF(6.0, spike_threshold=0.4)
    layer(z).sum().backward()
    layer.reset_states()
    other = copy.deepcopy(layer)
    other.tau_mem.data.fill_(2.0)
    other.zero_grad()
    other(z).sum().backward()
    fresh = LIF(2.0, spike_threshold=0.4)
    fresh(z).sum().backward()
    assert torch.equal(other.tau_mem.grad, fresh.tau_mem.grad)


def test_a_layer_in_another_dtype_than_its_input_gets_its_gradients():
    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        layer = LIF(6.0, 4.0, 0.4).double()
        with context:
            layer(noise(2, 20, 40)).square().sum().backward()
        gradients.append((layer.tau_mem.grad, layer.tau_syn.grad))
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("norm_input", [True, False])
@pytest.mark.parametrize("train_alphas", [True, False])
def test_factors_that_a_model_from_outside_computes_with_keep_their_graph(norm_input, train_alphas):
    class Halved(LIF):
        def _membrane_parameters(self, z):
            found = super()._membrane_parameters(z)
            return {**found, "alpha_mem": found["alpha_mem"] / 2}

    gradients = []
    for context in (nullcontext(), kernels.disabled()):
        layer = Halved(6.0, norm_input=norm_input, train_alphas=train_alphas)
        with context:
            layer(noise(2, 20, 40)).square().sum().backward()
        gradients.append(next(p.grad for name, p in layer.named_parameters() if name.endswith("_mem") and p.requires_grad))
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-3, atol=1e-4)
    assert gradients[0].any()
