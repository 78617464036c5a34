"""What is learned is chosen on the Training page, edited there, and comes with a network that learns it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import ClassVar, Literal

import pytest
from streamlit.testing.v1 import AppTest

from app.export.formats import Trained
from app.export.history import history_csv
from app.state.desk import Desk
from app.words.comparison import differences
from app.words.recognition import untrained
from app.words.tasks import WATCH
from app.words.training import look_back, status
from snncore.experiment.data import DATA_KINDS
from snncore.experiment.data.yin_yang import YinYang
from snncore.experiment.encodings import ENCODING_KINDS, RateCode
from snncore.experiment.recognition import digits, labelled, remember, yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks import Task
from snncore.experiment.tasks.spike_times import SpikeTimes
from tests.app.pages import TRAINING, data_of, fields, shown
from tests.app.pages import opened as open_page
from tests.app.said import complaints, said
from tests.app.spike_times import TIMES, played, timed

pytestmark = pytest.mark.slow  # each runs a page of the app


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
