"""How an Experiment is trained, and its seeds, as data; and what may be changed while it trains."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import Annotated, Any, Literal, Self

from pydantic import FailFast, Field, field_validator, model_validator

from snncore.experiment.errors import abbreviated
from snncore.experiment.part import LARGEST_NUMBER, Count, Part, Positive
from snncore.experiment.tasks import TaskSpec
from snncore.experiment.tasks.spike_count import SpikeCount

MOST_CHANGES = 1000

CHANGEABLE = re.compile(r"training\.(lr|optimiser)|network\.(0|[1-9][0-9]{0,5})\.(surrogate_grad_fn|learns)")
"""What may be changed while training runs, besides fields of the task: the weights learned so far stay."""

OF_THE_TASK = "training.task."


class Change(Part):
    """A field of the Experiment that was changed while training ran, by its path, as in `Experiment.replace`; in force from `epoch` on."""

    epoch: Count
    field: str
    value: Any

    @field_validator("value")
    @classmethod
    def _as_in_json(cls, value: Any) -> Any:
        """So that an Experiment that was saved equals the one that is opened."""
        return [cls._as_in_json(entry) for entry in value] if isinstance(value, tuple) else value


class Training(Part):
    """What is trained for, and how. `lr` is the learning rate, `epochs` the most that are run.

    `changes` are in the order of their epochs, in whatever order they come; of two of one field at one epoch, the later one is made.
    """

    task: TaskSpec = SpikeCount()
    optimiser: Literal["RMSprop", "Adam", "SGD"] = "RMSprop"
    lr: float = Field(default=1e-3, gt=0, le=LARGEST_NUMBER)
    epochs: Positive = 100
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
                fields = ("training.lr", "training.optimiser", *(OF_THE_TASK + name for name in self.task.changeable))
                raise ValueError(
                    f"{abbreviated(change.field)}, at epoch {change.epoch}, is not a field that can change while training runs; "
                    f"change {', '.join(fields)}, or surrogate_grad_fn or learns of a layer"
                )
        return self

    def is_changeable(self, field: str) -> bool:
        """Return True if the field of the Experiment at a path may be changed while training runs."""
        if field.startswith(OF_THE_TASK):
            return field.removeprefix(OF_THE_TASK) in self.task.changeable
        return CHANGEABLE.fullmatch(field) is not None


class Seeds(Part):
    """One seed each for the weights, the input, and everything random while the network runs."""

    weights: Count = 0
    input: Count = 0
    noise: Count = 0
