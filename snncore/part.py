"""What every part of an Experiment is: immutable data without unknown keys, its numbers finite and bounded."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

Shape = tuple[int, ...]
"""Shape of one sample at one time step, without batch and time."""

MOST_AXES = 16
"""Axes of an input, and lists within lists; NumPy and torch take up to 64."""

LARGEST_LENGTH = 2**31 - 1
"""Of an axis, a window or its stride: torch counts some of them in 32 bits."""

LARGEST_WHOLE = 2**53 - 1
"""Up to here JSON and browsers hold whole numbers exactly."""

LARGEST_NUMBER = 3e38
"""Magnitude of a number that a layer computes with: within the range of float32."""

Length = Annotated[int, Field(ge=1, le=LARGEST_LENGTH)]

Count = Annotated[int, Field(ge=0, le=LARGEST_WHOLE)]
"""Of steps, spikes, epochs; a seed."""

Positive = Annotated[int, Field(ge=1, le=LARGEST_WHOLE)]
"""The same, but not 0."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_no_switches(cls, data: Any) -> Any:
        """Else true would be read as 1."""
        if isinstance(data, dict):
            for name, field in cls.model_fields.items():
                if isinstance(data.get(name), bool) and field.annotation not in (bool, Any):
                    raise ValueError(f"{name} is {data[name]}; it can't be true or false")
        return data
