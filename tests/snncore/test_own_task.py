"""A task from outside: registered, it is read, written, trained, diagnosed and refused like those of the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from torch import Tensor

from snncore.diagnosis.training import findings
from snncore.errors import ExperimentError, RegistrationError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks import TASK_KINDS, Outcome, Task
from snncore.run.bptt import train


class MeanRate(Task):
    """A mean rate of the output."""

    score_name = "rate"
    score_unit = "spikes per step"
    goal_name = "wanted rate"
    changeable = ("rate",)
    kind: Literal["mean_rate"] = "mean_rate"
    rate: float = 0.02

    def loss(self, output: Tensor) -> Tensor:
        return 100 * (output.mean() - self.rate).abs()

    def measure(self, output: Tensor) -> dict[str, float]:
        return {"rate": output.mean().item()}

    def score(self, outcome: Outcome) -> float:
        return outcome.measures["rate"]

    @property
    def goal(self) -> float:
        return self.rate

    def is_reached(self, outcome: Outcome) -> bool:
        return self.score(outcome) >= self.rate


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    TASK_KINDS.register(MeanRate)
    yield
    TASK_KINDS.remove("mean_rate")


def made() -> Experiment:
    return ten_spikes().replace({"training.task": {"kind": "mean_rate"}})


def test_it_trains_until_it_says_that_it_is_reached() -> None:
    records = list(train(made()))
    assert records[-1].is_reached
    assert records[-1].score >= 0.02
    assert not any(record.is_reached for record in records[:-1])
    assert all(record.loss == pytest.approx(100 * abs(record.score - 0.02)) for record in records)
    assert records[-1].reduced().score == records[-1].score


def test_it_is_written_and_read_and_its_fields_change_while_it_trains() -> None:
    changed = made().changed(2, {"training.task.rate": 0.05})
    assert Experiment.from_json(changed.to_json()) == changed
    assert Experiment.from_json(changed.to_json(compact=True)) == changed
    records = list(train(changed.replace({"training.epochs": 4})))
    assert [record.task.goal for record in records] == [0.02, 0.02, 0.05, 0.05]
    with pytest.raises(ExperimentError, match=r"'training.task.kind', at epoch 1, is not a field that can change while training runs"):
        made().changed(1, {"training.task.kind": "spike_count"})


def test_diagnosis_knows_what_every_task_tells() -> None:
    experiment = made().replace({"training.lr": 1e-6, "training.epochs": 30})
    found = findings(experiment, list(train(experiment)))
    assert [type(finding).__name__ for finding in found] == ["StaysSilent"]


def test_once_it_is_removed_what_names_it_is_refused_by_name() -> None:
    text = made().to_json()
    TASK_KINDS.remove("mean_rate")
    try:
        with pytest.raises(ExperimentError, match=r"^'mean_rate' is not a known task; use one of classification, spike_count, .*\.$"):
            Experiment.from_json(text)
    finally:
        TASK_KINDS.register(MeanRate)


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(RegistrationError, match="The task kind 'mean_rate' is taken by MeanRate"):
        TASK_KINDS.register(MeanRate)
