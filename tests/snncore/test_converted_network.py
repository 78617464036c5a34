"""A converted network compares its two models and counts synaptic operations, and leaves both as they were."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from snncore.convert import Network, SNNAnalyzer, SynOpCounter, from_model
from snncore.errors import ParameterError, ShapeError
from snncore.layers import IAF, NeuromorphicReLU, StatefulLayer
from snncore.layers.model import spiking_layers
from tests.snncore.artificial_models import Twice


def dense() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.BatchNorm1d(6), nn.Linear(6, 3), nn.ReLU())


def hooks_of(model: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in model.modules())


def test_shapes_are_inferred_and_nothing_else_changes() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)).train()
    before = copy.deepcopy(model.state_dict())
    network = from_model(model, input_shape=(1, 4, 4), batch_size=2, num_timesteps=3)
    assert [tuple(layer.out_shape) for _, layer in network.layers] == [(2, 2, 2), (2, 2, 2), (2, 2, 2), (8,), (3,)]
    assert hooks_of(network) == 0
    assert not any(layer.is_state_initialised() for layer in spiking_layers(network).values())
    for name, value in network.spiking_model.state_dict().items():
        assert name not in before or torch.equal(value, before[name])
    assert network.spiking_model.training


def test_activations_approach_rates_layer_by_layer_for_each_sample() -> None:
    network = from_model(dense().eval(), batch_size=2, initial_v_mem=0.5)
    x, steps = torch.rand(2, 4), 500
    activations, rates, names = network.compare_activations(x.repeat_interleave(steps, 0), compute_rate=True)
    assert names == ["Input", "1", "4"]
    for activation, rate in zip(activations, rates, strict=True):
        assert activation.shape == rate.shape
        np.testing.assert_allclose(activation, rate, rtol=0, atol=3 / steps)
    assert max(np.abs(activation).max() for activation in activations) > 0.1
    totals, counts, _ = network.compare_activations(x.repeat_interleave(steps, 0))
    for activation, rate, total, count in zip(activations, rates, totals, counts, strict=True):
        np.testing.assert_allclose((total, count), (steps * activation, steps * rate), rtol=1e-5)


def test_relus_without_a_module_of_their_own_are_compared_too() -> None:
    torch.manual_seed(0)
    network = from_model(Twice(), batch_size=1)
    activations, rates, names = network.compare_activations(torch.rand(1, 6).expand(500, 6), compute_rate=True)
    assert len(names) == 5
    for activation, rate in zip(activations, rates, strict=True):
        np.testing.assert_allclose(activation, rate, rtol=0, atol=0.02)


class InPlace(nn.Module):
    """Changes its input and what its ReLU answered."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
        self.act, self.last = nn.ReLU(), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x *= 2
        h = self.act(self.a(x))
        other = self.b(h)
        h += 5 * other
        return self.last(h)


def test_outputs_are_compared_as_the_layers_gave_them_whatever_changes_them_later() -> None:
    torch.manual_seed(0)
    model, x = InPlace(), torch.rand(1, 4)
    network = from_model(model, batch_size=1, synops=True)
    data = x.repeat(400, 1)
    activations, rates, names = network.compare_activations(data, compute_rate=True)
    assert names == ["Input", "act", "last"]
    np.testing.assert_allclose(activations[0], x, rtol=1e-6)
    np.testing.assert_allclose(activations[1], model.a(2 * x).relu().detach(), rtol=1e-5)
    for activation, rate in zip(activations, rates, strict=True):
        np.testing.assert_allclose(activation, rate, rtol=0, atol=0.03)
    assert torch.equal(data, x.repeat(400, 1)), "the data stays as it was"
    network(data.clone())
    sent = network.synops_counter.get_layer_statistics()["spiking"]["act"]["firing_rate_per_neuron"]
    np.testing.assert_allclose(sent.detach(), rates[1][0], rtol=1e-5)


