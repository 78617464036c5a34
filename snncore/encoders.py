"""Spike trains and currents to feed a network with, float32 of a `shape` (batch, time, ...). Random ones take a `torch.Generator`."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from snncore.errors import ParameterError, ShapeError


def random_spikes(shape: tuple[int, ...], probability: float, generator: torch.Generator | None = None) -> Tensor:
    """Independent spikes: each entry is 1 with `probability` (0 to 1), else 0; float32 of `shape`, (batch, time, ...).

    With probability 0.8 the numbers drawn and compared are those of `torch.rand(shape) > 0.2`.

    Raises:
        ParameterError: a probability outside [0, 1].
    """
    if not 0 <= probability <= 1:
        raise ParameterError(f"random spikes: probability is {probability}; it must lie between 0 and 1.")
    drawn = torch.rand(shape, generator=generator, dtype=torch.float32)  # [0, 1)
    return torch.ones_like(drawn) if probability == 1 else (drawn > 1 - probability).float()


def poisson_spikes(shape: tuple[int, ...], rate: float, dt: float, generator: torch.Generator | None = None) -> Tensor:
    """Poisson spike trains: the number of spikes in each step, independent, `rate`·`dt` on average.

    Args:
        rate: in Hz, ≥ 0.
        dt: length of a time step in seconds.

    Raises:
        ParameterError: a negative rate, or a length of step that isn't above 0.
    """
    if not (rate >= 0 and dt > 0 and math.isfinite(rate * dt)):
        raise ParameterError(f"Poisson spikes: rate is {rate} Hz and dt {dt} s; the rate must be at least 0 and dt above 0.")
    return torch.poisson(torch.full(shape, rate * dt, dtype=torch.float32), generator=generator)


def spike_bursts(shape: tuple[int, ...], period: int, length: int = 1, first: int = 0) -> Tensor:
    """One burst of spikes, in `length` steps in a row, every `period` steps from step `first` on, in all neurons alike. With length 1, a
    regular spike train.

    Raises:
        ParameterError: a burst that is longer than the period, or numbers that count no steps.
    """
    if not (1 <= length <= period and first >= 0):
        raise ParameterError(
            f"bursts: period is {period}, length {length}, first {first}; they must be steps, with 1 ≤ length ≤ period and first ≥ 0."
        )
    time = torch.arange(shape[1]) - first
    return _in_all_neurons(((time >= 0) & (time % period < length)).float(), shape)


def step_current(shape: tuple[int, ...], amplitude: float, start: int = 0, stop: int | None = None) -> Tensor:
    """`amplitude` from step `start` up to and without `stop`, else 0. From the first to the last step by default: a constant current."""
    time = torch.arange(shape[1])
    inside = (time >= start) & (time < (shape[1] if stop is None else stop))
    return _in_all_neurons(amplitude * inside.float(), shape)


def ramp_current(shape: tuple[int, ...], first: float, last: float) -> Tensor:
    """From `first` at the first step in a straight line to `last` at the last one."""
    return _in_all_neurons(torch.linspace(first, last, shape[1]), shape)


def sine_current(shape: tuple[int, ...], amplitude: float, period: float, offset: float = 0.0) -> Tensor:
    """`offset + amplitude · sin(2π t / period)`.

    Raises:
        ParameterError: a period that isn't above 0 steps.
    """
    if not period > 0:
        raise ParameterError(f"sine current: period is {period}; it must be above 0 steps.")
    return _in_all_neurons(offset + amplitude * torch.sin(2 * math.pi * torch.arange(shape[1]) / period), shape)


def latency_code(values: Tensor, steps: int) -> Tensor:
    """One spike for each value, the larger the sooner: at step (1-value)·(steps-1), rounded. A value of 0 never spikes.

    Shape: (batch, ...) in [0, 1] -> (batch, steps, ...).

    Raises:
        ParameterError: values outside [0, 1].
    """
    if not bool(((values >= 0) & (values <= 1)).all()):
        raise ParameterError("latency code: the values must lie between 0 and 1.")
    latency = torch.round((1 - values) * (steps - 1)).long().unsqueeze(1)
    spikes = torch.zeros(values.shape[0], steps, *values.shape[1:])
    return spikes.scatter_(1, latency, (values > 0).float().unsqueeze(1))


def moving_bar(shape: tuple[int, ...], width: int = 2, speed: float = 0.5) -> Tensor:
    """What a two-polarity sensor sees of a bright bar that moves to the right and enters again at the left.

    A pixel sends an ON event (channel 0) when the bar arrives and an OFF event (channel 1) when it leaves.

    Args:
        shape: (batch, time, 2, height, width of the sensor).
        width: of the bar, in pixels, fewer than the sensor has.
        speed: in pixels per step, above 0.

    Raises:
        ShapeError: another shape.
        ParameterError: a bar that leaves no pixel dark, or doesn't move.
    """
    if len(shape) != 5 or shape[2] != 2:
        raise ShapeError(f"moving bar: the shape is {shape}; a two-polarity sensor has (batch, time, 2, height, width).")
    pixels = shape[4]
    if not (1 <= width < pixels and speed > 0):
        raise ParameterError(f"moving bar: width is {width} of {pixels} pixels, speed {speed}; the bar must leave a pixel dark, and move.")
    edge = torch.floor(torch.arange(-1, shape[1]) * speed)
    bright = ((edge.unsqueeze(1) - torch.arange(pixels)) % pixels < width).float()
    change = bright[1:] - bright[:-1]
    events = torch.stack([change.clamp(min=0), (-change).clamp(min=0)], dim=1)
    return events[None, :, :, None, :].expand(shape).contiguous()


def _in_all_neurons(series: Tensor, shape: tuple[int, ...]) -> Tensor:
    """(time,) as (batch, time, ...)."""
    return series.view(1, -1, *[1] * (len(shape) - 2)).expand(shape).contiguous()
