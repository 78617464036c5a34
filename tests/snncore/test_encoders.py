"""Spike trains and currents: random ones have torch's numbers and the rate asked for, the others follow their formulas."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore import encoders
from snncore.encoders import (
    DIGITS,
    digit_contrasts,
    digit_images,
    drawn_current,
    latency_code,
    latency_spikes,
    moving_bar,
    on_off,
    poisson_spikes,
    ramp_current,
    random_spikes,
    rate_code,
    shuffle_times,
    sine_current,
    spike_bursts,
    step_current,
    uniform_numbers,
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


@pytest.mark.parametrize("mean", [0.0, 0.02, 0.9, 7.5, 60.0, 1000.0, 1001.0])
def test_poisson_counts_have_the_mean_and_the_variance_of_the_rate(mean):
    count = 200_000
    counts = poisson_spikes((1, count // 2, 2), mean * 1000, 0.001, numbers(0))
    assert counts.dtype == torch.float32
    assert abs(counts.double().mean().item() - mean) <= 4 * math.sqrt(mean / count)
    assert abs(counts.double().var().item() - mean) <= 4 * math.sqrt((mean + 2 * mean**2) / count)
    assert torch.equal(poisson_spikes((1, count // 2, 2), mean * 1000, 0.001, numbers(0)), counts)


@pytest.mark.parametrize("mean", [0.05, 2.5, 40.0])
def test_each_number_of_poisson_spikes_has_its_probability(mean):
    count = 200_000
    counts = poisson_spikes((1, count, 1), mean, 1.0, numbers(1)).long().flatten().bincount(minlength=80)
    for k, found in enumerate(counts.tolist()):
        probability = math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
        assert abs(found - count * probability) <= 5 * math.sqrt(count * probability) + 1, k


means = st.floats(0, 1000) | st.floats(0, 3)


@given(means, means, st.integers(0, 2**32))
def test_a_higher_rate_keeps_every_poisson_spike(one, other, seed):
    low, high = sorted((one, other))
    spikes, more = (poisson_spikes((1, 50, 20), mean, 1.0, numbers(seed)) for mean in (low, high))
    assert (more >= spikes).all()


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**32))
def test_a_higher_probability_keeps_every_random_spike(one, other, seed):
    low, high = sorted((one, other))
    spikes, more = (random_spikes((1, 50, 20), probability, numbers(seed)) for probability in (low, high))
    assert (more >= spikes).all()


def test_uniform_numbers_are_those_of_torch_and_all_that_random_inputs_take_from_the_generator():
    shape = (2, 30, 4)
    taken = numbers(5)
    assert torch.equal(uniform_numbers(shape, taken), torch.rand(shape, generator=numbers(5)))
    for make in (lambda numbers: random_spikes(shape, 0.3, numbers), lambda numbers: poisson_spikes(shape, 700.0, 0.01, numbers)):
        generator = numbers(5)
        make(generator)
        assert torch.equal(generator.get_state(), taken.get_state())


@pytest.mark.slow
def test_the_largest_and_the_smallest_number_make_finite_poisson_counts():
    """The largest that float32 has below 1 still lies within the distribution, or counts would end at the length of a table."""
    for mean in (1e-9, 0.5, 30.0, 1000.0):
        table = encoders._poisson_distribution(mean)
        assert table[-1] > 1 - 2**-24
        assert (table.diff() >= 0).all()
        expected = [math.fsum(math.exp(j * math.log(mean) - mean - math.lgamma(j + 1)) for j in range(k + 1)) for k in range(len(table))]
        assert table.tolist() == pytest.approx(expected, abs=1e-12)


def test_a_burst_comes_every_period_in_all_neurons():
    spikes = spike_bursts((2, 12, 3), period=5, length=2, first=1)
    assert spikes[1, :, 2].tolist() == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1]
    assert (spikes == spikes[:1, :, :1]).all()
    assert spike_bursts((1, 7, 1), period=3)[0, :, 0].tolist() == [1, 0, 0, 1, 0, 0, 1]


def test_there_are_only_so_many_bursts_of_each_neuron():
    assert spike_bursts((1, 12, 1), period=5, length=2, first=1, count=2)[0, :, 0].tolist() == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    every = spike_bursts((2, 60, 2, 3), period=4, length=2, first=3, period_step=5)
    for count in (1, 2, 5, 100):
        spikes = spike_bursts((2, 60, 2, 3), period=4, length=2, first=3, period_step=5, count=count)
        assert torch.equal(spikes, every * (every.cumsum(dim=1) <= 2 * count))


def test_the_period_of_each_next_neuron_is_longer_by_the_step():
    spikes = spike_bursts((2, 60, 2, 3), period=4, length=2, first=3, period_step=5)
    for neuron, train in enumerate(spikes.flatten(2).unbind(2)):
        alone = spike_bursts((2, 60, 1), period=4 + 5 * neuron, length=2, first=3)
        assert torch.equal(train, alone[:, :, 0])


@pytest.mark.parametrize(
    "make", [lambda **only: spike_bursts((2, 9, 2, 3), 3, period_step=1, **only), lambda **only: step_current((2, 9, 2, 3), -1.5, **only)]
)
@pytest.mark.parametrize("neurons", [1, 4, 6])
def test_only_the_first_neurons_of_the_flattened_sample_have_input(make, neurons):
    some, every = make(neurons=neurons).flatten(2), make().flatten(2)
    assert every.any(dim=1).all()
    assert torch.equal(some[:, :, :neurons], every[:, :, :neurons])
    assert not some[:, :, neurons:].any()


def test_times_beyond_every_run_are_as_good_as_the_run():
    far = 10**30
    assert spike_bursts((1, 4, 2), far, length=far).tolist() == [[[1, 1]] * 4]
    assert spike_bursts((1, 4, 2), 2, period_step=far)[0].T.tolist() == [[1, 0, 1, 0], [1, 0, 0, 0]]
    assert not spike_bursts((1, 4, 2), 2, first=far).any()
    assert torch.equal(spike_bursts((1, 4, 2), 2, count=far), spike_bursts((1, 4, 2), 2))
    assert step_current((1, 4, 2), 1.0, 1, far)[0, :, 0].tolist() == [0, 1, 1, 1]
    assert not step_current((1, 4, 2), 1.0, far).any()


def test_currents_follow_their_formulas():
    assert step_current((1, 5, 1), 2.0)[0, :, 0].tolist() == [2, 2, 2, 2, 2]
    assert step_current((1, 5, 1), 2.0, start=1, stop=3)[0, :, 0].tolist() == [0, 2, 2, 0, 0]
    assert ramp_current((1, 5, 1), -1.0, 1.0)[0, :, 0].tolist() == [-1, -0.5, 0, 0.5, 1]
    assert sine_current((1, 5, 1), 2.0, period=4, offset=1.0)[0, :, 0].tolist() == pytest.approx([1, 3, 1, -1, 1], abs=1e-6)


def test_a_drawn_current_has_its_values_in_all_neurons():
    current = drawn_current((2, 3, 2, 2), (0.1, -1.0, 2.5))
    assert current.dtype == torch.float32
    assert torch.equal(current, torch.tensor([0.1, -1.0, 2.5]).view(1, 3, 1, 1).expand(2, 3, 2, 2))


def test_larger_values_spike_sooner_and_zero_never():
    spikes = latency_code(torch.tensor([[1.0, 0.5, 0.01, 0.0]]), steps=11)
    assert spikes.shape == (1, 11, 4)
    assert spikes.sum(dim=1).tolist() == [[1, 1, 1, 0]]
    assert spikes[0, :, :3].argmax(dim=0).tolist() == [0, 5, 10]


def test_each_neuron_spikes_once_at_the_latency_of_a_uniform_value():
    spikes = latency_spikes((3, 101, 50, 80), numbers(4))
    values = torch.rand((3, 50, 80), generator=numbers(4))
    assert spikes.shape == (3, 101, 50, 80)
    assert torch.equal(spikes.sum(dim=1), torch.ones(3, 50, 80))
    assert torch.equal(spikes.argmax(dim=1), ((1 - values) * 100).round().long())


@pytest.mark.parametrize(("rate", "probabilities"), [(200.0, [0, 0.1, 0.4]), (2000.0, [0, 1, 1]), (0.0, [0, 0, 0])])
def test_a_rate_code_spikes_with_the_probability_of_value_rate_and_step(rate, probabilities):
    count = 100_000
    spikes = rate_code(torch.tensor([[0.0, 0.25, 1.0]]), count, rate, 0.002, numbers(0))
    assert spikes.shape == (1, count, 3)
    assert set(spikes.unique().tolist()) <= {0.0, 1.0}
    for mean, probability in zip(spikes.mean(dim=(0, 1)).tolist(), probabilities, strict=True):
        assert abs(mean - probability) <= 4 * math.sqrt(probability * (1 - probability) / count)


def test_a_value_of_zero_never_spikes_and_a_certain_one_always():
    seed_that_draws_a_zero = 146
    assert (torch.rand((1, 20_000, 1), generator=numbers(seed_that_draws_a_zero)) == 0).any()
    assert not rate_code(torch.zeros(1, 1), 20_000, 1000.0, 0.001, numbers(seed_that_draws_a_zero)).any()
    assert rate_code(torch.ones(1, 1), 20_000, 1000.0, 0.001, numbers(seed_that_draws_a_zero)).all()


def test_values_of_a_rate_code_spike_independently_from_the_generator_only():
    values = torch.full((2, 2), 0.5)
    untouched = torch.get_rng_state()
    spikes = rate_code(values, 20_000, 500.0, 0.002, numbers(1))
    assert torch.equal(rate_code(values, 20_000, 500.0, 0.002, numbers(1)), spikes)
    assert torch.equal(torch.get_rng_state(), untouched)
    trains = torch.cat([spikes[:, :-1], spikes[:, 1:]], dim=2).permute(0, 2, 1).reshape(8, -1)
    assert (torch.corrcoef(trains) - torch.eye(8)).abs().max() < 4 / math.sqrt(20_000)


def test_contrast_is_the_distance_from_the_mean_relative_to_the_largest():
    images = torch.tensor([[[1.0, 1.0], [1.0, 9.0]], [[0.0, 8.0], [4.0, 4.0]], [[9.0, 9.0], [9.0, 1.0]]])
    on, off = on_off(images).unbind(1)
    third = pytest.approx(1 / 3)
    assert on.flatten(1).tolist() == [[0, 0, 0, 1], [0, 1, 0, 0], [third, third, third, 0]]
    assert off.flatten(1).tolist() == [[third, third, third, 0], [1, 0, 0, 0], [0, 0, 0, 1]]


@given(st.floats(0, 16, width=32))
def test_an_image_of_one_grey_has_no_contrast(grey):
    assert not on_off(torch.full((1, 7, 9), grey)).any()


def test_digits_are_real_images_in_order_and_begin_anew_after_the_last():
    images = digit_images()
    assert images.shape == (DIGITS, 8, 8)
    assert images.dtype == torch.float32
    assert (images.min(), images.max()) == (0, 16)
    assert images[0, 3].tolist() == [0, 4, 12, 0, 0, 8, 8, 0], "a row through the hole of a zero"
    contrasts = digit_contrasts(DIGITS - 2, 5)
    assert torch.equal(contrasts, on_off(images[[DIGITS - 2, DIGITS - 1, 0, 1, 2]]))


def test_every_digit_has_a_contrast_of_one_and_no_pixel_is_both_on_and_off():
    contrasts = digit_contrasts(0, DIGITS)
    assert contrasts.shape == (DIGITS, 2, 8, 8)
    assert contrasts.min() == 0
    assert (contrasts.amax(dim=(1, 2, 3)) == 1).all()
    assert not (contrasts[:, 0] * contrasts[:, 1]).any()
    assert ((contrasts[:, 0] - contrasts[:, 1]).sum(dim=(1, 2)).abs() < 1e-4).all(), "contrasts are around the mean"


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 2**32))
def test_shuffled_times_keep_the_values_of_every_neuron(shape, seed):
    spikes = torch.poisson(torch.ones(shape), generator=numbers(seed))
    shuffled = shuffle_times(spikes, numbers(seed))
    assert shuffled.shape == spikes.shape
    assert torch.equal(shuffled.sort(dim=1).values, spikes.sort(dim=1).values)


def test_shuffled_times_are_anywhere_and_another_order_in_each_neuron():
    steps, neurons = 5, 4000
    first_step = torch.zeros(2, steps, neurons)
    first_step[:, 0] = 1
    shuffled = shuffle_times(first_step, numbers(0))
    places = shuffled.argmax(dim=1)
    share = places.flatten().bincount(minlength=steps) / places.numel()
    assert (share - 1 / steps).abs().max() < 4 * math.sqrt(0.2 * 0.8 / places.numel())
    assert (places[0] != places[1]).float().mean() == pytest.approx(0.8, abs=0.03), "samples are independent"
    assert (places[0, 1:] != places[0, :-1]).float().mean() == pytest.approx(0.8, abs=0.03), "neurons are independent"
    order = shuffle_times(torch.arange(6.0).expand(1, 500, 6).permute(0, 2, 1), numbers(0))
    assert len({tuple(column) for column in order[0].T.tolist()}) > 300, "orders are many, not rotations"


def test_shuffled_times_are_those_of_the_generator_and_the_spikes_stay():
    untouched = torch.get_rng_state()
    spikes = random_spikes((1, 50, 4), 0.5, numbers(3))
    before = spikes.clone()
    shuffled = shuffle_times(spikes, numbers(1))
    assert torch.equal(shuffle_times(spikes, numbers(1)), shuffled)
    assert not torch.equal(shuffle_times(spikes, numbers(2)), shuffled)
    assert not torch.equal(shuffled, spikes)
    assert torch.equal(spikes, before)
    assert torch.equal(torch.get_rng_state(), untouched)


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
        (lambda: spike_bursts((1, 5, 1), period=2, period_step=-1), ParameterError, "period_step -1"),
        (lambda: spike_bursts((1, 5, 2, 3), 2, neurons=7), ParameterError, "neurons is 7, but the input has 6; use a number from 1 to 6"),
        (lambda: step_current((1, 5, 2, 3), 1.0, neurons=0), ParameterError, "neurons is 0, but the input has 6"),
        (lambda: spike_bursts((1, 5, 1), 2, count=0), ParameterError, "count is 0; it must be at least 1"),
        (lambda: drawn_current((1, 5, 1), (1.0,) * 4), ParameterError, "4 values are drawn, but the input has 5 time steps"),
        (lambda: sine_current((1, 5, 1), 1.0, 0.0), ParameterError, "period is 0"),
        (lambda: latency_code(torch.tensor([[1.5]]), 5), ParameterError, "latency code: .* between 0 and 1"),
        (lambda: rate_code(torch.tensor([[-0.1]]), 5, 1.0, 0.001), ParameterError, "rate code: .* between 0 and 1"),
        (lambda: rate_code(torch.tensor([[0.1]]), 5, -1.0, 0.001), ParameterError, "rate is -1"),
        (lambda: rate_code(torch.tensor([[0.1]]), 5, 1.0, 0.0), ParameterError, "dt above 0"),
        (lambda: moving_bar((1, 5, 3, 8, 8)), ShapeError, "two-polarity sensor"),
        (lambda: moving_bar((1, 5, 2, 8, 8), width=8), ParameterError, "width is 8 of 8"),
    ],
)
def test_what_makes_no_input_is_refused(make, kind, words):
    with pytest.raises(kind, match=words):
        make()
