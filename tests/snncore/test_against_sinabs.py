"""Equal spikes, equal states and the same gradients as Sinabs 3.1.3, over random configurations and inputs."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sinabs.activation
import sinabs.layers
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore.layers import ALIF, IAF, LIF, ExpLeak, IAFSqueeze, LIFRecurrent, LIFSqueeze
from tests.length import examples
from tests.snncore.oracle import SPIKE_FUNCTIONS, SURROGATES, Configuration, configurations, inputs, run_oracle


def assert_equal_to_float_precision(actual: torch.Tensor, expected: torch.Tensor, relative: float) -> None:
    """Equal up to the rounding of float32, relative to the tensor's largest entry."""
    torch.testing.assert_close(actual, expected, rtol=0, atol=relative * expected.abs().max().item() + 1e-12)


def assert_same_gradients(configuration: Configuration, z, seed: int, run: Callable) -> None:
    """Of a loss through the output and the last state, with respect to the input and all that is trained."""
    numbers = torch.Generator().manual_seed(seed)
    grad_spikes = torch.randn(z.shape, generator=numbers)
    grad_v = torch.randn(z[:, 0].shape, generator=numbers)
    layer, oracle = configuration.layer(), configuration.oracle()
    ours, theirs = z.clone().requires_grad_(), z.clone().requires_grad_()
    spikes = layer(ours)
    torch.autograd.backward([spikes, layer.v_mem], [grad_spikes, grad_v])
    oracle_spikes, oracle_state = run(oracle, theirs)
    torch.autograd.backward([oracle_spikes, oracle_state["v_mem"]], [grad_spikes, grad_v])
    assert_equal_to_float_precision(ours.grad, theirs.grad, relative=2e-6)
    trained = {name: p for name, p in layer.named_parameters() if p.requires_grad}
    assert trained.keys() == {name for name, p in oracle.named_parameters() if p.requires_grad}
    for name, parameter in trained.items():
        expected = oracle.get_parameter(name).grad
        if expected is None:  # a recurrent connection that nothing came through
            assert parameter.grad is None or not parameter.grad.any()
        else:
            assert_equal_to_float_precision(parameter.grad, expected, relative=1e-3)


@examples(300)
@given(configurations(), inputs())
def test_spikes_and_states_equal_those_of_sinabs(configuration, z):
    layer = configuration.layer()
    spikes, state = run_oracle(configuration.oracle(), z)
    assert torch.equal(layer(z), spikes)
    for name, value in state.items():
        assert torch.equal(getattr(layer, name), value), name


@examples(300)
@given(configurations(("ExpLeak", "ALIF", "ALIF", "LIFRecurrent", "IAFRecurrent", "ALIFRecurrent")), inputs())
def test_output_and_states_of_the_other_models_equal_those_of_sinabs(configuration, z):
    unbounded = replace(configuration, arguments={**configuration.arguments, "min_v_mem": None})
    layer, oracle = unbounded.layer(), unbounded.oracle()
    assert torch.equal(layer(z), oracle(z))
    for name in ("v_mem", "b", "spike_threshold"):
        if isinstance(getattr(oracle, name, None), torch.Tensor):
            assert torch.equal(getattr(layer, name).expand_as(getattr(oracle, name)), getattr(oracle, name)), name


@examples(100)
@given(configurations(("ExpLeak", "LIFRecurrent", "IAFRecurrent")), inputs(), st.integers(0, 2**32 - 1))
def test_gradients_of_the_other_models_equal_those_of_sinabs(configuration, z, seed):
    unbounded = replace(configuration, arguments={**configuration.arguments, "min_v_mem": None})
    assert_same_gradients(unbounded, z, seed, lambda oracle, z: (oracle(z), dict(oracle.named_buffers())))


@examples(40)
@given(configurations(), inputs(), st.data())
def test_second_call_equals_that_of_sinabs(configuration, z, data):
    cut = data.draw(st.integers(1, z.shape[1]))
    again = torch.cat([z, z], dim=1)
    layer = configuration.layer()
    first, second = layer(again[:, :cut]), layer(again[:, cut:])
    assert torch.equal(torch.cat([first, second], dim=1), run_oracle(configuration.oracle(), again)[0])


@examples(150)
@given(configurations(), inputs(), st.integers(0, 2**32 - 1))
def test_gradients_equal_those_of_sinabs(configuration, z, seed):
    assert_same_gradients(configuration, z, seed, run_oracle)


