"""The Yin-Yang points of Kriener, Göltz and Petrovici 2022."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from snncore.arrays import Array
from snncore.experiment.data.base import DATA_KINDS, DataSet, Halves, Labelled
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.part import Count, Shape

RADIUS, DOT = 0.5, 0.1
"""Radius of the disk, and of its two dots; the disk's centre is (½, ½)."""

LEARNED, TESTED = 5000, 1000
YIN, YANG, DOTS = range(3)


def yin_yang_classes(points: Array) -> Array:
    """Return the class of each point (points, 2) of the disk: 0 Yin, 1 Yang, 2 a dot; int64 (points,)."""
    x, y = points.T
    to_right, to_left = (np.hypot(x - centre, y - RADIUS) for centre in (1.5 * RADIUS, 0.5 * RADIUS))
    is_yang = (to_left <= RADIUS / 2) | ((y > RADIUS) & (to_right > RADIUS / 2))
    return np.where((to_right < DOT) | (to_left < DOT), DOTS, np.where(is_yang, YANG, YIN))


def yin_yang_values(points: Array) -> Array:
    """Return points (points, 2) as samples: x, y, 1-x, 1-y and a bias of 1; float32 (points, 5)."""
    return np.concatenate([points, 1 - points, np.ones_like(points[:, :1])], axis=1).astype(np.float32)


@DATA_KINDS.register
class YinYang(DataSet):
    """Points of a disk in three classes of equal frequency, Yin, Yang and dots: 5,000 to learn from and 1,000 to be tested with.

    A sample's five values are the point's coordinates x and y, their mirror images 1-x and 1-y, and a bias of 1. They come as one spike
    each by a `latency` encoding.

    Source: L. Kriener, J. Göltz, M. A. Petrovici, The Yin-Yang dataset, NICE 2022. The points are drawn here, by `seed`.
    """

    title: ClassVar[str] = "Yin-Yang"
    kind: Literal["yin_yang"] = "yin_yang"
    seed: Count = 0

    @property
    def classes(self) -> int:
        return 3

    @property
    def counts(self) -> tuple[int, int]:
        return LEARNED, TESTED

    @property
    def sample_shape(self) -> Shape:
        return (5,)

    @property
    def is_plane(self) -> bool:
        return True

    def values_at(self, points: Array) -> Array:
        return yin_yang_values(points)

    def are_inside(self, points: Array) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = np.hypot(*(points - RADIUS).T) <= RADIUS
        return inside

    def make(self, files: Files = NO_FILES) -> Halves:
        return _points(self.seed % 2**32)


@lru_cache(maxsize=4)
def _points(seed: int) -> Halves:
    return Halves(*(_drawn(count, np.random.RandomState([seed, half])) for half, count in enumerate((LEARNED, TESTED))))


def _drawn(count: int, random: np.random.RandomState) -> Labelled:
    """Draw the classes, then points of the disk until there are enough of each class."""
    labels = random.randint(3, size=count)
    wanted = np.bincount(labels, minlength=3)
    points = np.empty((0, 2))
    while (np.bincount(yin_yang_classes(points), minlength=3) < wanted).any():
        square = random.uniform(size=(8 * count, 2))
        points = np.concatenate([points, square[np.hypot(*(square - RADIUS).T) <= RADIUS]])
    taken, found = np.empty((count, 2)), yin_yang_classes(points)
    for each in range(3):
        taken[labels == each] = points[found == each][: wanted[each]]
    return Labelled(torch.from_numpy(yin_yang_values(taken)), torch.from_numpy(labels.astype(np.int64)))
