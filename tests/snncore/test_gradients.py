"""Back-propagation through time: finite differences where the dynamics are smooth, and where they spike the recursion of
∂L/∂u written out by hand, backwards in time."""

import pytest
import torch
from torch.func import functional_call

from snncore.activation import FastSigmoid, Heaviside, MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleExponential, SingleSpike
from snncore.layers import ALIF, IAF, LIF, ExpLeak, LIFRecurrent
from tests.snncore.models import rec_connect

STEPS, BATCH, NEURONS = 30, 2, 3


def doubles(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64).squeeze()


def drawn(scale: float, offset: float = 0.0, seed: int = 0) -> torch.Tensor:
    return offset + scale * torch.randn(BATCH, STEPS, NEURONS, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def potentials(layer: LIF, parameters: dict[str, torch.Tensor], z: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    layer.reset_states()
    layer.v_mem = v
    functional_call(layer, parameters, (z,))
    return layer.recordings["v_mem"]


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"norm_input": False}, {"train_alphas": True}, {"min_v_mem": doubles(-0.1)}], ids=str)
@pytest.mark.parametrize("tau_mem", [doubles(6.0), doubles(2.0, 6.0, 20.0)], ids=["one tau", "tau per neuron"])
@pytest.mark.parametrize("tau_syn", [None, doubles(3.0), doubles(1.0, 3.0, 9.0)], ids=["no synapse", "one synapse", "synapse per neuron"])
def test_silent_membrane_has_the_gradient_of_finite_differences(settings, tau_mem, tau_syn):
    silent = {"spike_threshold": doubles(1e3), "surrogate_grad_fn": Heaviside(window=1.0), "record_states": True}
    layer = LIF(tau_mem, tau_syn, **silent, **settings)
    trained = {name: p.detach().clone().requires_grad_() for name, p in layer.named_parameters() if p.requires_grad}
    assert len(trained) == (1 if tau_syn is None else 2)
    z = drawn(1.0)[:, :6].requires_grad_()
    v = drawn(0.5, seed=1)[:, 0].requires_grad_()
    assert torch.autograd.gradcheck(
        lambda z, v, *values: potentials(layer, dict(zip(trained, values, strict=True)), z, v), (z, v, *trained.values())
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: ExpLeak(doubles(6.0), tau_syn=doubles(3.0), record_states=True),
        lambda: ExpLeak(doubles(2.0, 6.0, 20.0), norm_input=True, train_alphas=True, record_states=True),
        lambda: ALIF(
            doubles(6.0), doubles(9.0), doubles(3.0), spike_threshold=doubles(1e3), surrogate_grad_fn=Heaviside(1.0), record_states=True
        ),
    ],
    ids=["ExpLeak", "ExpLeak with alphas", "ALIF"],
)
def test_other_silent_membranes_have_the_gradient_of_finite_differences(make):
    layer = make()
    trained = {name: p.detach().clone().requires_grad_() for name, p in layer.named_parameters() if p.requires_grad}
    z = drawn(1.0)[:, :6].requires_grad_()
    v = drawn(0.5, seed=1)[:, 0].requires_grad_()
    assert torch.autograd.gradcheck(
        lambda z, v, *values: potentials(layer, dict(zip(trained, values, strict=True)), z, v), (z, v, *trained.values())
    )


def test_output_of_recurrent_integrators_has_the_gradient_of_finite_differences():
    """A spike function that is smooth makes the whole feedback differentiable."""

    class Smooth:
        def apply(self, u, threshold, surrogate_grad_fn):
            return torch.sigmoid(u - threshold)

    layer = LIFRecurrent(doubles(6.0), spike_fn=Smooth(), rec_connect=rec_connect().double())
    trained = {name: p.detach().clone().requires_grad_() for name, p in layer.named_parameters() if p.requires_grad}
    assert len(trained) == 3

    def output(z, *values):
        layer.reset_states()
        return functional_call(layer, dict(zip(trained, values, strict=True)), (z,))

    assert torch.autograd.gradcheck(output, (drawn(1.0)[:, :6].requires_grad_(), *trained.values()))


def test_adaptation_with_a_smooth_spike_has_the_gradient_of_finite_differences():
    class Smooth:
        def apply(self, u, threshold, surrogate_grad_fn):
            return torch.sigmoid(u - threshold)

    layer = ALIF(doubles(6.0), doubles(9.0), doubles(3.0), doubles(0.7), doubles(0.3), Smooth())
    layer.b0.requires_grad_()
    layer.adapt_scale.requires_grad_()
    trained = {name: p.detach().clone().requires_grad_() for name, p in layer.named_parameters() if p.requires_grad}
    assert len(trained) == 5

    def output(z, *values):
        layer.reset_states()
        return functional_call(layer, dict(zip(trained, values, strict=True)), (z,))

    assert torch.autograd.gradcheck(output, (drawn(1.0)[:, :6].requires_grad_(), *trained.values()))


