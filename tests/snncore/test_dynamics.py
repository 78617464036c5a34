"""The layers against closed forms: responses, counts, intervals and decays that can be written down without simulating."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore.activation import MembraneReset, MembraneSubtract, SingleSpike
from snncore.layers import IAF, LIF

NEVER = 1e6
"""A threshold that nothing here reaches."""


def exact(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


def constant(current: float, steps: int) -> torch.Tensor:
    return torch.full((1, steps, 1), current, dtype=torch.float64)


def run(layer: LIF, z: torch.Tensor) -> tuple[list[float], dict[str, list[float]]]:
    """Spikes and recordings of a single neuron."""
    layer.record_states = True
    spikes = layer(z)
    return spikes.flatten().tolist(), {name: values.flatten().tolist() for name, values in layer.recordings.items()}


@pytest.mark.parametrize("tau", [0.5, 10.0, 200.0])
def test_step_response_approaches_the_input_as_one_minus_alpha_to_the_t(tau):
    _, recorded = run(LIF(exact(tau), spike_threshold=NEVER), constant(1.0, 50))
    assert recorded["v_mem"] == pytest.approx([1 - math.exp(-(t + 1) / tau) for t in range(50)], rel=1e-12)


@pytest.mark.parametrize("tau", [0.5, 10.0, 200.0])
def test_step_response_without_input_normalisation_is_the_geometric_sum(tau):
    _, recorded = run(LIF(exact(tau), spike_threshold=NEVER, norm_input=False), constant(1.0, 50))
    alpha = math.exp(-1 / tau)
    assert recorded["v_mem"] == pytest.approx([(1 - alpha ** (t + 1)) / (1 - alpha) for t in range(50)], rel=1e-12)


@pytest.mark.parametrize("norm_input", [True, False])
def test_membrane_decays_exponentially_without_input(norm_input):
    layer = LIF(exact(7.0), spike_threshold=NEVER, norm_input=norm_input)
    layer.v_mem = torch.full((1, 1), 3.0, dtype=torch.float64)
    _, recorded = run(layer, constant(0.0, 40))
    assert recorded["v_mem"] == pytest.approx([3 * math.exp(-(t + 1) / 7) for t in range(40)], rel=1e-12)


def test_synaptic_current_of_one_impulse_is_beta_to_the_t():
    z = constant(0.0, 30)
    z[:, 0] = 2.0
    _, recorded = run(LIF(exact(10.0), tau_syn=exact(4.0), spike_threshold=NEVER), z)
    assert recorded["i_syn"] == pytest.approx([2 * math.exp(-(t + 1) / 4) for t in range(30)], rel=1e-12)


def test_membrane_response_to_one_impulse_is_the_difference_of_two_exponentials():
    z = constant(0.0, 30)
    z[:, 0] = 1.0
    _, recorded = run(LIF(exact(10.0), tau_syn=exact(4.0), spike_threshold=NEVER), z)
    a, b = math.exp(-1 / 10), math.exp(-1 / 4)
    expected = [(1 - a) * b * (b ** (t + 1) - a ** (t + 1)) / (b - a) for t in range(30)]
    assert recorded["v_mem"] == pytest.approx(expected, rel=1e-12)


def test_integrator_with_synapse_sums_the_decaying_current():
    z = constant(0.0, 30)
    z[:, 0] = 1.0
    layer = IAF(spike_threshold=exact(NEVER), tau_syn=exact(4.0))
    _, recorded = run(layer, z)
    b = math.exp(-1 / 4)
    assert recorded["v_mem"] == pytest.approx([b * (1 - b ** (t + 1)) / (1 - b) for t in range(30)], rel=1e-12)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.sampled_from([0.25, 0.5, 0.75, 1.0, 2.5]))
def test_integrator_fires_once_per_threshold_in_the_summed_input(eighths, theta):
    current = [eighth / 8 for eighth in eighths]
    spikes = IAF(spike_threshold=theta)(torch.tensor(current).reshape(1, -1, 1))
    assert spikes.sum().item() == math.floor(sum(current) / theta)


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=30), st.sampled_from([0.25, 0.5, 0.75, 1.0, 2.5]))
def test_integrator_keeps_what_its_spikes_did_not_take(eighths, theta):
    current = [eighth / 8 for eighth in eighths]
    layer = IAF(spike_threshold=theta)
    spikes = layer(torch.tensor(current).reshape(1, -1, 1))
    assert layer.v_mem.item() == sum(current) - theta * spikes.sum().item()


def test_leaky_membrane_is_the_filtered_input_less_the_filtered_spikes():
    z = 6 * torch.rand(1, 60, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    layer = LIF(exact(12.0), spike_threshold=exact(0.75))
    spikes, _ = run(layer, z)
    a = math.exp(-1 / 12)
    terms = [a ** (59 - t) * ((1 - a) * z[0, t, 0].item() - 0.75 * spikes[t]) for t in range(60)]
    assert sum(spikes) > 10
    assert layer.v_mem.item() == pytest.approx(sum(terms), rel=1e-10)


@pytest.mark.parametrize("current", [1.2, 1.5, 2.0, 5.0])
def test_interval_between_spikes_is_the_time_to_climb_from_reset_to_threshold(current):
    spikes, _ = run(LIF(exact(20.0), spike_fn=SingleSpike, reset_fn=MembraneReset()), constant(current, 400))
    interval = math.ceil(-20 * math.log(1 - 1 / current))
    assert [t for t, s in enumerate(spikes) if s] == list(range(interval - 1, 400, interval))


def test_leaky_neuron_stays_silent_below_its_rheobase():
    assert sum(run(LIF(exact(20.0)), constant(0.999, 2000))[0]) == 0
    assert sum(run(LIF(exact(20.0)), constant(1.001, 2000))[0]) > 0


@pytest.mark.parametrize("period", [1, 2, 4, 8])
def test_integrator_fires_at_current_over_threshold(period):
    layer = IAF(spike_threshold=exact(0.5))
    spikes, _ = run(layer, constant(0.5 / period, 64))
    assert [t for t, s in enumerate(spikes) if s] == list(range(period - 1, 64, period))
    assert layer.firing_rate.item() == 1 / period


def test_subtracted_value_may_differ_from_the_threshold():
    spikes, recorded = run(IAF(spike_threshold=exact(1.0), reset_fn=MembraneSubtract(0.25)), constant(1.0, 3))
    assert spikes == [1, 1, 2]
    assert recorded["v_mem"] == [0.75, 1.5, 2.0]


@pytest.mark.parametrize("reset_value", [0.0, 0.5, -0.5])
def test_spiking_neurons_are_set_to_the_reset_value_and_the_others_left(reset_value):
    layer = IAF(reset_fn=MembraneReset(reset_value))
    layer(torch.tensor([[[0.125, 1.5, 0.875, 3.25]]]))
    assert layer.v_mem.tolist() == [[0.125, reset_value, 0.875, reset_value]]


def test_single_spike_leaves_what_is_above_threshold_in_the_membrane():
    spikes, recorded = run(IAF(spike_threshold=exact(1.0), spike_fn=SingleSpike), torch.cat([constant(3.5, 1), constant(0.0, 4)], dim=1))
    assert spikes == [1, 1, 1, 0, 0]
    assert recorded["v_mem"] == [2.5, 1.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize("bound", [-1.0, -0.3, 0.0])
def test_membrane_never_falls_below_its_bound_and_is_exact_above(bound):
    z = torch.randn(1, 80, 3, generator=torch.Generator().manual_seed(1))
    layer = IAF(min_v_mem=bound, record_states=True)
    spikes = layer(z)
    r = layer.recordings["u"] - spikes
    limit = torch.tensor(bound)
    assert (r < limit).any()
    assert (r > limit).any()
    assert torch.equal(layer.recordings["v_mem"], torch.where(r > limit, r, limit))


def test_bound_is_applied_after_the_reset():
    spikes, recorded = run(IAF(reset_fn=MembraneSubtract(5.0), min_v_mem=-1.0), torch.tensor([[[1.5], [0.5]]]))
    assert spikes == [1, 0]
    assert recorded["v_mem"] == [-1.0, -0.5]


def test_bound_of_minus_infinity_is_no_bound():
    z = torch.randn(2, 50, 3, generator=torch.Generator().manual_seed(2))
    unbounded, bounded = LIF(10.0), LIF(10.0, min_v_mem=-math.inf)
    assert torch.equal(bounded(z), unbounded(z))
    assert torch.equal(bounded.v_mem, unbounded.v_mem)


def test_each_neuron_has_its_own_parameters():
    taus, thresholds = [3.0, 10.0, 40.0], [0.5, 0.75, 1.0]
    z = 3 * torch.rand(2, 60, 3, generator=torch.Generator().manual_seed(3))
    together = LIF(torch.tensor(taus), spike_threshold=torch.tensor(thresholds))(z)
    for n in range(3):
        assert torch.equal(together[..., n], LIF(taus[n], spike_threshold=thresholds[n])(z[..., n]))