@examples(60)
@given(configurations(), inputs())
def test_recordings_equal_those_of_sinabs(configuration, z):
    unbounded = replace(configuration, arguments={**configuration.arguments, "min_v_mem": None})
    layer, oracle = unbounded.layer(record_states=True), unbounded.oracle()
    oracle.record_states = True
    layer(z)
    oracle(z)
    for name, values in oracle.recordings.items():
        assert torch.equal(layer.recordings[name], values), name


@examples(40)
@given(
    st.floats(0.3, 300.0),
    st.none() | st.floats(0.3, 300.0),
    st.sampled_from(SPIKE_FUNCTIONS),
    st.booleans(),
    st.booleans(),
    inputs(),
)
def test_squeezed_layers_equal_those_of_sinabs(tau_mem, tau_syn, spike_fns, integrates, by_batch, z):
    sizes = {"batch_size": z.shape[0]} if by_batch else {"num_timesteps": z.shape[1]}
    arguments = {"tau_syn": tau_syn} if integrates else {"tau_syn": tau_syn, "tau_mem": tau_mem}
    ours, theirs = (IAFSqueeze, sinabs.layers.IAFSqueeze) if integrates else (LIFSqueeze, sinabs.layers.LIFSqueeze)
    rows = z.flatten(0, 1)
    layer, oracle = ours(spike_fn=spike_fns[0], **arguments, **sizes), theirs(spike_fn=spike_fns[1], **arguments, **sizes)
    assert torch.equal(layer(rows), oracle(rows))
    assert torch.equal(layer.v_mem, oracle.v_mem)


@pytest.mark.parametrize(("ours", "theirs"), SURROGATES, ids=[str(ours) for ours, _ in SURROGATES])
@pytest.mark.parametrize("theta", [0.3, 1.0, 2.5])
def test_surrogates_equal_those_of_sinabs(ours, theirs, theta):
    u, threshold = torch.linspace(-3, 8, 2001), torch.tensor(theta)
    torch.testing.assert_close(ours(u, threshold), theirs(u, threshold), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize(("ours", "theirs"), SPIKE_FUNCTIONS, ids=[str(ours) for ours, _ in SPIKE_FUNCTIONS])
@given(st.floats(0.0078125, 10.0))
def test_counts_around_multiples_of_the_threshold_equal_those_of_sinabs(ours, theirs, theta):
    threshold = torch.tensor(theta)
    multiples = torch.arange(1, 50) * threshold
    u = torch.cat([multiples, multiples.nextafter(torch.tensor(0.0)), multiples.nextafter(torch.tensor(1e6)), -multiples])
    surrogate = SURROGATES[0][0]
    assert torch.equal(ours.apply(u, threshold, surrogate), theirs.apply(u, threshold, surrogate))


@pytest.mark.parametrize("spike_fn", [sinabs.activation.MultiSpike, sinabs.activation.SingleSpike])
def test_spike_functions_of_sinabs_serve_here(spike_fn):
    z = 3 * torch.rand(2, 30, 3, generator=torch.Generator().manual_seed(0))
    spikes = LIF(10.0, spike_fn=spike_fn)(z)
    assert spikes.any()
    assert torch.equal(spikes, sinabs.layers.LIF(10.0, spike_fn=spike_fn)(z))


def test_defaults_are_those_of_sinabs():
    z = 3 * torch.rand(2, 50, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(LIF(10.0)(z), sinabs.layers.LIF(10.0)(z))
    assert torch.equal(IAF()(z), sinabs.layers.IAF()(z))
    assert set(LIF(10.0).arg_dict) - {"detach_reset", "initial_v_mem"} == set(sinabs.layers.LIF(10.0, shape=(1, 1)).arg_dict)
    assert set(IAF().arg_dict) - {"detach_reset", "initial_v_mem"} == set(sinabs.layers.IAF(shape=(1, 1)).arg_dict)
    assert torch.equal(ExpLeak(10.0)(z), sinabs.layers.ExpLeak(10.0)(z))
    assert torch.equal(ALIF(10.0, 20.0)(z), sinabs.layers.ALIF(10.0, 20.0)(z))
    assert set(sinabs.layers.ExpLeak(10.0, shape=(1, 1)).arg_dict) <= set(ExpLeak(10.0).arg_dict)
    assert set(sinabs.layers.ALIF(10.0, 20.0, shape=(1, 1)).arg_dict) <= set(ALIF(10.0, 20.0).arg_dict)
    connected = {"rec_connect": torch.nn.Linear(3, 3)}
    assert set(LIFRecurrent(10.0, **connected).arg_dict) - {"detach_reset", "initial_v_mem"} == set(
        sinabs.layers.LIFRecurrent(10.0, shape=(1, 1), **connected).arg_dict
    )
