"""Random spike trains: their numbers are torch's, their rate is the probability asked for."""

import math

import pytest
import torch

from snncore.encoders import (
    latency_code,
    moving_bar,
    poisson_spikes,
    ramp_current,
    random_spikes,
    sine_current,
    spike_bursts,
    step_current,
)
from snncore.errors import ParameterError, ShapeError


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


@pytest.mark.parametrize("rate", [0.0, 20.0, 900.0])
def test_poisson_counts_have_the_mean_and_the_variance_of_the_rate(rate):
    counts = poisson_spikes((1, 100_000, 2), rate, 0.001, numbers(0))
    expected = rate / 1000
    assert counts.mean().item() == pytest.approx(expected, abs=0.02)
    assert counts.var().item() == pytest.approx(expected, abs=0.02)
    assert torch.equal(poisson_spikes((1, 100_000, 2), rate, 0.001, numbers(0)), counts)


def test_a_burst_comes_every_period_in_all_neurons():
    spikes = spike_bursts((2, 12, 3), period=5, length=2, first=1)
    assert spikes[1, :, 2].tolist() == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1]
    assert (spikes == spikes[:1, :, :1]).all()
    assert spike_bursts((1, 7, 1), period=3)[0, :, 0].tolist() == [1, 0, 0, 1, 0, 0, 1]


def test_currents_follow_their_formulas():
    assert step_current((1, 5, 1), 2.0)[0, :, 0].tolist() == [2, 2, 2, 2, 2]
    assert step_current((1, 5, 1), 2.0, start=1, stop=3)[0, :, 0].tolist() == [0, 2, 2, 0, 0]
    assert ramp_current((1, 5, 1), -1.0, 1.0)[0, :, 0].tolist() == [-1, -0.5, 0, 0.5, 1]
    assert sine_current((1, 5, 1), 2.0, period=4, offset=1.0)[0, :, 0].tolist() == pytest.approx([1, 3, 1, -1, 1], abs=1e-6)


def test_larger_values_spike_sooner_and_zero_never():
    spikes = latency_code(torch.tensor([[1.0, 0.5, 0.01, 0.0]]), steps=11)
    assert spikes.shape == (1, 11, 4)
    assert spikes.sum(dim=1).tolist() == [[1, 1, 1, 0]]
    assert spikes[0, :, :3].argmax(dim=0).tolist() == [0, 5, 10]


def test_a_bar_switches_pixels_on_where_it_arrives_and_off_where_it_leaves():
    events = moving_bar((2, 40, 2, 3, 8), width=2, speed=0.5)
    assert events.shape == (2, 40, 2, 3, 8)
    on, off = events[0, :, 0, 0], events[0, :, 1, 0]
    assert on.sum() == pytest.approx(off.sum(), abs=1)
    steps_on, steps_off = on.nonzero()[:, 0], off.nonzero()[:, 0]
    assert (steps_on.diff() == 2).all(), "half a pixel per step"
    assert (on.nonzero()[:, 1].diff() % 8 == 1).all()
    assert (off.nonzero()[:, 1] == (on.nonzero()[: len(steps_off), 1] - 2) % 8).all()
    assert (events == events[:1, :, :, :1]).all()


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: poisson_spikes((1, 5, 1), -1.0, 0.001), ParameterError, "rate is -1"),
        (lambda: poisson_spikes((1, 5, 1), 10.0, 0.0), ParameterError, "dt above 0"),
        (lambda: spike_bursts((1, 5, 1), period=2, length=3), ParameterError, "length 3"),
        (lambda: sine_current((1, 5, 1), 1.0, 0.0), ParameterError, "period is 0"),
        (lambda: latency_code(torch.tensor([[1.5]]), 5), ParameterError, "between 0 and 1"),
        (lambda: moving_bar((1, 5, 3, 8, 8)), ShapeError, "two-polarity sensor"),
        (lambda: moving_bar((1, 5, 2, 8, 8), width=8), ParameterError, "width is 8 of 8"),
    ],
)
def test_what_makes_no_input_is_refused(make, kind, words):
    with pytest.raises(kind, match=words):
        make()
