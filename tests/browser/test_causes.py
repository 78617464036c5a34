"""Causes of a spike in a browser: a click on a spike opens them, clicks go on to what sent it, Escape leads back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.server.link import to_parameter
from snncore.experiment.spec import ten_spikes
from tests.browser.conftest import Open, OpenNetwork
from tests.browser.network_page import NetworkPage
from tests.browser.training_page import ROWS
from tests.browser.waiting import box_of, press_until

EAGER = to_parameter(ten_spikes().replace({"network.3.spike_threshold": 0.1}))
"""The ten-spike network with an output that fires."""


def click_spike(page: NetworkPage, raster: int, neuron: int, step: int, neurons: int) -> None:
    """Clicks a spike in one of the page's rasters over 100 steps."""
    click_cell(page.canvas("raster", raster), neuron, step, neurons)


def click_cell(canvas: Locator, neuron: int, step: int, neurons: int) -> None:
    box = box_of(canvas)
    unit = canvas.evaluate("Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16")
    left, right = 52 * unit, 44 * unit
    x = left + (step + 0.5) / 100 * (box["width"] - left - right)
    canvas.click(position={"x": x, "y": (neuron + 0.5) * box["height"] / neurons})


def says(page: Page, text: str) -> Any:
    return expect(page.locator(".plain-sentence", has_text=text)).to_be_visible()


def last_spike(page: NetworkPage, raster: int) -> tuple[int, int]:
    return last_of(page.figure()["rasters"][raster])


def last_of(lines: list[list[float]]) -> tuple[int, int]:
    """Neuron and step of the last spike in a raster's lines."""
    return max(((neuron, step) for neuron, row in enumerate(lines) for step, count in enumerate(row) if count), key=lambda at: at[1])


def test_a_click_on_a_spike_shows_its_causes_and_escape_leads_back(open_network: OpenNetwork) -> None:
    page = open_network(query=f"?x={EAGER}")
    neuron, step = last_spike(page, 2)
    click_spike(page, 2, neuron, step, 4)
    says(page.page, f"Neuron {neuron} of LIF 4 fired at step {step}")
    expect(page.rows).to_have_count(1)
    expect(page.rows).to_be_focused()
    expect(page.page.locator(".rows-links")).to_be_visible()
    expect(page.canvas("raster", 1)).to_have_count(0)
    page.page.keyboard.press("Escape")
    expect(page.canvas("raster", 2)).to_be_visible()
    expect(page.rows).to_have_count(1)
    expect(page.rows).to_be_focused()
    expect(page.page.get_by_role("button", name="Back", exact=True)).to_have_count(0)


def test_causes_are_followed_back_to_the_input(open_network: OpenNetwork) -> None:
    page = open_network(query=f"?x={EAGER}")
    neuron, asked = last_spike(page, 2)
    click_spike(page, 2, neuron, asked, 4)
    says(page.page, "of LIF 4 fired at step")
    expect(page.canvas("raster", 1)).to_have_count(0)  # the rows come after the sentence
    spikes = page.figure()["rasters"][0]
    sent = [(sender, step) for sender, row in enumerate(spikes) for step, count in enumerate(row) if count]
    click_spike(page, 0, *next(place for place in sent if place[1] > asked), 64)
    says(page.page, "What you clicked gave nothing to this u")
    sender, step = max((place for place in sent if place[1] <= asked), key=lambda place: place[1])
    click_spike(page, 0, sender, step, 64)
    says(page.page, f"Neuron {sender} of LIF 2, at step {step}, gave")
    page.button("Why did that fire?").click()
    says(page.page, f"Neuron {sender} of LIF 2 fired at step {step}")
    page.button("How many must go?").click()
    says(page.page, "silent")
    page.button("Back").click()
    says(page.page, "of LIF 4 fired at step")
    page.rows.focus()
    page.page.keyboard.press("Escape")
    expect(page.canvas("raster", 2)).to_be_visible()


def test_the_menu_asks_about_a_neuron_without_a_spike(open_network: OpenNetwork) -> None:
    page = open_network()
    page.select(4)
    page.button("Explain").click()
    page.page.get_by_role("button", name="What moved neuron 2 of LIF 4").click()
    says(page.page, "Neuron 2 of LIF 4 was silent at step")
    expect(page.button("How many must go?")).to_have_count(0)
    page.button("Back").click()
    expect(page.canvas("raster", 2)).to_be_visible()


def test_an_edit_answers_anew_and_one_that_removes_the_neuron_shows_the_rows(open_network: OpenNetwork) -> None:
    page = open_network(query=f"?x={EAGER}")
    click_spike(page, 2, *last_spike(page, 2), 4)
    says(page.page, "of LIF 4 fired at step")
    page.select(4)
    press_until(page.button("Remove").click, lambda patience: expect(page.button("Back")).to_have_count(0, timeout=2 * patience))
    expect(page.canvas("raster", 1)).to_be_visible()


def test_a_spike_of_a_training_is_asked_about_where_it_is_drawn_and_in_the_menu(open_page: Open) -> None:
    page = open_page(f"?x={EAGER}")
    raster = page.page.locator(f"{ROWS} canvas[data-kind=raster]").last
    neuron, step = last_of(page.raster(2))
    click_cell(raster, neuron, step, 4)
    says(page.page, f"Neuron {neuron} of LIF 4 fired at step {step}")
    expect(page.page.locator(ROWS)).to_have_count(0)
    expect(page.page.locator(".plot[data-drawn]")).to_be_visible()
    expect(page.button("Back")).to_have_count(0)
    page.page.get_by_label("Leave out").select_option(label="nothing")
    page.page.get_by_label("Leave out").select_option(index=1)
    says(page.page, "ithout it")
    click_cell(page.page.locator(".rows canvas[data-kind=traces]").last, 0, 40, 1)
    says(page.page, f"Neuron {neuron} of LIF 4 was silent at step 40")
    page.page.locator(".rows").focus()
    page.page.keyboard.press("Escape")
    expect(page.page.locator(f"{ROWS}[data-drawn]")).to_be_visible()
    expect(page.button("Back to the rows")).to_have_count(0)
    page.explain("causes")
    says(page.page, "of LIF 4 fired at step")
    page.press("Back to the rows")
    expect(page.page.locator(f"{ROWS}[data-drawn]")).to_be_visible()
