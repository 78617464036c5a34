"""Everyone's page: keyboard, screen readers, dark theme, a narrow screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.figures.style import PALETTES, Theme
from app.server.link import to_parameter
from tests.browser.conftest import Open
from tests.browser.training_page import CURVES, ENDLESS, NETWORK
from tests.browser.waiting import box_of
from tests.length import sampled


def test_arrow_keys_move_the_cursor_and_say_what_is_there(open_page: Open) -> None:
    page = open_page()
    plot = page.plot(NETWORK)
    plot.focus()
    readout = plot.locator(".rows-readout")
    page.page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("Input channel 0 · time 0 · spikes")
    page.page.keyboard.press("Shift+ArrowRight")
    expect(readout).to_contain_text("Input channel 0 · time 10 · spikes")
    page.page.keyboard.press("ArrowDown")
    expect(readout).to_contain_text("Input channel 1 · time 10 · spikes")
    page.page.keyboard.press("End")
    expect(readout).to_contain_text("Input channel 1 · time 99 · spikes")
    expect(plot.locator(".rows-cursor")).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(readout).to_have_text("")
    expect(plot.locator(".rows-cursor")).to_be_hidden()


def test_enter_picks_the_neuron_under_the_cursor(open_page: Open) -> None:
    page = open_page()
    plot = page.plot(NETWORK)
    before = page.figure()["values"][0]
    plot.focus()
    page.page.keyboard.press("ArrowRight")
    for _ in range(16 + 1 + 2):
        page.page.keyboard.press("ArrowDown")
    expect(plot.locator(".rows-readout")).to_contain_text("LIF 2 neuron 2 ")
    page.page.keyboard.press("Enter")
    page.until(lambda: page.figure()["values"][0] != before)
    expect(plot).to_contain_text("u of neuron 2, threshold θ dashed")


def test_a_click_on_a_raster_picks_its_neuron(open_page: Open) -> None:
    page = open_page()
    plot = page.plot(NETWORK)
    box = box_of(plot)
    page.page.mouse.click(box["x"] + 400, box["y"] + 230)
    page.until(lambda: "neuron" in plot.locator(".rows-readout").inner_text())
    neuron = plot.locator(".rows-readout").inner_text().split("neuron ")[1].split(" ")[0]
    expect(plot).to_contain_text(f"u of neuron {neuron}, threshold θ dashed")


def test_the_main_job_is_done_by_keyboard_alone(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(ENDLESS)}")
    for _ in range(10):
        page.page.keyboard.press("Tab")
        if page.page.evaluate("document.activeElement.innerText") == "Train them":
            break
    page.page.keyboard.press("Enter")
    page.until(lambda: page.epoch >= 1)
    page.button("Pause").press("Enter")
    expect(page.button("+1 epoch")).to_be_enabled()


def test_plots_and_milestones_are_told_to_screen_readers(open_page: Open) -> None:
    page = open_page()
    expect(page.plot(CURVES)).to_have_attribute("aria-label", re.compile("No output spikes so far; at epoch 0, 0 of 10 spikes, loss 100, "))
    expect(page.page.get_by_role("heading", level=1)).to_have_text("SNN Playground · Training")
    page.choose_speed("full speed")
    page.train()
    page.until(lambda: page.spikes == 10)
    milestone = page.page.locator(".headline-milestone")
    expect(milestone).to_have_attribute("role", "status")
    expect(milestone).to_have_text(f"Reached 10 spikes at epoch {page.epoch}.")
    expect(page.plot(CURVES)).to_have_attribute(
        "aria-label",
        re.compile(f"First output spike at epoch 32; at epoch {page.epoch}, 10 of 10 spikes, loss 0, "),
    )


@pytest.mark.parametrize("theme", sampled(["light", "dark"]))
def test_plots_follow_the_theme(open_page: Open, theme: Theme) -> None:
    page = open_page(theme=theme)
    page.until(lambda: page.figure()["color"] == PALETTES[theme].text)


def test_at_360_pixels_number_plot_and_button_fit_and_controls_come_up_in_a_sheet(open_page: Open) -> None:
    page = open_page(width=360, height=740)
    assert page.page.evaluate("document.documentElement.scrollWidth") == 360
    for part in (page.page.locator(".headline-number"), page.page.get_by_role("button", name="Train them"), page.plot(CURVES)):
        box = box_of(part)
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["y"] + box["height"] <= 740
    slider = page.page.get_by_role("slider", name="Spike threshold")
    expect(slider).to_be_hidden()
    page.page.get_by_text("Controls", exact=True).click()
    expect(slider).to_be_visible()
    sheet = box_of(page.page.locator(".st-key-controls"))
    curve = box_of(page.plot(CURVES))
    assert curve["y"] + curve["height"] <= sheet["y"], "the spikes' panel stays in sight"
    button = box_of(page.page.get_by_role("button", name="Train them"))
    assert sheet["y"] + sheet["height"] <= button["y"], "and the main button below the sheet"


def test_at_360_pixels_the_potentials_of_both_layers_are_in_sight(open_page: Open) -> None:
    page = open_page(width=360, height=740)
    shown = page.plot(NETWORK).locator("canvas[data-kind=traces]")
    expect(shown).to_have_count(2)
    button = box_of(page.page.get_by_role("button", name="Train them"))
    for place in range(2):
        box = box_of(shown.nth(place))
        assert box["height"] >= 36
        assert box["y"] + box["height"] <= button["y"]


def test_at_1280_by_800_everything_is_seen_without_scrolling(open_page: Open) -> None:
    page = open_page()
    box = box_of(page.plot(NETWORK))
    assert box["y"] + box["height"] <= 800
    drawer = box_of(page.page.locator(".st-key-drawer"))
    assert drawer["y"] + drawer["height"] <= 800
    assert page.page.locator("[data-testid=stSidebar]").count() == 0
