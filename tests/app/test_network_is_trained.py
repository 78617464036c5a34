"""The network that is composed is trained: both pages edit the same draft."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from app.server.link import from_parameter
from snncore.experiment import edits as stack
from snncore.experiment.spec import ten_spikes
from tests.app.network_page import MISFIT, TEN, change, draft, enter, fields, opened
from tests.app.pages import NETWORK, TRAINING, desk, press, shown, told
from tests.app.said import complaints

pytestmark = pytest.mark.slow  # each runs a page of the app


def train(page: AppTest) -> AppTest:
    """Goes on to the Training page by this one's button."""
    (button,) = (button for button in page.button if button.label == "Train this network")
    button.click()
    shown(page.run())
    page.switch_page(TRAINING)  # where it is already; AppTest would return to the page that it was sent to last
    return page


def test_the_network_that_was_composed_is_trained() -> None:
    page = opened(TEN.replace({"network.1.tau_mem": 12.0}))
    train(page)
    assert desk(page).training.run.experiment == ten_spikes().replace({"network.1.tau_mem": 12.0})
    assert "Train them" in [button.label for button in page.button]


def test_a_network_that_does_not_end_in_spikes_is_given_neurons_on_the_training_page() -> None:
    made = stack.remove(TEN, 3)
    page = opened(made)
    train(page)
    (error,) = complaints(page)
    assert error.startswith("This network can't be trained yet. Linear 3 doesn't spike")
    press(page, "Put a LIF at its end")
    assert draft(page) == stack.insert(made, 3, "LIF")
    assert complaints(page) == []
    assert "Train them" in [button.label for button in page.button]


def test_a_training_that_is_too_long_is_shortened_on_the_training_page() -> None:
    made = TEN.replace({"training.epochs": 10**6})
    page = opened(made)
    train(page)
    assert "this server takes up to 10,000" in complaints(page)[0]
    press(page, "Train at most 10,000 epochs")
    assert draft(page) == made.replace({"training.epochs": 10_000})
    assert complaints(page) == []


def test_a_misfit_is_named_on_the_training_page_and_mended_on_this_one() -> None:
    page = opened(MISFIT)
    train(page)
    assert complaints(page) == [f"This network can't be trained yet. {MISFIT.first_misfit}"]
    assert [link.label for link in page.get("page_link")] == ["Change it on the Network page"]
    shown(page.switch_page(NETWORK).run())
    told(page, "ribbon", {"do": "remedy", "layer": 2})
    shown(page.switch_page(TRAINING).run())
    assert complaints(page) == []
    assert desk(page).training.run.experiment.draft == stack.mend(MISFIT, 2)


def test_both_pages_edit_the_same_draft() -> None:
    page = opened(layer=3)
    change(page, "network.3.tau_mem", 14.0)
    shown(page.switch_page(TRAINING).run())
    assert desk(page).training.run.experiment == ten_spikes().replace({"network.3.tau_mem": 14.0})
    for path, value in (("training.lr", 0.01), ("tau_mem", 25.0)):
        enter(page, path, value)
        shown(page.run())
        shown(page.run())  # all of it
    shown(page.switch_page(NETWORK).run())
    both = {"network.1.tau_mem": 25.0, "network.3.tau_mem": 25.0, "training.lr": 0.01}
    assert draft(page) == TEN.replace(both)
    assert fields(page, "")["network.3.tau_mem"].value == 25.0
    assert from_parameter(page.query_params["x"]) == TEN.replace(both)
    press(page, "Undo")
    press(page, "Undo")
    assert draft(page) == TEN.replace({"network.3.tau_mem": 14.0})
    shown(page.switch_page(TRAINING).run())
    assert desk(page).training.run.experiment == ten_spikes().replace({"network.3.tau_mem": 14.0})
