"""A training on one's desk is changed, pinned, tried in many ways, taken along and brought back; what fails leaves all as it was."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from app.server.runner import Owner, TrainingRun
from app.state import shown_training
from app.state.desk import Desk
from app.state.training import TrainingState
from app.words.training import status
from snncore.activation import SURROGATES
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.io import checkpoint
from snncore.run.simulation import Simulation
from tests.app.waiting import until

pytestmark = pytest.mark.slow  # each trains

Act = Callable[[TrainingState], object]

SHORT = ten_spikes().replace({"training.epochs": 12})
ENDLESS = ten_spikes().replace({"training.epochs": 10_000, "training.task.target": 10**6})


@pytest.fixture
def held() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.leave()


@pytest.fixture
def training(held: Desk) -> TrainingState:
    return held.training


def open_on(training: TrainingState, experiment: Experiment) -> None:
    """As a link to the Training page does."""
    training.begin(experiment)
    assert training.prepare() is None


def train_on(training: TrainingState, experiment: Experiment) -> None:
    """Open the Experiment and train it, as fast as it goes, to its end."""
    open_on(training, experiment)
    training.run.speed = None
    train(training)


def train(training: TrainingState) -> None:
    """Go on to the end."""
    training.train()
    until(lambda: not training.run.is_running)


def test_a_field_that_may_change_goes_on_and_any_other_starts_over(training: TrainingState) -> None:
    train_on(training, SHORT)
    before = training.run
    assert training.change({"training.lr": 0.01, "network.3.learns": ()})
    assert training.run is before
    assert training.change({"network.1.tau_mem": 20.0, "training.lr": 0.02})
    assert training.run is not before
    assert len(training.run.records) == 1
    assert training.run.experiment.training.changes == ()
    assert training.run.experiment.network[3].learning == (), "what was in force stays in force"


def test_a_field_that_is_set_to_what_it_is_starts_nothing_over_after_a_change_too(training: TrainingState) -> None:
    assert training.prepare() is None
    run = training.run
    for _ in range(3):
        training.step()
    assert training.change({"training.task.target": 40})
    training.step()
    assert not training.change({"network.1.tau_mem": 10.0, "network.3.tau_mem": 10.0})
    assert training.run is run
    assert len(run.records) == 5


def test_more_is_asked_of_a_training_that_goes_on_and_its_first_spike_is_explained_where_it_stands_still(training: TrainingState) -> None:
    assert training.prepare() is None
    training.run.speed = None
    training.train()
    until(lambda: not training.run.is_running)
    cause = training.cause()
    assert cause
    assert (cause.epoch, cause.neuron) == (32, 2)
    assert not training.has_seen_first_spike
    training.look_at_first_spike(cause)
    assert training.has_seen_first_spike
    assert training.scrubbed == 32
    run = training.run
    training.ask_for_more({"training.task.target": 40})
    until(lambda: not run.is_running)
    assert training.run is run
    assert training.scrubbed is None
    assert run.records[-1].spikes == 40
    assert training.cause() == cause
    training.restart()
    assert training.cause() is None
    assert not training.has_seen_first_spike


def test_a_training_is_diagnosed_again_once_it_has_gone_on(training: TrainingState) -> None:
    assert training.prepare() is None
    found = training.findings()
    assert training.findings() is found
    training.step()
    until(lambda: not training.run.is_running and len(training.run.records) == 2)
    assert training.findings() is not found
    assert training.findings() is training.findings()


def test_a_training_that_diverged_starts_over_with_the_remedy(training: TrainingState) -> None:
    train_on(training, SHORT.replace({"training.lr": 1e30}))
    assert training.run.failure
    assert training.change({"training.lr": 0.001})
    assert training.run.failure is None
    assert len(training.run.records) == 1


def test_what_is_pinned_is_drawn_in_place_of_what_was_asked_for_before(training: TrainingState) -> None:
    training.prepare()
    training.ask_why(True)
    training.pin()
    assert not training.asks_why


def test_what_is_pinned_stays_while_another_is_trained_and_is_seen_at_the_same_epoch(training: TrainingState) -> None:
    train_on(training, SHORT)
    training.pin()
    pinned = training.pinned
    assert pinned is not None
    training.edit({"network.1.tau_mem": 20.0})
    train(training)
    training.scrub(5)
    seen, found = training.seen_record, training.pinned_pass(5)
    assert found is not None
    beside, epoch = found
    assert epoch == 5
    assert beside.experiment == SHORT
    assert np.array_equal(beside.records[1].u, pinned.records[5].layers[0].u)
    assert not np.array_equal(beside.records[1].u, seen.layers[0].u)
    ended = training.pinned_pass(10_000)
    assert ended is not None
    assert ended[1] == pinned.records[-1].epoch, "where the pinned one had ended, its last epoch is seen"
    training.unpin()
    assert training.pinned_pass(5) is None


@pytest.mark.parametrize("changes", [{"input.shape": (1, 50, 16)}, {"input.shape": (2, 100, 16)}])
def test_what_is_pinned_is_not_drawn_over_rows_of_another_shape(training: TrainingState, changes: dict[str, object]) -> None:
    train_on(training, SHORT)
    training.pin()
    training.edit(changes)
    assert training.pinned_pass(0) is None


def test_what_is_pinned_keeps_all_numbers_within_its_bytes(training: TrainingState, monkeypatch: pytest.MonkeyPatch) -> None:
    train_on(training, SHORT)
    monkeypatch.setattr("app.server.runner.LARGEST_PAST", training.run.records[0].nbytes * 4)
    training.pin()
    pinned = training.pinned
    assert pinned is not None
    assert sum(record.is_whole for record in pinned.records) <= 4
    assert [record.loss for record in pinned.records] == [record.loss for record in training.run.records]


def test_every_surrogate_is_tried_from_the_same_weights_and_the_true_derivative_learns_nothing(training: TrainingState) -> None:
    open_on(training, SHORT)
    training.try_surrogates()
    trials = training.trials.runs
    assert list(trials) == [surrogate.__name__ for surrogate in SURROGATES]
    until(lambda: not training.is_moving)
    first = training.run.records[0]
    for name, trial in trials.items():
        assert [record.epoch for record in trial.records] == list(range(12))
        assert np.array_equal(trial.records[0].layers[1].u, first.layers[1].u)
        has_learned = trial.records[11].reach != trial.records[0].reach
        assert has_learned == (name != "TrueDerivative")
    training.use_trial("ATan")
    assert training.trials.runs == {}
    assert type(training.run.experiment.network[1].surrogate_grad_fn).__name__ == "ATan"


def test_closing_the_trials_ends_them_and_leaves_the_training_as_it_was(training: TrainingState) -> None:
    open_on(training, ENDLESS)
    before = training.run
    training.try_surrogates()
    trials = list(training.trials.runs.values())
    training.close_trials()
    assert not any(trial.is_running for trial in trials)
    assert training.run is before


def test_a_training_that_was_paused_for_the_trials_goes_on_after_them(training: TrainingState) -> None:
    open_on(training, ENDLESS)
    training.train()
    training.try_surrogates()
    assert not training.run.is_running
    training.close_trials()
    assert training.run.is_running
    training.try_surrogates()
    training.try_surrogates()
    training.close_trials()
    assert training.run.is_running, "trying twice forgets nothing"
    training.pause()
    training.try_surrogates()
    training.close_trials()
    assert not training.run.is_running


@pytest.mark.parametrize(
    "act",
    [
        TrainingState.train,
        TrainingState.step,
        TrainingState.restart,
        lambda training: training.change({"training.lr": 0.5}),
        lambda training: training.edit({"seeds.weights": 3}),
    ],
)
def test_what_is_done_to_the_training_ends_the_trials_so_that_it_is_seen(held: Desk, act: Act) -> None:
    training = held.training
    open_on(training, SHORT)
    training.try_surrogates()
    assert held.holds_more_than_its_link
    act(training)
    assert training.trials.runs == {}


@pytest.mark.parametrize("act", [TrainingState.train, TrainingState.step, TrainingState.pause, TrainingState.restart])
def test_what_was_wrong_with_an_input_is_past_once_something_else_is_done(held: Desk, act: Act) -> None:
    training = held.training
    open_on(training, SHORT)
    assert not held.attempt(lambda: training.change({"training.lr": 0.0}))
    assert held.complaint
    assert held.attempt(lambda: act(training))
    assert held.complaint is None


def test_a_training_ends_at_the_most_epochs_and_says_so(training: TrainingState, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("app.server.runner", "app.state.training"):
        monkeypatch.setattr(f"{module}.MOST_EPOCHS", 15)
    train_on(training, SHORT)
    train(training)
    training.train()
    training.step()
    assert len(training.run.records) == 15
    assert training.run.is_over
    assert "up to 15 epochs" in status(training.run)


def test_where_many_compute_each_is_looked_at_more_rarely_until_they_are_few_again(training: TrainingState) -> None:
    open_on(training, SHORT.replace({"training.epochs": 1000, "training.task.target": 3000}))
    assert training.poll_interval is None
    training.train()
    alone = training.poll_interval
    others = [TrainingRun(training.run.experiment, 1.0, Owner(name, lambda: True)) for name in ("b", "c")]
    for other in others:
        other.play()
    crowded = training.poll_interval
    assert alone is not None
    assert crowded is not None
    assert crowded > 3 * alone
    others[0].pause()
    until(lambda: training.poll_interval == alone)
    others[1].pause()


def test_without_normalisation_the_same_weights_fire_at_once(training: TrainingState) -> None:
    train_on(training, SHORT)
    for epoch in (0, 11):
        training.scrub(epoch)
        without = training.unnormalised_pass()
        assert isinstance(without, Simulation)
        assert training.seen_record.spikes == 0
        assert without.outputs[-1].sum() > 0
        assert np.array_equal(without.weights["0.weight"], training.seen_record.parameters["0.weight"])
    training.edit({"network.1.norm_input": False, "network.3.norm_input": False})
    assert training.unnormalised_pass() is None


def test_trained_weights_are_brought_back_and_go_on_where_they_were(training: TrainingState) -> None:
    train_on(training, ten_spikes().replace({"training.epochs": 40}))
    last = training.seen_record
    content = checkpoint.save(training.run.experiment, last.parameters)
    training.begin(ten_spikes().replace({"seeds.weights": 5}))
    training.bring_back("weights.safetensors", content)
    again = training.run.records[0]
    assert np.array_equal(again.layers[1].spikes, last.layers[1].spikes)
    assert again.gradient_norms == last.gradient_norms


@pytest.mark.parametrize(("name", "content"), [("x.safetensors", b"nothing"), ("x.json", b"{"), ("x.json", b"\xff\xfe"), ("x.json", b"{}")])
def test_a_file_that_holds_nothing_of_use_changes_nothing_but_the_message(held: Desk, name: str, content: bytes) -> None:
    training = held.training
    train_on(training, SHORT)
    before = training.run
    assert not held.attempt(lambda: training.bring_back(name, content))
    assert held.complaint
    assert training.run is before
    assert held.composition.present == SHORT.draft


# ---------------------------------------------------------------------------------------------------- looking back


def trained_within(training: TrainingState, most_bytes: int) -> TrainingRun:
    """A training of 40 epochs whose record takes so many bytes at most."""
    experiment = ten_spikes().replace({"training.epochs": 40, "training.task.target": 10**6})
    training.begin(experiment)
    training.present_run = TrainingRun(experiment, speed=None, owner=training.owner, most_bytes=most_bytes)
    train(training)
    return training.run


def test_the_epoch_that_is_looked_at_is_the_one_chosen_until_the_last_one_is(training: TrainingState) -> None:
    trained_within(training, most_bytes=2**28)
    assert training.seen_record.epoch == 39
    for epoch in (0, 7, 38):
        training.scrub(epoch)
        assert training.seen_record.epoch == epoch
    training.scrub(39)
    assert training.scrubbed is None
    training.scrub(5)
    training.scrub(None)
    assert training.seen_record.epoch == 39


def test_of_an_epoch_reduced_to_numbers_the_nearest_whole_one_before_is_seen(training: TrainingState) -> None:
    run = trained_within(training, most_bytes=TrainingRun(ten_spikes(), speed=None).records[0].nbytes * 12)
    assert run.log.stride == 4
    for epoch, seen in ((0, 0), (3, 0), (4, 4), (30, 28)):
        training.scrub(epoch)
        assert training.seen_record.epoch == seen


def test_while_a_network_trains_the_same_epoch_is_explained_for_a_while(training: TrainingState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_training, "EXPLAINED_FOR", math.inf)
    open_on(training, ENDLESS)
    training.run.speed = None
    training.train()
    first = training.explained_record
    until(lambda: training.seen_record.epoch > first.epoch + 2)
    assert training.explained_record is first
    training.scrub(1)
    assert training.explained_record.epoch == 1, "what the visitor does is seen at once"
    training.scrub(None)
    monkeypatch.setattr(shown_training, "EXPLAINED_FOR", 0.0)
    assert training.explained_record.epoch > first.epoch + 1
    monkeypatch.setattr(shown_training, "EXPLAINED_FOR", math.inf)
    training.pause()
    until(lambda: not training.run.is_running)
    assert training.explained_record is training.seen_record, "paused, it is the epoch on display"


# -------------------------------------------------------------------------------------------------------- refusals


def test_a_network_too_large_is_refused_for_training_before_anything_is_built(held: Desk) -> None:
    open_on(held.training, ten_spikes())
    before = held.training.run
    enormous = ten_spikes().replace({"network.0.out_features": 10**9, "network.2.in_features": 10**9})
    assert not held.attempt(lambda: held.training.begin(enormous))
    assert str(held.complaint).startswith("The network has 20,000,000,000 weights; this server takes up to 4,000,000.")
    assert held.composition.experiment == ten_spikes()
    assert held.training.run is before