@pytest.mark.parametrize("reset_fn", [MembraneSubtract(), MembraneReset(0.1)], ids=str)
@pytest.mark.parametrize("spike_fn", [MultiSpike(), SingleSpike()], ids=str)
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
def test_gradient_of_an_adapting_run_is_the_recursion_by_hand(spike_fn, reset_fn, detached):
    """∂b[t-1] = ρ ∂b[t] + A ∂θ[t], ∂s gains (1-ρ) ∂b[t], and ∂θ[t] is that of a threshold at step t alone."""
    layer = ALIF(
        doubles(5.0), doubles(9.0), None, doubles(0.7), doubles(0.3), spike_fn, reset_fn, record_states=True, detach_reset=detached
    )
    layer.b0.requires_grad_()
    z = drawn(2.0, offset=0.5).requires_grad_()
    b_first = drawn(0.3, seed=2)[:, 0].abs().requires_grad_()
    layer.b = b_first
    grad_spikes = drawn(1.0, seed=1)
    spikes = layer(z)
    spikes.backward(grad_spikes)
    with torch.no_grad():
        u, theta, s = layer.recordings["u"], layer.recordings["spike_threshold"], spikes.detach()
        alpha, rho, scale = layer.alpha_mem_calculated, layer.alpha_adapt_calculated, layer.adapt_scale
        slope = layer.surrogate_grad_fn(u, theta)
        ds_dtheta = -slope if isinstance(spike_fn, SingleSpike) else -u / theta * slope
        soft = isinstance(reset_fn, MembraneSubtract)
        grad_u, grad_b, grad_b0, grad_rho = (torch.zeros_like(u[:, 0]) for _ in range(4))
        grad_z = torch.empty_like(u)
        for t in reversed(range(STEPS)):
            grad_v = alpha * grad_u
            grad_s = grad_spikes[:, t] + (1 - rho) * grad_b - (theta[:, t] * grad_v if soft and not detached else 0)
            grad_theta = grad_s * ds_dtheta[:, t] - (s[:, t] * grad_v if soft else 0)
            grad_u = grad_s * slope[:, t] + (grad_v if soft else torch.where(s[:, t] > 0, 0, grad_v))
            grad_z[:, t] = (1 - alpha) * grad_u
            before = layer.recordings["b"][:, t - 1] if t else b_first
            grad_rho += grad_b * (before - s[:, t])
            grad_b = rho * grad_b + scale * grad_theta
            grad_b0 += grad_theta
    expected = {"z": grad_z, "b": grad_b, "b0": grad_b0.sum(), "tau_adapt": grad_rho.sum() * rho / layer.tau_adapt**2}
    actual = {"z": z, "b": b_first, "b0": layer.b0, "tau_adapt": layer.tau_adapt}
    for name, gradient in expected.items():
        torch.testing.assert_close(actual[name].grad, gradient.detach(), rtol=1e-9, atol=1e-12, msg=name)


def by_hand(layer: LIF, z: torch.Tensor, spikes: torch.Tensor, grad_spikes: torch.Tensor) -> dict[str, torch.Tensor]:
    """∂L/∂u[t] = ∂L/∂s[t]·σ'(u[t]) + ∂L/∂v[t]·dr/du[t], ∂L/∂v[t] = α·∂L/∂u[t+1] and 0 where the bound holds; and what follows."""
    recorded = {name: values.detach() for name, values in layer.recordings.items()}
    u, v, theta = recorded["u"], recorded["v_mem"], layer.spike_threshold.detach()
    alpha = layer.alpha_mem_calculated.detach()
    beta = torch.zeros_like(alpha) if layer.tau_syn is None else layer.alpha_syn_calculated.detach()
    slope = layer.surrogate_grad_fn(u, theta)
    subtracts = isinstance(layer.reset_fn, MembraneSubtract)
    dr_ds = -theta if subtracts and not layer.detach_reset else torch.zeros_like(theta)
    dr_du = 1 + dr_ds * slope if subtracts else (spikes == 0).double()
    dr_dtheta = -spikes if subtracts else torch.zeros_like(spikes)
    ds_dtheta = -slope if isinstance(layer.spike_fn, SingleSpike) else -u / theta * slope
    free = torch.ones_like(u) if layer.min_v_mem is None else (v > layer.min_v_mem).double()
    grads = {name: torch.zeros_like(u[:, 0]) for name in ("u", "i", "alpha", "beta", "theta")}
    grad_z = torch.empty_like(u)
    for t in reversed(range(STEPS)):
        grad_v = alpha * grads["u"] * free[:, t]
        grads["theta"] += (grad_spikes[:, t] + grad_v * dr_ds) * ds_dtheta[:, t] + grad_v * dr_dtheta[:, t]
        grads["u"] = grad_spikes[:, t] * slope[:, t] + grad_v * dr_du[:, t]
        grads["i"] = (1 - alpha) * grads["u"] + beta * grads["i"]
        grad_z[:, t] = grads["i"] if layer.tau_syn is None else beta * grads["i"]
        i = z[:, t] if layer.tau_syn is None else recorded["i_syn"][:, t]
        grads["alpha"] += grads["u"] * ((v[:, t - 1] if t else 0) - i)
        grads["beta"] += 0 if layer.tau_syn is None else grads["i"] * i / beta
    found = {
        "z": grad_z,
        "v": alpha * grads["u"],
        "theta": grads["theta"].sum(),
        "tau_mem": grads["alpha"].sum() * alpha / layer.tau_mem**2,
    }
    if layer.tau_syn is not None:
        found["tau_syn"] = grads["beta"].sum() * beta / layer.tau_syn**2
    return found


