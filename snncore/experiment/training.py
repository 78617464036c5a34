"""How an Experiment is trained, and its seeds, as data; and what may be changed while it trains."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import FailFast, Field, field_validator

from snncore.experiment.part import LARGEST_NUMBER, Count, Part, Positive
from snncore.experiment.tasks import SpikeCount

MOST_CHANGES = 1000

CHANGEABLE = r"training\.(lr|optimiser|task\.target)|network\.(0|[1-9][0-9]{0,5})\.(surrogate_grad_fn|learns)"
"""What may be changed while training runs: the weights learned so far stay."""


def is_changeable(field: str) -> bool:
    """Whether the field at a path may be changed while training runs."""
    return re.fullmatch(CHANGEABLE, field) is not None


class Change(Part):
    """A field of the Experiment that was changed while training ran, by its path, as in `Experiment.replace`; in force from `epoch` on."""

    epoch: Count
    field: str = Field(pattern=f"^({CHANGEABLE})$")
    value: Any

    @field_validator("value")
    @classmethod
    def _as_in_json(cls, value: Any) -> Any:
        """So that an Experiment that was saved equals the one that is opened."""
        return list(value) if isinstance(value, tuple) else value


class Training(Part):
    """What is trained for, and how. `lr` is the learning rate, `epochs` the most that are run.

    `changes` are in the order of their epochs, in whatever order they come; of two of one field at one epoch, the later one is made.
    """

    task: SpikeCount = SpikeCount()
    optimiser: Literal["RMSprop", "Adam", "SGD"] = "RMSprop"
    lr: float = Field(default=1e-3, gt=0, le=LARGEST_NUMBER)
    epochs: Positive = 100
    changes: Annotated[tuple[Change, ...], FailFast()] = Field(default=(), max_length=MOST_CHANGES)

    @field_validator("changes")
    @classmethod
    def _in_order(cls, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        latest = {(change.epoch, change.field): change for change in changes}
        return tuple(sorted(latest.values(), key=attrgetter("epoch")))


class Seeds(Part):
    """One seed each for the weights, the input, and everything random while the network runs."""

    weights: Count = 0
    input: Count = 0
    noise: Count = 0
