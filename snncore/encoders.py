"""Spike trains and currents for a network, float32 of a `shape` (batch, time, ...). Random ones take a `torch.Generator`."""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from snncore.errors import ParameterError, ShapeError

DIGITS = 1797
"""Number of scikit-learn's images of handwritten digits."""

RAREST = 2.0**-23
"""Smallest probability above 0 of any event: uniform numbers in float32 are no finer."""

LARGEST_INVERTED = 1000.0
"""Largest mean of Poisson spikes per step that are counted from uniform numbers."""


def uniform_numbers(shape: tuple[int, ...], generator: torch.Generator | None = None) -> Tensor:
    """Return independent uniform numbers in [0, 1), float32 of `shape`.

    `random_spikes` and `poisson_spikes` are made from them. From the same numbers, a larger probability or rate makes the same spikes and
    additional ones.
    """
    return torch.rand(shape, generator=generator, dtype=torch.float32)


def random_spikes(shape: tuple[int, ...], probability: float, generator: torch.Generator | None = None) -> Tensor:
    """Return independent spikes: 1 with `probability` (0 to 1), else 0; float32 of `shape`, (batch, time, ...).

    With probability 0.8 the numbers drawn and compared are those of `torch.rand(shape) > 0.2`.

    Raises:
        ParameterError: a probability outside [0, 1].
    """
    if not 0 <= probability <= 1:
        raise ParameterError(f"random spikes: probability is {probability}; it must lie between 0 and 1.")
    drawn = uniform_numbers(shape, generator)
    return torch.ones_like(drawn) if probability == 1 else (drawn > 1 - probability).float()


def poisson_spikes(shape: tuple[int, ...], rate: float, dt: float, generator: torch.Generator | None = None) -> Tensor:
    """Return Poisson spike trains: independent counts in each step, `rate`·`dt` on average.

    Up to `LARGEST_INVERTED` on average, the cumulative distribution is inverted at `uniform_numbers`. These are multiples of 2⁻²⁴, so
    rarer counts never occur.

    Args:
        rate: mean rate in Hz, ≥ 0.
        dt: length of a time step in seconds.

    Raises:
        ParameterError: a negative rate, or a length of step that isn't above 0.
    """
    if not (rate >= 0 and dt > 0 and math.isfinite(rate * dt)):
        raise ParameterError(f"Poisson spikes: rate is {rate} Hz and dt {dt} s; the rate must be at least 0 and dt above 0.")
    mean = rate * dt
    if mean > LARGEST_INVERTED:
        return torch.poisson(torch.full(shape, mean, dtype=torch.float32), generator=generator)
    drawn = uniform_numbers(shape, generator).double()
    return torch.searchsorted(_poisson_distribution(mean), drawn, right=True).float()


def spike_bursts(
    shape: tuple[int, ...],
    period: int,
    length: int = 1,
    first: int = 0,
    neurons: int | None = None,
    period_step: int = 0,
    count: int | None = None,
) -> Tensor:
    """Return bursts of `length` spikes in a row, every `period` steps from step `first` on.

    With length 1, a regular spike train.

    Args:
        neurons: number of neurons, from the first of the flattened sample, that get them; None: all.
        period_step: steps by which each neuron's period exceeds that of the neuron before, so that trains drift in and out of coincidence.
        count: number of bursts, ≥ 1; None: until the end.

    Raises:
        ParameterError: a burst longer than the period, a number of steps that isn't valid, or more neurons than there are.
    """
    if not (1 <= length <= period and first >= 0 and period_step >= 0):
        raise ParameterError(
            f"bursts: period is {period}, length {length}, first {first}, period_step {period_step}; "
            "they must be steps, with 1 ≤ length ≤ period, first ≥ 0 and period_step ≥ 0."
        )
    if count is not None and count < 1:
        raise ParameterError(f"bursts: count is {count}; it must be at least 1, or none for no limit.")
    # Anything longer than the run has the effect of the run's length; and no product leaves the integers of torch.
    steps = shape[1]
    period, length, first, period_step = (min(number, steps) for number in (period, length, first, period_step))
    time = torch.arange(steps).unsqueeze(1) - first
    periods = period + period_step * torch.arange(math.prod(shape[2:]) if period_step else 1)
    inside = (time >= 0) & (time % periods < length)
    if count is not None:
        inside &= time // periods < min(count, steps)
    return _in_neurons(inside.float(), shape, neurons)


