"""Values by neuron are drawn around a mean, within their range, the same for the same seed."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest

from snncore.errors import ExperimentError
from snncore.experiment.arguments import shape_of
from snncore.experiment.spread import MOST_DRAWN, spread_shape, spread_values


def test_drawn_values_have_the_mean_and_the_deviation_that_were_asked_for() -> None:
    values: Any = spread_values(10.0, 2.0, (1000,), seed=0)
    error = 2.0 / math.sqrt(1000)
    assert abs(statistics.fmean(values) - 10.0) < 4 * error
    assert abs(statistics.pstdev(values) - 2.0) < 4 * error


def test_a_seed_draws_the_same_values_and_another_seed_others() -> None:
    assert spread_values(10.0, 2.0, (8,), seed=3) == spread_values(10.0, 2.0, (8,), seed=3)
    assert spread_values(10.0, 2.0, (8,), seed=3) != spread_values(10.0, 2.0, (8,), seed=4)


def test_no_value_is_out_of_range_and_none_stands_at_the_limit_that_is_excluded() -> None:
    values: Any = spread_values(1.0, 3.0, (500,), seed=0, above=0.0, high=2.0)
    assert all(0.0 < value <= 2.0 for value in values)


def test_without_a_spread_every_value_is_the_mean() -> None:
    assert spread_values(0.1, 0.0, (3,), seed=0) == (0.1, 0.1, 0.1)


@pytest.mark.parametrize(("shape", "expected"), [((64,), (64,)), ((8, 6, 6), (8, 1, 1)), ((1, 5), (1, 1))])
def test_maps_get_a_value_for_each_channel(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert spread_shape(shape) == expected
    assert shape_of(spread_values(10.0, 2.0, spread_shape(shape), seed=0)) == expected


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ExperimentError, match="negative"):
        spread_values(10.0, -1.0, (4,), seed=0)
    with pytest.raises(ExperimentError, match="too many"):
        spread_values(10.0, 1.0, (MOST_DRAWN + 1,), seed=0)
    with pytest.raises(ExperimentError, match="mostly out of range"):
        spread_values(1.0, 1e6, (900,), seed=0, low=0.999, high=1.001)
