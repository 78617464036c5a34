"""Every task on the Training page: it is said, drawn, exported and edited as its own words and numbers, one from outside too."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Any

import pytest

from app.export.formats import Trained
from app.export.history import history_csv
from app.figures.rows import View, rows_figure
from app.figures.training import Ghost, describe_training, training_curves
from app.figures.trials import Trial, describe_trials, trials_figure
from app.state.desk import Desk
from app.words.changes import changes_in_words
from app.words.comparison import differences
from app.words.findings import training_finding_in_words, training_remedy_in_words
from app.words.labelled_parameters import DATA_FIELDS, ENCODING_FIELDS
from app.words.tasks import LEARNED_NAMES, TASK_WORDS, WATCH, task_name, task_words, watch
from app.words.training import look_back, milestone, status
from snncore.diagnosis.training_findings import NoProgress
from snncore.experiment.data import DATA_KINDS
from snncore.experiment.encodings import ENCODING_KINDS
from snncore.experiment.recognition import digits
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks import TASK_KINDS
from snncore.experiment.tasks.spike_times import SpikeTimes
from snncore.run.bptt import train
from snncore.run.simulation import simulate
from tests.app.spike_times import TIMES, played, timed, wait_for

NAMES = ["LIF 2", "LIF 4"]


# -------------------------------------------------------------------------------------------------------- words


def test_every_task_of_the_package_has_words_with_a_name_of_its_own() -> None:
    measured = {
        (kind, spikes): made.fitting((1, 100, 4)).at_output(spikes) for kind, made in TASK_KINDS.items() for spikes in (True, False)
    }
    assert set(TASK_WORDS) == {task.kind for task in measured.values()}
    assert len({task_name(kind) for kind in TASK_KINDS}) == len(TASK_KINDS)
    for (kind, spikes), task in measured.items():
        assert TASK_WORDS[task.kind].name == task_name(kind, spikes)
        assert all(
            task_words(task).parameter(name).name and task_words(task).parameter(name).note
            for name in type(task).model_fields
            if name != "kind"
        )


NO_ROWS = {
    "file": {"name", "digest", "samples", "shape", "has_time", "labels"},  # they describe the file
    "on_off": {"code"},  # no number
}
"""Fields without a row of their own, by kind of data or of encoding."""


@pytest.mark.parametrize(("kinds", "words"), [(DATA_KINDS, DATA_FIELDS), (ENCODING_KINDS, ENCODING_FIELDS)], ids=["data", "encodings"])
def test_every_number_of_labelled_data_and_of_their_encodings_has_words(kinds: Any, words: Any) -> None:
    assert set(words) <= set(kinds)
    for kind, part in kinds.items():
        assert words.get(kind, {}).keys() == part.model_fields.keys() - {"kind"} - NO_ROWS.get(kind, set())
        assert all(parameter.name and parameter.note.endswith(".") for parameter in words.get(kind, {}).values())


def test_whatever_can_be_learned_says_what_to_watch() -> None:
    unlabelled = {kind for kind, each in TASK_KINDS.items() if not each.is_labelled}
    assert {*LEARNED_NAMES, *unlabelled} <= set(WATCH)
    assert all(re.fullmatch(r"Watch [^.]+\.", sentence) for sentence in WATCH.values())
    assert watch(digits().training.task) == WATCH["digits"]
    assert watch(ten_spikes().training.task.at_output(False)) == WATCH["output_sum"]


def test_the_status_of_times_is_their_distance() -> None:
    run = played(timed(**{"training.epochs": 4}))
    distance = f"distance {run.records[-1].loss:.3g}"
    assert status(run) == f"Stopped after 4 epochs at {distance}, 0.05 wanted; Train goes on."
    assert milestone(run) == f"Stopped at epoch 3, {distance}, 0.05 wanted."
    assert look_back(run, run.records[1]).endswith(f"Training is at epoch 3, {distance}; Escape returns.")


def test_times_are_reached_within_their_tolerance_whatever_changes_it() -> None:
    run = played(timed(**{"training.epochs": 4}))
    distance = run.records[-1].loss
    assert not run.is_over
    run.change({"training.task.tolerance": 100.0})
    assert run.has_reached_target
    assert status(run) == f"Distance {distance:.3g} after 3 epochs."
    assert milestone(run) == f"Reached distance {distance:.3g} at epoch 3."
    run.change({"training.task.times": ((1,),) * 4, "training.task.tolerance": 1e-3})
    assert not run.has_reached_target


def test_a_change_of_times_is_said_and_so_is_a_difference() -> None:
    changed = timed().changed(3, {"training.task.times": ((1,), (), (), ()), "training.task.tau": 5.0})
    assert changes_in_words(changed) == {3: "target spikes (20, 60 | 40 | |) → (1 | | |), τ of the distance 10 → 5"}
    assert differences(timed(), timed().replace({"training.task.tau": 5.0})) == ["τ of the distance 10 → 5"]
    assert differences(ten_spikes(), ten_spikes().replace({"training.task": SpikeTimes(times=TIMES).model_dump()})) == [
        "task spike count → spike times"
    ]


def test_no_progress_of_times_is_said_as_a_distance() -> None:
    finding = NoProgress(best_loss=0.5, best_epoch=7, fewest=0.6, most=1.25, changes=({"training.lr": 0.01},))
    assert training_finding_in_words(timed(), finding) == (
        "No better than loss 0.5 since epoch 7: distance 0.6 to 1.25 for a tolerance of 0.05."
    )
    assert training_remedy_in_words(timed(), {"training.task.tolerance": 0.5}) == "Set the tolerance to 0.5"


# ------------------------------------------------------------------------------------------------------- figures


def test_curves_of_times_show_the_distance_and_its_tolerance() -> None:
    records = list(train(timed(**{"training.epochs": 3})))
    figure = training_curves(records, [0.05] * 3, NAMES, "light", ghost=Ghost("A", records))
    assert figure["layout"]["yaxis"]["title"]["text"] == "distance"
    texts = [annotation["text"] for annotation in figure["layout"]["annotations"]]
    assert "tolerance 0.05" in texts
    assert any("Distance from the target spikes per epoch" in text for text in texts)
    words = describe_training(records, 0.05, NAMES)
    assert words.startswith("Distance from the target spikes, loss and largest u over threshold per epoch.")
    trials = [Trial("A", "", records, records[0].task)]
    assert describe_trials(trials, 0.05) == "Distance from the target spikes per epoch of 1 trainings against the tolerance of 0.05. A: ."
    assert trials_figure(trials, 0.05, "light")["layout"]["yaxis"]["title"]["text"] == "distance"


def test_the_history_of_times_has_their_distance_and_tolerance() -> None:
    experiment = timed(**{"training.epochs": 3})
    records = list(train(experiment))
    rows = list(csv.DictReader(StringIO(history_csv(Trained(experiment, records, records[-1])))))
    assert list(rows[0])[:5] == ["epoch", "spikes", "distance", "tolerance", "loss"]
    assert [float(row["distance"]) for row in rows] == [record.loss for record in records]
    assert {row["tolerance"] for row in rows} == {"0.05"}


@pytest.mark.parametrize("can_mark", [True, False])
def test_target_spikes_are_marked_on_the_rows_of_their_layer_alone(can_mark: bool) -> None:
    figure = rows_figure(simulate(ten_spikes())[0], View(marks={3: TIMES}, can_mark=can_mark), {}, "light")
    marked = [(group["layer"], row) for group in figure.header["groups"] for row in group["rows"] if "marks" in row]
    ((layer, row),) = marked
    assert layer == "3"
    assert row["marks_one"] is can_mark
    places = zip(*(figure.arrays[row["marks"][name]].tolist() for name in ("lines", "times")), strict=True)
    assert list(places) == [(0, 20), (0, 60), (1, 40)]


# -------------------------------------------------------------------------------------------------------- state


def desk_with(experiment: Experiment) -> Desk:
    desk = Desk()
    assert desk.training.prepare() is None
    desk.training.begin(experiment)
    return desk


def test_a_click_sets_a_target_spike_and_another_one_clears_it() -> None:
    desk = desk_with(timed())
    assert desk.training.toggle_mark(2, 70)
    assert desk.composition.present.training.task.marks == ((20, 60), (40,), (70,), ())
    assert desk.training.toggle_mark(0, 60)
    assert desk.training.run.experiment.training.task.marks == ((20,), (40,), (70,), ())
    assert desk.training.toggle_mark(2, 70)
    assert desk.training.toggle_mark(0, 60)
    assert desk.training.experiment == timed()


def test_a_click_while_it_trains_keeps_what_was_learned() -> None:
    desk = desk_with(timed())
    for _ in range(2):
        desk.training.step()
        wait_for(desk.training.run)
    run = desk.training.run
    assert desk.training.toggle_mark(3, 5)
    assert desk.training.run is run
    assert len(run.records) == 3
    assert run.in_force.training.task.marks == ((20, 60), (40,), (), (5,))
    assert run.records[-1].task.marks == TIMES


def test_nothing_is_marked_for_a_task_without_marks() -> None:
    desk = desk_with(ten_spikes())
    assert not desk.training.toggle_mark(0, 5)
    assert desk.training.experiment == ten_spikes()


# --------------------------------------------------------------------------------------------------- labelled data


# --------------------------------------------------------------------------------------------- a task from outside
