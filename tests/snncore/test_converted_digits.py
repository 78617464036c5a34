"""Converted digits networks against Sinabs on the same weights: equal spikes, and biases that are scaled right."""

from __future__ import annotations

import copy
import warnings

import pytest
import sinabs.from_torch
import sinabs.layers
import sinabs.utils
import torch
from torch import Tensor, nn

from benchmarks.conversion import Digits, constant, digits, rate_coded, trained
from snncore.convert import from_model, normalize
from snncore.layers.model import spiking_layers
from snncore.run.record import outputs_kept


@pytest.fixture(scope="module")
def network() -> tuple[nn.Sequential, Digits, Digits]:
    """A digits network, and the digits that it was trained on and not."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    train, test = digits()
    yield trained(train, 0, epochs=12), train, test
    torch.set_num_threads(threads)


def summed(model: nn.Module, z: Tensor, steps: int) -> Tensor:
    with torch.no_grad():
        return model(z).unflatten(0, (-1, steps)).sum(1)


@pytest.mark.slow
@pytest.mark.parametrize("inputs", ["constant", "rate-coded"])
def test_spikes_equal_those_of_sinabs(network: tuple[nn.Sequential, Digits, Digits], inputs: str) -> None:
    model, train, test = network
    scaled, steps = normalize(model, train.images), 16
    z = constant(test.images, steps) if inputs == "constant" else rate_coded(test.images, steps, 0)
    ours = from_model(scaled, num_timesteps=steps, min_v_mem=None).spiking_model
    theirs = sinabs.from_torch.from_model(scaled, num_timesteps=steps, min_v_mem=None).spiking_model
    spikes = []
    for spiking in (ours, theirs):
        with outputs_kept({name: spiking.get_submodule(name) for name in spiking_layers(ours)}) as outputs, torch.no_grad():
            spiking(z)
        spikes.append(outputs)
    for name, mine in spikes[0].items():
        assert mine.any()
        assert torch.equal(mine, spikes[1][name]), name


def with_large_activations(model: nn.Sequential) -> nn.Sequential:
    """The same function, with first activations 200 times as large."""
    model = copy.deepcopy(model)
    first, second, _ = (layer for layer in model if isinstance(layer, nn.Linear))
    with torch.no_grad():
        first.weight *= 200
        first.bias *= 200
        second.weight /= 200
    return model


@pytest.mark.slow
@pytest.mark.parametrize("steps", [16, 64])
def test_normalised_a_network_keeps_its_accuracy_which_scaled_biases_as_in_sinabs_cost(
    network: tuple[nn.Sequential, Digits, Digits], steps: int
) -> None:
    model, train, test = network
    model = with_large_activations(model)
    right = test.accuracy(model(test.images))
    as_sinabs = copy.deepcopy(model)
    relus = [name for name, module in model.named_children() if isinstance(module, nn.ReLU)]
    layers = [name for name, module in model.named_children() if isinstance(module, nn.Linear)][: len(relus)]
    sinabs.utils.normalize_weights(as_sinabs, train.images, relus, layers, percentile=99.9)
    z = constant(test.images, steps)
    here, there = (
        test.accuracy(summed(from_model(scaled, num_timesteps=steps, min_v_mem=None, initial_v_mem=0.5), z, steps))
        for scaled in (normalize(model, train.images), as_sinabs)
    )
    assert abs(here - right) < 1.5
    assert there < right - 12


def test_a_rounded_lower_bound_is_all_that_differs_from_sinabs_by_default() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2)).eval()
    z = torch.rand(3 * 20, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sinabs.from_torch.from_model(model, num_timesteps=20).spiking_model
    ours = from_model(model, num_timesteps=20).spiking_model
    assert ours[1].min_v_mem == theirs[1].min_v_mem == -1
    torch.testing.assert_close(ours(z), theirs(z))
