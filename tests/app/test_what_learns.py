"""What learns is chosen on the Training page, before and while it trains."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Multiselect

from app.server.link import from_parameter
from snncore.experiment.spec import Experiment, ten_spikes
from tests.app.pages import press, shown
from tests.app.said import complaints
from tests.app.training_page import CONNECTION, experiment_of, opened, run_of
from tests.app.waiting import until

pytestmark = pytest.mark.slow  # each runs a page of the app

BY_DEFAULT = ["0.weight", "0.bias", "1.tau_mem", "2.weight", "2.bias", "3.tau_mem"]


@pytest.fixture
def opened_page() -> AppTest:
    return opened()


def learns(page: AppTest) -> Multiselect:
    return page.multiselect(key="edit learns")


def let_learn(page: AppTest, names: list[str]) -> AppTest:
    learns(page).set_value(names)
    return shown(page.run())


def test_all_parameters_are_offered_in_words_and_those_that_learn_are_selected(opened_page: AppTest) -> None:
    assert learns(opened_page).options == [
        "Linear 1 weights",
        "Linear 1 bias",
        "LIF 2 τ_mem",
        "LIF 2 θ",
        "Linear 3 weights",
        "Linear 3 bias",
        "LIF 4 τ_mem",
        "LIF 4 θ",
    ]
    assert learns(opened_page).value == BY_DEFAULT
    assert learns(opened_page).help == "Parameters that training moves; the others stay as they are."


def test_what_learns_is_edited_for_the_layers_that_changed_and_none_is_the_default(opened_page: AppTest) -> None:
    let_learn(opened_page, [*BY_DEFAULT[1:], "3.spike_threshold"])
    chosen = ten_spikes().replace({"network.0.learns": ["bias"], "network.3.learns": ["tau_mem", "spike_threshold"]})
    assert experiment_of(opened_page) == chosen
    let_learn(opened_page, [*BY_DEFAULT, "3.spike_threshold"])
    assert experiment_of(opened_page) == chosen.replace({"network.0.learns": None})
    let_learn(opened_page, BY_DEFAULT)
    assert experiment_of(opened_page) == ten_spikes()


def test_what_learns_is_changed_while_training_goes_on_and_noted(opened_page: AppTest) -> None:
    press(opened_page, "+1 epoch")
    until(lambda: len(run_of(opened_page).records) == 2)
    run = run_of(opened_page)
    let_learn(opened_page, [*BY_DEFAULT, "3.spike_threshold"])
    (change,) = run.experiment.training.changes
    assert change.model_dump() == {"epoch": 2, "field": "network.3.learns", "value": ["tau_mem", "spike_threshold"]}
    let_learn(opened_page, ["3.spike_threshold"])
    assert run_of(opened_page) is run
    assert {(change.epoch, change.field, *change.value) for change in run.experiment.training.changes} == {
        (2, "network.0.learns"),
        (2, "network.1.learns"),
        (2, "network.2.learns"),
        (2, "network.3.learns", "spike_threshold"),
    }
    assert learns(opened_page).value == ["3.spike_threshold"]
    press(opened_page, "+1 epoch")
    until(lambda: len(run.records) == 3)
    assert set(run.records[-1].gradient_norms) == {"3.spike_threshold"}
    assert from_parameter(opened_page.query_params["x"]) == run.experiment.draft


@pytest.mark.parametrize("epochs", [1, 2])
def test_nothing_selected_is_refused_before_and_while_it_trains_and_the_selection_returns(opened_page: AppTest, epochs: int) -> None:
    if epochs > 1:
        press(opened_page, "+1 epoch")
        until(lambda: len(run_of(opened_page).records) == epochs)
    run = run_of(opened_page)
    let_learn(opened_page, [])
    (complaint,) = complaints(opened_page)
    assert "othing in the network learns; let a parameter learn (Linear 1 has weight, bias)" in complaint
    assert run_of(opened_page) is run
    assert experiment_of(opened_page) == ten_spikes()
    assert learns(opened_page).value == BY_DEFAULT


def test_recurrent_weights_and_adaptation_are_called_by_their_names() -> None:
    data = json.loads(ten_spikes().to_json())
    data["network"][1] = {"kind": "ALIFRecurrent", "tau_mem": 10.0, "tau_adapt": 30.0, "train_alphas": True, "rec_connect": CONNECTION}
    page = opened(Experiment(**data))
    called = [option for option in learns(page).options if "ALIFRecurrent" in option]
    assert called == [f"ALIFRecurrent 2 {name}" for name in ("τ_mem", "τ_adapt", "θ", "recurrent weights")]
