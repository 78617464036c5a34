"""What every part of an Experiment is: immutable data without unknown keys, its numbers finite."""

from pydantic import BaseModel, ConfigDict

Shape = tuple[int, ...]
"""Shape of one sample at one time step, without batch and time."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
