"""The pages say which weights act, and an edit replaces none of them without a word."""

from __future__ import annotations

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.server.runner import TrainingRun
from app.state.history import History
from app.words.weights import let_go_in_words, weights_in_words
from snncore.experiment import edits as stack
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.io import checkpoint
from snncore.io.checkpoint import Checkpoint
from snncore.run.simulation import simulate
from tests.app import pages
from tests.app import said as plain
from tests.app.network_page import TEN, opened
from tests.app.pages import TRAINING, desk, fields, press, run

pytestmark = pytest.mark.slow  # each runs a page of the app

SHORT = ten_spikes().replace({"training.epochs": 40})


@pytest.fixture(scope="module")
def loaded() -> Checkpoint:
    """The ten-spike network with weights of a file, with which its output spikes."""
    parameters = {name: parameter.detach().numpy() for name, parameter in ten_spikes().build().named_parameters()}
    strong = {name: values * 20 if name.endswith("weight") else values for name, values in parameters.items()}
    return checkpoint.read("own.safetensors", checkpoint.save(ten_spikes(), strong))


def said(page: AppTest) -> str:
    """All that the page says as plain text."""
    headline = pages.data_of(page, "count")["origin"]
    return " ".join([headline, *(text for kind in ("alert", "sentence", "caption") for text in plain.said(page, kind))])


def on_network_page(experiment: Experiment, files: Files = NO_FILES, trained: TrainingRun | None = None) -> AppTest:
    page = opened(TEN)
    return run(_with(page, experiment, files, trained))


def _with(page: AppTest, experiment: Experiment, files: Files = NO_FILES, trained: TrainingRun | None = None) -> AppTest:
    """The page on an Experiment, with files that are here and a training."""
    held = desk(page)
    held.composition.history, held.composition.experiment, held.composition.simulations = History(experiment.draft), experiment, {}
    held.files.update(files)
    held.training.present_run = trained or held.training.present_run
    return page


# ---------------------------------------------------------------------------------------------- which weights act


def test_weights_are_said_to_come_from_where_they_come(loaded: Checkpoint) -> None:
    draft = loaded.experiment.draft
    assert weights_in_words(TEN.replace({"seeds.weights": 7})) == "from seed 7"
    assert weights_in_words(draft) == "from own.safetensors"
    assert weights_in_words(stack.insert(draft, 2, "Linear")) == "from own.safetensors and seed 0"
    constant = {"kind": "constant", "value": 0.1}
    assert weights_in_words(TEN.replace({"network.0.weights": constant})) == "from seed 0, others as set"
    assert weights_in_words(TEN.replace({"network.0.weights": constant, "network.2.weights": constant})) == "as set"
    assert weights_in_words(Draft(network=[{"kind": "IAF"}], input=TEN.input)) == ""


def test_the_network_page_says_which_weights_act_and_an_appended_layer_keeps_them(loaded: Checkpoint) -> None:
    page = on_network_page(loaded.experiment, loaded.files)
    assert "Weights from own.safetensors." in said(page)
    [before] = desk(page).composition.simulations[1, False]
    desk(page).composition.view.layer = 3
    page.menu_button(key="add").click("Dropout")
    run(page)
    assert desk(page).composition.experiment.network[-1].kind == "Dropout"
    assert "Weights from own.safetensors." in said(page)
    [after] = desk(page).composition.simulations[1, False]
    assert np.array_equal(before.outputs[3], after.outputs[3])
    assert before.outputs[3].sum() > 0
    assert "are no longer used" not in said(page)


@pytest.mark.parametrize("kind", ["Linear", "LIFRecurrent"])
def test_a_layer_with_weights_is_added_to_loaded_ones(loaded: Checkpoint, kind: str) -> None:
    page = on_network_page(loaded.experiment, loaded.files)
    desk(page).composition.view.layer = 3
    page.menu_button(key="add").click(kind)
    run(page)
    assert desk(page).composition.experiment.network[-1].kind == kind
    assert "Weights from own.safetensors and seed 0." in said(page)
    [after] = desk(page).composition.simulations[1, False]
    assert after.outputs[3].sum() > 0


