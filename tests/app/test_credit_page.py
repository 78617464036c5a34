"""The Training page with credit in place of its rows: what can't be shown says so in one sentence, and what was there stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.state.credit import Place
from snncore.experiment.recognition import digits, yin_yang
from snncore.experiment.spec import Experiment
from snncore.explain import Credit, credit
from tests.app import pages
from tests.app.pages import TRAINING, desk, fields, received_by, run
from tests.app.said import complaints, said

pytestmark = pytest.mark.slow  # each runs a page of the app

LABEL = "Where the gradient goes"


def with_credit() -> AppTest:
    page = pages.opened(TRAINING)
    desk(page).training.open_insight("credit")
    return run(page)


@pytest.mark.parametrize("make", [digits, yin_yang])
def test_labelled_data_have_the_credit_of_the_sample_on_display_and_say_so(make: Callable[[], Experiment]) -> None:
    page = pages.opened(TRAINING, make().draft)
    training = desk(page).training
    training.recognition.pick(3)
    training.open_insight("credit")
    run(page)
    assert any(text.startswith("For test sample 3 only") for text in said(page, "caption"))
    header = received_by(page, "credit")[0]
    assert header["explains"]["ask"].startswith("∂L/∂u at epoch 0, loss")
    assert [group["layer"] for group in header["groups"]] == list(map(str, training.explained_pass().records))


def test_a_drawn_digit_has_no_label_and_so_no_credit_which_is_said() -> None:
    page = pages.opened(TRAINING, digits().draft)
    training = desk(page).training
    training.recognition.bring(np.full(training.look().answerer.halves.test.values.shape[1:], 0.5, np.float32))
    training.open_insight("credit")
    run(page)
    assert "A digit of your own has no label, so there is no loss; choose a test sample." in said(page, "sentence")


def test_a_width_that_is_refused_leaves_the_credit_as_it_was() -> None:
    page = with_credit()
    before = received_by(page, "credit")[1]
    fields(page)["surrogate_grad_fn.grad_width"].set_value("-1")
    run(page)
    assert complaints(page)
    assert desk(page).training.credit.changes == {}
    assert [array.tolist() for array in received_by(page, "credit")[1]] == [array.tolist() for array in before]


def test_a_gradient_that_is_not_finite_is_refused_and_the_trainings_own_is_shown() -> None:
    page = with_credit()
    training = desk(page).training
    tall = {"kind": "SingleExponential", "grad_width": 0.5, "grad_scale": 1e38}
    training.credit.change("surrogate_grad_fn", tall, training.explained_pass())
    run(page)
    assert any("That can't be shown, so this is the training's own gradient. LIF " in text for text in said(page, "sentence"))
    assert received_by(page, "credit")[0]["groups"]


def test_a_cell_that_is_no_longer_there_is_told_and_the_page_stays_as_it_was() -> None:
    page = with_credit()
    view = desk(page).training.credit
    view.place = Place(3, 4, 50)  # of a network with more neurons
    before = received_by(page, "credit")[1]
    run(page)
    assert "Neuron 4 of LIF 4 at step 50 is no longer there; click another cell." in said(page, "sentence")
    assert [array.tolist() for array in received_by(page, "credit")[1]] == [array.tolist() for array in before]


def test_credit_is_computed_while_the_menu_is_open_and_there_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    page = pages.opened(TRAINING)
    computed = []

    def counted(*given: Any) -> Credit[int]:
        computed.append(given)
        return credit(*given)

    monkeypatch.setattr("app.state.credit.credit", counted)
    run(page)
    assert not computed, "nobody has asked yet"
    page.session_state["menu_explain"] = True
    run(page)
    assert len(computed) == 1
    desk(page).training.open_insight("credit")
    run(page)
    assert received_by(page, "credit")[0]["explains"]
    assert len(computed) == 1
