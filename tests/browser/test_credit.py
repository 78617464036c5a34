"""Credit through time in a browser: a cell's parts add up to what its row shows, switches redraw it, Escape leads back."""

from __future__ import annotations

import os
import re
import signal
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from snncore.experiment.recognition import digits
from snncore.explain import credit
from tests.browser.conftest import Open
from tests.browser.server import Server
from tests.browser.training_page import ROWS, TrainingPage
from tests.browser.views import of_view
from tests.browser.waiting import box_of

LABEL = "Where the gradient goes"
PLAY, STOP = "Play from right to left", "Stop"
CREDIT = ".rows[aria-label^='Spikes of each layer']"
"""The view itself."""


def open_credit(page: TrainingPage) -> None:
    page.explain("credit")
    expect(map_of(page, 0)).to_be_visible()


def map_of(page: TrainingPage, which: int) -> Locator:
    """A layer's row of credit: 0 hidden, 1 output."""
    return page.page.locator(".rows canvas[data-kind=heatmap]").nth(which)


def shown(page: TrainingPage) -> dict[str, Any]:
    """What the rows hold of the output layer: its credit (neurons, time), the marked cell, where playing has got to."""
    found: dict[str, Any] = of_view(
        page.plot(CREDIT),
        """({ header, arrays, cell, front }) => {
            const row = header.groups.at(-1).rows.at(-1);
            const columns = arrays[row.z].length / row.neurons;
            const lines = Array.from({ length: row.neurons }, (_, n) => [...arrays[row.z].slice(n * columns, (n + 1) * columns)]);
            return { u: lines, cell, front: Number.isFinite(front) ? front : null };
        }""",
    )
    return found


def click_cell(page: TrainingPage, neuron: int, step: int) -> None:
    """Clicks a cell of the output layer's 4 neurons over 100 steps."""
    canvas = map_of(page, 1)
    canvas.scroll_into_view_if_needed()
    box = box_of(canvas)
    unit = page.page.evaluate("Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16")
    left, right = 52 * unit, 44 * unit
    x = left + (step + 0.5) / 100 * (box["width"] - left - right)
    canvas.click(position={"x": x, "y": (neuron + 0.5) * box["height"] / 4})


def sum_shown(page: Page) -> tuple[float, list[float]]:
    """The cell's credit and its terms, as the equation has them."""
    values = [float(text.replace("\u2212", "-").replace(",", "")) for text in page.locator(".rows-sum b").all_inner_texts()]
    return values[0], values[1:]


def says_cell(page: TrainingPage, neuron: int, step: int) -> None:
    expect(page.page.locator(".rows-sum")).to_contain_text(f"neuron {neuron} of LIF 4, step {step}")


def test_a_click_on_a_cell_shows_its_chain_rule_and_escape_leads_back(open_page: Open) -> None:
    page = open_page()
    open_credit(page)
    expect(page.page.locator(CREDIT)).to_be_focused()
    click_cell(page, 2, 40)
    says_cell(page, 2, 40)
    whole, terms = sum_shown(page.page)
    assert whole == pytest.approx(shown(page)["u"][2][40], rel=0.01)
    assert sum(terms) == pytest.approx(whole, rel=0.02)
    assert {name: shown(page)["cell"][name] for name in ("line", "time")} == {"line": 2, "time": 40}
    expect(page.page.locator("[data-testid=stPopoverBody]:visible")).to_have_count(0)
    page.plot(CREDIT).focus()
    page.page.keyboard.press("Escape")
    expect(page.page.locator(".rows canvas[data-kind=traces]").first).to_be_visible()
    expect(page.button("Back to the rows")).to_have_count(0)
    expect(page.page.locator(ROWS)).to_be_focused()


def test_cells_are_told_from_what_was_sent_once(open_page: Open, server: Server) -> None:
    page = open_page()
    open_credit(page)
    click_cell(page, 2, 40)
    says_cell(page, 2, 40)
    page.page.wait_for_timeout(500)
    os.kill(server.pid, signal.SIGSTOP)  # nothing more comes from Python
    try:
        for neuron, step in ((1, 60), (3, 99), (0, 0)):
            click_cell(page, neuron, step)
            says_cell(page, neuron, step)
            whole, terms = sum_shown(page.page)
            assert whole == pytest.approx(shown(page)["u"][neuron][step], rel=0.01, abs=1e-6)
            assert sum(terms) == pytest.approx(whole, rel=0.02, abs=1e-6)
        expect(page.page.get_by_text("Step 0 is the first: there is nothing to pass credit on to.")).to_be_visible()
    finally:
        os.kill(server.pid, signal.SIGCONT)
    page.page.get_by_role("checkbox", name="Detach the reset").check()
    expect(page.page.locator(".plain-caption", has_text="same spikes, same loss 100")).to_be_visible()
    says_cell(page, 0, 0)  # as Python was told meanwhile


