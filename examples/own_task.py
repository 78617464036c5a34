"""A task of your own: every output neuron should spike equally often, at a given mean rate.

`python -m examples.own_task` trains a network for it. `SNN_PLUGINS=examples.own_task python -m app` adds it to the app.
"""

from typing import Literal

from torch import Tensor

from snncore import ten_spikes, train
from snncore.experiment.tasks import TASK_KINDS, Outcome, Task


@TASK_KINDS.register
class EqualRates(Task):
    """Every output neuron at `rate` spikes per step: loss Σ (100 (rate of a neuron - rate))²."""

    score_name = "largest error"
    score_unit = "spikes per step"
    goal_name = "tolerance"
    changeable = ("rate", "tolerance")
    needs_spikes = "its rate is zero"

    kind: Literal["equal_rates"] = "equal_rates"
    rate: float = 0.1
    tolerance: float = 0.015

    def loss(self, output: Tensor) -> Tensor:
        return ((100 * (output.mean(dim=(0, 1)) - self.rate)) ** 2).sum()

    def measure(self, output: Tensor) -> dict[str, float]:
        return {"largest error": (output.mean(dim=(0, 1)) - self.rate).abs().max().item()}

    def score(self, outcome: Outcome) -> float:
        return outcome.measures["largest error"]

    @property
    def goal(self) -> float:
        return self.tolerance


if __name__ == "__main__":
    experiment = ten_spikes().replace({"training.task": {"kind": "equal_rates"}, "training.epochs": 300})
    for record in train(experiment):
        if record.epoch % 20 == 0 or record.is_reached:
            print(f"epoch {record.epoch:3}: loss {record.loss:8.3f}, largest error {record.score:.3f} spikes per step")
    print("reached" if record.is_reached else "not reached")
