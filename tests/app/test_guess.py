"""A guess of when the first output spike comes: asked for while the output is silent, made once, told with what came of it."""

from __future__ import annotations

import pytest

from app.figures.training import Guessed, training_curves
from app.server.runner import TrainingRun
from app.state.guess import Guess, epochs_to_guess, first_spike_of
from app.words.explanations import guess_in_words
from snncore.experiment.spec import Experiment, ten_spikes
from tests.app.waiting import until

TEN = ten_spikes()


def trained(experiment: Experiment, epochs: int) -> TrainingRun:
    run = TrainingRun(experiment, speed=None)
    for epoch in range(1, epochs + 1):
        run.step()
        until(lambda: len(run.records) > epoch)  # noqa: B023  (called at once)
    return run


@pytest.fixture(scope="module")
def silent() -> TrainingRun:
    """Two epochs of the ten-spike task, whose output is still silent."""
    return trained(TEN, 2)


def test_it_is_asked_for_once_training_has_begun_and_until_it_is_made(silent: TrainingRun) -> None:
    guess = Guess()
    assert not guess.is_asked(TrainingRun(TEN, speed=None))
    assert guess.is_asked(silent)
    guess.make(silent, 40)
    assert guess.of(silent) == 40
    assert not guess.is_asked(silent)
    guess.make(silent, 50)
    assert guess.of(silent) == 40


def test_it_belongs_to_one_training(silent: TrainingRun) -> None:
    guess = Guess()
    guess.make(silent, 40)
    other = trained(TEN, 1)
    assert guess.of(other) is None
    assert guess.is_asked(other)


def test_an_epoch_that_has_passed_is_no_guess(silent: TrainingRun) -> None:
    guess = Guess()
    guess.make(silent, 2)
    assert guess.is_asked(silent)


def test_it_is_not_asked_for_where_the_output_has_fired_or_should_not() -> None:
    loud = trained(TEN.replace({"network.3.spike_threshold": 0.1}), 1)
    assert first_spike_of(loud) == 0
    assert not Guess().is_asked(loud)
    quiet = trained(TEN.replace({"training.task.target": 0, "network.3.spike_threshold": 0.1}), 1)
    assert not Guess().is_asked(quiet)


def test_the_epochs_to_choose_from_are_still_to_come(silent: TrainingRun) -> None:
    assert list(epochs_to_guess(silent)) == [10, 25, 50]


def test_it_is_told_with_what_came_of_it() -> None:
    assert guess_in_words(40, None) == "You said that the first spike comes at epoch 40."
    assert guess_in_words(40, 32) == "You said epoch 40; it came at 32."
    assert guess_in_words(32, 32) == "You said epoch 32; it came at exactly that one."


def test_the_curves_leave_room_for_it_and_show_it(silent: TrainingRun) -> None:
    def shown(guess: Guessed | None) -> dict[str, object]:
        return training_curves(silent.records[:], [10.0] * 3, ["LIF 2", "LIF 4"], "light", guess=guess)["layout"]

    def said(guess: Guessed | None) -> list[str]:
        return [label["text"] for label in shown(guess)["annotations"]]  # type: ignore[attr-defined]

    assert shown(None)["xaxis"]["range"] == [0, 20]  # type: ignore[index]
    assert shown(Guessed(None))["xaxis"]["range"] == [0, 60]  # type: ignore[index]
    assert shown(Guessed(70))["xaxis"]["range"] == [0, 80]  # type: ignore[index]
    assert "your guess" not in said(Guessed(None))
    assert "your guess" in said(Guessed(70))
