"""What labelled data show in the middle of the Training page: a decision over the plane, a pad to draw on, accuracy against delay."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.server.link import to_parameter
from snncore.experiment.recognition import digits, remember, yin_yang
from snncore.experiment.spec import Experiment
from tests.browser.server import Server
from tests.browser.waiting import box_of
from tests.browser.wcag import LEAST_TARGET, SMALL, violations

ENDLESS = {"training.epochs": 10_000}

Opened = Callable[..., Page]


@pytest.fixture
def opened(visitors: Callable[..., Page], server: Server) -> Opened:
    """Opens the Training page with an Experiment as a new visitor."""

    def open_it(experiment: Experiment, ready: str, **visitor: Any) -> Page:
        page = visitors(server, **visitor)
        page.goto(f"{server.url}?x={to_parameter(experiment.draft)}")
        expect(page.locator(ready)).to_be_attached(timeout=60_000)
        return page

    return open_it


def draws(view: Locator) -> int:
    return int(view.get_attribute("data-drawn") or 0)


def drag(page: Page, node: Locator, *places: tuple[float, float]) -> None:
    """A stroke through places, in shares of the node."""
    box = box_of(node)
    for number, (x, y) in enumerate(places):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if number == 0:
            page.mouse.down()
    page.mouse.up()


# ------------------------------------------------------------------------------------------------------- all of them

SEEN = {
    "decision": (yin_yang, ".decision[data-drawn]", ""),
    "pad": (digits, ".wall[data-drawn]", "Draw your own"),
    "delays": (remember, ".rows[data-drawn]", ""),
}
"""Each view's Experiment, what is there once it is drawn, and the switch that shows it."""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("view", SEEN)
def test_what_labelled_data_show_violates_nothing_of_wcag(view: str, width: int, opened: Opened) -> None:
    experiment, ready, switch = SEEN[view]
    page = opened(experiment(), ready, width=width, theme="dark" if width < 1280 else "light")
    if switch:
        page.get_by_text(switch, exact=True).click()
        expect(page.locator(".pad[data-drawn]")).to_be_attached()
    assert violations(page) == []
    assert page.evaluate(SMALL, LEAST_TARGET) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window"


# ------------------------------------------------------------------------------------------------------- the decision


def test_the_decision_is_repainted_while_the_network_learns(opened: Opened) -> None:
    page = opened(yin_yang().replace(ENDLESS), ".decision[data-drawn]")
    view, plane = page.locator(".decision"), page.locator(".decision-plane")
    before, image = draws(view), plane.evaluate("canvas => canvas.toDataURL()")
    page.get_by_role("button", name="Train it", exact=True).click()
    page.wait_for_function("([view, drawn]) => Number(view.dataset.drawn) > drawn + 5", arg=[view.element_handle(), before], timeout=60_000)
    page.get_by_role("button", name="Pause", exact=True).click()
    assert plane.evaluate("canvas => canvas.toDataURL()") != image


def test_pointing_at_the_plane_reads_it_out_and_shows_the_spikes_of_the_sample_there(opened: Opened) -> None:
    page = opened(yin_yang(), ".decision[data-drawn]")
    page.locator(".decision-plane").hover(position={"x": 120, "y": 60})
    readout = page.locator(".decision-readout")
    expect(readout).to_contain_text("Test sample")
    found = re.search(r"Test sample (\d+)", readout.inner_text())
    assert found
    expect(page.locator(".rows")).to_contain_text(f"Test sample {found.group(1)},")


def test_the_keyboard_reaches_every_point_and_every_neuron(opened: Opened) -> None:
    page = opened(yin_yang(), ".decision[data-drawn]")
    page.locator(".decision-plane").focus()
    page.keyboard.press("ArrowUp")
    readout = page.locator(".decision-readout")
    expect(readout).to_contain_text("Here")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("LIF 2, neuron 0")
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("LIF 2, neuron 1")
    page.keyboard.press("Enter")
    expect(page.locator(".rows")).to_contain_text("of neuron 1,")


def test_margin_and_time_stand_on_a_switch(opened: Opened) -> None:
    page = opened(yin_yang(), ".decision[data-drawn]")
    plane = page.locator(".decision-plane")
    images = set()
    for name in ("Answer", "Margin", "Time"):
        page.get_by_role("radio", name=name, exact=True).check()
        images.add(plane.evaluate("canvas => canvas.toDataURL()"))
    assert len(images) == 3
    expect(page.locator(".decision-legend")).to_contain_text("Answer leads from step 0")


# ------------------------------------------------------------------------------------------------------------ the pad


def test_a_drawn_digit_is_read_and_an_empty_pad_says_so(opened: Opened) -> None:
    page = opened(digits().replace({"training.epochs": 4}), ".wall[data-drawn]")
    page.get_by_role("button", name="Train it", exact=True).click()
    expect(page.locator(".headline-unit")).to_contain_text("epoch 3", timeout=90_000)
    page.get_by_text("Draw your own", exact=True).click()
    sheet, says = page.locator(".pad-sheet"), page.locator(".pad-says")
    expect(sheet).to_be_visible()
    drag(page, sheet, (0.3, 0.25), (0.7, 0.25), (0.6, 0.5), (0.45, 0.85))
    expect(says).to_have_text("The network reads 7.")
    expect(page.locator(".rows")).to_contain_text("7")
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(says).to_contain_text("The pad is empty")
    page.get_by_role("button", name="Draw on the picked digit", exact=True).click()
    expect(says).to_have_text("The network reads 7.")


def test_a_drawn_digit_is_there_after_a_reload(opened: Opened) -> None:
    page = opened(digits(), ".wall[data-drawn]")
    page.get_by_text("Draw your own", exact=True).click()
    sheet, says = page.locator(".pad-sheet"), page.locator(".pad-says")
    expect(sheet).to_be_visible()
    drag(page, sheet, (0.3, 0.25), (0.7, 0.25), (0.6, 0.5), (0.45, 0.85))
    expect(says).to_contain_text("The network reads")
    page.wait_for_url(re.compile("run="))
    said = []
    for _ in range(2):  # before the first reload, it may still be read what was drawn by half
        page.reload()
        page.get_by_text("Draw your own", exact=True).click()
        expect(says).to_contain_text("The network reads")
        said.append(says.inner_text())
    assert said[0] == said[1]


def test_a_digit_can_be_drawn_with_keys(opened: Opened) -> None:
    page = opened(digits(), ".wall[data-drawn]")
    page.get_by_text("Draw your own", exact=True).click()
    sheet = page.locator(".pad-sheet")
    sheet.focus()
    says = page.locator(".pad-says")
    page.keyboard.press("Space")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(says).to_contain_text("The network reads")
    page.keyboard.press("Delete")
    expect(says).to_contain_text("The pad is empty")


# ---------------------------------------------------------------------------------------------------------- the delays


def test_each_delay_is_trained_and_drawn(opened: Opened) -> None:
    page = opened(remember(30).replace({"training.epochs": 2}), ".rows[data-drawn]")
    page.get_by_role("button", name="Train at 25, 50, 100 and 200 steps", exact=True).click()
    shown = page.locator(".st-key-delays .plot-graph")
    page.wait_for_function(
        "graph => graph._fullData?.filter((trace) => trace.mode === 'lines+markers' && trace.x.length === 4).length === 2",
        arg=shown.element_handle(),
        timeout=600_000,  # four trainings, the longest over 200 steps, on a machine that is busy with others
    )
    expect(page.get_by_role("button", name="Train at 25", exact=False)).to_be_visible()
