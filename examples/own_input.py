"""A custom kind of input: a current that rises like the teeth of a saw.

`python -m examples.own_input` shows how a neuron answers. `SNN_PLUGINS=examples.own_input python -m app` adds it to the app.
"""

from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from snncore import Experiment, simulate
from snncore.experiment.field_words import FieldWords
from snncore.experiment.inputs import INPUT_KINDS, CurrentInput, Files
from snncore.experiment.part import Positive, Shape


@INPUT_KINDS.register
class Sawtooth(CurrentInput):
    """A current that rises from 0 to `peak` in `period` steps, again and again."""

    title = "Sawtooth"
    field_words: ClassVar = {
        "peak": FieldWords("Peak", "What every tooth rises to.", "I", low=0.0, high=10.0, step=0.1),
        "period": FieldWords("Period", "From tooth to tooth.", "T", "steps", low=1, high=200, step=1),
    }

    kind: Literal["sawtooth"] = "sawtooth"
    peak: float = 1.0
    period: Positive

    @property
    def words(self) -> str:
        return f"a sawtooth current up to {self.peak:g} every {self.period} steps"

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        batch, steps, *sample = self.shape
        tooth = self.peak * (torch.arange(steps) % self.period + 1) / self.period
        return tooth.view(1, steps, *(1 for _ in sample)).repeat(batch, 1, *sample)

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {"period": max(shape[1] // 5, 1)}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any]:
        return {"peak": round(2 * mean, 2), **cls.usual(shape)}


if __name__ == "__main__":
    for period in (10, 20, 50):
        fed = Sawtooth(shape=(1, 200, 1), peak=3.0, period=period)
        (run,) = simulate(Experiment(network=[{"kind": "LIF", "tau_mem": 20.0}], input=fed))
        print(f"{fed.words}: {run.records[0].spikes.sum():.0f} spikes in 200 steps")
    print(f"kinds of input: {', '.join(INPUT_KINDS)}")
