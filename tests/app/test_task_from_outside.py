"""A task that is registered from outside trains, is said by its own data, offered with its fields, and missed by its name."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Literal

import pytest
from torch import Tensor

from app.export.formats import Trained
from app.export.history import history_csv
from app.figures.training import describe_training
from app.state.desk import Desk
from app.words.training import status
from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks import TASK_KINDS, Task
from tests.app.pages import TRAINING, fields, opened, shown
from tests.app.spike_times import AWAKE, played


class Activity(Task):
    """As much activity as can be, told by nothing but a loss."""

    kind: Literal["much_activity"] = "much_activity"
    most: float = 500.0

    def loss(self, output: Tensor) -> Tensor:
        return (self.most - output.sum()).clamp(min=0)


@pytest.fixture
def own_task() -> Iterator[Experiment]:
    TASK_KINDS.register(Activity)
    yield ten_spikes().replace({"training.task": {"kind": "much_activity"}, **AWAKE})
    TASK_KINDS.remove("much_activity")


def test_a_task_from_outside_trains_and_is_said_by_its_own_data(own_task: Experiment) -> None:
    run = played(own_task.replace({"training.epochs": 3}))
    loss = f"loss {run.records[-1].loss:.3g}"
    assert status(run) == f"Stopped after 3 epochs at {loss}, 0 wanted; Train goes on."
    assert next(csv.DictReader(StringIO(history_csv(Trained(own_task, run.records, run.records[-1]))))).keys() >= {"spikes", "goal", "loss"}
    assert describe_training(run.records, 0.0, ["LIF 2", "LIF 4"]).startswith("Loss, loss and largest")


def test_a_task_from_outside_is_offered_with_a_field_for_each_of_its_numbers(own_task: Experiment) -> None:
    page = opened(TRAINING, own_task.draft, more=False)
    assert "Much activity" in fields(page)["training.task"].options
    fields(page)["training.task.most"].set_value("300")
    shown(page.run())
    desk: Desk = page.session_state["desk"]
    assert desk.training.experiment.training.task == Activity(most=300.0)


def test_a_link_to_a_task_that_is_gone_is_refused_by_its_name(own_task: Experiment) -> None:
    text = own_task.to_json()
    TASK_KINDS.remove("much_activity")
    try:
        with pytest.raises(ExperimentError, match="'much_activity' is not a known task"):
            Experiment.from_json(text)
    finally:
        TASK_KINDS.register(Activity)
