"""Words of the glossary explain themselves in whatever the app says."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.server.link import to_parameter
from app.state.conversion import presets
from app.words.glossary import GLOSSARY
from tests.browser.conftest import OpenNetwork
from tests.browser.server import Server
from tests.browser.waiting import box_of, press_until

OPEN = ".tip:popover-open"


def rest_on(page: Page, term: str) -> None:
    """Rests the pointer on a word until it is explained: what is drawn above it meanwhile moves it away."""

    def hover() -> None:
        page.mouse.move(0, 0)
        page.locator(term).first.hover()

    press_until(hover, lambda patience: expect(page.locator(OPEN)).to_be_visible(timeout=patience))


def test_a_word_is_explained_where_the_pointer_rests_on_it_until_escape(open_network: OpenNetwork) -> None:
    page = open_network()
    for place, word in (
        (".headline-status", "LIF"),
        (".rows-words", "spike"),
        (".rows-caption", "θ"),
        (".rows-sentence", "u"),
        (".plain-caption", "θ"),
    ):
        rest_on(page.page, f"{place} [data-term='{word}']")
        expect(page.page.locator(OPEN)).to_have_text(GLOSSARY[word])
        page.page.keyboard.press("Escape")
        expect(page.page.locator(OPEN)).to_have_count(0)


def test_a_word_is_explained_on_a_page_of_which_no_view_has_any(visitors: Callable[..., Page], server: Server) -> None:
    page = visitors(server)
    (convolutional,) = (preset for preset in presets() if "convolutional" in preset.title)
    page.goto(f"{server.url}conversion?x={to_parameter(convolutional.experiment)}")
    rest_on(page, ".plain-caption .term")


def test_hz_is_explained_by_this_runs_own_time_step(open_network: OpenNetwork) -> None:
    page = open_network()
    rest_on(page.page, ".rows-words [data-term=Hz]")
    expect(page.page.locator(OPEN)).to_have_text(re.compile("Here a step lasts 1 ms, so that a spike at every step is 1000 Hz."))


def test_a_finger_that_taps_a_word_has_it_explained_and_elsewhere_closes_it(open_network: OpenNetwork) -> None:
    page = open_network(width=360, height=740, has_touch=True, is_mobile=True)
    page.page.locator(".headline-status .term").first.tap()
    tip = page.page.locator(OPEN)
    expect(tip).to_have_text(GLOSSARY["LIF"])
    box = box_of(tip)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.page.locator(".headline-number").tap()
    expect(tip).to_have_count(0)


def test_the_glossary_comes_once_and_its_words_take_no_place_in_the_order_of_tab(open_network: OpenNetwork) -> None:
    asked: list[str] = []
    page = open_network()
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.reload()
    expect(page.page.locator(".headline-status .term")).to_have_count(1)
    page.slide("Spike threshold", "ArrowLeft", times=2)
    page.until(lambda: "x=" in page.page.url)
    assert len([url for url in asked if "glossary" in url]) == 1
    assert page.page.locator(".term").evaluate_all("terms => terms.filter(({ tabIndex }) => tabIndex >= 0).length") == 0
