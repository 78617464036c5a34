"""Layers of networks that are to be converted compute as in Sinabs, but for sums that Sinabs rounds."""

from __future__ import annotations

import pytest
import sinabs.layers
import torch

from snncore.errors import ParameterError
from snncore.layers import IAF, Img2SpikeLayer, NeuromorphicReLU, SumPool2d


@pytest.mark.parametrize(("kernel_size", "stride"), [(2, None), (3, 2), ((2, 3), (1, 2))])
def test_sums_are_those_of_sinabs(kernel_size, stride) -> None:
    x = torch.rand(2, 3, 9, 9)
    torch.testing.assert_close(SumPool2d(kernel_size, stride)(x), sinabs.layers.SumPool2d(kernel_size, stride)(x))


def test_sums_of_whole_numbers_are_whole_also_over_the_edge() -> None:
    counts = torch.randint(0, 50, (4, 3, 28, 28)).float()
    sums = SumPool2d(3, ceil_mode=True)(counts)
    assert torch.equal(sums, sums.round())
    assert torch.equal(sums[..., -1, -1], counts[..., 27:, 27:].sum((-1, -2)))


@pytest.mark.parametrize("stochastic", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_neuromorphic_relus_are_those_of_sinabs(stochastic: bool, training: bool) -> None:
    x = 3 * torch.randn(5, 4)
    found = []
    for kind in (NeuromorphicReLU, sinabs.layers.NeuromorphicReLU):
        torch.manual_seed(2)
        layer = kind(fanout=3, stochastic_rounding=stochastic).train(training)
        mine = x.clone().requires_grad_()
        output = layer(mine)
        (output * torch.arange(4.0)).sum().backward()
        found.append((output, layer.activity, mine.grad if training or not stochastic else torch.zeros(1)))
    for ours, theirs in zip(*found, strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("negative", [False, True])
def test_spikes_from_an_image_are_those_of_sinabs(negative: bool) -> None:
    image = 255 * torch.rand(1, 4, 4) - 100
    spikes = []
    for kind in (Img2SpikeLayer, sinabs.layers.Img2SpikeLayer):
        torch.manual_seed(3)
        spikes.append(kind((1, 4, 4), tw=50, max_rate=500, negative_spikes=negative)(image))
    assert torch.equal(*spikes)
    with pytest.raises(ParameterError, match="tw must be at least 1"):
        Img2SpikeLayer((1, 4, 4), tw=0)


def test_potentials_start_from_a_fraction_of_the_threshold() -> None:
    layer = IAF(spike_threshold=torch.tensor([1.0, 2.0, 4.0]))
    layer.initial_v_mem = 0.5
    z = torch.full((1, 4, 3), 0.4)
    first = layer(z)
    assert first[0].argmax(0).tolist() == [1, 2, 0], "they reach θ from θ/2"
    layer.reset_states()
    assert layer.v_mem.tolist() == [[0.5, 1.0, 2.0]]
    assert torch.equal(layer(z), first)
    layer.reset_states(randomize=True, value_ranges={"v_mem": (-2.0, -1.0)})
    assert layer.v_mem.max() <= -1
