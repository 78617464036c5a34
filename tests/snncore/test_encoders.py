"""Random spike trains: their numbers are torch's, their rate is the probability asked for."""

import math

import pytest
import torch

from snncore.encoders import random_spikes
from snncore.errors import ParameterError


def numbers(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", range(5))
def test_probability_of_four_fifths_is_rand_above_one_fifth(seed):
    expected = (torch.rand((2, 500, 16), generator=numbers(seed)) > 0.2).float()
    assert torch.equal(random_spikes((2, 500, 16), 0.8, numbers(seed)), expected)


def test_spikes_are_zeros_and_ones_in_single_precision_and_of_the_shape():
    spikes = random_spikes((2, 50, 3, 4), 0.5, numbers(0))
    assert spikes.shape == (2, 50, 3, 4)
    assert spikes.dtype == torch.float32
    assert set(spikes.unique().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("probability", [0.01, 0.3, 0.5, 0.97])
def test_mean_is_the_probability(probability):
    count = 200_000
    mean = random_spikes((1, count, 1), probability, numbers(0)).mean().item()
    assert abs(mean - probability) < 4 * math.sqrt(probability * (1 - probability) / count)


def test_probability_zero_never_spikes():
    assert not random_spikes((1, 100_000, 1), 0.0, numbers(0)).any()


def test_probability_one_always_spikes():
    seed_that_draws_a_zero = 146
    assert (torch.rand((1, 20_000, 1), generator=numbers(seed_that_draws_a_zero)) == 0).any()
    assert random_spikes((1, 20_000, 1), 1.0, numbers(seed_that_draws_a_zero)).all()


def test_numbers_are_those_of_the_generator_and_of_nothing_else():
    untouched = torch.get_rng_state()
    assert torch.equal(random_spikes((1, 50, 4), 0.5, numbers(3)), random_spikes((1, 50, 4), 0.5, numbers(3)))
    assert not torch.equal(random_spikes((1, 50, 4), 0.5, numbers(3)), random_spikes((1, 50, 4), 0.5, numbers(4)))
    assert torch.equal(torch.get_rng_state(), untouched)


@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0])
def test_numbers_do_not_depend_on_the_default_dtype(probability):
    expected = random_spikes((1, 50, 4), probability, numbers(3))
    torch.set_default_dtype(torch.float64)
    try:
        spikes = random_spikes((1, 50, 4), probability, numbers(3))
    finally:
        torch.set_default_dtype(torch.float32)
    assert spikes.dtype == torch.float32
    assert torch.equal(spikes, expected)


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan])
def test_probability_outside_zero_to_one_is_refused(probability):
    with pytest.raises(ParameterError, match=r"probability is .* between 0 and 1"):
        random_spikes((1, 2, 3), probability)
