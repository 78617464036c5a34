"""Values that differ from neuron to neuron: drawn around a mean, and described by what was drawn."""

from __future__ import annotations

import math

import torch

from snncore.errors import ExperimentError
from snncore.experiment.part import Shape

MOST_DRAWN = 1000
"""Most values drawn for one field, so that a link can hold them."""

DIGITS = 4
"""Significant digits of a drawn value."""

MOST_ROUNDS = 100
"""Most draws of a value that came out of range."""


def spread_shape(shape: Shape) -> Shape:
    """Return the shape of a field's values: one for each neuron of a vector, one for each channel of maps."""
    return shape if len(shape) == 1 else (shape[0], *(1 for _ in shape[1:]))


def spread_values(
    mean: float, deviation: float, shape: Shape, seed: int, low: float = -math.inf, high: float = math.inf, above: float = -math.inf
) -> tuple[object, ...]:
    """Return normally distributed values as nested tuples, each rounded to `DIGITS` digits.

    A value out of range is drawn again, so the distribution is cut off at its limits.

    Args:
        mean: of the distribution before it is cut off, within the limits.
        deviation: its standard deviation, ≥ 0.
        shape: shape of the values, such as (64,).
        seed: seed of the draw.
        low, high: inclusive limits of a value.
        above: exclusive lower limit.

    Raises:
        ExperimentError: too many values, a negative deviation, or nearly all of the distribution is out of range.
    """
    if deviation < 0:
        raise ExperimentError(f"A spread of {deviation:g} is negative; write one of at least 0.")
    count = math.prod(shape)
    if count > MOST_DRAWN:
        raise ExperimentError(f"{count:,} values are too many to draw one by one, which works for up to {MOST_DRAWN:,}; write one number.")
    generator = torch.Generator().manual_seed(seed)
    values = [math.nan] * count
    for _ in range(MOST_ROUNDS):
        missing = [place for place, value in enumerate(values) if math.isnan(value)]
        if not missing:
            break
        drawn = torch.randn(len(missing), generator=generator, dtype=torch.float64).tolist()
        for place, normal in zip(missing, drawn, strict=True):
            value = float(f"{mean + deviation * normal:.{DIGITS}g}")
            if low <= value <= high and value > above:
                values[place] = value
    if any(map(math.isnan, values)):
        raise ExperimentError(f"{mean:g} ± {deviation:g} is mostly out of range; write a smaller spread.")
    return _nested(values, shape)


def _nested(values: list[float], shape: Shape) -> tuple[object, ...]:
    if len(shape) == 1:
        return tuple(values)
    size = len(values) // shape[0]
    return tuple(_nested(values[place * size : (place + 1) * size], shape[1:]) for place in range(shape[0]))