@pytest.mark.parametrize("surrogate", [SingleExponential(), FastSigmoid(slope=5.0)], ids=str)
@pytest.mark.parametrize("spike_fn", [MultiSpike(), MaxSpike(1), SingleSpike()], ids=str)
@pytest.mark.parametrize("reset_fn", [MembraneSubtract(), MembraneReset(0.1)], ids=str)
@pytest.mark.parametrize("min_v_mem", [None, doubles(-0.2)], ids=["unbounded", "bounded"])
@pytest.mark.parametrize("tau_syn", [None, doubles(3.0)], ids=["no synapse", "synapse"])
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
def test_gradient_of_a_spiking_run_is_the_recursion_by_hand(surrogate, spike_fn, reset_fn, min_v_mem, tau_syn, detached):
    layer = LIF(doubles(5.0), tau_syn, doubles(0.4), spike_fn, reset_fn, surrogate, min_v_mem, record_states=True, detach_reset=detached)
    layer.spike_threshold.requires_grad_()
    z = drawn(2.0, offset=0.5).requires_grad_()
    v = torch.zeros(BATCH, NEURONS, dtype=torch.float64, requires_grad=True)
    layer.v_mem = v
    grad_spikes = drawn(1.0, seed=1)
    spikes = layer(z)
    assert spikes.any()
    assert min_v_mem is None or (layer.recordings["v_mem"] == min_v_mem).any()
    spikes.backward(grad_spikes)
    expected = by_hand(layer, z.detach(), spikes.detach(), grad_spikes)
    actual = {"z": z, "v": v, "theta": layer.spike_threshold, "tau_mem": layer.tau_mem, "tau_syn": layer.tau_syn}
    for name, gradient in expected.items():
        torch.testing.assert_close(actual[name].grad, gradient.detach(), rtol=1e-9, atol=1e-12, msg=name)


def test_parameters_per_neuron_get_the_gradient_of_their_own_neuron():
    taus, thetas = doubles(3.0, 5.0, 9.0), doubles(0.3, 0.4, 0.5)
    z = drawn(2.0, offset=0.5)
    layer = LIF(taus, spike_threshold=thetas)
    layer.spike_threshold.requires_grad_()
    layer(z).sum().backward()
    for n in range(NEURONS):
        alone = LIF(taus[n], spike_threshold=thetas[n])
        alone.spike_threshold.requires_grad_()
        alone(z[..., n]).sum().backward()
        torch.testing.assert_close(layer.tau_mem.grad[n], alone.tau_mem.grad, rtol=1e-12, atol=0)
        torch.testing.assert_close(layer.spike_threshold.grad[n], alone.spike_threshold.grad, rtol=1e-12, atol=0)


def test_time_constants_are_trained_and_thresholds_are_not_unless_asked():
    trained = {name for name, p in LIF(10.0, tau_syn=5.0, min_v_mem=-1.0).named_parameters() if p.requires_grad}
    assert trained == {"tau_mem", "tau_syn"}
    alphas = {name for name, p in LIF(10.0, tau_syn=5.0, train_alphas=True).named_parameters() if p.requires_grad}
    assert alphas == {"alpha_mem", "alpha_syn"}
    assert not any(p.requires_grad for p in IAF(min_v_mem=-1.0).parameters())


def test_gradient_flows_through_the_state_from_call_to_call_until_zero_grad():
    z = drawn(2.0, offset=0.5).requires_grad_()
    whole, chunked, cut = (LIF(doubles(5.0), spike_threshold=doubles(0.4)) for _ in range(3))
    whole(z)[:, 20:].sum().backward()
    through = z.grad.clone()
    z.grad = None
    chunked(z[:, :20])
    chunked(z[:, 20:]).sum().backward()
    torch.testing.assert_close(z.grad, through, rtol=1e-12, atol=0)
    assert z.grad[:, :20].any()
    z.grad = None
    cut(z[:, :20])
    cut.zero_grad()
    cut(z[:, 20:]).sum().backward()
    assert not z.grad[:, :20].any()
    assert z.grad[:, 20:].any()