def test_switches_redraw_credit_on_the_same_weights_and_change_no_training(open_page: Open) -> None:
    page = open_page()
    address = page.page.url
    open_credit(page)
    before = shown(page)["u"]
    page.page.get_by_role("checkbox", name="Detach the reset").check()
    expect(page.page.locator(".plain-caption", has_text="same spikes, same loss 100")).to_be_visible()
    page.until(lambda: shown(page)["u"] != before)
    click_cell(page, 1, 50)
    says_cell(page, 1, 50)
    expect(page.page.locator(".rows-term", has_text="what its reset takes").locator("b")).to_have_text("0")
    page.page.get_by_label("Surrogate", exact=True).select_option("arctangent")
    expect(page.page.get_by_role("textbox", name=re.compile("^Its steepness"))).to_be_visible()
    page.press("As trained")
    page.until(lambda: shown(page)["u"] == before)
    page.press("Back to the rows")
    expect(page.page.locator(".rows canvas[data-kind=traces]").first).to_be_visible()
    assert page.epoch == 0
    assert page.page.url == address


def test_the_gradient_plays_from_right_to_left_and_can_be_stopped(open_page: Open) -> None:
    page = open_page()
    open_credit(page)
    page.button(PLAY).click()
    expect(page.button(STOP)).to_be_visible()
    first = shown(page)["front"]
    page.until(lambda: (shown(page)["front"] or 0) < first - 5)
    page.button(STOP).click()
    assert shown(page)["front"] is None, "all of it is shown again"
    page.button(PLAY).click()
    expect(page.button(PLAY)).to_be_visible(timeout=15_000)
    assert shown(page)["front"] is None


def test_of_digits_the_credit_is_that_of_the_one_on_display(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_role("combobox", name="Learns").select_option("Digits")
    expect(page.page.locator(".wall[data-drawn]")).to_be_attached(timeout=60_000)
    page.explain("credit")
    expect(page.page.locator(".plain-caption", has_text="For test sample 0 only")).to_be_visible()
    expect(page.page.locator(CREDIT)).to_be_visible()
    found = credit(digits().replace({"input.index": 0})).layers[3]
    np.testing.assert_allclose(shown(page)["u"], found.u[0].T, rtol=1e-3, atol=1e-6)
    map_of(page, 1).click()
    expect(page.page.locator(".rows-sum")).to_contain_text("through the loss")
    whole, terms = sum_shown(page.page)
    assert sum(terms) == pytest.approx(whole, rel=0.02)


def test_the_keyboard_alone_opens_asks_and_leads_back(open_page: Open) -> None:
    page = open_page()
    keys = page.page.keyboard
    page.button("Explain").focus()
    keys.press("Enter")
    item = page.page.locator("[data-testid=stPopoverBody] button:visible").filter(has_text=LABEL).first
    item.focus()
    keys.press("Enter")
    expect(page.page.locator(CREDIT)).to_be_focused()
    expect(map_of(page, 0)).to_be_visible()
    keys.press("End")
    for _ in range(8):
        keys.press("Shift+ArrowDown")  # through the 64 lines of the hidden layer's raster, to its credit
    keys.press("ArrowLeft")
    keys.press("Enter")
    expect(page.page.locator(".rows-sum")).to_contain_text("step 98")
    keys.press("Escape")
    expect(page.page.locator(".rows canvas[data-kind=traces]").first).to_be_visible()


def test_the_epoch_that_is_scrubbed_to_is_the_one_that_is_explained(open_page: Open) -> None:
    page = open_page()
    for epoch in (1, 2):
        page.press("+1 epoch")
        page.until(lambda: page.epoch == epoch)  # noqa: B023  (called at once)
    open_credit(page)
    expect(page.page.locator(".plain-sentence", has_text="∂L/∂u at epoch 2")).to_be_visible()
    at = page.place_of_epoch(0)
    assert at
    page.page.mouse.click(*at)
    expect(page.page.locator(".plain-sentence", has_text="∂L/∂u at epoch 0")).to_be_visible()
