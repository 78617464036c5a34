"""A current that the user draws."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

import torch
from pydantic import FailFast, Field, model_validator
from torch import Tensor

from snncore import encoders
from snncore.errors import ExperimentError
from snncore.experiment.inputs.base import INPUT_KINDS, CurrentInput, Files, Strength, Weighted
from snncore.experiment.part import Shape

MOST_DRAWN = 1000
"""Most time steps of a drawn current."""


@INPUT_KINDS.register
class DrawnCurrent(CurrentInput, Weighted):
    """A current drawn by hand: one value for each time step, the same for all neurons."""

    is_supplied: ClassVar[bool] = True

    kind: Literal["drawn"] = "drawn"
    values: Annotated[tuple[Strength, ...], FailFast()] = Field(max_length=MOST_DRAWN)

    @model_validator(mode="after")
    def _has_a_value_for_each_step(self) -> Self:
        encoders.check_drawn(self.shape, self.values)
        return self

    @property
    def words(self) -> str:
        return f"a current drawn by hand, between {min(self.values):g} and {max(self.values):g}{self._how_strong}"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return self.weight * encoders.drawn_current(self.shape, self.values)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"values": (1.0,) * shape[1]}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        return {"values": [mean] * shape[1]}

    def reshaped(self, shape: Shape) -> dict[str, Any]:
        """Return the changed fields: a longer current ends with zeros, a shorter one is cut."""
        steps = shape[1]
        if steps > MOST_DRAWN:
            raise ExperimentError(f"The input is drawn by hand for up to {MOST_DRAWN} time steps; choose another one for {steps}.")
        zeros = (0.0 for _ in range(steps - len(self.values)))
        return {"shape": shape, "values": (*self.values[:steps], *zeros)}
