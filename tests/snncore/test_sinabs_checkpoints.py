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


def alif(drive: torch.Tensor, base: torch.Tensor, adapt_scale: float = 1.3) -> nn.Module:
    """An ALIF of Sinabs after some spikes."""
    layer = sinabs.layers.ALIF(tau_mem=7.0, tau_adapt=30.0, adapt_scale=adapt_scale, spike_threshold=base)
    layer(drive.expand(2, 40, 3))
    return layer


DRIVES, BASES = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0.5, 0.6, 0.7])


@pytest.mark.parametrize(
    ("theirs", "base", "said"),
    [
        (alif(DRIVES, torch.tensor(0.6), adapt_scale=0.5), torch.tensor(1.0), "they fit 0.5"),
        (alif(DRIVES, BASES), torch.tensor(1.0), "or one spike_threshold for each neuron"),
        (alif(torch.rand(2, 40, 3) * DRIVES, BASES, adapt_scale=0.5), torch.ones(3), "with adapt_scale 1.3 its thresholds tell"),
        (alif(DRIVES[-1:], torch.tensor(0.01), adapt_scale=0.1), torch.tensor(1.0), "its b0 would be -0"),
    ],
    ids=["another adapt_scale", "a threshold for each neuron", "samples that contradict each other", "a negative threshold"],
)
def test_a_base_threshold_that_thresholds_contradict_is_refused_with_the_reason(theirs: nn.Module, base: torch.Tensor, said: str) -> None:
    ours = snncore.layers.ALIF(tau_mem=7.0, tau_adapt=30.0, adapt_scale=1.3, spike_threshold=base)
    for strict in (True, False):
        with pytest.raises(RuntimeError, match=rf"b0 can't be told: .*{said}"):
            ours.load_state_dict(theirs.state_dict(), strict=strict)
    assert torch.equal(ours.b0.detach(), base)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_roundings_contradict_no_base_threshold(dtype: torch.dtype) -> None:
    for seed in range(20):
        torch.manual_seed(seed)
        theirs = alif(8 * torch.rand(2, 40, 3), torch.tensor(0.6)).state_dict()
        ours = snncore.layers.ALIF(tau_mem=7.0, tau_adapt=30.0, adapt_scale=1.3)
        ours.load_state_dict({name: value.to(dtype) for name, value in theirs.items()})
        torch.testing.assert_close(ours.b0.detach(), torch.tensor(0.6), rtol=1e-6 if dtype is torch.float32 else 4e-3, atol=0)


@pytest.mark.parametrize("theirs", [True, False])
def test_a_layer_that_holds_tau_takes_alpha_and_the_reverse(theirs: bool) -> None:
    given = sinabs.layers.LIF(tau_mem=9.0, tau_syn=4.0, train_alphas=theirs)
    ours = snncore.layers.LIF(tau_mem=2.0, tau_syn=2.0, train_alphas=not theirs)
    ours.load_state_dict(given.state_dict())
    torch.testing.assert_close(ours.tau_mem_calculated, torch.tensor(9.0), rtol=1e-5, atol=0)
    torch.testing.assert_close(ours.tau_syn_calculated, torch.tensor(4.0), rtol=1e-5, atol=0)


@pytest.mark.parametrize("b", [None, torch.zeros(2, 4), torch.zeros(())])
def test_a_threshold_without_its_adaptation_tells_no_base(b: torch.Tensor | None) -> None:
    ours = snncore.layers.ALIF(tau_mem=7.0, tau_adapt=30.0)
    saved = {"tau_mem": torch.tensor(7.0), "tau_adapt": torch.tensor(9.0), "spike_threshold": torch.tensor(0.6)}
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "b0"'):
        ours.load_state_dict(saved if b is None else {**saved, "b": b, "spike_threshold": torch.ones(b.dim() and 1)})


def test_a_parameter_that_is_missing_is_still_missed() -> None:
    theirs = saved(calls=1)
    del theirs["1.tau_mem"]
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "1.tau_mem"'):
        network(snncore.layers).load_state_dict(theirs)
