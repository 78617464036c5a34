"""Handwritten digits as spikes."""

from __future__ import annotations

from typing import Any, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from snncore import encoders
from snncore.experiment.errors import abbreviated
from snncore.experiment.inputs.base import INPUT_KINDS, SENSOR, Files, Input
from snncore.experiment.part import Shape


@INPUT_KINDS.register
class DigitSpikes(Input):
    """Handwritten digits as ON and OFF spikes, (batch, time, 2, 8, 8).

    The images are scikit-learn's 1797 of 8×8 pixels. Sample b of the batch shows digit `index` + b; after the last digit comes the first.
    A pixel's contrast is its distance above (ON) or below (OFF) the mean of its image, relative to the largest distance. As a `rate` code
    it spikes in each step with probability min(1, contrast · rate · dt), `rate` in Hz; as a latency code once, and sooner the stronger
    the contrast is.
    """

    kind: Literal["digit"] = "digit"
    index: int = Field(ge=0, lt=encoders.DIGITS)
    code: Literal["rate", "latency"] = "rate"
    rate: float = Field(default=200.0, ge=0, le=1e6)

    @model_validator(mode="after")
    def _has_the_pixels_of_a_digit(self) -> Self:
        if self.shape[2:] != SENSOR:
            raise ValueError(f"shape is {abbreviated(self.shape)}; a digit's ON and OFF spikes have (batch, time, 2, 8, 8)")
        return self

    @property
    def words(self) -> str:
        code = f"up to {self.rate:g} Hz" if self.code == "rate" else "stronger contrasts sooner"
        digits = f"digit no. {self.index}" if self.shape[0] == 1 else f"digits from no. {self.index} on"
        return f"ON and OFF spikes of handwritten {digits}, {code}"

    def is_random(self, dt: float) -> bool:
        probabilities = encoders.digit_contrasts(self.index, self.shape[0]) * (self.rate * dt)
        return self.code == "rate" and bool(((probabilities >= encoders.RAREST) & (probabilities < 1)).any())

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        contrasts = encoders.digit_contrasts(self.index, self.shape[0])
        if self.code == "latency":
            return encoders.latency_code(contrasts, self.shape[1])
        return encoders.rate_code(contrasts, self.shape[1], self.rate, dt, generator)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"index": 0}

    @classmethod
    def sample_for(cls, sample: Shape) -> Shape:
        return SENSOR
