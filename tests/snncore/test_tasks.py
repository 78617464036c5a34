"""The spike-count task: the squared distance of all output spikes together from the target."""

import pytest
import torch

from snncore.experiment.tasks.spike_count import SpikeCount


@pytest.mark.parametrize("target", [0, 4, 10])
def test_loss_is_the_squared_distance_of_the_count_from_the_target(target):
    output = torch.tensor([[[1.0, 0.0], [2.0, 1.0]], [[0.0, 0.0], [0.0, 3.0]]])
    assert SpikeCount(target=target).loss(output).item() == (7 - target) ** 2


def test_gradient_is_twice_the_distance_for_every_spike():
    output = torch.ones(1, 3, 2, requires_grad=True)
    SpikeCount(target=10).loss(output).backward()
    assert output.grad.flatten().tolist() == [-8.0] * 6


def test_target_is_ten_unless_given():
    assert SpikeCount().loss(torch.ones(1, 10, 1)).item() == 0.0
