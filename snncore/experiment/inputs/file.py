"""An uploaded file as input."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from snncore.errors import ExperimentError
from snncore.experiment.inputs.base import INPUT_KINDS, Files, Holds, Weighted
from snncore.experiment.part import Shape


@INPUT_KINDS.register
class FileSpikes(Weighted):
    """An uploaded file, read by `recordings.read_raster`.

    An Experiment doesn't hold the file. It has its `name`, for people, and its `digest`, from `recordings.content_hash`.
    """

    is_supplied: ClassVar[bool] = True

    kind: Literal["file"] = "file"
    name: str = Field(max_length=100)
    digest: str = Field(pattern="^[0-9a-f]{32}$")
    holds: Holds | None = None
    """None: unknown, as in Experiments saved before this was noted."""

    @property
    def words(self) -> str:
        return f"from the file {self.name!r}{self._how_strong}"

    @property
    def carries_spikes(self) -> bool:
        return super().carries_spikes and self.holds != "currents"

    @property
    def read_as(self) -> str:
        """Describe how the file was read: "events, in 100 time steps, 16 neurons, 1 sample"."""
        batch, steps, *sample = self.shape
        if len(sample) == 1:
            places = _counted(sample[0], "neuron")
        else:
            axes = " (channels × height × width)" if len(sample) == 3 else ""
            places = " × ".join(f"{length:,}" for length in sample) + axes
        kinds = {None: "", "events": "events, in ", "counts": "spike counts, in ", "currents": "currents, in "}
        return f"{kinds[self.holds]}{_counted(steps, 'time step')}, {places}, {_counted(batch, 'sample')}"

    def is_random(self, dt: float) -> bool:
        return False

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        values = files.get(self.digest)
        if values is None:
            raise ExperimentError(
                f"The input is the file {self.name!r}, which is not here: links carry no files. Upload it again, or choose another input."
            )
        if values.shape != self.shape:
            raise ExperimentError(
                f"The input's shape is {self.shape}, but that of the file {self.name!r} is {values.shape}; set it to that."
            )
        return self.weight * torch.tensor(values, dtype=torch.float32)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        raise ExperimentError("There is no usual file; upload one.")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
