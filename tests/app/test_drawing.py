"""What is drawn anew after an edit: the parts that show it, or the whole page where more is another now or the last one may not be sent."""

from __future__ import annotations

import math

import pytest
from streamlit.testing.v1 import AppTest

from app.server.runner import Owner, TrainingRun
from app.widgets import drawing
from snncore.experiment.spec import ten_spikes
from tests.app.network_page import opened as open_network
from tests.app.pages import fields
from tests.app.said import complaints
from tests.app.training_page import opened as open_training
from tests.app.training_page import run_of
from tests.app.waiting import until

pytestmark = pytest.mark.slow  # each runs a page of the app

THRESHOLD = "network.1.spike_threshold"


def draws_whole_page(page: AppTest, path: str, value: float) -> bool:
    """Whether a move of that slider draws all of the page, its menus included."""
    fields(page)[path].set_value(value)
    page.run()
    assert not page.exception, page.exception
    is_whole = bool(page.get("page_link"))
    if not is_whole:
        page.run()
    return is_whole


@pytest.fixture
def sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SENT_AFTER", -1.0)


@pytest.mark.usefixtures("sent_at_once")
def test_of_a_network_the_first_edit_draws_the_button_that_undoes_it_and_the_next_only_what_shows_them() -> None:
    page = open_network()
    assert [draws_whole_page(page, THRESHOLD, value) for value in (0.9, 0.8, 0.7)] == [True, False, False]
    next(button for button in page.button if button.label == "Undo").click()
    page.run()
    assert [draws_whole_page(page, THRESHOLD, value) for value in (0.6, 0.5)] == [True, False], "Redo can't be pressed any more"


@pytest.mark.usefixtures("sent_at_once")
def test_of_a_training_an_edit_draws_its_buttons_only_where_they_are_others() -> None:
    page = open_training()
    page.session_state["more"] = False
    page.run()
    assert not draws_whole_page(page, "tau_mem", 11.0)
    assert not draws_whole_page(page, "tau_mem", 10.0)
    run = run_of(page)
    run.speed = None
    run.play()
    until(lambda: not run.is_running)
    page.run()
    assert draws_whole_page(page, "tau_mem", 11.0), "it can be trained again"
    assert not draws_whole_page(page, "tau_mem", 12.0)


@pytest.mark.usefixtures("sent_at_once")
def test_where_many_compute_the_whole_page_is_drawn_to_be_looked_at_more_rarely() -> None:
    page = open_training(ten_spikes().replace({"training.task.target": 3000}))
    page.session_state["more"] = False
    runs = [TrainingRun(run_of(page).experiment, 1.0, Owner(name)) for name in ("b", "c", "d")]
    run_of(page).play()
    page.run()
    assert not draws_whole_page(page, "tau_mem", 11.0)
    for run in runs:
        run.play()
    assert draws_whole_page(page, "tau_mem", 12.0)
    assert not draws_whole_page(page, "tau_mem", 13.0)
    for run in (*runs, run_of(page)):
        run.pause()


@pytest.mark.usefixtures("sent_at_once")
def test_what_is_refused_is_said_and_what_mends_it_takes_the_words_away() -> None:
    page = open_training()
    page.session_state["more"] = False
    page.run()
    for value, whole in ((0.0, True), (0.002, True), (0.003, False)):
        fields(page)["training.lr"].set_value(str(value))
        page.run()
        assert bool(page.get("page_link")) == whole, value
        assert bool(complaints(page)) == (value == 0)


def test_where_the_last_page_may_not_be_sent_all_of_it_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SENT_AFTER", math.inf)
    page = open_network()
    assert [draws_whole_page(page, THRESHOLD, value) for value in (0.9, 0.8, 0.7)] == [True, True, True]


def test_where_the_browser_tells_that_it_has_drawn_the_last_page_only_the_parts_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SENT_AFTER", math.inf)
    page = open_network()
    assert draws_whole_page(page, THRESHOLD, 0.9), "it may be undone now"
    for value in (0.8, 0.7):
        page.drawn = page.session_state["drawn"].number
        assert not draws_whole_page(page, THRESHOLD, value)
    page.drawn = page.session_state["drawn"].number - 1
    assert draws_whole_page(page, THRESHOLD, 0.6), "the browser has only drawn the one before"