def test_comparing_leaves_states_modes_and_hooks_as_they_were() -> None:
    network = from_model(dense().train(), batch_size=2)
    network.eval()
    network(torch.rand(20, 4))
    network.spiking_model.train()
    states = {name: layer.v_mem.clone() for name, layer in spiking_layers(network).items()}
    first = network.compare_activations(torch.ones(20, 4))
    second = network.compare_activations(torch.ones(20, 4))
    assert all(np.array_equal(*pair) for pair in zip(first[1], second[1], strict=True)), "each run starts from rest"
    assert {name: torch.equal(layer.v_mem, states[name]) for name, layer in spiking_layers(network).items()} == dict.fromkeys(states, True)
    assert network.spiking_model.training
    assert not network.analog_model.training
    assert hooks_of(network) == 0


def test_a_name_that_is_not_there_is_refused() -> None:
    network = from_model(dense(), batch_size=1)
    with pytest.raises(ParameterError, match=r"no module 'x' in both models; use Input or some of 0, 1"):
        network.compare_activations(torch.rand(5, 4), ["x"])
    with pytest.raises(ParameterError, match="no spiking model"):
        Network()(torch.rand(1, 4))


def test_states_are_reset_and_gradients_detached_whatever_the_model_is() -> None:
    network = from_model(Twice(), batch_size=1)
    network(torch.rand(5, 6)).sum().backward()
    layers = [module for module in network.modules() if isinstance(module, StatefulLayer)]
    assert any(layer.v_mem.requires_grad for layer in layers)
    network.zero_grad()
    assert not any(layer.v_mem.requires_grad for layer in layers)
    network.reset_states(randomize=True, value_ranges=[{"v_mem": (-4.0, -2.0)}] * len(layers))
    assert all((layer.v_mem <= -2).all() for layer in layers)
    network.reset_states()
    assert not any(layer.v_mem.any() for layer in layers)
    with pytest.raises(ParameterError, match="1 value_ranges for 4 layers"):
        network.reset_states(True, [{}])


