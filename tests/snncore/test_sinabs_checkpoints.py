"""Checkpoints of Sinabs load into layers of the same kind, whenever they were saved."""

from __future__ import annotations

from types import ModuleType

import pytest
import sinabs.layers
import torch
from torch import nn

import snncore.layers


def network(layers: ModuleType, threshold: float = 0.7, base: float = 0.6) -> nn.Sequential:
    """One layer of each kind that Sinabs saves in its own way."""
    torch.manual_seed(5)
    return nn.Sequential(
        nn.Linear(3, 4),
        layers.LIF(tau_mem=9.0, tau_syn=4.0, spike_threshold=torch.tensor(threshold), min_v_mem=-1.0),
        layers.LIFRecurrent(tau_mem=8.0, spike_threshold=torch.tensor(threshold), rec_connect=nn.Linear(4, 4)),
        nn.Linear(4, 4),
        layers.ALIF(tau_mem=7.0, tau_adapt=30.0, adapt_scale=1.3, spike_threshold=torch.tensor(base), min_v_mem=-1.0),
        layers.ExpLeak(tau_mem=6.0, train_alphas=True),
    )


def saved(calls: int) -> dict[str, torch.Tensor]:
    model = network(sinabs.layers)
    for _ in range(calls):
        model(4 * torch.rand(2, 20, 3))
    return {name: value.detach() for name, value in model.state_dict().items()}


def test_parameters_load_and_state_is_dropped() -> None:
    theirs = saved(calls=2)
    assert theirs["1.v_mem"].any()
    ours = network(snncore.layers, threshold=1.0, base=1.0)
    ours.load_state_dict(theirs)
    for name, value in theirs.items():
        if name in ours.state_dict() and not name.endswith("b0"):
            assert torch.equal(ours.state_dict()[name], value), name
    assert not any(layer.is_state_initialised() for layer in ours if isinstance(layer, snncore.layers.StatefulLayer))


def test_the_base_threshold_of_an_alif_loads_whatever_its_adaptation_was() -> None:
    theirs = sinabs.layers.ALIF(tau_mem=7.0, tau_adapt=30.0, adapt_scale=1.3, spike_threshold=torch.tensor(0.6))
    theirs(torch.full((2, 40, 3), 3.0))
    assert (theirs.b > 0).all(), "its thresholds were adapted"
    ours = snncore.layers.ALIF(tau_mem=7.0, tau_adapt=30.0, adapt_scale=1.3)
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours.b0.detach(), torch.tensor(0.6), rtol=1e-6, atol=0)


def test_the_base_thresholds_of_single_neurons_load() -> None:
    base = torch.tensor([0.5, 0.6, 0.7])
    theirs = sinabs.layers.ALIF(tau_mem=7.0, tau_adapt=30.0, spike_threshold=base)
    theirs(3 * torch.rand(4, 30, 3))
    ours = snncore.layers.ALIF(tau_mem=7.0, tau_adapt=30.0, spike_threshold=torch.ones(3))
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours.b0.detach(), base, rtol=1e-6, atol=0)


def test_a_base_threshold_that_the_file_does_not_tell_is_missed() -> None:
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "4.b0"'):
        network(snncore.layers).load_state_dict(saved(calls=0))


def test_a_parameter_that_is_missing_is_still_missed() -> None:
    theirs = saved(calls=1)
    del theirs["1.tau_mem"]
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "1.tau_mem"'):
        network(snncore.layers).load_state_dict(theirs)
