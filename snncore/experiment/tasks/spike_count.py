"""The task of a given sum: that many output spikes or, where the output doesn't spike, its values adding up to that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from torch import Tensor

from snncore.experiment.part import Count, Shape
from snncore.experiment.tasks.base import TASK_KINDS, Outcome, Task

WITHIN = 0.5
"""A sum of values is reached less than this far from its target: it rounds to the target, and so is as exact as a count."""


class OfTheSum(Task):
    """Base of the tasks with loss (Σ output - target)²; all samples, neurons and time steps are added up."""

    if TYPE_CHECKING:
        target: int

    goal_name = "target"
    changeable = ("target",)

    def loss(self, output: Tensor) -> Tensor:
        return (output.sum() - self.target) ** 2

    def score(self, outcome: Outcome) -> float:
        return outcome.spikes

    @property
    def goal(self) -> float:
        return self.target

    def silent_loss(self, shape: Shape) -> float:
        return float(self.target**2)

    def oversteps(self, scores: Sequence[float]) -> bool:
        return min(scores) < self.target < max(scores)


class OutputSum(OfTheSum):
    """A given sum of an output that doesn't spike, reached within ½: what `SpikeCount` asks of such an output."""

    score_name = "output sum"

    kind: Literal["output_sum"] = "output_sum"
    target: Count = 10

    def is_reached(self, outcome: Outcome) -> bool:
        return abs(outcome.spikes - self.target) < WITHIN


@TASK_KINDS.register
class SpikeCount(OfTheSum):
    """A given number of output spikes.

    The score is their number, above or below the target. An output that doesn't spike has an `OutputSum` instead.
    """

    score_name = "spikes"
    score_unit = "spikes"
    of_values = OutputSum

    kind: Literal["spike_count"] = "spike_count"
    target: Count = 10

    def is_reached(self, outcome: Outcome) -> bool:
        return outcome.spikes == self.target

    def spikes_wanted(self, samples: int) -> int:
        return self.target

    def within(self, most: int) -> dict[str, Any]:
        return {"target": most}