def step_current(shape: tuple[int, ...], amplitude: float, start: int = 0, stop: int | None = None, neurons: int | None = None) -> Tensor:
    """Return a current of `amplitude` from step `start` to before `stop`, else 0.

    By default it lasts from the first to the last step: a constant current.

    Args:
        neurons: number of neurons, from the first of the flattened sample, that get it; None: all.

    Raises:
        ParameterError: more neurons than there are.
    """
    time, steps = torch.arange(shape[1]), shape[1]
    inside = (time >= min(start, steps)) & (time < (steps if stop is None else min(stop, steps)))
    return _in_neurons(amplitude * inside.float(), shape, neurons)


def ramp_current(shape: tuple[int, ...], first: float, last: float) -> Tensor:
    """Return a current that changes linearly from `first` to `last` over all steps."""
    return _in_neurons(torch.linspace(first, last, shape[1], dtype=torch.float32), shape)


def sine_current(shape: tuple[int, ...], amplitude: float, period: float, offset: float = 0.0) -> Tensor:
    """Return `offset + amplitude · sin(2π t / period)`, the period in steps.

    Raises:
        ParameterError: a period that isn't above 0 steps.
    """
    if not period > 0:
        raise ParameterError(f"sine current: period is {period}; it must be above 0 steps.")
    phase = 2 * math.pi * torch.arange(shape[1], dtype=torch.float32) / period
    return _in_neurons(offset + amplitude * torch.sin(phase), shape)


def drawn_current(shape: tuple[int, ...], values: Sequence[float]) -> Tensor:
    """Return a current of one value per step, the same for all neurons.

    Raises:
        ParameterError: not as many values as there are steps.
    """
    check_drawn(shape, values)
    return _in_neurons(torch.tensor(values, dtype=torch.float32), shape)


def latency_code(values: Tensor, steps: int) -> Tensor:
    """Return one spike for each value, the larger the sooner.

    It comes at step (1-value)·(steps-1), rounded. A value of 0 never spikes.

    Shape: (batch, ...) in [0, 1] -> (batch, steps, ...).

    Raises:
        ParameterError: values outside [0, 1].
    """
    _check_values("latency code", values)
    latency = torch.round((1 - values) * (steps - 1)).long().unsqueeze(1)
    spikes = torch.zeros(values.shape[0], steps, *values.shape[1:], dtype=torch.float32)
    return spikes.scatter_(1, latency, (values > 0).float().unsqueeze(1))


def latency_spikes(shape: tuple[int, ...], generator: torch.Generator | None = None) -> Tensor:
    """Return the `latency_code` of values drawn uniformly from [0, 1), one for each neuron."""
    return latency_code(torch.rand((shape[0], *shape[2:]), generator=generator, dtype=torch.float32), shape[1])


def rate_code(values: Tensor, steps: int, rate: float, dt: float, generator: torch.Generator | None = None) -> Tensor:
    """Return independent spikes, in each step with probability min(1, value · rate · dt).

    Shape: (batch, ...) in [0, 1] -> (batch, steps, ...).

    Args:
        rate: rate for a value of 1, in Hz, ≥ 0.
        dt: length of a time step in seconds.

    Raises:
        ParameterError: values outside [0, 1], a negative rate, or a length of step that isn't above 0.
    """
    _check_values("rate code", values)
    if not (rate >= 0 and dt > 0 and math.isfinite(rate * dt)):
        raise ParameterError(f"rate code: rate is {rate} Hz and dt {dt} s; the rate must be at least 0 and dt above 0.")
    probability = (values.double() * (rate * dt)).unsqueeze(1)
    drawn = torch.rand((values.shape[0], steps, *values.shape[1:]), generator=generator, dtype=torch.float32)  # [0, 1)
    return (drawn < probability).float()


_loading = threading.Lock()


@functools.cache
def digit_labels() -> Tensor:
    """Return which digit each of `digit_images` is, int64 (1797,). The tensor is shared: don't change it."""
    return torch.tensor(_digits().target, dtype=torch.int64)


@functools.cache
def digit_images() -> Tensor:
    """Return scikit-learn's handwritten digits, (1797, 8, 8) from 0 to 16, float32.

    The tensor is shared: don't change it.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998.
    """
    return torch.tensor(_digits().images, dtype=torch.float32)


def _digits() -> Any:
    """Return scikit-learn's digits; one thread at a time, since threads that import a large package at once may find it half there."""
    with _loading:
        from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # scikit-learn has no types; it takes a second to import

        return load_digits()


def on_off(images: Tensor) -> Tensor:
    """Return how far each pixel is above or below its image's mean.

    Channel 0 (ON) holds distances above the mean, channel 1 (OFF) below; the largest in an image is scaled to 1.

    Shape: (batch, height, width) -> (batch, 2, height, width) in [0, 1]; 0 throughout an image of one grey.
    """
    contrast = images - images.mean(dim=(1, 2), keepdim=True)
    is_flat = images.amax(dim=(1, 2), keepdim=True) == images.amin(dim=(1, 2), keepdim=True)  # its remaining contrast is rounding
    contrast = torch.where(is_flat, 0.0, contrast / contrast.abs().amax(dim=(1, 2), keepdim=True))
    return torch.stack([contrast.clamp(min=0), (-contrast).clamp(min=0)], dim=1)


