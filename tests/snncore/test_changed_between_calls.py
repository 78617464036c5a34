"""Whatever is changed between two calls of a layer is in force in the second, as in a layer that was never called and as in the scan."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize

from snncore import kernels
from snncore.activation import FastSigmoid, Heaviside, MaxSpike, MembraneReset, MembraneSubtract
from snncore.convert import SNNAnalyzer
from snncore.errors import ParameterError
from snncore.layers import ALIF, LIF, ALIFRecurrent, LIFRecurrent
from tests.snncore.kernel_runs import noise

NEURONS = 40


def connection(seed=0):
    linear, numbers = nn.Linear(NEURONS, NEURONS), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in linear.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=numbers) / NEURONS**0.5)
    return linear


LAYERS = {
    "LIF": lambda: LIF(6.0, 4.0, 0.4, min_v_mem=-0.5),
    "ALIF": lambda: ALIF(6.0, 9.0, 4.0, spike_threshold=0.3, min_v_mem=-0.5),
    "LIFRecurrent": lambda: LIFRecurrent(6.0, 4.0, 0.4, min_v_mem=-0.5, rec_connect=connection()),
    "ALIFRecurrent": lambda: ALIFRecurrent(6.0, 9.0, 4.0, spike_threshold=0.3, min_v_mem=-0.5, rec_connect=connection()),
}


def filled(name, value):
    return lambda layer: getattr(layer, name).data.fill_(value)


def put(name, value):
    return lambda layer: setattr(layer, name, value)


def threshold_of(layer):
    return getattr(layer, layer.threshold_name)


def trained(layer):
    for parameter in layer.parameters():
        parameter.grad = torch.ones_like(parameter)
    torch.optim.SGD(layer.parameters(), lr=0.05).step()
    layer.zero_grad()


def loaded(layer):
    other = copy.deepcopy(layer)
    other.tau_mem.data.fill_(3.0)
    layer.load_state_dict(other.state_dict())


def without_a_bound(layer):
    layer.register_parameter("min_v_mem", None)


def deleted_bound(layer):
    del layer.min_v_mem
    layer.min_v_mem = None


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x


def parametrized(layer):
    parametrize.register_parametrization(layer, "tau_mem", Doubled())


def reparametrized(layer):
    parametrized(layer)
    with torch.no_grad():
        layer(noise(2, 20, NEURONS))
        layer.parametrizations.tau_mem.original.fill_(1.5)
    layer.reset_states()


def own_forward(layer):
    linear = layer.rec_connect
    linear.forward = lambda s: -nn.functional.linear(s, linear.weight, linear.bias)


CHANGES = {
    "tau_mem": filled("tau_mem", 2.0),
    "tau_mem replaced": lambda layer: setattr(layer, "tau_mem", nn.Parameter(torch.tensor(2.0))),
    "tau_mem per neuron": lambda layer: setattr(layer, "tau_mem", nn.Parameter(torch.linspace(1, 9, NEURONS))),
    "tau_mem beyond its bound": filled("tau_mem", 0.01),
    "tau_mem parametrized": parametrized,
    "tau_mem parametrized and changed": reparametrized,
    "tau_syn": filled("tau_syn", 1.0),
    "tau_adapt": filled("tau_adapt", 2.0),
    "adapt_scale": filled("adapt_scale", 0.2),
    "threshold": lambda layer: threshold_of(layer).data.fill_(0.2),
    "min_v_mem": filled("min_v_mem", 0.0),
    "min_v_mem taken away": without_a_bound,
    "min_v_mem deleted": deleted_bound,
    "spike_fn": put("spike_fn", MaxSpike(2)),
    "reset_fn": put("reset_fn", MembraneSubtract(0.1)),
    "reset_fn to a value": put("reset_fn", MembraneReset(0.1)),
    "surrogate_grad_fn": put("surrogate_grad_fn", Heaviside(0.3)),
    "detach_reset": put("detach_reset", True),
    "norm_input": put("norm_input", False),
    "trained": trained,
    "loaded": loaded,
}
OF_CONNECTIONS = {
    "weights": lambda layer: layer.rec_connect.weight.data.mul_(-2),
    "weights replaced": lambda layer: setattr(layer.rec_connect, "weight", nn.Parameter(-2 * layer.rec_connect.weight.detach())),
    "no bias": lambda layer: setattr(layer.rec_connect, "bias", None),
    "connection": lambda layer: setattr(layer, "rec_connect", connection(9)),
    "hook": lambda layer: layer.rec_connect.register_forward_hook(lambda module, given, found: -found),
    "hook before": lambda layer: layer.rec_connect.register_forward_pre_hook(lambda module, given: (2 * given[0],)),
    "own forward": own_forward,
}


def again(layer):
    """Call it and let it begin anew."""
    layer(noise(2, 20, NEURONS)).sum().backward()
    layer.zero_grad()
    layer.reset_states()


def folded_otherwise(layer):
    layer.batch_size, layer.num_timesteps = 4, None
    again(layer)
    del layer.batch_size, layer.num_timesteps


def evaluated(layer):
    layer.eval()
    with torch.no_grad():
        layer(noise(2, 20, NEURONS))
    layer.reset_states()
    layer.train()


def recorded(layer):
    layer.record_states = True
    again(layer)
    layer.record_states = False


def in_other_dtypes(layer):
    layer.double()
    layer(noise(2, 20, NEURONS).double())
    layer.reset_states()
    layer.float()
    if not hasattr(layer, "rec_connect"):  # whose dtype has to be the input's
        layer(noise(2, 20, NEURONS).double())
        layer.reset_states()


def with_another_batch(layer):
    layer(noise(5, 7, NEURONS)).sum().backward()
    layer.zero_grad()
    layer.reset_states()


def with_a_fixed_time_constant(layer):
    layer.tau_mem.requires_grad_(False)
    again(layer)
    layer.tau_mem.requires_grad_()


def with_a_threshold_that_learns(layer):
    threshold_of(layer).requires_grad_()
    again(layer)
    threshold_of(layer).requires_grad_(False)


def under_autocast(layer):
    with torch.autocast("cpu", torch.bfloat16):
        layer(noise(2, 20, NEURONS))
    layer.reset_states()


def hooked_for_a_while(layer):
    module = getattr(layer, "rec_connect", layer)
    hook = module.register_forward_hook(lambda module, given, found: -found)
    layer(noise(2, 20, NEURONS))
    layer.reset_states()
    hook.remove()


def with_every_gradient_recorded(layer):
    layer.record_gradients = "all"
    again(layer)
    layer.record_gradients = False


PASSING = [
    again,
    evaluated,
    folded_otherwise,
    recorded,
    in_other_dtypes,
    with_another_batch,
    with_a_fixed_time_constant,
    with_a_threshold_that_learns,
    under_autocast,
    hooked_for_a_while,
    with_every_gradient_recorded,
]


def called(layer):
    spikes = layer(noise(2, 20, NEURONS))
    spikes.square().sum().backward()
    return spikes, {name: parameter.grad for name, parameter in layer.named_parameters() if parameter.requires_grad}


def changed(kind, change, *, called_before):
    layer = LAYERS[kind]()
    if called_before:
        again(layer)
    change(layer)
    return layer


CASES = [
    (kind, name)
    for kind in LAYERS
    for name in (*CHANGES, *(OF_CONNECTIONS if "Recurrent" in kind else {}))
    if "adapt" not in name or "ALIF" in kind
]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_what_is_changed_between_two_calls_is_in_force_in_the_second(kind, name):
    change = {**CHANGES, **OF_CONNECTIONS}[name]
    spikes, gradients = called(changed(kind, change, called_before=True))
    fresh = called(changed(kind, change, called_before=False))
    with kernels.disabled():
        by_scan = called(changed(kind, change, called_before=False))
    assert torch.equal(spikes, fresh[0])
    assert torch.equal(spikes, by_scan[0])
    for parameter, gradient in gradients.items():
        assert torch.equal(gradient, fresh[1][parameter]), parameter
        torch.testing.assert_close(gradient, by_scan[1][parameter], rtol=1e-3, atol=1e-3)
    before, of_before = called(LAYERS[kind]())
    assert not torch.equal(spikes, before) or any(
        parameter in of_before and not torch.equal(gradient, of_before[parameter]) for parameter, gradient in gradients.items()
    )


@pytest.mark.parametrize("happens", PASSING, ids=lambda happens: happens.__name__)
@pytest.mark.parametrize("kind", LAYERS)
def test_what_was_so_for_a_while_leaves_nothing_behind(kind, happens):
    spikes, gradients = called(changed(kind, happens, called_before=True))
    expected, of_fresh = called(LAYERS[kind]())
    assert torch.equal(spikes, expected)
    assert gradients.keys() == of_fresh.keys()
    for parameter, gradient in gradients.items():
        assert torch.equal(gradient, of_fresh[parameter]), parameter


@pytest.mark.parametrize("kind", ["LIFRecurrent", "ALIFRecurrent"])
def test_whoever_counts_operations_changes_no_spike(kind):
    alone, counted = LAYERS[kind](), LAYERS[kind]()
    z = noise(2, 60, NEURONS)
    expected, gradients = alone(z), []
    analyzer = SNNAnalyzer(counted)
    found = counted(z)
    assert torch.equal(found, expected)
    assert analyzer.get_model_statistics()["synops"] > 0
    for layer, spikes in ((alone, expected), (counted, found)):
        spikes.square().sum().backward()
        gradients.append(layer.rec_connect.weight.grad)
    torch.testing.assert_close(*gradients, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("kind", LAYERS)
def test_a_surrogate_keeps_the_number_that_it_was_given(kind):
    slope, gradients = torch.tensor(25.0), []
    for later in (25.0, 1.0):
        layer = LAYERS[kind]()
        layer.surrogate_grad_fn = FastSigmoid(slope)
        slope.fill_(later)
        gradients.append(called(layer)[1]["tau_mem"])
        slope.fill_(25.0)
    assert torch.equal(*gradients)


@pytest.mark.parametrize("given", [torch.ones(2), "25", None], ids=str)
def test_a_surrogate_takes_one_number(given):
    with pytest.raises(ParameterError, match=r"FastSigmoid: slope is .*; it must be one number\."):
        FastSigmoid(given)
