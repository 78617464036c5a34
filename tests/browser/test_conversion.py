"""The Conversion page in a real browser: T is dragged, and everything follows from what was sent once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.server.link import to_parameter
from app.state.conversion import presets
from tests.browser.conftest import OpenConversion
from tests.browser.server import Server
from tests.browser.waiting import box_of, open_by

SATURATED = {"network.1.spike_threshold": 0.3, "network.3.spike_threshold": 0.3}


@pytest.mark.main_job
def test_a_dragged_t_leads_the_numbers_and_the_points_without_the_server(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    assert page.steps == 16
    before, names = page.number, page.scatters.first.get_attribute("aria-label")
    page.page.mouse.move(*page.place_of(16))
    page.page.mouse.down()
    page.page.context.set_offline(True)  # whatever follows came before
    try:
        seen = []
        for steps in (8, 4, 2, 1):
            page.page.mouse.move(*page.place_of(steps))
            expect(page.curve).to_have_attribute("aria-valuenow", str(steps))
            seen.append((page.number, page.sentence, page.scatters.first.get_attribute("aria-label")))
        assert len(set(seen)) == len(seen)
        assert seen[-1][0] != before
        assert seen[-1][2] != names
    finally:
        page.page.context.set_offline(False)
    page.page.mouse.up()
    expect(page.page.get_by_role("button", name="Undo", exact=True)).to_be_enabled()
    expect(page.page.locator(".conversion-news").get_by_text("Too few steps")).to_be_visible()


def test_keys_lead_t_too(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    page.curve.focus()
    page.page.keyboard.press("ArrowLeft")
    expect(page.curve).to_have_attribute("aria-valuenow", "15")
    page.page.keyboard.press("PageDown")
    expect(page.curve).to_have_attribute("aria-valuenow", "7")
    page.page.keyboard.press("End")
    expect(page.curve).to_have_attribute("aria-valuenow", "64")
    expect(page.page.get_by_role("textbox", name="Steps")).to_have_value("64")


def test_a_fault_is_named_and_its_button_mends_it(open_conversion: OpenConversion) -> None:
    page = open_conversion(f"?x={to_parameter(presets()[0].experiment.replace(SATURATED))}")
    assert next(words.partition(":")[0] for words in page.news()) == "Saturated"
    page.button("Raise θ to 1").click()
    expect(page.page.locator(".conversion-news").get_by_text("Agreement rose by")).to_be_visible(timeout=60_000)
    expect(page.button("Raise θ to 1")).to_have_count(0)


def test_a_neuron_opens_by_keys_with_its_input_and_goes_to_the_neuron_page(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    page.scatters.first.focus()
    for _ in range(12):
        page.page.keyboard.press("Shift+ArrowRight")
    page.page.keyboard.press("Enter")
    panel = page.page.locator(".conversion-panel")
    expect(panel).to_be_visible()
    expect(panel.locator(".conversion-trace")).to_have_attribute("aria-label", re.compile("^IAF 2, neuron .* activation"))
    page.button("Open on the Neuron page").click()
    expect(page.page.locator(".neuron[data-drawn]")).to_be_attached(timeout=60_000)


def test_a_click_on_a_point_opens_it_and_close_closes_it(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    box = box_of(page.scatters.first)
    page.scatters.first.focus()
    page.page.keyboard.press("ArrowRight")  # the least active one lies at the lower left
    page.page.mouse.click(box["x"] + 48, box["y"] + box["height"] - 34)
    panel = page.page.locator(".conversion-panel")
    expect(panel).to_be_visible()
    page.button("Close").click()
    expect(panel).to_be_hidden()


def test_back_returns_to_the_preset_before(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    preset = page.page.get_by_role("menuitem", name="Digits, convolutional", exact=True)
    open_by(page.button("Start from: Digits, dense"), preset)
    preset.click()
    expect(page.button("Start from: Digits, convolutional")).to_be_visible()
    page.page.go_back()
    expect(page.button("Start from: Digits, dense")).to_be_visible()


def test_a_drag_that_ends_as_a_scroll_takes_t_back(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    page.page.mouse.move(*page.place_of(16))
    page.page.mouse.down()
    page.page.mouse.move(*page.place_of(2))
    expect(page.curve).to_have_attribute("aria-valuenow", "2")
    page.curve.dispatch_event("pointercancel")
    expect(page.curve).to_have_attribute("aria-valuenow", "16")
    page.page.mouse.up()
    expect(page.button("Undo")).to_be_disabled()


def test_only_the_first_button_of_the_mouse_drags_t(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    page.page.mouse.move(*page.place_of(2))
    page.page.mouse.down(button="middle")
    page.page.mouse.up(button="middle")
    expect(page.curve).to_have_attribute("aria-valuenow", "16")
    expect(page.button("Undo")).to_be_disabled()


def test_a_training_is_stopped_and_starts_again(visitors: Callable[..., Page], server: Server) -> None:
    page = visitors(server)
    slow = presets()[0].experiment.replace({"training.epochs": 60, "seeds.weights": 4321})
    page.goto(f"{server.url}conversion?x={to_parameter(slow)}")
    news = page.locator(".conversion-news")
    stop, start_again = (news.get_by_role("button", name=name, exact=True) for name in ("Stop", "Start again"))
    stop.click(timeout=60_000)
    expect(page.locator(".conversion").get_by_text("Stopped. Start again, or change something.")).to_be_visible()
    expect(stop).to_have_count(0)
    start_again.click()
    expect(page.locator(".conversion-scatter").first).to_be_visible(timeout=90_000)
