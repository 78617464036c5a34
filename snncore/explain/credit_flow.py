"""How credit flows: how far back a neuron's membrane carries it, and how much of it arrives at each layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from snncore.explain.credit_assignment import Credit, LayerCredit, Place, check_place

FADED, GROWN = 0.01, 100.0
"""Shares of a step's credit at which it counts as gone, and as exploded."""

Ending = Literal["cut", "faded", "grown", "start"]


@dataclass(frozen=True)
class Flow:
    """The way of one neuron's credit back through its membrane, from one step.

    Attributes:
        ended_by: `cut`, where a single step lets less than `FADED` through, as a hard reset or the lower bound does; `faded`, where
            less than that is left after several; `grown`, where it is more than `GROWN` times as large; `start`, where it reaches step 0.
        step: where that is.
        left: what is left there of each unit of credit.
        factor: geometric mean of the steps' factors, without their signs; 1 where there is no step back.
        last: factor of the last step back; 1 likewise.
    """

    ended_by: Ending
    step: int
    left: float
    factor: float
    last: float


def flow(layer: LayerCredit, neuron: int, step: int, sample: int = 0) -> Flow:
    """Follow credit of one neuron back through its membrane, by the products of `LayerCredit.factor`.

    Raises:
        ExperimentError: there is no such neuron, step or sample.
    """
    batch, steps = layer.factor.shape[:2]
    by_neuron = layer.factor.reshape(batch, steps, -1)
    check_place(by_neuron.shape, sample, step, neuron)
    factors = by_neuron[sample, :step, neuron][::-1].astype(np.float64)
    if not len(factors):
        return Flow("start", step, 1.0, 1.0, 1.0)
    with np.errstate(over="ignore", invalid="ignore"):
        left = np.cumprod(factors)
    ends = (np.abs(factors) < FADED) | (np.abs(left) < FADED) | (np.abs(left) > GROWN)
    back = int(ends.argmax()) if ends.any() else len(factors) - 1
    last, rest = float(factors[back]), float(left[back])
    ending: Ending = "start"
    if ends.any():
        ending = "cut" if abs(last) < FADED else "faded" if abs(rest) < FADED else "grown"
    return Flow(ending, step - back - 1, rest, abs(rest) ** (1 / (back + 1)), last)


def usual_factor(layer: LayerCredit, sample: int = 0) -> float:
    """Median of the factors of one step back through the membrane, without their signs; 1 where there is one step only."""
    factors = np.abs(layer.factor[sample, :-1])
    return float(np.median(factors)) if factors.size else 1.0


def arriving(credit: Credit[Place], sample: int = 0) -> dict[Place, float]:
    """Return the Euclidean norm of ∂L/∂u over all neurons and steps of each layer."""
    return {place: float(np.linalg.norm(layer.u[sample].astype(np.float64))) for place, layer in credit.layers.items()}
