"""A training on one's desk is changed, pinned, tried in many ways, taken along and brought back; what fails leaves all as it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import streamlit as st

from app.server.runner import Owner, TrainingRun
from app.state import comparing
from app.state import composition as session
from app.state import training as driving
from app.state.desk import Desk, desk
from app.words.training import status
from snncore.activation import SURROGATES
from snncore.experiment.spec import ten_spikes
from snncore.io import checkpoint
from snncore.run.simulation import Simulation
from tests.app.states import InterruptedState

SHORT = ten_spikes().replace({"training.epochs": 12})


@pytest.fixture(autouse=True)
def _own_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = Desk()
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=made))
    yield
    made.leave()


def until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.01)


def train_on(experiment_json: str) -> None:
    """Opens the Experiment and trains it, as fast as it goes, to its end."""
    driving.load(experiment_json)
    driving.open_training()
    driving.run().speed = None
    driving.train()
    until(lambda: not driving.run().is_running)


def test_a_field_that_may_change_goes_on_and_any_other_starts_over() -> None:
    train_on(SHORT.to_json())
    before = driving.run()
    assert driving.change({"training.lr": 0.01, "network.3.learns": ()})
    assert driving.run() is before
    assert driving.change({"network.1.tau_mem": 20.0, "training.lr": 0.02})
    assert driving.run() is not before
    assert len(driving.run().records) == 1
    assert driving.run().experiment.training.changes == ()
    assert driving.run().experiment.network[3].learning == (), "what was in force stays in force"


def test_a_training_that_diverged_starts_over_with_the_remedy() -> None:
    train_on(SHORT.replace({"training.lr": 1e30}).to_json())
    assert driving.run().failure
    assert driving.change({"training.lr": 0.001})
    assert driving.run().failure is None
    assert len(driving.run().records) == 1


def test_what_is_pinned_stays_while_another_is_trained_and_is_seen_at_the_same_epoch() -> None:
    train_on(SHORT.to_json())
    comparing.pin()
    pinned = desk().pinned
    assert pinned is not None
    driving.edit({"network.1.tau_mem": 20.0})
    driving.train()
    until(lambda: not driving.run().is_running)
    driving.scrub(5)
    seen, found = driving.seen_record(), comparing.pinned_pass(5)
    assert found is not None
    beside, epoch = found
    assert epoch == 5
    assert beside.experiment == SHORT
    assert np.array_equal(beside.records[1].u, pinned.records[5].layers[0].u)
    assert not np.array_equal(beside.records[1].u, seen.layers[0].u)
    ended = comparing.pinned_pass(10_000)
    assert ended is not None
    assert ended[1] == pinned.records[-1].epoch, "where the pinned one had ended, its last epoch is seen"
    comparing.unpin()
    assert comparing.pinned_pass(5) is None


@pytest.mark.parametrize("changes", [{"input.shape": (1, 50, 16)}, {"input.shape": (2, 100, 16)}])
def test_what_is_pinned_is_not_drawn_over_rows_of_another_shape(changes: dict[str, object]) -> None:
    train_on(SHORT.to_json())
    comparing.pin()
    driving.edit(changes)
    assert comparing.pinned_pass(0) is None


def test_what_is_pinned_keeps_all_numbers_within_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    train_on(SHORT.to_json())
    monkeypatch.setattr("app.server.runner.LARGEST_PAST", driving.run().records[0].nbytes * 4)
    comparing.pin()
    pinned = desk().pinned
    assert pinned is not None
    assert sum(record.is_whole for record in pinned.records) <= 4
    assert [record.loss for record in pinned.records] == [record.loss for record in driving.run().records]


def test_every_surrogate_is_tried_from_the_same_weights_and_the_true_derivative_learns_nothing() -> None:
    driving.load(SHORT.to_json())
    driving.open_training()
    comparing.try_surrogates()
    trials = desk().trials
    assert list(trials) == [surrogate.__name__ for surrogate in SURROGATES]
    until(lambda: not driving.is_moving())
    first = driving.run().records[0]
    for name, trial in trials.items():
        assert [record.epoch for record in trial.records] == list(range(12))
        assert np.array_equal(trial.records[0].layers[1].u, first.layers[1].u)
        has_learned = trial.records[11].reach != trial.records[0].reach
        assert has_learned == (name != "TrueDerivative")
    comparing.use_trial("ATan")
    assert desk().trials == {}
    assert type(driving.run().experiment.network[1].surrogate_grad_fn).__name__ == "ATan"


def test_closing_the_trials_ends_them_and_leaves_the_training_as_it_was() -> None:
    driving.load(ten_spikes().replace({"training.epochs": 10_000, "training.task.target": 10**6}).to_json())
    driving.open_training()
    before = driving.run()
    comparing.try_surrogates()
    trials = list(desk().trials.values())
    comparing.close_trials()
    assert not any(trial.is_running for trial in trials)
    assert driving.run() is before


def test_a_training_that_was_paused_for_the_trials_goes_on_after_them() -> None:
    endless = ten_spikes().replace({"training.epochs": 10_000, "training.task.target": 10**6})
    driving.load(endless.to_json())
    driving.open_training()
    driving.train()
    comparing.try_surrogates()
    assert not driving.run().is_running
    comparing.close_trials()
    assert driving.run().is_running
    comparing.try_surrogates()
    comparing.try_surrogates()
    comparing.close_trials()
    assert driving.run().is_running, "trying twice forgets nothing"
    driving.pause()
    comparing.try_surrogates()
    comparing.close_trials()
    assert not driving.run().is_running


@pytest.mark.parametrize(
    "act",
    [
        driving.train,
        driving.step,
        driving.restart,
        lambda: driving.change({"training.lr": 0.5}),
        lambda: driving.edit({"seeds.weights": 3}),
    ],
)
def test_what_is_done_to_the_training_ends_the_trials_so_that_it_is_seen(act: Callable[[], object]) -> None:
    driving.load(SHORT.to_json())
    driving.open_training()
    comparing.try_surrogates()
    assert desk().holds_more_than_its_link
    act()
    assert desk().trials == {}


@pytest.mark.parametrize("act", [driving.train, driving.step, driving.pause, driving.restart])
def test_what_was_wrong_with_an_input_is_past_once_something_else_is_done(act: Callable[[], object]) -> None:
    driving.load(SHORT.to_json())
    driving.open_training()
    driving.change({"training.lr": 0.0})
    assert session.complaint()
    act()
    assert session.complaint() is None


def test_a_training_ends_at_the_most_epochs_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("app.server.runner", "app.state.training", "app.words.wording"):
        monkeypatch.setattr(f"{module}.MOST_EPOCHS", 15)
    train_on(SHORT.to_json())
    driving.train()
    until(lambda: not driving.run().is_running)
    driving.train()
    driving.step()
    assert len(driving.run().records) == 15
    assert driving.run().is_over
    assert "up to 15 epochs" in status(driving.run())


def test_where_many_compute_each_is_looked_at_more_rarely_until_they_are_few_again() -> None:
    driving.load(SHORT.replace({"training.epochs": 1000, "training.task.target": 3000}).to_json())
    driving.open_training()
    assert driving.poll_interval() is None
    driving.train()
    alone = driving.poll_interval()
    others = [TrainingRun(driving.run().experiment, 1.0, Owner(name, lambda: True)) for name in ("b", "c")]
    for other in others:
        other.play()
    crowded = driving.poll_interval()
    assert alone is not None
    assert crowded is not None
    assert crowded > 3 * alone
    others[0].pause()
    until(lambda: driving.poll_interval() == alone)
    others[1].pause()


def test_without_normalisation_the_same_weights_fire_at_once() -> None:
    train_on(SHORT.to_json())
    for epoch in (0, 11):
        driving.scrub(epoch)
        without = comparing.unnormalised_pass()
        assert isinstance(without, Simulation)
        assert driving.seen_record().spikes == 0
        assert without.outputs[-1].sum() > 0
        assert np.array_equal(without.weights["0.weight"], driving.seen_record().parameters["0.weight"])
    driving.edit({"network.1.norm_input": False, "network.3.norm_input": False})
    assert comparing.unnormalised_pass() is None


def test_trained_weights_are_brought_back_and_go_on_where_they_were() -> None:
    train_on(ten_spikes().replace({"training.epochs": 40}).to_json())
    last = driving.seen_record()
    content = checkpoint.save(driving.run().experiment, last.parameters)
    driving.load(ten_spikes().replace({"seeds.weights": 5}).to_json())
    driving.bring_back("weights.safetensors", content)
    assert session.complaint() is None
    again = driving.run().records[0]
    assert np.array_equal(again.layers[1].spikes, last.layers[1].spikes)
    assert again.gradient_norms == last.gradient_norms


@pytest.mark.parametrize(("name", "content"), [("x.safetensors", b"nothing"), ("x.json", b"{"), ("x.json", b"\xff\xfe"), ("x.json", b"{}")])
def test_a_file_that_holds_nothing_of_use_changes_nothing_but_the_message(name: str, content: bytes) -> None:
    train_on(SHORT.to_json())
    before = driving.run()
    driving.bring_back(name, content)
    assert session.complaint()
    assert driving.run() is before
    assert session.draft() == SHORT.draft
