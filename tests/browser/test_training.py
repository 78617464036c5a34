"""The ten-spike task in a real browser: it is trained, paused, stepped, run to ten and restarted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from app.server.link import to_parameter
from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.training_page import CURVES, ENDLESS, NETWORK
from tests.browser.waiting import box_of


@pytest.mark.main_job
def test_training_runs_pauses_steps_reaches_ten_and_restarts_at_the_same_epoch_0(open_page: Open) -> None:
    page = open_page()
    assert (page.epoch, page.spikes) == (0, 0)
    first_figure = page.figure()

    page.choose_speed("1 epoch/s")
    page.train()
    page.until(lambda: page.epoch >= 2)
    page.press("Pause")
    expect(page.button("+1 epoch")).to_be_enabled()
    held = page.settled_epoch()
    assert held < 40, "it would have gone on to the target"
    page.page.wait_for_timeout(700)
    assert page.epoch == held

    page.press("+1 epoch")
    page.until(lambda: page.epoch != held)
    page.page.wait_for_timeout(300)
    assert page.epoch == held + 1

    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    reached = page.epoch
    page.page.wait_for_timeout(500)
    assert page.epoch == reached

    page.press("Restart")
    page.until(lambda: page.epoch == 0)
    page.until(lambda: page.figure() == first_figure)
    assert page.spikes == 0


def test_silence_is_explained_in_numbers_while_it_lasts(open_page: Open) -> None:
    page = open_page()
    page.until(lambda: page.status.startswith("Four output neurons should fire ten spikes between them. They are silent: "))
    assert page.status.endswith("their membrane potential reaches 11% of the threshold.")
    for _ in range(3):
        before = page.epoch
        page.press("+1 epoch")
        page.until(lambda before=before: page.epoch == before + 1)
    assert page.status.startswith("Still silent, but not idle: the loss has not moved, the membrane potential has, from 11% to 1")


def test_a_threshold_change_changes_the_raster_and_starts_over(open_page: Open) -> None:
    page = open_page()
    before = page.raster(1)
    page.press("+1 epoch")
    page.until(lambda: page.epoch == 1)
    page.slide("Spike threshold", "ArrowLeft", times=8)
    page.until(lambda: page.epoch == 0 and page.raster(1) != before)
    assert sum(map(sum, page.raster(1))) > sum(map(sum, before))


def test_weights_and_input_are_new_apart(open_page: Open) -> None:
    page = open_page()
    inputs, potentials = page.raster(0), page.figure()["values"][0]
    page.press("New weights")
    page.until(lambda: page.figure()["values"][0] != potentials)
    assert page.raster(0) == inputs
    page.press("New input")
    page.until(lambda: page.raster(0) != inputs)


def test_an_edit_while_training_goes_on_training(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    page.choose_speed("1 epoch/s")  # so that the first epochs can be seen on a busy machine too
    page.train()
    page.until(lambda: page.epoch >= 4)
    page.slide("Membrane time constant", "ArrowRight", times=2)
    page.until(lambda: page.epoch < 4)
    page.until(lambda: page.epoch >= 2)
    page.press("Pause")


def test_plots_stay_the_same_nodes_and_keep_their_zoom_while_training(open_page: Open) -> None:
    page = open_page()
    plot = page.plot(NETWORK)
    plot.evaluate("plot => plot.marked = true")
    box = box_of(plot)
    page.page.mouse.move(box["x"] + 200, box["y"] + 140)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 500, box["y"] + 142, steps=5)
    page.page.mouse.up()
    page.until(lambda: page.figure()["zoom"] is not None)
    zoomed = page.figure()["zoom"]

    page.choose_speed("full speed")
    page.train()
    page.page.mouse.move(box["x"] + 300, box["y"] + 300)
    page.until(lambda: page.spikes == 10)
    assert page.figure()["zoom"] == zoomed
    assert plot.evaluate("plot => plot.marked")


def test_two_users_do_not_affect_one_another(open_page: Open) -> None:
    mine, theirs = open_page(), open_page()
    before = mine.status
    mine.slide("Spike threshold", "ArrowRight", times=4)
    mine.until(lambda: mine.status != before)
    theirs.choose_speed("full speed")
    theirs.train()
    theirs.until(lambda: theirs.spikes == 10)
    assert theirs.epoch == 51
    assert mine.epoch == 0


def test_a_link_opens_the_same_experiment_for_somebody_else(open_page: Open, server: Server) -> None:
    mine = open_page()
    before = mine.raster(1)
    mine.slide("Spike threshold", "ArrowLeft")  # once: the link is that of this edit, not of the first of many
    mine.until(lambda: mine.raster(1) != before)
    theirs = open_page(mine.link(other_than=server.url).removeprefix(server.url))
    theirs.until(lambda: theirs.raster(1) == mine.raster(1))


# ------------------------------------------------------------------------------------------------- looking back, changing


def test_a_drag_along_the_curve_takes_the_page_to_that_epoch_and_escape_back(open_page: Open) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    last = page.figure()
    plot = page.plot(CURVES)
    box = box_of(plot)
    page.page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.page.mouse.down()
    page.until(lambda: page.status.startswith("Looking back"))
    early = page.epoch
    page.page.mouse.move(box["x"] + 350, box["y"] + 60, steps=6)
    page.until(lambda: page.epoch > early + 20)
    page.page.mouse.up()
    seen = page.settled_epoch()
    assert page.spikes == page.curves()[0][seen]
    page.until(lambda: sum(map(sum, page.raster(2))) == page.spikes)
    expect(plot.locator(".plot-mark")).to_be_visible()
    plot.press("ArrowLeft")
    page.until(lambda: page.epoch == seen - 1)
    plot.press("Escape")
    page.until(lambda: page.epoch == 51)
    plot.press("ArrowLeft")
    page.until(lambda: page.epoch == 50)
    plot.press("Home")
    page.until(lambda: page.epoch == 0)
    plot.press("Escape")
    page.until(lambda: page.epoch == 51)
    page.until(lambda: page.figure() == last)
    expect(plot.locator(".plot-mark")).to_be_hidden()


def test_training_goes_on_while_an_earlier_epoch_is_looked_at(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    page.choose_speed("16 epochs/s")
    page.train()
    page.until(lambda: page.epoch >= 6)
    page.plot(CURVES).focus()
    page.page.keyboard.press("Home")
    page.until(lambda: page.epoch == 0)
    page.page.keyboard.press("ArrowRight")
    page.until(lambda: page.epoch == 1)
    count = len(page.curves()[0])
    page.until(lambda: len(page.curves()[0]) > count + 5)
    assert page.epoch == 1
    page.page.keyboard.press("Escape")
    page.until(lambda: page.epoch > count)
    page.press("Pause")


def test_a_learning_rate_changed_while_it_trains_is_marked_and_does_not_start_over(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    page.choose_speed("8 epochs/s")
    page.train()
    page.until(lambda: page.epoch >= 5)
    page.enter("Learning rate", "0.0000002")
    page.until(lambda: "1e-07 → 2e-07" in page.plot(CURVES).evaluate("plot => JSON.stringify(plot.querySelector('.plot-graph').data)"))
    assert page.epoch >= 5
    page.until(lambda: page.epoch >= 8)
    page.press("Pause")


def test_lines_move_with_the_training_between_two_whole_drawings_and_end_where_it_ends(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    page.choose_speed("full speed")
    page.train()
    page.until(lambda: page.epoch > 300)
    plot = page.plot(CURVES)
    page.until(lambda: ends(plot)[0] > ends(plot)[1])
    page.press("Pause")
    expect(page.button("+1 epoch")).to_be_enabled()
    last = page.settled_epoch()
    page.until(lambda: ends(plot) == (last, last))


def ends(plot: Locator) -> tuple[int, int]:
    """The epoch at which the line of the loss ends on the page, and the last one that plotly knows of."""
    found = plot.evaluate(
        """plot => {
            const { _fullData, _fullLayout } = plot.querySelector(".plot-graph");
            const path = plot.querySelector(".subplot.x2y2 path.js-line").getAttribute("d");
            const end = Number(path.split(/[ML]/).at(-1).split(",")[0]);
            return [Math.round(_fullLayout.xaxis2.p2c(end)), _fullData[1].x.at(-1)];
        }"""
    )
    return found[0], found[1]
