"""A training that is driven by keys, found again after a reload, compared, explained, taken along and brought back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from playwright.sync_api import expect

from app.server.limits import MOST_RUNNING
from app.server.link import to_parameter
from snncore.activation import SURROGATES
from snncore.experiment.spec import ten_spikes
from snncore.io import checkpoint
from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.training_page import CURVES, ENDLESS, NETWORK, TrainingPage
from tests.browser.views import until_there
from tests.browser.waiting import box_of

# ----------------------------------------------------------------------------------------------- two clicks for one


def click_twice(page: TrainingPage, name: str, then: str) -> None:
    """Two clicks where the button is, 250 ms apart; by the second one, another button has come in its place."""
    box = box_of(page.page.get_by_role("button", name=name))
    place = box["x"] + 20, box["y"] + box["height"] / 2
    page.page.mouse.click(*place)
    expect(page.page.get_by_role("button", name=then)).to_be_visible()
    # By the browser's own clock, whatever the test's machine is busy with.
    page.page.get_by_role("button", name=then).evaluate(
        """(button, [x, y]) => {
            const click = new PointerEvent("click", { bubbles: true, cancelable: true, detail: 1, clientX: x, clientY: y });
            Object.defineProperty(click, "timeStamp", { value: window.firstClick + 250 });
            button.dispatchEvent(click);
        }""",
        list(place),
    )


def test_a_double_click_on_train_trains_and_one_on_pause_pauses(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    page.page.evaluate("addEventListener('click', event => { window.firstClick ??= event.timeStamp; }, true)")
    click_twice(page, "Train them", then="Pause")
    page.until(lambda: page.epoch >= 12)
    expect(page.button("Pause")).to_be_visible()
    page.page.evaluate("window.firstClick = undefined")
    click_twice(page, "Pause", then="Train them")
    page.page.wait_for_timeout(1_000)
    expect(page.button("Pause")).to_have_count(0)
    held = page.settled_epoch()
    page.train()
    page.until(lambda: page.epoch > held)
    page.press("Pause")


MAIN_BUTTONS = """() => {
    window.mainButtons = new Set();
    const look = () => {
        const shown = [...document.querySelectorAll(".st-key-drive button")].filter(button => button.checkVisibility());
        window.mainButtons.add(shown.map(button => button.innerText).join(" and "));
        requestAnimationFrame(look);
    };
    look();
}"""
"""Notes at every frame what the main buttons say that are shown."""


def test_there_is_one_main_button_at_every_frame(open_page: Open) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.page.evaluate(MAIN_BUTTONS)
    page.train()
    page.wait_for_ten()
    page.page.get_by_role("button", name="Look back at the first spike").click()
    page.until(lambda: page.epoch == 32)
    expect(page.button("Goal reached")).to_be_visible()
    shown = page.page.evaluate("() => [...window.mainButtons]")
    assert not [words for words in shown if " and " in words]
    assert {"Train them", "Look back at the first spike", "Goal reached"} <= {words.replace("\n", " ") for words in shown}


def test_the_keys_stay_on_the_main_button_while_it_changes_and_one_held_press_is_one_press(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    page.button("Train them").focus()
    page.page.keyboard.down("Enter")
    expect(page.button("Pause")).to_be_focused()
    for _ in range(3):
        page.page.keyboard.down("Enter")  # what a key that is held repeats
    page.page.keyboard.up("Enter")
    page.until(lambda: page.epoch >= 5)
    expect(page.button("Pause")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.button("Train them")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.button("Pause")).to_be_focused()
    expect(page.button("+1 epoch")).to_be_disabled()
    page.page.keyboard.press("Tab")
    expect(page.button("Restart")).to_be_focused()
    page.press("Pause")
    page.page.get_by_role("button", name="Learning rate", exact=True).focus()
    page.page.get_by_role("button", name="Train them").dispatch_event("click")
    expect(page.button("Pause")).to_be_visible()
    expect(page.button("Learning rate")).to_be_focused()  # whoever is elsewhere stays there
    page.press("Pause")


def test_when_the_goal_is_reached_the_keys_are_on_the_button_that_looks_back(open_page: Open) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.button("Train them").focus()
    page.page.keyboard.press("Enter")
    page.wait_for_ten()
    expect(page.page.get_by_role("button", name="Look back at the first spike")).to_be_focused()
    page.page.keyboard.press("Enter")
    page.until(lambda: page.epoch == 32)
    page.page.keyboard.press("Tab")
    expect(page.page.locator(".st-key-buttons button:focus, .st-key-buttons input:focus")).to_have_count(1)


# ------------------------------------------------------------------------------------------------- a reload, a link


def test_a_reload_finds_the_training_that_goes_on_and_all_that_was_done(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    page.slide("Spike threshold", "ArrowRight", times=1)
    page.until(lambda: "run=" in page.page.url)
    page.train()
    page.until(lambda: page.epoch >= 5)
    before = page.curves()[0]
    page.page.reload()
    expect(page.page.locator(".plot[data-drawn], .rows[data-drawn]")).to_have_count(2, timeout=60_000)
    page.until(lambda: page.epoch > len(before))
    assert page.curves()[0][: len(before)] == before
    page.press("Pause")
    page.page.get_by_role("link", name="Network").click()
    page.page.get_by_role("button", name="Undo").click()
    expect(page.page.get_by_role("button", name="Redo")).to_be_enabled()


def test_whoever_is_sent_the_address_gets_the_network_and_no_hold_of_the_training(open_page: Open, server: Server) -> None:
    mine = open_page(f"?x={to_parameter(ENDLESS)}")
    mine.train()
    mine.until(lambda: mine.epoch >= 3 and "run=" in mine.page.url and "x=" in mine.page.url)
    address = mine.page.url.removeprefix(server.url)
    theirs = open_page(address)
    assert theirs.epoch == 0
    theirs.until(lambda: "run=" not in theirs.page.url)
    theirs.press("Restart")
    before = mine.epoch
    mine.until(lambda: mine.epoch > before)
    mine.press("Pause")
    held = mine.settled_epoch()
    mine.page.close()
    theirs.page.goto(server.url + address)
    expect(theirs.page.locator(".plot[data-drawn], .rows[data-drawn]")).to_have_count(2, timeout=60_000)
    assert held > 0
    assert theirs.epoch == 0, "not even once its owner has left"


# ---------------------------------------------------------------------------------------------------------- driving


def test_keys_drive_the_training_while_a_plot_has_the_focus_and_only_then(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    until_there(page.page, "shortcuts")
    page.plot(NETWORK).focus()
    page.page.keyboard.press(".")
    page.until(lambda: page.epoch == 1)
    page.page.keyboard.press("Space")
    page.until(lambda: page.epoch >= 4)
    page.plot(CURVES).focus()
    page.page.keyboard.press("Space")
    expect(page.button("+1 epoch")).to_be_enabled()
    held = page.settled_epoch()
    page.page.get_by_role("textbox", name="Learning rate").focus()
    for key in (".", "Space", "s"):
        page.page.keyboard.press(key)
    assert page.settled_epoch() == held
    page.plot(CURVES).focus()
    page.page.keyboard.press("s")
    page.until(lambda: page.epoch == 0)


def test_what_is_over_the_cap_waits_says_so_and_gets_its_turn(open_page: Open) -> None:
    pages = [open_page(f"?x={to_parameter(ENDLESS)}") for _ in range(MOST_RUNNING + 1)]
    for page in pages[:-1]:
        page.train()
        page.until(lambda page=page: page.epoch >= 1)
    last = pages[-1]
    last.train()
    last.until(lambda: last.status == f"Waiting: {MOST_RUNNING} trainings compute at once on this server; this one is 1st in line.")
    assert last.epoch == 0
    pages[0].press("Pause")
    last.until(lambda: last.epoch >= 1)
    for page in pages[1:]:
        page.press("Pause")
        expect(page.button("+1 epoch")).to_be_enabled()


# -------------------------------------------------------------------------------------------------------- comparing


def test_a_pinned_training_stays_as_a_ghost_with_its_differences_in_words(open_page: Open) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    first = page.curves()[0]
    page.choose("Compare", "Pin this training as A")
    page.until(lambda: "A (dashed curve, dotted potentials): 10 spikes at epoch 51. Same as A so far" in page.said)
    page.page.keyboard.press("Escape")
    page.slide("Membrane time constant", "ArrowRight", times=2)
    page.until(lambda: "Differs from A: τ_mem of LIF 2 and LIF 4 10 → 11." in page.said)
    page.until(lambda: first in page.curves())
    expect(page.plot(NETWORK)).to_contain_text("A, epoch 0: 5 spikes")
    page.train()
    page.until(lambda: page.epoch > 20)
    assert first in page.curves()
    page.press("Unpin A")
    page.until(lambda: page.said == "" and first not in page.curves())


def test_all_surrogates_are_tried_side_by_side_and_one_is_taken(open_page: Open) -> None:
    page = open_page()
    page.choose("Compare", "Which surrogate learns fastest?")
    page.until(lambda: f"{len(SURROGATES)} of {len(SURROGATES)} done" in page.said)
    for outcome in ("true derivative (zero): nothing learned in 100 epochs", "exponential: 10 spikes at epoch 51"):
        page.until(lambda outcome=outcome: outcome in str(page.plot(CURVES).get_attribute("aria-label")))
    page.page.keyboard.press("Escape")
    page.choose("Use one of them", "arctangent")
    expect(page.plot(NETWORK)).to_be_visible()
    page.page.get_by_text("More", exact=True).click()
    page.until(lambda: page.page.get_by_label("Surrogate gradient").input_value() == "arctangent" and page.epoch == 0)


def test_why_it_is_silent_is_shown_on_the_same_weights_and_mended_by_a_button(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_role("button", name="Why silent?").click()
    page.until(lambda: "1-α = 0.0952" in page.said and "fire 9 spikes" in page.said)
    expect(page.plot(NETWORK)).to_contain_text("without normalised input: 9 spikes")
    assert page.spikes == 0
    page.press("Restart without normalised input")
    page.until(lambda: page.spikes == 9 and page.said == "")


def test_what_cannot_work_says_so_in_numbers_with_the_remedy_as_a_button(open_page: Open) -> None:
    page = open_page(
        f"?x={to_parameter(ten_spikes().replace({'network.3.spike_fn': {'kind': 'SingleSpike'}, 'training.task.target': 500}))}"
    )
    page.until(lambda: "400" in page.said)
    page.press("Set the target to 400")
    page.until(lambda: page.said == "")
    page.page.get_by_text("More", exact=True).click()
    page.page.get_by_label("Surrogate gradient").select_option("true derivative (zero)")
    page.until(lambda: "gradient" in page.said)
    page.press("Set the surrogate gradient to exponential")
    page.until(lambda: page.said == "")


# ------------------------------------------------------------------------------------------- taken along, brought back


def test_weights_experiment_and_history_are_taken_along_and_the_weights_brought_back(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    potentials = page.figure()["values"]
    page.open("Share")
    saved = {}
    for name in ("Trained weights (safetensors)", "Experiment (JSON)", "History (CSV)"):
        with page.page.expect_download() as download:
            page.press(name)
        saved[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[name])
    weights, experiment, history = saved.values()
    assert checkpoint.read(weights.name, weights.read_bytes()).weights["0.weight"].shape == (64, 16)
    assert json.loads(experiment.read_text())["seeds"] == {"weights": 0, "input": 1, "noise": 2}
    rows = list(csv.DictReader(history.read_text().splitlines()))
    assert [float(row["spikes"]) for row in rows] == page.curves()[0]

    page.page.keyboard.press("Escape")
    page.press("New weights")
    page.until(lambda: page.epoch == 0 and page.figure()["values"] != potentials)
    page.open("Share")
    page.page.locator("input[type=file]").set_input_files(weights)
    page.until(lambda: page.epoch == 0 and page.spikes == 10)
    page.until(lambda: page.figure()["values"] == potentials)


def test_the_drawer_shows_what_changed_over_the_epochs(open_page: Open) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.train()
    page.until(lambda: page.spikes == 10)
    page.page.get_by_text("Gradients, rates, weights, time constants").click()
    drawer = page.page.locator(".st-key-drawer_plots .plot[data-drawn]")
    expect(drawer).to_have_count(1)
    names = drawer.evaluate("plot => plot.querySelector('.plot-graph')._fullData.map(trace => trace.meta?.label)")
    for name in ("Linear 1 weights", "LIF 2 τ_mem", "LIF 4"):
        assert any(name in str(given) for given in names), name
