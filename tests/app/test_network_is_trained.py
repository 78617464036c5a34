"""The network that is composed is trained: both pages edit the same draft."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from app.server.link import from_parameter
from app.state.desk import TRAINING_PAGE, Turning
from app.state.presets import Preset, presets
from app.widgets.obstacle import NOT_YET
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft, ten_spikes
from tests.app.network_page import MISFIT, TEN, change, draft, enter, fields, opened
from tests.app.pages import NETWORK, TRAINING, desk, press, shown, told
from tests.app.said import complaints, said

pytestmark = pytest.mark.slow  # each runs a page of the app


TIMES = {"kind": "spike_times", "times": [[20, 60], [40], [], []]}
TIMES_THAT_FIT = ((20,), (40,), (), ())
OF_TIMES = stack.remove(TEN.replace({"training.task": TIMES}), 3)
LINEAR = Draft(network=TEN.network[:1], input=TEN.input)
TOO_LONG = TEN.replace({"training.epochs": 10**6})
FIXED = TEN.replace({f"network.{index}.learns": () for index in range(4)})
LATE = TEN.replace({"training.task": TIMES, "input.shape": (1, 50, 16)})


def train_button(page: AppTest) -> Button:
    (button,) = (button for button in page.button if button.label == "Train this network")
    return button


def why_not(page: AppTest) -> str | None:
    """The help of the disabled button; None if it can be pressed."""
    button = train_button(page)
    assert button.disabled == bool(button.help)
    return button.help or None


def train(page: AppTest) -> AppTest:
    """Goes on to the Training page by this one's button."""
    train_button(page).click()
    shown(page.run())
    page.switch_page(TRAINING)  # where it is already; AppTest would return to the page that it was sent to last
    return page


def test_the_network_that_was_composed_is_trained() -> None:
    page = opened(TEN.replace({"network.1.tau_mem": 12.0}))
    train(page)
    assert desk(page).training.run.experiment == ten_spikes().replace({"network.1.tau_mem": 12.0})
    assert "Train them" in [button.label for button in page.button]


@pytest.mark.parametrize(
    "preset", [preset for preset in presets() if preset.title in ("Convolution", "Winner-take-all")], ids=lambda preset: preset.title
)
def test_a_preset_goes_on_to_its_training_at_once(preset: Preset) -> None:
    page = opened(preset.draft, layer=0)
    assert why_not(page) is None
    train(page)
    assert complaints(page) == []
    assert desk(page).training.run.experiment == preset.experiment


@pytest.mark.parametrize(
    ("made", "reason", "remedy", "mended"),
    [
        (
            OF_TIMES,
            "Linear 3 doesn't spike, so it has no spike times; end the network with",
            "Put a LIF at its end",
            stack.insert(OF_TIMES, 3, "LIF"),
        ),
        (LINEAR, "None of its layers has neurons", "Put a LIF at its end", stack.insert(LINEAR, 1, "LIF")),
        (TOO_LONG, "this server takes up to 10,000", "Train at most 10,000 epochs", TOO_LONG.replace({"training.epochs": 10_000})),
        (FIXED, "Nothing in the network learns", "Let all layers learn", TEN),
        (
            LATE,
            "to spike at step 60, but the run has 50 steps",
            "Make the target spikes fit",
            LATE.replace({"training.task.times": TIMES_THAT_FIT}),
        ),
    ],
    ids=["no spikes", "no neurons", "too long", "nothing learns", "too late"],
)
def test_what_cannot_be_trained_says_so_before_it_is_tried_and_on_both_pages_alike(
    made: Draft, reason: str, remedy: str, mended: Draft
) -> None:
    page = opened(made, layer=None)
    (words,) = [text for text in said(page, "sentence") if text.startswith("This network can't be trained yet. ")]
    assert reason in words
    assert why_not(page) == NOT_YET
    shown(page.switch_page(TRAINING).run())
    assert complaints(page) == [words]
    assert remedy in [button.label for button in page.button]
    shown(page.switch_page(NETWORK).run())
    press(page, remedy)
    assert draft(page) == mended
    assert why_not(page) is None
    assert not [text for text in said(page, "sentence") if "can't be trained" in text]
    train(page)
    assert complaints(page) == []


def test_a_remedy_is_there_on_the_training_page_too() -> None:
    page = opened(TOO_LONG)
    shown(page.switch_page(TRAINING).run())
    press(page, "Train at most 10,000 epochs")
    assert draft(page) == TOO_LONG.replace({"training.epochs": 10_000})
    assert complaints(page) == []
    assert "Train them" in [button.label for button in page.button]


def test_a_misfit_is_named_on_both_pages_and_mended_on_this_one() -> None:
    page = opened(MISFIT)
    assert why_not(page) == NOT_YET
    shown(page.switch_page(TRAINING).run())
    assert complaints(page) == [f"This network can't be trained yet. {MISFIT.first_misfit}"]
    assert [link.label for link in page.get("page_link")][-1] == "Change it on the Network page"
    shown(page.switch_page(NETWORK).run())
    told(page, "ribbon", {"do": "remedy", "layer": 2})
    assert why_not(page) is None
    shown(page.switch_page(TRAINING).run())
    assert complaints(page) == []
    assert desk(page).training.run.experiment.draft == stack.mend(MISFIT, 2)


def test_an_edit_that_changes_whether_it_can_be_trained_redraws_the_button() -> None:
    page = opened(TEN.replace({"training.task": TIMES}), layer=3)
    assert why_not(page) is None
    press(page, "Remove")
    assert why_not(page) == NOT_YET
    assert any("doesn't spike" in text for text in said(page, "sentence"))
    press(page, "Undo")
    assert why_not(page) is None


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


def test_the_training_page_comes_though_the_run_that_began_with_the_click_was_cut_off() -> None:
    page = opened(TEN)
    desk(page).turning = Turning(TRAINING_PAGE, "network", time.monotonic() + 60)
    page.run()
    labels = [button.label for button in page.button]
    assert "Train them" in labels
    assert "Train this network" not in labels
