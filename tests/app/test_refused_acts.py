"""An act that is refused is said on the page, whichever control asked for it, and what was there stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from app.state.credit import CreditView
from app.state.delays import Delays
from app.state.desk import Desk
from app.state.surrogate import SurrogateView
from app.state.training import TrainingState
from app.state.why import Why
from app.widgets import messages
from app.words.surrogate import DROP
from snncore.errors import ExperimentError
from snncore.experiment.recognition import remember
from snncore.experiment.spec import Experiment, ten_spikes
from tests.app.pages import TRAINING, desk, opened, press, run
from tests.app.said import complaints
from tests.app.states import InterruptedState

pytestmark = pytest.mark.slow  # each runs a page of the app

SENTENCE = "That can't be done now."


def refuse(*arguments: Any) -> None:
    raise ExperimentError(SENTENCE)


def change_credit(training: TrainingState) -> None:
    training.open_insight("credit")
    training.credit.change("detach_reset", True, training.explained_pass())


def try_surrogate(training: TrainingState) -> None:
    training.open_insight("surrogate")
    training.surrogate.try_surrogate(training.experiment, {"kind": "FastSigmoid"})


def ask_for_causes(training: TrainingState) -> None:
    training.step()
    training.open_insight("causes")


BUTTONS: dict[str, tuple[Experiment, Callable[[TrainingState], None], type, str]] = {
    "As trained": (ten_spikes(), change_credit, CreditView, "change_back"),
    DROP: (ten_spikes(), try_surrogate, SurrogateView, "drop_tried"),
    "How many must go?": (ten_spikes().replace({"network.3.norm_input": False}), ask_for_causes, Why, "count"),
}


@pytest.mark.parametrize("label", BUTTONS)
def test_what_a_button_asks_for_may_be_refused(label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, prepare, model, act = BUTTONS[label]
    page = opened(TRAINING, experiment.draft)
    prepare(desk(page).training)
    monkeypatch.setattr(model, act, refuse)
    run(page)
    press(page, label)
    assert complaints(page) == [SENTENCE]


def test_a_training_over_delays_whose_end_is_refused_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(TRAINING, remember(5).draft)
    monkeypatch.setattr(Delays, "are_running", True)
    monkeypatch.setattr(Delays, "stop", refuse)
    run(page)
    press(page, "Stop")
    assert complaints(page) == [SENTENCE]


def test_a_restart_that_is_refused_leaves_open_why_it_was_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Desk()
    held.training.prepare()
    held.training.ask_why(True)
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=held))
    monkeypatch.setattr(TrainingState, "change", refuse)
    assert not held.attempt(lambda: messages._denormalise(held.training))
    assert held.complaint == SENTENCE
    assert held.training.asks_why
