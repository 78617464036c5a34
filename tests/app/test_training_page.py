"""The Training page's controls, each driven through Streamlit's own test harness."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.server.link import from_parameter
from app.words.training import lesson
from snncore.activation import SURROGATES
from snncore.experiment.edits import insert
from snncore.experiment.spec import Draft, ten_spikes
from tests.app.pages import desk, fields, notes, press, shown
from tests.app.said import complaints
from tests.app.training_page import CONNECTION, experiment_of, opened, run_of
from tests.app.waiting import until
from tests.length import sampled

pytestmark = pytest.mark.slow  # each runs a page of the app


@pytest.fixture
def opened_page() -> AppTest:
    return opened()


def test_the_page_opens_on_the_ten_spike_task_at_epoch_0(opened_page: AppTest) -> None:
    assert experiment_of(opened_page) == ten_spikes()
    assert len(run_of(opened_page).records) == 1
    assert "x" not in opened_page.query_params


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("training.task.target", 7, {"training.task.target": 7}),
        ("training.lr", 0.01, {"training.lr": 0.01}),
        ("training.epochs", 250, {"training.epochs": 250}),
        ("seeds.weights", 11, {"seeds.weights": 11}),
        ("seeds.input", 12, {"seeds.input": 12}),
        ("seeds.noise", 13, {"seeds.noise": 13}),
    ],
)
def test_a_number_edits_its_field(opened_page: AppTest, path: str, value: float, expected: dict[str, Any]) -> None:
    fields(opened_page)[path].set_value(str(value))
    shown(opened_page.run())
    assert experiment_of(opened_page) == ten_spikes().replace(expected)
    assert len(run_of(opened_page).records) == 1


@pytest.mark.parametrize(("field", "value"), [("tau_mem", 24.5), ("spike_threshold", 0.55)])
def test_a_slider_edits_every_layer_that_has_the_parameter(opened_page: AppTest, field: str, value: float) -> None:
    fields(opened_page)[f"{field}"].set_value(value)
    shown(opened_page.run())
    assert experiment_of(opened_page) == ten_spikes().replace({f"network.1.{field}": value, f"network.3.{field}": value})


@pytest.mark.parametrize("surrogate", sampled(SURROGATES, most=3))
def test_every_surrogate_can_be_chosen_and_trained(opened_page: AppTest, surrogate: type) -> None:
    fields(opened_page)["surrogate_grad_fn"].set_value(surrogate.__name__)
    shown(opened_page.run())
    assert [type(experiment_of(opened_page).network[index].surrogate_grad_fn) for index in (1, 3)] == [surrogate, surrogate]
    press(opened_page, "+1 epoch")
    until(lambda: len(run_of(opened_page).records) == 2)


@pytest.mark.parametrize("seed", ["weights", "input", "noise"])
def test_weights_input_and_noise_take_their_next_seeds_apart(seed: str) -> None:
    made = insert(ten_spikes().draft, 2, "Dropout")
    page = opened(made)
    before = getattr(made.seeds, seed)
    press(page, f"New {seed}")
    assert experiment_of(page).draft == made.replace({f"seeds.{seed}": before + 1})
    assert fields(page)[f"seeds.{seed}"].value == before + 1


@pytest.mark.parametrize(
    ("changes", "words", "button"),
    [
        ({"checkpoint": {"name": "a.safetensors", "digest": "0" * 32}}, "'a.safetensors' are not here", "Draw new weights"),
        ({f"network.{index}.learns": () for index in range(4)}, "Nothing in the network learns", "Let all layers learn"),
        ({"training.epochs": 10**6}, "this server takes up to 10,000", "Train at most 10,000 epochs"),
    ],
)
def test_what_cannot_be_trained_says_why_and_offers_what_would_make_it_so(changes: dict[str, Any], words: str, button: str) -> None:
    page = opened(ten_spikes().replace(changes))
    (complaint,) = complaints(page)
    assert words in complaint
    press(page, button)
    assert complaints(page) == []
    assert len(run_of(page).records) == 1


def test_restart_returns_to_the_same_first_epoch(opened_page: AppTest) -> None:
    first = run_of(opened_page).records[0]
    press(opened_page, "+1 epoch")
    until(lambda: len(run_of(opened_page).records) == 2)
    press(opened_page, "Restart")
    records = run_of(opened_page).records
    assert len(records) == 1
    assert records[0].gradient_norms == first.gradient_norms
    assert (records[0].layers[0].u == first.layers[0].u).all()


def test_train_reaches_ten_and_pause_is_offered_meanwhile(opened_page: AppTest) -> None:
    next(box for box in opened_page.selectbox if box.label == "Speed").select("full speed")
    shown(opened_page.run())
    press(opened_page, "Train them")
    assert "Pause" in [button.label for button in opened_page.button]
    until(lambda: not run_of(opened_page).is_running)
    shown(opened_page.run())
    assert run_of(opened_page).records[-1].spikes == 10
    press(opened_page, "Look back at the first spike")
    assert desk(opened_page).training.seen_record.epoch == 32
    (over,) = (button for button in opened_page.button if button.label == "Goal reached")
    assert over.disabled
    assert over.help.startswith("Nothing is left to train: the output is as asked.")


def test_training_goes_on_beyond_the_epoch_limit_when_asked_again() -> None:
    page = opened(ten_spikes().replace({"training.epochs": 3}))
    run_of(page).speed = None
    press(page, "Train them")
    until(lambda: not run_of(page).is_running)
    assert len(run_of(page).records) == 3
    shown(page.run())
    press(page, "Train them")
    until(lambda: not run_of(page).is_running)
    assert len(run_of(page).records) == 6


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_a_refused_number_leaves_experiment_run_and_field_as_they_were(opened_page: AppTest, bad: float) -> None:
    press(opened_page, "+1 epoch")
    until(lambda: len(run_of(opened_page).records) == 2)
    before = run_of(opened_page)
    fields(opened_page)["training.lr"].set_value(str(bad))
    shown(opened_page.run())
    assert complaints(opened_page) == [f"Learning rate: '{bad}' is out of range; write a number above 0."]
    assert run_of(opened_page) is before
    assert fields(opened_page)["training.lr"].value == 0.001
    fields(opened_page)["training.lr"].set_value("0.002")
    shown(opened_page.run())
    assert complaints(opened_page) == []


@pytest.mark.parametrize(
    ("path", "typed", "message"),
    [
        ("training.lr", "-0", "Learning rate: '-0' is out of range; write a number above 0."),
        ("training.task.target", "-3", "Target: '-3' is out of range; write a whole number of at least 0."),
        ("training.epochs", "0", "Epochs at most: '0' is out of range; write a whole number of at least 1."),
        ("seeds.noise", "-1", "Seed: noise: '-1' is out of range; write a whole number of at least 0."),
        ("seeds.input", str(2**53), f"Seed: input: '{2**53}' is out of range; write a whole number from 0 to {2**53 - 1}."),
        ("surrogate_grad_fn.grad_width", "0", "Surrogate: width: '0' is out of range; write a number above 0."),
    ],
)
def test_a_number_out_of_range_is_refused_under_the_label_of_its_field(opened_page: AppTest, path: str, typed: str, message: str) -> None:
    before = experiment_of(opened_page)
    fields(opened_page)[f"{path}"].set_value(typed)
    shown(opened_page.run())
    assert complaints(opened_page) == [message]
    assert experiment_of(opened_page) == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"tau_mem": 10.0', '"tau_mem": -3', "LIF 2: tau_mem is -3; it must be at least 0.1 time steps."),
        ('"spike_threshold": 1.0', '"spike_threshold": 0', "LIF 2: spike_threshold is 0; it must be a finite number above 0."),
        (
            '"in_features": 64',
            '"in_features": 63',
            "Linear 3: in_features is 63, but it receives 64 features; set in_features to 64",
        ),
        ('"LIF"', '"Lif"', "Layer 2: 'Lif' is not a known layer; use one of Linear, LIF, IAF, "),
        ("{", "[", "This is not valid JSON"),
        ('"epochs": 100', '"epochs": 100000000', "this server takes up to 10,000"),
    ],
)
def test_json_that_cannot_be_built_is_refused_in_one_sentence_and_kept(opened_page: AppTest, old: str, new: str, message: str) -> None:
    before = run_of(opened_page)
    broken = experiment_of(opened_page).to_json().replace(old, new, 1)
    opened_page.text_area(key="experiment_json").set_value(broken)
    press(opened_page, "Apply")
    assert len(complaints(opened_page)) == 1
    assert message in complaints(opened_page)[0]
    assert run_of(opened_page) is before
    assert opened_page.text_area(key="experiment_json").value == broken


def test_json_can_change_the_layer_stack(opened_page: AppTest) -> None:
    data = json.loads(ten_spikes().to_json())
    data["network"][1] = {"kind": "IAF", "spike_threshold": 5.0}
    opened_page.text_area(key="experiment_json").set_value(json.dumps(data))
    press(opened_page, "Apply")
    assert complaints(opened_page) == []
    assert [layer.kind for layer in experiment_of(opened_page).network] == ["Linear", "IAF", "Linear", "LIF"]


@pytest.mark.parametrize(
    "layer",
    [
        {"kind": "ALIF", "tau_mem": 10.0, "tau_adapt": 30.0, "spike_threshold": 0.5},
        {"kind": "ExpLeak", "tau_mem": 10.0, "norm_input": True},
        {"kind": "LIFRecurrent", "tau_mem": 10.0, "rec_connect": CONNECTION},
        {"kind": "LIF", "tau_mem": [5.0 + k for k in range(64)]},
    ],
    ids=lambda layer: layer["kind"],
)
def test_every_model_trains_on_the_page(opened_page: AppTest, layer: dict[str, Any]) -> None:
    data = json.loads(ten_spikes().to_json())
    data["network"][1] = layer
    opened_page.text_area(key="experiment_json").set_value(json.dumps(data))
    press(opened_page, "Apply")
    assert complaints(opened_page) == []
    press(opened_page, "+1 epoch")
    until(lambda: len(run_of(opened_page).records) == 2)
    shown(opened_page.run())
    fields(opened_page)["tau_mem"].set_value(15.0)
    shown(opened_page.run())
    changed = experiment_of(opened_page).network
    assert changed[3].tau_mem == 15.0
    assert changed[1].tau_mem == (tuple(layer["tau_mem"]) if isinstance(layer["tau_mem"], list) else 15.0)


def test_the_link_follows_every_edit_and_opens_the_same_experiment(opened_page: AppTest) -> None:
    fields(opened_page)["tau_mem"].set_value(15.0)
    shown(opened_page.run())
    link = opened_page.query_params["x"]
    assert from_parameter(link) == experiment_of(opened_page).draft
    assert experiment_of(opened(link)) == experiment_of(opened_page)


def test_a_broken_link_opens_the_ten_spike_task_with_a_message() -> None:
    page = opened("nonsense")
    assert len(complaints(page)) == 1
    assert experiment_of(page) == ten_spikes()
    assert page.query_params["x"] == "nonsense"


def test_a_link_to_layers_that_differ_says_so_on_their_slider() -> None:
    page = opened(ten_spikes().replace({"network.1.tau_mem": 200.0}))
    assert fields(page)["tau_mem"].value == 200.0
    assert any("The layers differ (200, 10)" in note for note in notes(page))


def test_layers_with_other_surrogates_are_said_to_differ_until_one_is_chosen_for_all() -> None:
    page = opened(ten_spikes().replace({"network.3.surrogate_grad_fn": "ATan"}))
    differ = "The layers differ (exponential, arctangent); choosing another one sets all."
    assert any(differ in note for note in notes(page))
    fields(page)["surrogate_grad_fn"].set_value("Gaussian")
    shown(shown(page.run()).run())
    assert not any(differ in note for note in notes(page))
    assert {type(experiment_of(page).network[index].surrogate_grad_fn).__name__ for index in (1, 3)} == {"Gaussian"}


@pytest.mark.parametrize(("samples", "words"), [(1, "learns to answer one input ("), (3, "learns to answer 3 inputs (")])
def test_the_task_is_said_with_the_number_of_its_inputs(samples: int, words: str) -> None:
    task = lesson(ten_spikes().replace({"input.shape": (samples, 100, 16)}))
    assert words in task
    assert task.endswith("with 10 spikes." if samples == 1 else "with 10 spikes in all.")


def test_a_learning_rate_changed_while_training_goes_on_without_a_restart_and_is_noted(opened_page: AppTest) -> None:
    press(opened_page, "+1 epoch")
    press(opened_page, "+1 epoch")
    until(lambda: len(run_of(opened_page).records) == 3)
    run = run_of(opened_page)
    fields(opened_page)["training.lr"].set_value("0.01")
    shown(opened_page.run())
    assert run_of(opened_page) is run
    assert len(run.records) == 3
    assert [(change.epoch, change.field, change.value) for change in run.experiment.training.changes] == [(3, "training.lr", 0.01)]
    assert fields(opened_page)["training.lr"].value == 0.01
    assert from_parameter(opened_page.query_params["x"]) == run.experiment.draft
    press(opened_page, "Restart")
    assert len(run_of(opened_page).records) == 1
    assert experiment_of(opened_page) == ten_spikes().replace({"training.lr": 0.01})


def test_a_lower_target_ends_a_training_and_a_higher_one_lets_it_go_on(opened_page: AppTest) -> None:
    run = run_of(opened_page)
    run.speed = None
    run.play()
    until(lambda: not run.is_running)
    reached = len(run.records)
    opened_page.run()
    fields(opened_page)["training.task.target"].set_value("14")
    shown(opened_page.run())
    assert not run.is_over
    press(opened_page, "Train them")
    until(lambda: not run.is_running)
    assert len(run.records) > reached
    assert run.records[-1].spikes == 14


def test_looking_back_shows_the_epoch_that_was_chosen(opened_page: AppTest) -> None:
    for count in (2, 3, 4):
        press(opened_page, "+1 epoch")
        until(lambda count=count: len(run_of(opened_page).records) == count)
    training = desk(opened_page).training
    training.scrubbed = 1
    shown(opened_page.run())
    assert experiment_of(opened_page) == ten_spikes(), "looking back changes nothing"
    press(opened_page, "Restart")
    assert training.scrubbed is None


def test_the_true_derivative_is_offered_in_words(opened_page: AppTest) -> None:
    surrogate = fields(opened_page)["surrogate_grad_fn"]
    assert surrogate.options[-2:] == ["arctangent", "true derivative (zero)"]
    surrogate.set_value("TrueDerivative")
    shown(opened_page.run())
    assert fields(opened_page)["surrogate_grad_fn"].value == "TrueDerivative"
    assert not any(run_of(opened_page).records[0].gradient_norms.values())


def test_a_training_in_which_nothing_is_random_opens_with_nothing_to_draw_anew() -> None:
    weights = {"kind": "constant", "value": 0.6}
    layers = [{"kind": "Linear", "in_features": 2, "out_features": 1, "bias": False, "weights": weights}, {"kind": "LIF", "tau_mem": 2.0}]
    made = Draft(network=layers, input={"kind": "spike_bursts", "shape": (1, 20, 2), "period": 5})
    page = opened(made)
    assert experiment_of(page).draft == made
