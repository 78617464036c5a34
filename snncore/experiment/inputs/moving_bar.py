"""A bar that moves before a two-polarity sensor."""

from __future__ import annotations

from typing import Any, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from snncore import encoders
from snncore.experiment.inputs.base import INPUT_KINDS, SENSOR, STRONGEST, Files, Input
from snncore.experiment.part import Positive, Shape

USUAL_WIDTH = 2
"""Pixels."""


@INPUT_KINDS.register
class MovingBar(Input):
    """A bright bar that moves over a two-polarity sensor, (batch, time, 2, height, width)."""

    kind: Literal["moving_bar"] = "moving_bar"
    width: Positive = USUAL_WIDTH
    speed: float = Field(default=0.5, gt=0, le=STRONGEST)

    @model_validator(mode="after")
    def _can_be_seen(self) -> Self:
        encoders.check_moving_bar(self.shape, self.width, self.speed)
        return self

    @property
    def words(self) -> str:
        return f"a bar {self.width} pixels wide that moves {self.speed:g} pixels per step"

    def is_random(self, dt: float) -> bool:
        return False

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.moving_bar(self.shape, self.width, self.speed)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"width": USUAL_WIDTH}

    @classmethod
    def sample_for(cls, sample: Shape) -> Shape:
        is_wide_sensor = len(sample) == 3 and sample[0] == 2 and sample[2] > USUAL_WIDTH
        return sample if is_wide_sensor else SENSOR
