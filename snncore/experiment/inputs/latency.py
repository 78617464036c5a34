"""One spike per neuron, at a time that encodes a value."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor

from snncore import encoders
from snncore.experiment.inputs.base import INPUT_KINDS, Files, Input
from snncore.experiment.part import Shape


@INPUT_KINDS.register
class LatencySpikes(Input):
    """One spike per neuron, the sooner the larger its value, drawn uniformly from [0, 1)."""

    kind: Literal["latency"] = "latency"

    @property
    def words(self) -> str:
        return "one spike per neuron, the larger its random value the sooner"

    def is_random(self, dt: float) -> bool:
        return self.shape[1] > 1

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        return encoders.latency_spikes(self.shape, generator)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {}
