"""Phones show every page whole: its name and its links, its main action, and nothing beyond the edge."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenNeuron
from tests.browser.everywhere import READY, opened
from tests.browser.server import Server
from tests.browser.waiting import box_of

WIDTHS = (360, 390)

MAIN = {"": "Train them", "network": "Train this network", "neuron": "Play", "conversion": "Fine-tune"}
"""Main action by page."""

LINES = """lines => lines.map(line => [...line.querySelectorAll(".neuron-numbers")].map(numbers => {
    const tops = [...numbers.children].map(piece => Math.round(piece.getBoundingClientRect().top));
    return Math.max(...tops) - Math.min(...tops);
})).flat().filter(Number.isFinite)"""
"""How far apart the numbers of each equation stand from top to bottom."""


def edges_of(node: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom."""
    box = box_of(node)
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def overlap(one: Locator, other: Locator) -> bool:
    a, b = edges_of(one), edges_of(other)
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("path", READY)
def test_a_phone_shows_a_page_whole(path: str, visitors: Callable[..., Page], server: Server) -> None:
    page = opened(visitors, server, path, width=WIDTHS[0], height=740, has_touch=True, is_mobile=True)
    head = [page.locator(".st-key-pages h1"), *page.locator(".st-key-pages a").all()]
    head += [page.locator(".projector-menu > summary"), page.get_by_test_id("stMainMenu")]
    bar = page.locator(".st-key-buttons")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for one, other in combinations(head, 2):
            assert not overlap(one, other), (one, other)
        for link in page.locator(".st-key-pages a").all():
            assert link.evaluate("node => node.scrollWidth <= node.clientWidth"), "its name isn't cut"
        for node in [
            *head,
            bar,
            *bar.locator("button:not([tabindex='-1']):visible").all(),
            page.get_by_role("button", name=MAIN[path], exact=True),
        ]:
            left, top, right, bottom = edges_of(node)
            assert left >= 0, node
            assert top >= 0, node
            assert right <= width, node
            assert bottom <= 740, node


def test_the_numbers_of_an_equation_stand_in_one_line_on_a_phone(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=WIDTHS[0], height=740)
    lines = page.page.locator(".neuron-line")
    expect(lines.first).to_be_attached()
    apart = lines.evaluate_all(LINES)
    assert len(apart) > 3
    assert max(apart) <= 1


AS_SWITCHED = """() => {
  const [input, controls] = [".st-key-controls_open input", ".st-key-controls"].map(place => document.querySelector(place));
  return input && controls && input.checked === controls.checkVisibility();
}"""
"""Whether the controls are there if their switch says so, and aren't otherwise."""


def test_a_phone_shows_the_controls_while_they_are_switched_on(visitors: Callable[..., Page], server: Server) -> None:
    page = opened(visitors, server, "", width=WIDTHS[0], height=740, has_touch=True, is_mobile=True)
    controls, heading = page.locator(".st-key-controls"), page.locator(".st-key-pages h1")
    switch = page.locator(".st-key-controls_open").get_by_text("Controls", exact=True)

    def switched_on() -> None:
        page.wait_for_function(AS_SWITCHED)
        expect(controls).to_be_hidden()
        switch.click()
        expect(controls).to_be_visible()

    switched_on()
    page.locator(".st-key-pages").get_by_role("link", name="Network").click()
    expect(heading).to_have_text("SNN Playground · Network")
    switched_on()  # each page has a switch of its own
    page.go_back()
    expect(heading).to_have_text("SNN Playground · Training")
    switched_on()
    page.reload()
    expect(heading).to_have_text("SNN Playground · Training", timeout=60_000)
    switched_on()
    switch.click()
    expect(controls).to_be_hidden()


def test_projector_mode_shows_the_controls_while_they_are_switched_on(visitors: Callable[..., Page], server: Server) -> None:
    page = opened(visitors, server, "")
    controls = page.locator(".st-key-controls")
    expect(page.locator(".projector-menu")).to_have_count(1)
    page.keyboard.press("p")
    expect(controls).to_be_hidden()
    for visible in (True, False):
        page.locator(".st-key-controls_open").get_by_text("Controls", exact=True).click()
        expect(controls).to_be_visible(visible=visible)