class Skipping(nn.Module):
    """Adds its input, and a constant, to what spikes become."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 4), nn.Linear(4, 4)
        self.constant = nn.Parameter(torch.tensor([0.5, 0.0, 1.0, -0.5]))

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        return self.last(torch.cat((x.relu()[..., :2], x[..., 2:]), -1) + x + self.constant)


class Resizing(Skipping):
    """Reads the number of rows."""

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.first(x).relu().view(x.size(0), -1))


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (dense, {"batch_size": 3}),
        (Skipping, {"batch_size": 3}),
        (Skipping, {"num_timesteps": 9, "synops": True}),
        (Resizing, {"num_timesteps": 9}),
        (Skipping, {"spike_layer_class": IAF}),
    ],
)
def test_a_run_on_a_constant_input_is_a_call_on_the_repeated_one(kind: Callable[[], nn.Module], arguments: dict[str, Any]) -> None:
    model = kind().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_((8 * parameter).round() / 8)  # so that sums are exact
    network = from_model(model, **arguments)
    x = torch.randint(-8, 9, (3, 4)) / 8
    repeated = x.unsqueeze(1).repeat(1, 9, 1)
    is_folded = "spike_layer_class" not in arguments
    expected = network(repeated.flatten(0, 1) if is_folded else repeated).reshape(3, 9, -1)
    network.reset_states()
    assert torch.equal(network.run(x, 9), expected)


@pytest.mark.parametrize(("samples", "steps"), [(2, 9), (3, 8), (3, 0)])
def test_a_run_of_other_sizes_is_refused(samples: int, steps: int) -> None:
    network = from_model(dense().eval(), batch_size=3, num_timesteps=9)
    with pytest.raises(ShapeError, match="time steps"):
        network.run(torch.rand(samples, 4), steps)


# ------------------------------------------------------------------------------------------ synaptic operations


@pytest.mark.parametrize(
    "convolution",
    [
        nn.Conv2d(2, 3, 3),
        nn.Conv2d(2, 4, (2, 3), stride=2, padding=1, groups=2),
        nn.Conv2d(2, 3, 3, padding="same", dilation=2),
        nn.Conv1d(2, 5, 3, stride=2),
        nn.Conv3d(2, 3, 2),
    ],
)
def test_a_spike_counts_once_for_each_neuron_that_it_reaches(convolution: nn.Conv1d | nn.Conv2d | nn.Conv3d) -> None:
    sides = (5, 6, 4)[: len(convolution.kernel_size)]
    spikes = torch.randint(0, 3, (2, 2, *sides)).float()
    analyzer = SNNAnalyzer(convolution)
    convolution(spikes)
    analyzer.remove()
    with torch.no_grad():
        reached = torch.zeros(2, *sides)
        for place in np.ndindex(2, *sides):
            one = torch.zeros(1, 2, *sides)
            one[(0, *place)] = 1
            reached[place] = (convolution(one) != convolution(0 * one)).sum()
    assert analyzer.get_model_statistics()["synops"] == (spikes * reached).sum((1, 2, *range(3, 2 + len(sides)))).mean()


def test_synaptic_operations_are_counted_per_sample_and_layer() -> None:
    network = from_model(dense().eval(), batch_size=2, synops=True)
    spikes = torch.randint(0, 2, (2 * 7, 4)).float()
    network(spikes)
    counted = network.get_synops()
    network.reset_states()
    hidden = network.spiking_model[:2](spikes)  # the batch norm behind it shifts and scales spikes; it sends no others
    assert counted == pytest.approx({"0": spikes.sum().item() / 2 * 6, "3": hidden.sum().item() / 2 * 3})
    statistics = network.synops_counter.get_layer_statistics()["parameter"]["3"]
    assert (statistics["num_timesteps"], statistics["time_window"]) == (7, 7.0)


def test_average_pools_are_made_up_for_in_layers_and_in_the_whole() -> None:
    model = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(1, 3, 1))
    analyzer = SNNAnalyzer(model)
    model(torch.ones(1, 1, 4, 4))
    assert analyzer.get_layer_statistics()["parameter"]["1"]["synops"] == 16 * 3
    assert analyzer.get_model_statistics()["synops"] == 16 * 3


def test_counting_ends_when_it_is_told_to_or_forgotten() -> None:
    model = dense()
    analyzer = SNNAnalyzer(model)
    assert hooks_of(model) > 0
    analyzer.remove()
    assert hooks_of(model) == 0
    SNNAnalyzer(model)
    assert hooks_of(model) == 0


def test_a_copy_of_a_network_counts_for_itself() -> None:
    network = from_model(dense().eval(), batch_size=1, synops=True)
    copied = copy.deepcopy(network)
    copied(torch.ones(3, 4))
    assert copied.get_synops()["0"] == 3 * 4 * 6
    assert network.get_synops() == {}


def test_synaptic_operations_can_be_trained() -> None:
    def synops(model: nn.Sequential, x: Tensor) -> Tensor:
        analyzer = SNNAnalyzer(model)
        model(x)
        counted: Tensor = analyzer.get_model_statistics()["synops"]
        return counted

    model = nn.Sequential(nn.Linear(3, 5), IAF(), nn.Linear(5, 2))
    synops(model, torch.rand(2, 9, 3)).backward()
    assert model[0].weight.grad.any()
    relu = NeuromorphicReLU(fanout=4)
    with pytest.raises(ParameterError, match="hasn't run yet"):
        SynOpCounter([relu])()
    relu(torch.tensor([[1.7, -2.0, 3.2]]))
    assert SynOpCounter([relu])() == 16
    with pytest.raises(ParameterError, match="no module is a NeuromorphicReLU"):
        SynOpCounter(model.modules())


def test_numbers_that_were_not_counted_are_refused() -> None:
    with pytest.raises(ParameterError, match="make it with synops=True"):
        from_model(dense(), batch_size=1).get_synops()
    with pytest.raises(ParameterError, match="dt is 0"):
        SNNAnalyzer(dense(), dt=0)
