"""What explains a training opens in place of the rows, from the menu; one that can't says why, and the rows stay."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from app.components.plain import sentence
from app.state import shown_training
from app.state.training import TrainingState
from app.widgets.insights import INSIGHTS, Insight
from snncore.errors import ExperimentError
from snncore.experiment.recognition import yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from tests.app import pages
from tests.app.pages import TRAINING, desk, press, received_by, shown
from tests.app.said import said
from tests.app.waiting import until

pytestmark = pytest.mark.slow  # each runs a page of the app


@pytest.fixture
def experiment() -> Experiment:
    return ten_spikes()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, experiment: Experiment) -> AppTest:
    """The page with the menu open, and one more insight: how many epochs there are, from the second on."""
    few = "There is only epoch 0 so far; train one more."
    insight = Insight(
        "Count epochs",
        "Counts them.",
        why_not=lambda training: few if len(training.run.records) < 2 else None,
        view=lambda training, theme: sentence(f"There are {len(training.run.records)} epochs."),
    )
    monkeypatch.setitem(INSIGHTS, "count", insight)
    return pages.opened(TRAINING, experiment, menu_explain=True)


def step(training: TrainingState) -> None:
    training.step()
    until(lambda: not training.run.is_running)


def components(page: AppTest) -> list[str]:
    return [element.key for element in page.get("bidi_component")]


def opens(page: AppTest) -> AppTest:
    """Press the button in the menu; the menu closes."""
    (button,) = (button for button in page.button if button.label == "Count epochs")
    assert not button.disabled
    button.click()
    return pages.run(page)


def test_an_insight_stands_in_place_of_the_rows_until_it_is_left(page: AppTest) -> None:
    step(desk(page).training)
    opens(shown(page.run()))
    assert "There are 2 epochs." in said(page, "sentence")
    assert "rows" not in components(page)
    press(page, "Back to the rows")
    assert "There are 2 epochs." not in said(page, "sentence")
    assert "rows" in components(page)


@pytest.mark.parametrize("experiment", [yin_yang()], ids=["Yin-Yang"])
def test_of_labelled_data_too_the_curves_stay_above_an_insight(page: AppTest) -> None:
    assert {"curves", "rows"} <= {*components(page)}
    press(page, "The surrogate and the true loss")
    assert "curves" in components(page)
    assert "rows" not in components(page)


def test_opening_an_insight_pauses_the_training_and_what_trains_on_is_seen(page: AppTest) -> None:
    training = desk(page).training
    step(training)
    training.train()
    opens(shown(page.run()))
    assert not training.run.is_running
    counted = len(training.run.records)
    assert f"There are {counted} epochs." in said(page, "sentence")
    step(training)
    shown(page.run())
    assert f"There are {counted + 1} epochs." in said(page, "sentence")


def asked(page: AppTest) -> str:
    ask: str = received_by(page, "credit")[0]["explains"]["ask"]
    return ask


TOLD: dict[str, Callable[[AppTest], str]] = {
    "Where the gradient goes": asked,
    "Phases of an epoch": lambda page: str(said(page, "caption")),
}
"""What tells the epoch that is explained."""


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("experiment", [ten_spikes().replace({"training.epochs": 10_000, "training.task.target": 10**6})], ids=["endless"])
def test_what_explains_a_training_that_goes_on_keeps_its_epoch_for_a_while(
    page: AppTest, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = desk(page).training
    monkeypatch.setattr(shown_training, "EXPLAINED_FOR", math.inf)
    press(page, name)
    assert "poch 0" in TOLD[name](page)
    training.run.speed = None
    training.train()
    until(lambda: len(training.run.records) > 20)
    assert "poch 0" in TOLD[name](shown(page.run()))
    monkeypatch.setattr(shown_training, "EXPLAINED_FOR", 0.0)
    until(lambda: re.search(r"poch [1-9]", TOLD[name](shown(page.run()))) is not None)
    training.pause()


def test_an_insight_that_cannot_be_opened_says_why_in_the_menu(page: AppTest) -> None:
    (button,) = (button for button in page.button if button.label == "Count epochs")
    assert button.disabled
    assert button.help == "There is only epoch 0 so far; train one more."


def test_an_insight_that_can_be_told_no_more_says_why_above_the_rows(page: AppTest) -> None:
    training = desk(page).training
    step(training)
    opens(shown(page.run()))
    training.restart()
    shown(page.run())
    assert "There is only epoch 0 so far; train one more." in said(page, "sentence")
    assert "rows" in components(page)
    press(page, "Close")
    assert "There is only epoch 0 so far; train one more." not in said(page, "sentence")
    assert training.insight is None


def test_an_insight_that_fails_leaves_the_rows(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ExperimentError("LIF 2: a potential became infinite.")

    monkeypatch.setitem(INSIGHTS, "count", Insight("Count epochs", "", lambda _: None, fails))
    opens(shown(page.run()))
    assert "LIF 2: a potential became infinite." in said(page, "sentence")
    assert "rows" in components(page)
