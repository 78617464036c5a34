"""How a layer's gradient travels back through time: ∂L/∂u reaches each step through `α · dr/du` of that step, and may grow on its way.

Leaves out what the synaptic current, the adaptation and the recurrence add. The words are left to whoever shows them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from snncore.activation import MembraneReset
from snncore.arrays import Array
from snncore.run.measures import leak_factor
from snncore.run.record import LayerRecord

MOST_VALUES = 2**16
"""Most potentials of a layer that are examined, neurons × time steps."""


@dataclass(frozen=True)
class Growth:
    """Largest product of one neuron's factors `|α · dr/du|` over consecutive steps.

    Attributes:
        factor: the largest of these factors.
        product: their product, ≥ 1; at most the largest float64.
        steps: number of factors; 0 where none is above 1.
    """

    factor: float
    product: float
    steps: int


def growth(layer: Any, record: LayerRecord, parameters: Mapping[str, Array]) -> Growth:
    """Return how a spiking layer's gradient may grow back through time.

    Looks only at the first sample, and at evenly spread neurons if there are more than `MOST_VALUES` / time steps of them.

    Args:
        parameters: values of the model's parameters by name, as in an EpochRecord.
    """
    return largest_growth(backward_factors(layer, record, parameters))


def backward_factors(layer: Any, record: LayerRecord, parameters: Mapping[str, Array]) -> Array:
    """Return `|α · dr/du|` at each step but the last, (time - 1, neurons).

    No gradient travels on from the last step. The neurons are the ones that `growth` looks at.
    """
    u, threshold, v, spikes = (_looked_at(values, record)[:-1] for values in (record.u, record.threshold, record.v, record.spikes))
    if isinstance(layer.reset_fn, MembraneReset):
        through_reset = (spikes == 0).astype(np.float64)
    elif getattr(layer, "detach_reset", False):
        through_reset = np.ones(u.shape)
    else:
        taken = threshold if layer.reset_fn.subtract_value is None else layer.reset_fn.subtract_value
        through_reset = 1 - taken * _surrogate(layer, u, threshold)
    bound = getattr(layer, "min_v_mem", None)
    if bound is not None:
        through_reset = np.where(v <= _looked_at(np.asarray(bound, dtype=v.dtype), record)[:-1], 0, through_reset)
    factors: Array = np.abs(_looked_at(leak_factor(record, parameters), record)[:-1] * through_reset)
    return factors


def largest_growth(factors: Array) -> Growth:
    """Return the largest growth among factors (time, neurons) ≥ 0."""
    logarithms = np.log(np.maximum(factors, np.finfo(np.float64).tiny))
    sums = np.concatenate([np.zeros((1, factors.shape[1])), np.cumsum(logarithms, axis=0)])
    risen = sums - np.minimum.accumulate(sums, axis=0)
    end, neuron = np.unravel_index(int(risen.argmax()), risen.shape)
    begin = int(sums[: end + 1, neuron].argmin())
    product = math.exp(min(float(risen[end, neuron]), math.log(np.finfo(np.float64).max)))
    return Growth(float(factors[begin:end, neuron].max(initial=0.0)), product, int(end) - begin)


def largest_surrogate(layer: Any, record: LayerRecord) -> float:
    """Return the layer's largest `|ds/du|` at the potentials reached."""
    return float(np.abs(_surrogate(layer, record.u, np.array(np.broadcast_to(record.threshold, record.u.shape)))).max())


def peak_taken(layer: Any, record: LayerRecord) -> float:
    """Return the largest `θ · ds/du`.

    If the reset subtracts a value other than θ, that value replaces θ in the product. Looks at the same potentials as `growth`, and at
    the peaks of surrogates with a grad_scale. A detached reset takes nothing.
    """
    if getattr(layer, "detach_reset", False):
        return 0.0
    u, threshold = _looked_at(record.u, record), _looked_at(record.threshold, record)
    step = getattr(layer.reset_fn, "subtract_value", None)
    taken = threshold if step is None else step
    at_peak = threshold + getattr(layer.surrogate_grad_fn, "mu", 0.0)
    return max(float((taken * _surrogate(layer, potential, threshold)).max()) for potential in (u, at_peak))


def _surrogate(layer: Any, u: Array, threshold: Array) -> Array:
    derivative = layer.surrogate_grad_fn(torch.from_numpy(u), torch.from_numpy(threshold))
    found: Array = derivative.double().numpy()
    return found


def _looked_at(values: Array, record: LayerRecord) -> Array:
    """Return the values at the examined steps and neurons, (time, neurons); `values` broadcast over the layer's potentials."""
    steps = record.u.shape[1]
    of_sample = np.broadcast_to(values, record.u.shape)[0].reshape(steps, -1)
    apart = math.ceil(of_sample.shape[1] / max(1, MOST_VALUES // steps))
    return np.array(of_sample[:, ::apart])  # torch takes no view that can't be written to
