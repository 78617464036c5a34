"""The share of a run's potentials that a surrogate gradient reaches."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from snncore.activation import FastSigmoid, Gaussian, Heaviside, SingleExponential
from snncore.arrays import Array
from snncore.explain import reached
from snncore.explain.surrogate_reach import peak
from snncore.run.record import LayerRecord


def record_at(u: Array, threshold: Array) -> LayerRecord:
    return LayerRecord("0", np.zeros_like(u), u, u, None, threshold, 0.0)


def u_of(*values: float) -> Array:
    return np.array(values, np.float32).reshape(1, -1, 1)


@pytest.mark.parametrize("theta", [0.5, 1.0, 3.0])
def test_the_exponential_reaches_as_far_as_its_formula_says(theta: float) -> None:
    width = 0.5
    at_ten = width * theta * np.log(10)
    u = u_of(theta, theta + 0.99 * at_ten, theta - 1.01 * at_ten, theta - 1.99 * at_ten, theta + 2.01 * at_ten)
    assert reached(SingleExponential(grad_width=width), record_at(u, np.array(theta))) == pytest.approx((0.8, 0.4))


def test_a_narrower_surrogate_reaches_fewer() -> None:
    record = record_at(np.linspace(-1, 3, 400, dtype=np.float32).reshape(1, -1, 1), np.array(1.0))
    wide, narrow = (reached(FastSigmoid(slope=slope), record) for slope in (5.0, 50.0))
    assert narrow[0] < wide[0]
    assert narrow[1] < wide[1]


def test_each_potential_counts_at_its_own_threshold() -> None:
    u = np.array([[[1.0, 4.0], [1.0, 1.0]]], np.float32)
    assert reached(SingleExponential(), record_at(u, np.array([1.0, 4.0])), (0.99,)) == (0.75,)
    adapted = np.array([[[1.0, 4.0], [1.0, 1.0]]], np.float32)
    assert reached(SingleExponential(), record_at(u, adapted), (0.95,)) == (1.0,)


def test_a_surrogate_that_is_0_everywhere_reaches_none() -> None:
    assert reached(lambda u, theta: torch.zeros_like(u), record_at(u_of(0.9, 1.0, 1.1), np.array(1.0))) == (0.0, 0.0)


def test_where_the_surrogate_is_0_it_reaches_none_at_any_level() -> None:
    assert reached(Heaviside(window=0.5), record_at(u_of(0.4, 0.6), np.array(1.0)), (0.0,)) == (0.5,)


def test_the_peak_of_a_bell_is_over_its_threshold() -> None:
    assert peak(Gaussian(sigma=0.5), 1.0) == pytest.approx((1.0, 1 / (0.5 * np.sqrt(2 * np.pi))))
