"""How many potentials of a run a surrogate gradient reaches: where it is small, nothing is learned through that neuron at that step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from snncore.activation import SurrogateGradient
from snncore.arrays import Array
from snncore.run.record import LayerRecord

LEVELS = (0.01, 0.1)
"""Shares of the peak."""

LOWEST, HIGHEST = -1.0, 3.0
"""Ends of the curve, in θ."""

POINTS = 401

THRESHOLDS = 33
"""Thresholds at which the peak is computed where θ adapts or differs between neurons; between them it is interpolated."""


def slopes(surrogate: SurrogateGradient, threshold: float | Array, u: Array) -> Array:
    """Return ds/du, float32, at each u, with one threshold or thresholds that broadcast."""
    theta = torch.from_numpy(np.asarray(threshold, dtype=np.float32))
    found: Array = surrogate(torch.from_numpy(np.asarray(u, dtype=np.float32)), theta).numpy()
    return found


def curve(surrogate: SurrogateGradient, threshold: float) -> tuple[Array, Array]:
    """Return u from `LOWEST` to `HIGHEST` thresholds, and ds/du there, (POINTS,) each."""
    u = np.linspace(LOWEST * threshold, HIGHEST * threshold, POINTS)
    return u, slopes(surrogate, threshold, u)


def peak(surrogate: SurrogateGradient, threshold: float) -> tuple[float, float]:
    """Return where on its curve |ds/du| is largest: u, and ds/du."""
    u, slope = curve(surrogate, threshold)
    at = int(np.abs(slope).argmax())
    return float(u[at]), float(slope[at])


def reached(surrogate: SurrogateGradient, record: LayerRecord, levels: Sequence[float] = LEVELS) -> tuple[float, ...]:
    """Return the share of a layer's potentials at which |ds/du| is at least each level of its peak.

    Args:
        record: of a layer that spikes; samples, steps and neurons count alike, each at its own threshold.
        levels: shares of the peak, from 0 to 1.

    Returns:
        Shares from 0 to 1; 0 for a surrogate that is 0 everywhere.
    """
    low, high = float(record.threshold.min()), float(record.threshold.max())
    thresholds = np.linspace(low, high, THRESHOLDS) if high > low else np.array([low])
    peaks = [abs(peak(surrogate, float(threshold))[1]) for threshold in thresholds]
    highest = np.interp(record.threshold, thresholds, peaks)
    size = np.abs(slopes(surrogate, record.threshold, record.u))
    return tuple(float(((size >= level * highest) & (size > 0)).mean()) for level in levels)
