"""A task from outside: registered, it is read, written, trained, diagnosed and refused like those of the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
import torch
from torch import Tensor

from snncore.diagnosis.training import findings
from snncore.errors import ExperimentError, RegistrationError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks import TASK_KINDS, Outcome, Task
from snncore.experiment.tasks.classification import Classification
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


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no loss": ({"loss": Task.loss}, "it defines no loss"),
    "a loss of another signature": ({"loss": lambda self: 0}, "its loss ended in TypeError"),
    "a loss for each neuron": ({"loss": lambda self, output: output.sum((0, 1))}, "its loss is a tensor (3,)"),
    "a loss that is a number": ({"loss": lambda self, output: output.sum().item()}, "its loss is 0.0"),
    "a loss without a gradient": ({"loss": lambda self, output: output.detach().sum()}, "the loss of a silent output has no gradient"),
    "a loss that isn't finite": ({"loss": lambda self, output: output.sum().log()}, "the loss of a silent output is -inf"),
    "a loss that draws": ({"loss": lambda self, output: (output - torch.rand_like(output)).sum()}, "draws random numbers of torch"),
    "a change of no field": ({"changeable": ("speed",)}, "its changeable names speed, which it doesn't have"),
    "changes in a text": ({"changeable": "rate"}, "its changeable is 'rate'; give a tuple"),
    "a score of no measure": ({"score": lambda self, outcome: outcome.measures["speed"]}, "it reads the measure 'speed'"),
    "a score that is a text": ({"score": lambda self, outcome: "good"}, "its score is 'good'; it must be a number"),
    "a goal that is a text": ({"goal": property(lambda self: "good")}, "its goal is 'good'; it must be a number"),
    "a labelled task": ({"is_labelled": True}, "Wrong sets is_labelled but isn't a Classification; derive it from that"),
    "measures in a list": ({"measure": lambda self, output: [1.0]}, "its measure returns [1.0]; it must return a dict of numbers"),
    "a measure that is a tensor": ({"measure": lambda self, output: {"rate": output.mean()}}, "its measure returns {'rate': tensor(0.)}"),
    "spikes wanted in a text": ({"spikes_wanted": lambda self, samples: "some"}, "its spikes_wanted gives 'some'; it must be a number"),
    "spikes wanted that fail": ({"spikes_wanted": lambda self: 1}, "its spikes_wanted ended in TypeError"),
    "a silent loss that is a tensor": ({"silent_loss": lambda self, shape: torch.ones(())}, "its silent_loss gives tensor(1.); it must"),
    "oversteps that are counted": ({"oversteps": lambda self, scores: 3}, "its oversteps gives 3; it must be True or False"),
    "a field within that it hasn't": ({"within": lambda self, most: {"most": most}}, "its within gives {'most': 1}; it must be a dict"),
    "marks in a list": ({"marks": property(lambda self: [[1], [2]])}, "its marks gives [[1], [2]]; it must be a tuple with a tuple"),
    "a mark that fails": ({"marks": property(lambda self: 1 / 0)}, "its marks ended in ZeroDivisionError: division by zero"),
    "a toggled field that it hasn't": ({"toggled": lambda self, neuron, step: {"at": step}}, "its toggled gives {'at': 0}; it must"),
    "a toggled value of another type": ({"toggled": lambda self, neuron, step: {"rate": "low"}}, "its toggled gives {'rate': 'low'}"),
    "a unit that is a number": ({"score_unit": 1}, "its score_unit is 1; give it a text"),
    "no name of its score": ({"score_name": ""}, "its score_name is ''"),
    "values of another class": ({"of_values": dict}, "its of_values is <class 'dict'>"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_task_that_cannot_be_trained_for_is_refused_in_one_sentence(wrong: str) -> None:
    attributes, refusal = WRONG[wrong]
    contents = {"__annotations__": {"kind": Literal["wrong"]}, "__module__": __name__, "kind": "wrong", **attributes}
    with pytest.raises(RegistrationError) as error:
        TASK_KINDS.register(type("Wrong", (MeanRate,), contents))
    assert refusal in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    assert "wrong" not in TASK_KINDS


def test_a_task_of_which_no_usual_one_can_be_made_is_refused() -> None:
    class Needing(MeanRate):
        kind: Literal["needing"] = "needing"  # type: ignore[assignment]
        speed: float

    with pytest.raises(
        RegistrationError, match=r"Needing: no usual task can be made: speed has no default; give defaults, or define fitting\."
    ):
        TASK_KINDS.register(Needing)


def test_a_classification_from_outside_registers_and_one_that_answers_wrongly_does_not() -> None:
    class Recognition(Classification):
        kind: Literal["recognition"] = "recognition"  # type: ignore[assignment]

    assert TASK_KINDS.register(Recognition) is Recognition
    TASK_KINDS.remove("recognition")
    contents = {"__annotations__": {"kind": Literal["wrong"]}, "__module__": __name__, "kind": "wrong", "marks": property(lambda self: 3)}
    with pytest.raises(RegistrationError, match=r"^Wrong: its marks gives 3; it must be a tuple"):
        TASK_KINDS.register(type("Wrong", (Classification,), contents))
