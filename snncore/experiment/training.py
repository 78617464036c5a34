"""Training and seeds of an Experiment as data, and what may be changed while it trains."""

from __future__ import annotations

import math
import re
from operator import attrgetter
from typing import Annotated, Any, Literal, Self

from pydantic import FailFast, Field, field_validator, model_validator

from snncore.experiment.errors import abbreviated
from snncore.experiment.part import LARGEST_NUMBER, Count, Part, Positive
from snncore.experiment.tasks import TaskSpec
from snncore.experiment.tasks.spike_count import SpikeCount

MOST_CHANGES = 1000

CHANGEABLE = re.compile(r"training\.(lr|optimiser|batch_size|schedule)|network\.(0|[1-9][0-9]{0,5})\.(surrogate_grad_fn|learns)")
"""Fields that may change during training, besides fields of the task; the weights learned so far stay."""

OF_THE_TASK = "training.task."


class Change(Part):
    """A field changed during training, by its path in `Experiment.replace`; in force from `epoch` on."""

    epoch: Count
    field: str
    value: Any

    @field_validator("value")
    @classmethod
    def _as_in_json(cls, value: Any) -> Any:
        """Convert the value to its JSON form, so that saving and opening changes nothing."""
        return [cls._as_in_json(entry) for entry in value] if isinstance(value, tuple) else value


class Training(Part):
    """Task and settings of the training.

    `lr` is the learning rate, `epochs` the largest number of epochs. Epoch 0 of labelled data is one of them, but tests the untrained
    network and learns nothing: 11 epochs learn in 10. With the schedule `cosine` the learning rate falls within those that learn from
    `lr` towards 0, as lr · ½(1 + cos(π epoch/epochs)), and begins again after them (Loshchilov & Hutter 2017). Labelled data are learned
    in batches of `batch_size` samples; other tasks learn all samples of the input at once.

    `changes` are sorted by epoch; of two changes of one field at the same epoch, the later one counts.
    """

    task: TaskSpec = SpikeCount()
    optimiser: Literal["RMSprop", "Adam", "SGD"] = "RMSprop"
    lr: float = Field(default=1e-3, gt=0, le=LARGEST_NUMBER)
    epochs: Positive = 100
    batch_size: Positive = 64
    schedule: Literal["constant", "cosine"] = "constant"
    changes: Annotated[tuple[Change, ...], FailFast()] = Field(default=(), max_length=MOST_CHANGES)

    @field_validator("task", mode="before")
    @classmethod
    def _counts_spikes_without_a_kind(cls, given: Any) -> Any:
        return {"kind": "spike_count", **given} if isinstance(given, dict) else given

    @field_validator("changes")
    @classmethod
    def _in_order(cls, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        latest = {(change.epoch, change.field): change for change in changes}
        return tuple(sorted(latest.values(), key=attrgetter("epoch")))

    @model_validator(mode="after")
    def _changes_only_what_may_change(self) -> Self:
        for change in self.changes:
            if not self.is_changeable(change.field):
                fields = (
                    *(f"training.{name}" for name in ("lr", "optimiser", "batch_size", "schedule")),
                    *(OF_THE_TASK + name for name in self.task.changeable),
                )
                raise ValueError(
                    f"{abbreviated(change.field)}, at epoch {change.epoch}, is not a field that can change while training runs; "
                    f"change {', '.join(fields)}, or surrogate_grad_fn or learns of a layer"
                )
        return self

    def learning_rate(self, epoch: int) -> float:
        """Return the learning rate in an epoch, by the schedule."""
        unlearned = 1 if self.task.is_labelled and epoch < self.epochs else 0
        return self.learning_rate_after((epoch % self.epochs - unlearned) / max(self.epochs - unlearned, 1))

    def learning_rate_after(self, share: float) -> float:
        """Return the learning rate after a share of the epochs, from 0 to 1, by the schedule."""
        return self.lr if self.schedule == "constant" else self.lr * (1 + math.cos(math.pi * max(share, 0.0))) / 2

    def is_changeable(self, field: str) -> bool:
        """Return True if the Experiment's field at a path may change during training."""
        if field.startswith(OF_THE_TASK):
            return field.removeprefix(OF_THE_TASK) in self.task.changeable
        return CHANGEABLE.fullmatch(field) is not None


class Seeds(Part):
    """Seeds for the weights, the input, and everything random while the network runs."""

    weights: Count = 0
    input: Count = 0
    noise: Count = 0