def digit_contrasts(index: int, count: int) -> Tensor:
    """Return ON and OFF contrasts of handwritten digits, (count, 2, 8, 8) in [0, 1].

    They start at digit `index`; after the last digit comes the first.
    """
    return on_off(digit_images()[(index + torch.arange(count)) % DIGITS])


def moving_bar(shape: tuple[int, ...], width: int = 2, speed: float = 0.5) -> Tensor:
    """Return a two-polarity sensor's events for a moving bright bar.

    The bar moves to the right and re-enters at the left. A pixel sends an ON event (channel 0) when the bar arrives and an OFF event
    (channel 1) when it leaves.

    Args:
        shape: (batch, time, 2, height, width of the sensor).
        width: width of the bar in pixels, less than the sensor's.
        speed: speed of the bar in pixels per step, above 0.

    Raises:
        ShapeError: the shape isn't of this form.
        ParameterError: a bar that leaves no pixel dark, or doesn't move.
    """
    check_moving_bar(shape, width, speed)
    pixels = shape[4]
    edge = torch.floor(torch.arange(-1, shape[1]) * speed)
    bright = ((edge.unsqueeze(1) - torch.arange(pixels)) % pixels < width).float()
    change = bright[1:] - bright[:-1]
    events = torch.stack([change.clamp(min=0), (-change).clamp(min=0)], dim=1)
    return events[None, :, :, None, :].expand(shape).contiguous()


def shuffle_times(spikes: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Shuffle each neuron's values over time, each sample and neuron in its own order.

    Spike counts stay, spike times are lost.

    Shape: (batch, time, ...), as it was.
    """
    order = torch.rand(spikes.shape, generator=generator, dtype=torch.float32).argsort(dim=1)
    return spikes.gather(1, order)


def check_moving_bar(shape: tuple[int, ...], width: int, speed: float) -> None:
    """Raise what `moving_bar` raises, without making it."""
    if len(shape) != 5 or shape[2] != 2:
        raise ShapeError(f"moving bar: the shape is {shape}; a two-polarity sensor has (batch, time, 2, height, width).")
    pixels = shape[4]
    if not (1 <= width < pixels and speed > 0):
        raise ParameterError(f"moving bar: width is {width} of {pixels} pixels, speed {speed}; the bar must leave a pixel dark, and move.")


def check_drawn(shape: tuple[int, ...], values: Sequence[float]) -> None:
    """Raise ParameterError unless an input of `shape` (batch, time, ...) has one step per value."""
    if len(values) != shape[1]:
        raise ParameterError(f"{len(values)} values are drawn, but the input has {shape[1]} time steps; give one for each step.")


def check_neurons(shape: tuple[int, ...], neurons: int | None) -> None:
    """Raise ParameterError if an input of `shape` (batch, time, ...) has fewer than `neurons` neurons."""
    count = math.prod(shape[2:])
    if neurons is not None and not 1 <= neurons <= count:
        raise ParameterError(f"neurons is {neurons}, but the input has {count}; use a number from 1 to {count}, or none for all.")


def _check_values(what: str, values: Tensor) -> None:
    if not bool(((values >= 0) & (values <= 1)).all()):
        raise ParameterError(f"{what}: the values must lie between 0 and 1.")


def _poisson_distribution(mean: float) -> Tensor:
    """Return P(N ≤ k) for k = 0, 1, ..., float64, as far as uniform numbers reach: the last is above 1 - 2⁻²⁴."""
    most = math.ceil(mean + 8 * math.sqrt(mean)) + 8
    k = torch.arange(most, dtype=torch.float64)
    log_probability: Tensor = torch.special.xlogy(k, mean) - mean - torch.lgamma(k + 1)
    return log_probability.exp().cumsum(0)  # torch's gammaincc is off by more than 1e-10


def _in_neurons(series: Tensor, shape: tuple[int, ...], neurons: int | None = None) -> Tensor:
    """Return a series (time,), (time, 1) or (time, neurons) as (batch, time, ...).

    It is 0 in all but the first `neurons` of a flattened sample.
    """
    check_neurons(shape, neurons)
    batch, steps, *sample = shape
    flat = series.view(1, steps, -1).expand(batch, steps, math.prod(sample))
    if neurons is not None:
        flat = torch.where(torch.arange(flat.shape[2]) < neurons, flat, 0.0)
    return flat.reshape(shape).contiguous()
