"""Recordings hold what happened: u, v and the synaptic current of every step agree with input, spikes, reset and final state."""

import pytest
import torch

from snncore.activation import MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleExponential, SingleSpike
from snncore.layers import IAF, LIF

LAYERS = {
    "LIF": lambda **settings: LIF(8.0, spike_threshold=0.4, **settings),
    "LIF with synapse": lambda **settings: LIF(8.0, tau_syn=3.0, spike_threshold=0.4, **settings),
    "LIF without input normalisation": lambda **settings: LIF(8.0, norm_input=False, **settings),
    "LIF with bound": lambda **settings: LIF(8.0, min_v_mem=-0.1, spike_threshold=0.4, **settings),
    "LIF with hard reset": lambda **settings: LIF(8.0, reset_fn=MembraneReset(0.1), spike_threshold=0.4, **settings),
    "LIF with single spikes": lambda **settings: LIF(8.0, spike_fn=SingleSpike, spike_threshold=0.4, **settings),
    "IAF": lambda **settings: IAF(spike_fn=MaxSpike(2), **settings),
    "IAF with synapse": lambda **settings: IAF(tau_syn=3.0, reset_fn=MembraneSubtract(0.7), min_v_mem=-0.5, **settings),
}


@pytest.fixture(params=LAYERS)
def make_layer(request):
    return LAYERS[request.param]


def spiking_input() -> torch.Tensor:
    return 0.3 + 1.5 * torch.randn(2, 60, 4, generator=torch.Generator().manual_seed(0))


def test_last_recorded_step_is_the_state(make_layer):
    layer = make_layer(record_states=True)
    layer(spiking_input())
    for name in layer.state_names:
        assert torch.equal(layer.recordings[name][:, -1], getattr(layer, name))


def test_recordings_hold_u_and_every_state_variable_in_the_shape_of_the_input(make_layer):
    layer = make_layer(record_states=True)
    layer(spiking_input())
    assert set(layer.recordings) == {"u", *layer.state_names}
    assert all(values.shape == (2, 60, 4) for values in layer.recordings.values())


def test_spikes_are_those_of_the_recorded_u(make_layer):
    layer = make_layer(record_states=True)
    spikes = layer(spiking_input())
    assert spikes.any()
    assert torch.equal(spikes, layer.spike_fn.apply(layer.recordings["u"], layer.spike_threshold, SingleExponential()))


def test_recorded_v_is_the_recorded_u_after_reset_and_bound(make_layer):
    layer = make_layer(record_states=True)
    spikes = layer(spiking_input())
    r = layer.reset_fn(spikes, {"v_mem": layer.recordings["u"]}, layer.spike_threshold)["v_mem"]
    v = r if layer.min_v_mem is None else torch.maximum(r, layer.min_v_mem)
    assert torch.equal(layer.recordings["v_mem"], v)


def test_recorded_u_follows_from_the_recorded_v_one_step_earlier(make_layer):
    layer = make_layer(record_states=True)
    z = spiking_input()
    layer(z)
    before = {name: torch.roll(values, 1, dims=1) for name, values in layer.recordings.items()}
    for values in before.values():
        values[:, 0] = 0
    i = z
    if "i_syn" in layer.recordings:
        i = layer.alpha_syn_calculated * (before["i_syn"] + z)
        assert torch.equal(layer.recordings["i_syn"], i)
    gain = 1 - layer.alpha_mem_calculated if layer.norm_input else 1
    assert torch.equal(layer.recordings["u"], layer.alpha_mem_calculated * before["v_mem"] + gain * i)


def test_recording_changes_no_spike_and_no_state(make_layer):
    z = spiking_input()
    silent, recording = make_layer(), make_layer(record_states=True)
    assert torch.equal(silent(z), recording(z))
    assert torch.equal(silent.v_mem, recording.v_mem)
    assert silent.recordings == {}


def test_recordings_of_chunks_join_to_those_of_one_long_run(make_layer):
    z = spiking_input()
    whole, chunked = make_layer(record_states=True), make_layer(record_states=True)
    whole(z)
    parts = []
    for chunk in z.split(17, dim=1):
        chunked(chunk)
        parts.append(chunked.recordings)
    for name, values in whole.recordings.items():
        assert torch.equal(torch.cat([part[name] for part in parts], dim=1), values)


def test_recordings_are_differentiable_until_zero_grad():
    layer = LIF(10.0, record_states=True)
    z = torch.rand(1, 5, 2, requires_grad=True)
    layer(z)
    layer.recordings["u"].sum().backward()
    assert z.grad.abs().sum() > 0
    layer(z)
    layer.zero_grad()
    assert not any(values.requires_grad for values in layer.recordings.values())


def test_firing_rate_is_the_mean_of_the_output():
    layer = IAF(spike_fn=MultiSpike)
    spikes = layer(spiking_input())
    assert layer.firing_rate.item() == pytest.approx(spikes.sum().item() / spikes.numel())
