"""The course of a training: a few numbers of every epoch, read once each, so that a long training can be drawn often."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from snncore.run.epoch import EpochRecord

Numbers = NDArray[np.float64]


class Course:
    """Numbers of the epochs so far. One thread may add epochs while others read."""

    def __init__(self, records: Iterable[EpochRecord] = ()) -> None:
        self._scores, self._goals, self._losses, self._reach = (array("d") for _ in range(4))
        self._layers = 0
        for record in records:
            self.add(record)

    def add(self, record: EpochRecord) -> None:
        """Add the next epoch, of the same network."""
        self._layers = len(record.reach)
        self._scores.append(record.score)
        self._goals.append(record.task.goal)
        self._losses.append(record.loss)
        self._reach.extend(record.reach)

    def scores(self, epochs: int) -> Numbers:
        """Return the task's score in each of the first epochs, (epochs,)."""
        return np.frombuffer(self._scores[:epochs])

    def goals(self, epochs: int) -> Numbers:
        """Return the goal that was in force, (epochs,)."""
        return np.frombuffer(self._goals[:epochs])

    def losses(self, epochs: int) -> Numbers:
        """Return the loss, (epochs,)."""
        return np.frombuffer(self._losses[:epochs])

    def reach(self, epochs: int) -> Numbers:
        """Return the largest u/θ of each layer, (epochs, layers)."""
        return np.frombuffer(self._reach[: epochs * self._layers]).reshape(-1, self._layers)
