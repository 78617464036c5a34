"""All pages, each in the states in which it draws most: what holds of everything that the app draws is tested in these."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.waiting import open_by

READY = {"": ".plot[data-drawn]", "network": ".rows[data-drawn]", "neuron": ".neuron[data-drawn]", "conversion": ".conversion-scatter"}
"""What is there once a page is drawn, by the page's path."""

MORE = {"": "More", "network": "More parameters", "neuron": None, "conversion": "More"}
"""Expander among the controls."""

EXPLAINED = {"": "Learning rate", "network": "Spike threshold θ", "neuron": "Spike threshold θ", "conversion": "Spike threshold θ"}
"""A row that has an explanation."""

MENUS = ("Compare", "Explain", "Share")

OPEN_AND_FOCUSED = """() => {
    const open = [...document.querySelectorAll("[data-testid=stPopover] [aria-expanded=true]")].map(button => button.innerText.trim());
    const bodies = [...document.querySelectorAll("[data-testid=stPopoverBody]")].map(body => body.innerText.slice(0, 80));
    return JSON.stringify({ open, bodies, focused: document.activeElement.outerHTML.slice(0, 160) });
}"""
"""Which menus are open, what they hold, and what has the focus."""

NARROW = 640
"""Pixels up to which the controls come up in a sheet."""


def opened(visitors: Callable[..., Page], server: Server, path: str, query: str = "", **visitor: object) -> Page:
    """A page as a new visitor first sees it."""
    page = visitors(server, **visitor)
    page.goto(server.url + path + query)
    for ready in (READY[path], ".controls[data-drawn]" if path != "neuron" else ".neuron[data-drawn]"):
        expect(page.locator(ready).first).to_be_attached(timeout=60_000)
    return page


def until_unfolded(page: Page) -> None:
    """Waits until nothing unfolds any more: meanwhile what is in it is cut."""
    page.wait_for_function("[...document.querySelectorAll('details')].every(each => !each.getAnimations().length)")


def open_menu(page: Page, name: str) -> None:
    """Opens a menu, which takes the focus."""
    focused = page.get_by_test_id("stPopoverBody").locator(":focus")
    try:
        open_by(page.get_by_role("button", name=name, exact=True), focused)
    except AssertionError as failure:
        raise AssertionError(f"{name} was pressed: {page.evaluate(OPEN_AND_FOCUSED)}") from failure


def states(page: Page, path: str) -> Iterator[str]:
    """Brings the page into its states and yields their names."""
    yield "first sight"
    for menu in MENUS:
        open_menu(page, menu)
        yield f"{menu} open"
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    if page.viewport_size and page.viewport_size["width"] <= NARROW:
        page.locator(".st-key-controls_open").get_by_text("Controls", exact=True).click()
    more = MORE[path]
    if more:
        page.locator("summary").filter(has_text=more).first.click()
        expect(page.locator(".controls[data-drawn]")).to_have_count(2)
        until_unfolded(page)
        yield f"{more} open"
    page.get_by_role("button", name=EXPLAINED[path], exact=True).click()
    expect(page.locator(".tip:popover-open")).to_be_visible()
    yield "an explanation open"
    page.keyboard.press("Escape")
    if path == "network":
        page.get_by_role("button", name="Explain", exact=True).click()
        page.get_by_role("button", name="What moved").click()
        expect(page.get_by_role("button", name="Back", exact=True)).to_be_visible()
        yield "causes open"
