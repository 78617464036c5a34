"""The figures of a training on labelled data: its curves, and the race of a sample's readouts."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from app.figures.accuracy import accuracy_curves, describe_accuracy
from app.figures.race import MOST_RACING, add_race, decided_at, racing
from app.figures.rows import View, rows_figure
from app.figures.style import Theme
from app.figures.training import Ghost
from snncore.experiment.recognition import remember, yin_yang
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.run.bptt import EpochRecord, train
from snncore.run.measures import PerSample, per_sample
from snncore.run.simulation import simulate

EXPERIMENT = remember(5).replace({"training.epochs": 3})


@pytest.fixture(scope="module")
def records() -> list[EpochRecord]:
    return list(train(EXPERIMENT))


def task_of(experiment: Experiment) -> Classification:
    assert isinstance(experiment.training.task, Classification)
    return experiment.training.task


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_hold_both_accuracies_and_losses_and_the_spikes_of_every_epoch(theme: Theme, records: list[EpochRecord]) -> None:
    costs = [per_sample(EXPERIMENT, record) for record in records]
    figure = accuracy_curves(records, costs, 2, theme)
    drawn = [trace["y"].tolist() for trace in figure["data"]]
    expected = [
        [record.score for record in records],
        [record.train_score for record in records],
        [record.loss for record in records],
        [record.measures["test loss"] for record in records],
        [cost.spikes for cost in costs],
    ]
    assert drawn == [pytest.approx(values, rel=1e-6) for values in expected]
    assert figure["layout"]["yaxis"]["range"] == [0, 1]
    assert [line["y0"] for line in figure["layout"]["shapes"]] == [0.5], "chance is marked, and no goal that is all of them"


def test_a_ghost_and_a_wanted_accuracy_are_drawn_and_said(records: list[EpochRecord]) -> None:
    wanted = [record.measured_by(record.task.model_copy(update={"accuracy": 0.9})) for record in records]
    costs = [per_sample(EXPERIMENT, record) for record in records]
    ghost = Ghost("A", records[:2])
    figure = accuracy_curves(wanted, costs, 2, "light", {1: "penalty 0 → 1"}, ghost, costs[:2])
    assert [line["y0"] for line in figure["layout"]["shapes"]] == [0.5, 0.9]
    assert len(figure["data"]) == 5 + 3 + 1
    assert describe_accuracy(records, costs[-1], ghost).count("of the test samples right") == 2


def test_a_sample_says_what_it_costs_and_so_does_that_of_a_pinned_training(records: list[EpochRecord]) -> None:
    costs = [PerSample(10.0 + place, 20.0 + place) for place in range(len(records))]
    figure = accuracy_curves(
        records, costs, 2, "light", ghost=Ghost("A", records[:2]), ghost_costs=[PerSample(3.0, 4.0), PerSample(5.0, None)]
    )
    own, theirs = (trace["text"] for trace in figure["data"] if trace.get("yaxis") == "y3")
    assert next(iter(own)) == "10 spikes and 20 synaptic operations"
    assert list(theirs) == ["3 spikes and 4 synaptic operations", "5 spikes (synaptic operations through a pool aren't counted)"]


@pytest.mark.parametrize("experiment", [remember(5), yin_yang()], ids=["remember", "yin_yang"])
def test_the_race_ends_at_the_readouts(experiment: Experiment) -> None:
    task, (simulation,) = task_of(experiment), simulate(experiment)
    read = racing(simulation, task)
    assert read.shape == (experiment.input.shape[1], task.data.classes)
    np.testing.assert_allclose(read[-1], task.read(torch.from_numpy(simulation.outputs[-1]))[0], rtol=1e-5)
    assert not read[: task.data.answer_from].any()


@pytest.mark.parametrize("readout", ["spike_count", "first_spike", "mean_potential", "largest_potential"])
def test_every_readout_so_far_is_the_readout_of_what_came(readout: str) -> None:
    task = task_of(remember(3).replace({"training.task.readout": "mean_potential"})).model_copy(update={"readout": readout})
    output = torch.from_numpy(np.random.RandomState(0).randint(2, size=(4, task.data.steps or 0, 2)).astype(np.float32))
    so_far = task.read_so_far(output)
    torch.testing.assert_close(so_far[:, -1], task.read(output))
    if readout != "first_spike":  # that one counts down from the end
        torch.testing.assert_close(so_far[:, -3], task.read(output[:, :-2]))


def test_a_race_is_decided_once_the_leader_stays_the_same() -> None:
    assert decided_at(np.array([[0, 1], [1, 0], [0, 1], [0, 2]])) == 2
    assert decided_at(np.array([[1, 0], [2, 0]])) == 0


def test_the_answer_lies_on_top_and_the_right_class_is_dashed_where_it_loses() -> None:
    experiment = yin_yang()
    task, (simulation,) = task_of(experiment), simulate(experiment)
    read = racing(simulation, task)
    answer = int(read[-1].argmax())
    label = (answer + 1) % 3
    figure = rows_figure(simulation, View(), {}, "light")
    add_race(figure, simulation, read, task, ("Yin", "Yang", "dots"), label)
    group = figure.header["groups"][-1]
    (row,) = group["rows"]
    assert row["kind"] == "traces"
    assert len(row["lines"]) == min(3, MOST_RACING)
    assert (row["lines"][-1]["neuron"], row["lines"][-1]["dash"]) == (answer, "solid")
    assert [line["dash"] for line in row["lines"] if line["neuron"] == label] == ["dash"]
    assert "would be right" in group["words"]
    assert [each["layer"] for each in figure.header["groups"]] == ["input", "1", "3"], "the race stands in the output's place"
