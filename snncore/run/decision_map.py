"""A network's decision over a plane of points: the answer to each, its margin and time, and the spikes of the hidden neurons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment.parameters import Parameters
from snncore.run.labelled import Answerer

OUTSIDE = 255
"""Class of a grid point that no sample can be at."""

MOST_CLASSES = 255
MOST_SIDE = 256

MOST_VALUES = 4_000_000
"""Values of all layers in time that are held at once: 16 MB. Further points come after."""

Timing = Literal["first_spike", "settled"]


@dataclass(frozen=True)
class DecisionMap:
    """Answers to the points of a grid over the unit square, at the middle of each cell; row 0 has the largest y.

    Attributes:
        classes: class with the largest readout, or `OUTSIDE`; uint8 (side, side).
        margins: how far the largest readout lies above the second, float32 (side, side).
        times: step of the first output spike, or where outputs don't spike, the step from which on the answer leads; -1 without a spike
            and outside; int32 (side, side).
        timing: which of the two.
        counts: spikes of each hidden neuron by the place of its layer in the network, float32 (neurons, side, side).
    """

    classes: NDArray[np.uint8]
    margins: Array
    times: NDArray[np.int32]
    timing: Timing
    counts: Mapping[int, Array]

    @property
    def side(self) -> int:
        return len(self.classes)


def decision_map(answerer: Answerer, side: int, parameters: Parameters | None = None) -> DecisionMap:
    """Return the answers over the plane of the task's data.

    Args:
        side: grid points along each axis, up to `MOST_SIDE`.
        parameters: all parameters of the network by name; None: its own first ones.

    Raises:
        ExperimentError: the data aren't points of a plane, too large a grid or too many classes, or a potential became infinite or NaN.
    """
    data = answerer.task.data
    if not data.is_plane:
        raise ExperimentError(f"The data {data.kind} aren't points of a plane; choose yin_yang, or a file with two values a sample.")
    if not 1 <= side <= MOST_SIDE or data.classes > MOST_CLASSES:
        raise ExperimentError(
            f"A map of {side}x{side} points and {data.classes} classes was asked for; "
            f"it may have up to {MOST_SIDE}x{MOST_SIDE} points and {MOST_CLASSES} classes."
        )
    points = grid_points(side)
    inside = data.are_inside(points)
    values = torch.from_numpy(data.values_at(points[inside]))
    last = len(answerer.experiment.network) - 1
    does_spike = answerer.experiment.network[last].does_spike
    hidden = _hidden(answerer)
    found: list[tuple[NDArray[Any], ...]] = []
    for part in values.split(max(MOST_VALUES // _values_held(answerer), 1)):
        readouts, outputs = answerer.activity(answerer.encoded(part), parameters)
        steps = outputs[last].reshape(*outputs[last].shape[:2], -1)[..., : data.classes]
        times = _first_spikes(steps) if does_spike else _settled(answerer, steps)
        found.append((readouts, times, *(outputs[place].reshape(*steps.shape[:2], -1).sum(axis=1) for place in hidden)))
    read, times, *counts = (np.concatenate(each) for each in zip(*found, strict=True))
    best = np.sort(read, axis=1)

    def placed(values: NDArray[Any], elsewhere: float) -> NDArray[Any]:
        """The values of points inside as a grid (..., side, side)."""
        whole = np.full((*values.shape[1:], side * side), elsewhere, dtype=values.dtype)
        whole[..., inside] = np.moveaxis(values, 0, -1)
        return whole.reshape(*values.shape[1:], side, side)

    return DecisionMap(
        classes=placed(read.argmax(axis=1).astype(np.uint8), OUTSIDE),
        margins=placed(best[:, -1] - best[:, max(-2, -best.shape[1])], 0.0),
        times=placed(times.astype(np.int32), -1),
        timing="first_spike" if does_spike else "settled",
        counts={place: placed(each, 0.0) for place, each in zip(hidden, counts, strict=True)},
    )


def grid_points(side: int) -> Array:
    """Return the middle of each cell of a grid over the unit square, (side², 2), row by row from the largest y."""
    middles = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(middles, middles[::-1])
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _hidden(answerer: Answerer) -> tuple[int, ...]:
    """Return the places of the layers that spike, but for the last one."""
    return tuple(place for place, layer in enumerate(answerer.experiment.network[:-1]) if layer.does_spike)


def _values_held(answerer: Answerer) -> int:
    """Number of values that one sample takes in all layers and steps."""
    experiment = answerer.experiment
    return experiment.input.shape[1] * sum(math.prod(fit.shape or ()) for fit in experiment.fits())


def _first_spikes(spikes: Array) -> NDArray[np.int64]:
    """Return the step of the first spike of any output of (points, time, classes); -1 without one."""
    fires = np.any(spikes > 0, axis=2)
    return np.where(fires.any(axis=1), fires.argmax(axis=1), -1)


def _settled(answerer: Answerer, potentials: Array) -> NDArray[np.int64]:
    """Return the step from which on the class leads that is answered in the end, of (points, time, classes)."""
    task = answerer.task
    so_far = task.read_so_far(torch.from_numpy(potentials))[:, task.data.answer_from :]
    leader = so_far.numpy().argmax(axis=2)
    differs = leader != leader[:, -1:]
    last = differs.shape[1] - 1 - differs[:, ::-1].argmax(axis=1)  # of the steps at which another class led
    settled: NDArray[np.int64] = task.data.answer_from + np.where(differs.any(axis=1), last + 1, 0)
    return settled