def test_an_edit_that_must_let_go_of_weights_says_which(loaded: Checkpoint) -> None:
    draft = loaded.experiment.draft
    assert let_go_in_words(draft, draft.replace({"network.1.tau_mem": 3.0})) is None
    assert let_go_in_words(TEN, TEN.replace({"seeds.weights": 1})) is None
    assert let_go_in_words(draft, draft.replace({"network.0.weights.gain": 2.0})) == (
        "The weights from own.safetensors stay, except those of Linear 1; the weights are now from own.safetensors and seed 0."
    )
    assert let_go_in_words(draft, draft.replace({"network.2.bias": False})) == (
        "The weights from own.safetensors stay, except the bias of Linear 3."
    )
    assert let_go_in_words(draft, stack.remove(draft, 0)) == ("The weights from own.safetensors stay, except those of the former Linear 1.")
    assert let_go_in_words(draft, draft.replace({"seeds.weights": 3})) == (
        "The weights from own.safetensors are no longer used; the weights are now from seed 3."
    )


def test_the_pages_say_what_an_edit_let_go_of_until_it_is_undone(loaded: Checkpoint) -> None:
    page = on_network_page(loaded.experiment, loaded.files)
    press(page, "New weights")
    assert "The weights from own.safetensors are no longer used; the weights are now from seed 1." in said(page)
    assert "Weights from seed 1." in said(page)
    page.switch_page("views/training.py").run()
    assert "The weights from own.safetensors are no longer used" in said(page)
    page.switch_page("views/network.py").run()
    press(page, "Undo")
    assert "are no longer used" not in said(page)
    assert "Weights from own.safetensors." in said(page)


# --------------------------------------------------------------------------------------------------- trained weights


@pytest.fixture
def trained() -> TrainingRun:
    made = TrainingRun(SHORT, speed=None)
    made.play()
    while made.is_running:
        time.sleep(0.01)
    return made


def test_the_training_page_says_where_the_trained_weights_began(trained: TrainingRun) -> None:
    page = pages.opened(TRAINING)
    assert "Weights from seed 0." in said(page)
    run(_with(page, SHORT, trained=trained))
    assert "Weights from seed 0, trained to epoch 39." in said(page)


def test_trained_weights_come_to_the_network_page_and_stay_through_an_edit(trained: TrainingRun) -> None:
    page = on_network_page(SHORT, trained=trained)
    assert "Weights from seed 0. The training stands at epoch 39." in said(page)
    press(page, "Use the trained weights")
    assert "Weights from epoch 39 of the training." in said(page)
    assert "before your edits" not in said(page)
    [found] = desk(page).composition.simulations[1, False]
    assert np.array_equal(found.records[3].spikes, trained.records[-1].layers[-1].spikes)
    desk(page).composition.view.layer = 3
    page.menu_button(key="add").click("Dropout")
    run(page)
    [after] = desk(page).composition.simulations[1, False]
    assert np.array_equal(after.outputs[3], found.outputs[3])
    assert "before your edits" not in said(page)
    [again] = simulate(desk(page).composition.experiment, desk(page).files)
    assert np.array_equal(again.outputs[3], found.outputs[3])


def test_an_edit_of_a_trained_network_says_that_training_starts_over(trained: TrainingRun) -> None:
    page = on_network_page(SHORT, trained=trained)
    press(page, "Duplicate")
    assert "The training so far was of the network before your edits" in said(page)
    press(page, "Undo")
    assert "The training stands at epoch 39" in said(page)


def test_an_edit_that_ends_a_training_says_so_and_its_weights_can_be_taken_up_again(trained: TrainingRun) -> None:
    page = run(_with(pages.opened(TRAINING), SHORT, trained=trained))
    fields(page)["tau_mem"].set_value(20.0)
    run(page)
    assert "Training started over: the weights from epoch 39 of the training are no longer used." in said(page)
    assert "Weights from seed 0." in said(page)
    press(page, "Go on from them")
    assert "Weights from epoch 39 of the training." in said(page)
    assert "started over" not in said(page)
    [record] = desk(page).training.run.records
    for name in ("0.weight", "2.bias"):
        assert np.array_equal(record.parameters[name], trained.records[-1].parameters[name])
    assert record.parameters["1.tau_mem"] == 20.0, "the edit stays"


def test_a_training_that_gives_way_to_another_network_is_named(trained: TrainingRun) -> None:
    page = on_network_page(SHORT, trained=trained)
    press(page, "Duplicate")
    page.switch_page("views/training.py").run()
    assert "Training started over: the weights from epoch 39 of the training are no longer used." in said(page)
