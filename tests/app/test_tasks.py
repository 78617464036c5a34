"""Every task on the Training page: it is said, drawn, exported and edited as its own words and numbers, one from outside too."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any, ClassVar, Literal

import pytest
from streamlit.testing.v1 import AppTest
from torch import Tensor

from app.export.formats import Trained
from app.export.history import history_csv
from app.figures.rows import View, rows_figure
from app.figures.training import Ghost, describe_training, training_curves
from app.figures.trials import Trial, describe_trials, trials_figure
from app.server.runner import TrainingRun
from app.state.desk import Desk
from app.words.changes import changes_in_words
from app.words.comparison import differences
from app.words.findings import training_finding_in_words, training_remedy_in_words
from app.words.labelled_parameters import DATA_FIELDS, ENCODING_FIELDS
from app.words.recognition import untrained
from app.words.tasks import LEARNED_NAMES, TASK_WORDS, WATCH, task_name, task_words, watch
from app.words.training import look_back, milestone, status
from snncore.diagnosis.training_findings import NoProgress
from snncore.errors import ExperimentError
from snncore.experiment.data import DATA_KINDS
from snncore.experiment.data.yin_yang import YinYang
from snncore.experiment.encodings import ENCODING_KINDS, RateCode
from snncore.experiment.recognition import digits, labelled, remember, yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks import TASK_KINDS, Task
from snncore.experiment.tasks.spike_times import SpikeTimes
from snncore.run.bptt import train
from snncore.run.simulation import simulate
from tests.app.pages import TRAINING, data_of, fields, shown
from tests.app.pages import opened as open_page
from tests.app.said import complaints, said

pytestmark = pytest.mark.slow  # each runs a page of the app

NAMES = ["LIF 2", "LIF 4"]
AWAKE = {"network.1.norm_input": False, "network.3.norm_input": False}
TIMES = ((20, 60), (40,), (), ())


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


def timed(**more: Any) -> Experiment:
    return ten_spikes().replace({"training.task": {"kind": "spike_times", "times": TIMES}, **AWAKE, **more})


def wait_for(run: TrainingRun) -> TrainingRun:
    limit = time.monotonic() + 60
    while run.is_running:
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.005)
    return run


def played(experiment: Experiment) -> TrainingRun:
    run = TrainingRun(experiment, speed=None)
    run.play()
    return wait_for(run)


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


# --------------------------------------------------------------------------------------------------------- page


def opened(experiment: Experiment) -> AppTest:
    return open_page(TRAINING, experiment.draft, more=False)


def task_of(page: AppTest) -> Task:
    desk: Desk = page.session_state["desk"]
    return desk.training.experiment.training.task


def button_labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_the_task_is_chosen_and_its_fields_are_edited() -> None:
    page = opened(ten_spikes())
    assert "Train them" in button_labels(page)
    page.session_state["menu_explain"] = True
    fields(page)["training.task"].set_value("spike_times")
    shown(page.run())
    assert task_of(page) == SpikeTimes.fitting((1, 100, 4))
    assert "Train them" in button_labels(page)
    assert any(text.endswith("with 8 spikes at given steps.") for text in said(page, "sentence"))
    page.session_state["more"] = True
    shown(page.run())
    for field, typed in (("times", "10, 40, 70 | | 5 |"), ("tau", "4,5"), ("tolerance", "0.2")):
        fields(page)[f"training.task.{field}"].set_value(typed)
        shown(page.run())
        assert not complaints(page)
    assert task_of(page) == SpikeTimes(times=((10, 40, 70), (), (5,), ()), tau=4.5, tolerance=0.2)
    fields(page)["training.task"].set_value("spike_count")
    shown(page.run())
    assert task_of(page) == ten_spikes().training.task


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1 | 2 | 3", "The task has target spikes for 3, but the network has 4 output neurons; give a list for each."),
        ("1, 100 | | |", "Target spikes: '100' is out of range; write a whole number from 0 to 99."),
        ("1, 1 | | |", "training.task.times: output neuron 0 is to spike at step 1 twice; name each step once."),
        ("soon | | |", "Target spikes: 'soon' is not a whole number; write a whole number from 0 to 99."),
    ],
)
def test_times_that_can_not_be_are_refused_and_those_in_force_stay(typed: str, sentence: str) -> None:
    page = opened(timed())
    fields(page)["training.task.times"].set_value(typed)
    shown(page.run())
    assert complaints(page) == [sentence]
    assert task_of(page) == SpikeTimes(times=TIMES)


def test_times_for_another_network_can_be_made_to_fit() -> None:
    page = opened(timed(**{"input.shape": (1, 50, 16)}))
    assert complaints(page) == [
        "This network can't be trained yet. The task asks output neuron 0 to spike at step 60, but the run has 50 steps; "
        "use steps from 0 to 49."
    ]
    next(button for button in page.button if button.label == "Make the target spikes fit").click()
    shown(page.run())
    assert task_of(page) == SpikeTimes(times=((20,), (40,), (), ()))


# --------------------------------------------------------------------------------------------------- labelled data


def test_labelled_data_are_offered_beside_what_one_input_can_teach() -> None:
    page = opened(ten_spikes())
    assert list(fields(page)["training.task"].options) == [
        *("Ten spikes", "Spike times", "Digits", "Yin-Yang", "Remember", "Own labelled data"),
    ]


def test_until_a_file_of_own_data_comes_nothing_changes_and_that_is_said() -> None:
    page = opened(ten_spikes())
    fields(page)["training.task"].set_value("Own labelled data")
    shown(page.run())
    assert "Nothing changes until a file is here." in said(page, "caption")
    assert page.session_state.desk.training.experiment == ten_spikes()
    assert fields(page)["training.task"].value == "spike_count", "it says what is learned"


@pytest.mark.parametrize("name", ["mine.csv", "spoken.h5"])
def test_a_bin_width_is_asked_for_where_a_file_of_spikes_was_brought_even_a_refused_one(name: str) -> None:
    page = opened(ten_spikes())
    fields(page)["training.task"].set_value("Own labelled data")
    shown(page.run())
    assert "bin_width" not in fields(page)
    page.file_uploader(key="labelled_file").set_value((name, b"x", "application/octet-stream"))
    shown(page.run())
    assert complaints(page) != []
    assert ("bin_width" in fields(page)) is name.endswith(".h5")


def test_a_data_set_comes_with_a_network_that_learns_it_and_undo_brings_the_former_back() -> None:
    page = opened(ten_spikes())
    fields(page)["training.task"].set_value("Remember")
    shown(page.run())
    assert page.session_state.desk.training.experiment == remember()
    page.session_state.desk.undo()
    shown(page.run())
    assert page.session_state.desk.training.experiment == ten_spikes()


def test_what_to_watch_is_said_of_what_was_chosen_and_not_at_first() -> None:
    page = opened(ten_spikes())
    assert data_of(page, "count")["more"] == ""
    for name in ("spike_times", "digits", "spike_count"):
        fields(page)["training.task"].set_value(name)
        shown(page.run())
        assert data_of(page, "count")["more"] == WATCH[name]


def test_a_task_for_one_input_gets_the_usual_network_after_labelled_data() -> None:
    page = opened(digits())
    assert complaints(page) == []
    fields(page)["training.task"].set_value("Ten spikes")
    shown(page.run())
    assert page.session_state.desk.training.experiment == ten_spikes()


@pytest.fixture
def own_data() -> Iterator[type[YinYang]]:
    class Points(YinYang):
        title: ClassVar[str] = "Own points"
        kind: Literal["points"] = "points"  # type: ignore[assignment]

    yield DATA_KINDS.register(Points)  # type: ignore[misc]
    DATA_KINDS.remove("points")


def test_a_data_set_from_outside_is_offered_by_its_title_and_comes_with_a_network(own_data: type[YinYang]) -> None:
    page = opened(ten_spikes())
    assert fields(page)["training.task"].options[-1] == "Own points"
    fields(page)["training.task"].set_value("Own points")
    shown(page.run())
    assert complaints(page) == []
    experiment = page.session_state.desk.training.experiment
    assert experiment == labelled(own_data())
    experiment.check_trainable()
    assert fields(page)["training.task"].value == "points"


class HalfRate(RateCode):
    title: ClassVar[str] = "Half rate"
    kind: Literal["half_rate"] = "half_rate"  # type: ignore[assignment]
    largest_share: float = 0.5


@pytest.fixture
def own_encoding() -> Iterator[None]:
    ENCODING_KINDS.register(HalfRate)
    yield
    ENCODING_KINDS.remove("half_rate")


def test_numbers_of_data_and_encodings_from_outside_are_edited_under_the_names_of_their_fields(
    own_data: type[YinYang], own_encoding: None
) -> None:
    made = labelled(own_data()).replace({"training.task.encoding": HalfRate().model_dump()})
    page = open_page(TRAINING, made.draft, more=True)
    found = fields(page)
    assert [found[f"training.task.{name}"].label for name in ("data.seed", "encoding.rate", "encoding.largest_share")] == [
        *("Seed", "Rate", "Largest share"),
    ]
    found["training.task.encoding.largest_share"].set_value("0.25")
    shown(page.run())
    assert complaints(page) == []
    assert page.session_state.desk.training.experiment.training.task.encoding == HalfRate(largest_share=0.25)


def test_a_data_set_from_outside_that_a_link_brings_is_named_by_its_title(own_data: type[YinYang]) -> None:
    page = opened(yin_yang().replace({"training.task.data": own_data().model_dump()}))
    assert complaints(page) == []
    chosen = fields(page)["training.task"]
    assert chosen.value == "points"
    assert chosen.options[-1] == "Own points"


def test_a_longer_delay_lengthens_the_input() -> None:
    page = opened(remember(10))
    fields(page)["training.task.data.delay"].set_value("30")
    shown(page.run())
    assert complaints(page) == []
    experiment = page.session_state.desk.training.experiment
    assert (experiment.task.data.delay, experiment.input.shape) == (30, (1, 70, 12))


def test_what_a_labelled_training_wants_and_reaches_is_said_in_accuracies() -> None:
    run = played(remember(5).replace({"training.epochs": 2}))
    first, last = run.records
    assert f"{first.score:.1%} of the test samples right, chance is 50.0%" in untrained(run.experiment, first)
    assert status(run) == f"Stopped after 1 epoch at {last.score:.1%} of the test samples right; Train goes on."
    assert look_back(run, first).startswith(f"Looking back: {first.score:.1%} of the test samples right")
    row = next(csv.DictReader(StringIO(history_csv(Trained(run.experiment, run.records, last)))))
    assert row["test accuracy"] == str(first.score)
    assert row["train accuracy"] == str(first.train_score)
    assert "largest u/θ of ALIF 2" not in row


def test_data_sets_are_compared_by_their_fields() -> None:
    one, other = digits(), digits().replace({"training.task.readout": "largest_potential", "training.batch_size": 32})
    assert differences(one, other) == ["readout mean potential → largest potential", "batch size 64 → 32"]
    assert differences(remember(), remember().replace({"training.task.data.seed": 4})) == ["seed 0 → 4"]
    assert differences(digits(), digits().replace({"training.task.encoding": {"kind": "rate"}})) == ["encoding current → rate"]


# --------------------------------------------------------------------------------------------- a task from outside


def test_a_task_from_outside_trains_and_is_said_by_its_own_data(own_task: Experiment) -> None:
    run = played(own_task.replace({"training.epochs": 3}))
    loss = f"loss {run.records[-1].loss:.3g}"
    assert status(run) == f"Stopped after 3 epochs at {loss}, 0 wanted; Train goes on."
    assert next(csv.DictReader(StringIO(history_csv(Trained(own_task, run.records, run.records[-1]))))).keys() >= {"spikes", "goal", "loss"}
    assert describe_training(run.records, 0.0, NAMES).startswith("Loss, loss and largest")


def test_a_task_from_outside_is_offered_with_a_field_for_each_of_its_numbers(own_task: Experiment) -> None:
    page = opened(own_task)
    assert "Much activity" in fields(page)["training.task"].options
    fields(page)["training.task.most"].set_value("300")
    shown(page.run())
    assert task_of(page) == Activity(most=300.0)


def test_a_link_to_a_task_that_is_gone_is_refused_by_its_name(own_task: Experiment) -> None:
    text = own_task.to_json()
    TASK_KINDS.remove("much_activity")
    try:
        with pytest.raises(ExperimentError, match="'much_activity' is not a known task"):
            Experiment.from_json(text)
    finally:
        TASK_KINDS.register(Activity)
