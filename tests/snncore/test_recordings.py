"""Recordings hold what happened: u, v and the synaptic current of every step agree with input, spikes, reset and final state."""

import pytest
import torch

from snncore.activation import MultiSpike, SingleExponential
from snncore.layers import IAF, LIF
from tests.snncore.models import LAYERS, NEURONS


@pytest.fixture(params=LAYERS)
def make_layer(request):
    return LAYERS[request.param]


def spiking_input() -> torch.Tensor:
    return 0.3 + 1.5 * torch.randn(2, 60, NEURONS, generator=torch.Generator().manual_seed(0))


def test_last_recorded_step_is_the_state(make_layer):
    layer = make_layer(record_states=True)
    layer(spiking_input())
    for name in layer.state_names:
        assert torch.equal(layer.recordings[name][:, -1], getattr(layer, name))


def test_recordings_hold_u_and_every_state_variable_in_the_shape_of_the_input(make_layer):
    layer = make_layer(record_states=True)
    layer(spiking_input())
    assert set(layer.recordings) - {"spike_threshold"} == {"u", *layer.state_names}
    assert ("spike_threshold" in layer.recordings) == ("b" in layer.state_names)
    assert all(values.shape == (2, 60, NEURONS) for values in layer.recordings.values())


def threshold(layer):
    """θ of every step."""
    return layer.recordings.get("spike_threshold", getattr(layer, "spike_threshold", None))


def test_output_is_that_of_the_recorded_u(make_layer):
    layer = make_layer(record_states=True)
    output = layer(spiking_input())
    assert output.any()
    u = layer.recordings["u"]
    expected = layer.spike_fn.apply(u, threshold(layer), SingleExponential()) if layer.does_spike else u
    assert torch.equal(output, expected)


def test_recorded_v_is_the_recorded_u_after_reset_and_bound(make_layer):
    layer = make_layer(record_states=True)
    output = layer(spiking_input())
    r = layer.recordings["u"]
    if layer.does_spike:
        r = layer.reset_fn(output, {"v_mem": r}, threshold(layer))["v_mem"]
    v = r if layer.min_v_mem is None else torch.maximum(r, layer.min_v_mem)
    assert torch.equal(layer.recordings["v_mem"], v)


def test_recorded_steps_follow_from_one_another(make_layer):
    layer = make_layer(record_states=True)
    z = spiking_input()
    output = layer(z)
    now, before = layer.recordings, {name: torch.roll(values, 1, dims=1) for name, values in layer.recordings.items()}
    for values in before.values():
        values[:, 0] = 0
    i = z + before["i_rec"] if "i_rec" in now else z
    if "i_syn" in now:
        i = layer.alpha_syn_calculated * (before["i_syn"] + i)
        assert torch.equal(now["i_syn"], i)
    gain = 1 - layer.alpha_mem_calculated if layer.norm_input else 1
    assert torch.equal(now["u"], layer.alpha_mem_calculated * before["v_mem"] + gain * i)
    if "b" in now:
        rho = layer.alpha_adapt_calculated
        assert torch.equal(now["b"], rho * before["b"] + (1 - rho) * output)
        assert torch.equal(now["spike_threshold"], layer.b0 + layer.adapt_scale * before["b"])
    if "i_rec" in now:
        torch.testing.assert_close(now["i_rec"], layer.rec_connect(output))


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


@pytest.mark.parametrize("kind", [kind for kind in LAYERS if "with" not in kind])
def test_gradient_of_u_is_recorded_on_request(kind):
    """It is what a change of u in one step alone would change: u[t] takes the input in with a known gain."""
    layer = LAYERS[kind]()
    layer.record_gradients = True
    z = spiking_input().requires_grad_()
    layer(z).square().sum().backward()
    gain = 1 - layer.alpha_mem_calculated.detach() if layer.norm_input else 1
    torch.testing.assert_close(gain * layer.gradients["u"], z.grad)
    assert layer.gradients["u"].any()
    layer.reset_states()
    assert layer.gradients == {}
