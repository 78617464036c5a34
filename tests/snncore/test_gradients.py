"""Back-propagation through time: finite differences where the dynamics are smooth, and where they spike the recursion of
∂L/∂u written out by hand, backwards in time."""

import pytest
import torch
from torch.func import functional_call

from snncore.activation import FastSigmoid, Heaviside, MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleExponential, SingleSpike
from snncore.layers import IAF, LIF

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


def by_hand(layer: LIF, z: torch.Tensor, spikes: torch.Tensor, grad_spikes: torch.Tensor) -> dict[str, torch.Tensor]:
    """∂L/∂u[t] = ∂L/∂s[t]·σ'(u[t]) + ∂L/∂v[t]·dr/du[t], ∂L/∂v[t] = α·∂L/∂u[t+1] and 0 where the bound holds; and what follows."""
    recorded = {name: values.detach() for name, values in layer.recordings.items()}
    u, v, theta = recorded["u"], recorded["v_mem"], layer.spike_threshold.detach()
    alpha = layer.alpha_mem_calculated.detach()
    beta = torch.zeros_like(alpha) if layer.tau_syn is None else layer.alpha_syn_calculated.detach()
    slope = layer.surrogate_grad_fn(u, theta)
    subtracts = isinstance(layer.reset_fn, MembraneSubtract)
    dr_du = 1 - theta * slope if subtracts else (spikes == 0).double()
    dr_ds, dr_dtheta = (-theta, -spikes) if subtracts else (0.0, torch.zeros_like(spikes))
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
def test_gradient_of_a_spiking_run_is_the_recursion_by_hand(surrogate, spike_fn, reset_fn, min_v_mem, tau_syn):
    layer = LIF(doubles(5.0), tau_syn, doubles(0.4), spike_fn, reset_fn, surrogate, min_v_mem, record_states=True)
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
