"""The task of firing a given number of spikes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from torch import Tensor

from snncore.experiment.part import Count, Shape
from snncore.experiment.tasks.base import TASK_KINDS, Outcome, Task


@TASK_KINDS.register
class SpikeCount(Task):
    """A given number of output spikes: loss (Σ output - target)².

    All samples, neurons and time steps are counted together. The score is the number of spikes, above or below the target.
    """

    score_name = "spikes"
    score_unit = "spikes"
    goal_name = "target"
    changeable = ("target",)
    needs_spikes = "nothing can be counted"

    kind: Literal["spike_count"] = "spike_count"
    target: Count = 10

    def loss(self, output: Tensor) -> Tensor:
        return (output.sum() - self.target) ** 2

    def score(self, outcome: Outcome) -> float:
        return outcome.spikes

    @property
    def goal(self) -> float:
        return self.target

    def is_reached(self, outcome: Outcome) -> bool:
        return outcome.spikes == self.target

    def spikes_wanted(self, samples: int) -> int:
        return self.target

    def within(self, most: int) -> dict[str, Any]:
        return {"target": most}

    def silent_loss(self, shape: Shape) -> float:
        return float(self.target**2)

    def oversteps(self, scores: Sequence[float]) -> bool:
        return min(scores) < self.target < max(scores)
