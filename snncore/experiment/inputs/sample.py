"""Samples of the task's labelled data as input."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from snncore.errors import ExperimentError
from snncore.experiment.inputs.base import INPUT_KINDS, Files, Input
from snncore.experiment.part import Count, Shape


@INPUT_KINDS.register
class Sample(Input):
    """Samples of the data that the task has: sample b of the batch is number `index` + b of a half; after the last comes the first.

    The task's encoding makes spikes or currents of them, so `Experiment.make_input` makes it, with the task.
    """

    is_supplied: ClassVar[bool] = True

    kind: Literal["sample"] = "sample"
    half: Literal["train", "test"] = "test"
    index: Count = 0

    @property
    def words(self) -> str:
        half = "training" if self.half == "train" else "test"
        return f"{half} sample no. {self.index}" if self.shape[0] == 1 else f"{half} samples from no. {self.index} on"

    @property
    def carries_spikes(self) -> bool:
        return False  # the encoding decides; spikes can be shown as currents, currents not as spikes

    def is_random(self, dt: float) -> bool:
        return False

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        raise ExperimentError("A sample is of the data that a task has; ask the Experiment to make its input.")

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        raise ExperimentError("There is no usual sample; choose a task with labelled data.")
