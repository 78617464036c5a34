"""How an Experiment is trained, and its seeds, as data; and what may be changed while it trains."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from snncore.part import Part
from snncore.tasks import SpikeCount

LARGEST_SEED = 2**63 - 1

CHANGEABLE = r"training\.(lr|optimiser|task\.target)|network\.\d+\.(surrogate_grad_fn|learns)"
"""What may be changed while training runs: the weights learned so far stay."""


def is_changeable(field: str) -> bool:
    """Whether the field at a path may be changed while training runs."""
    return re.fullmatch(CHANGEABLE, field) is not None


class Change(Part):
    """A field of the Experiment that was changed while training ran, by its path, as in `Experiment.replace`; in force from `epoch` on."""

    epoch: int = Field(ge=0)
    field: str = Field(pattern=f"^({CHANGEABLE})$")
    value: Any

    @field_validator("value")
    @classmethod
    def _as_in_json(cls, value: Any) -> Any:
        """So that an Experiment that was saved equals the one that is opened."""
        return list(value) if isinstance(value, tuple) else value


class Training(Part):
    """What is trained for, and how. `lr` is the learning rate, `epochs` the most that are run."""

    task: SpikeCount = SpikeCount()
    optimiser: Literal["RMSprop", "Adam", "SGD"] = "RMSprop"
    lr: float = Field(default=1e-3, gt=0)
    epochs: int = Field(default=100, ge=1)
    changes: tuple[Change, ...] = ()


class Seeds(Part):
    """One seed each for the weights, the input, and everything random while the network runs."""

    weights: int = Field(default=0, ge=0, le=LARGEST_SEED)
    input: int = Field(default=0, ge=0, le=LARGEST_SEED)
    noise: int = Field(default=0, ge=0, le=LARGEST_SEED)
