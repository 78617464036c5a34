"""The keyboard is never trapped: Tab leads through every page and out of it, and the browser's keys stay the browser's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.everywhere import READY
from tests.browser.neuron_page import NeuronPage
from tests.browser.server import Server
from tests.browser.waiting import box_of, press_until
from tests.length import sampled

MENUS = "[data-testid=stMain] button:is([aria-haspopup=menu], [aria-haspopup=dialog]):visible"
OPENED = "[role=menu]:visible, [data-testid=stPopoverBody]:visible"

HAS_FOCUS = """() => [...document.querySelectorAll("[data-testid=stPopoverBody]")].every(
  body => body.contains(document.activeElement) && body !== document.activeElement)"""
"""Whether the focus is on something in the menu that is open: on the menu itself it is before its contents are there."""

FIRST_LINK = "A Training"
"""A stop at the beginning of every page."""

TRY = "BUTTON Try "
"""Begins the names of values to try: a parameter's name opens them, and Tab leads on into them; back it comes after them."""

FOCUS = """() => {
    const node = document.activeElement;
    window.stops ??= new Map();
    if (!window.stops.has(node)) window.stops.set(node, window.stops.size);
    const name = node.ariaLabel || node.labels?.[0]?.innerText || node.innerText || "";
    return { number: window.stops.get(node), isOut: node === document.body, name: `${node.tagName} ${name.trim().slice(0, 40)}` };
}"""

TAKEN = """() => {
    const node = document.activeElement;
    const isPlain = node.matches("button:not([class*=ribbon], [role]), a, summary, body, main"); // others use these keys
    const isPlot = node.matches(".plot, .rows, .neuron-plot, .neuron-handle");
    const chord = (modifier, ...keys) => keys.map((key) => ({ key, [`${modifier}Key`]: true }));
    const plain = (...keys) => keys.map((key) => ({ key }));
    const keys = [
        ...plain("F1", "F5", "F6", "F11", "Tab"),
        ...chord("shift", "Tab", "F10"),
        ...["ctrl", "meta"].flatMap((modifier) => chord(modifier, "f", "p", "l", "r", "0", "+", "-", "ArrowLeft")),
        ...chord("alt", "ArrowLeft", "ArrowRight", "d"),
        ...(isPlain || isPlot ? plain("PageUp", "PageDown", "Escape") : []),
        ...(isPlain ? plain("Home", "End") : []),
    ];
    return keys.filter((key) => {
        const event = new KeyboardEvent("keydown", { code: key.key, bubbles: true, cancelable: true, composed: true, ...key });
        node.dispatchEvent(event);
        const isTaken = event.defaultPrevented;
        node.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true, composed: true, ...key }));
        return isTaken;
    });
}"""
"""The keys that the browser would not get where the focus is. They come from a script, so that the browser itself does nothing."""

Visit = Callable[..., Page]


@pytest.fixture
def visit(visitors: Callable[..., Page], server: Server) -> Visit:
    def visit_it(path: str, **visitor: int) -> Page:
        page = visitors(server, **visitor)
        page.goto(server.url + path)
        expect(page.locator(READY[path]).first).to_be_visible(timeout=60_000)
        settle(page)
        return page

    return visit_it


def stops(page: Page, key: str) -> Iterator[str]:
    """Presses a key until it leaves the page, or has come round all of it; each press has to lead elsewhere."""
    last = page.evaluate(FOCUS)
    seen: dict[int, str] = {}
    while True:
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        assert focus["number"] != last["number"], f"{key} never leaves {last['name']}"
        if focus["isOut"]:
            return
        if focus["number"] in seen:
            circle = list(seen.values())[list(seen).index(focus["number"]) :]
            assert FIRST_LINK in circle, f"{key} goes round in {circle}"
            return
        seen[focus["number"]] = focus["name"]
        last = focus
        yield focus["name"]


def assert_keys_are_free(page: Page, where: str) -> None:
    assert page.evaluate(TAKEN) == [], f"taken from the browser at {where}"


def open_everything(page: Page) -> None:
    """Opens what folds, and the controls of a narrow page."""
    if (page.viewport_size or {"width": 0})["width"] < 500:
        page.get_by_test_id("stCheckbox").get_by_text("Controls", exact=True).click()
    for summary in page.locator("summary:visible").all():
        summary.press("Enter")
        expect(summary.locator("xpath=..")).to_have_attribute("open", "")
    settle(page)


def settle(page: Page) -> None:
    """Waits until nothing more comes."""
    seen, count = -1, 0
    while seen != count:
        seen = count
        page.wait_for_timeout(500)
        count = page.locator("button, input, select, textarea, summary").count()


def assert_walks(page: Page) -> None:
    """Tab leads through the page and out of it, and back the same way; at every stop the browser has its keys."""
    page.locator("a").first.focus()
    first = page.evaluate(FOCUS)["name"]
    forwards = list(stops(page, "Tab"))
    back = []
    for name in stops(page, "Shift+Tab"):
        assert_keys_are_free(page, name)
        back.append(name)
    assert FIRST_LINK in forwards
    assert len(forwards) > 8
    assert [name for name in forwards if name != first and not name.startswith(TRY)] == [name for name in reversed(back) if name != first]


@pytest.mark.parametrize("path", sampled(READY))
def test_tab_leads_through_the_page_and_back_and_everywhere_the_browser_has_its_keys(path: str, visit: Visit) -> None:
    page = visit(path)
    assert_walks(page)
    open_everything(page)
    assert_walks(page)


@pytest.mark.parametrize("path", sampled(READY))
def test_on_a_phone_tab_leads_through_the_page_and_its_controls(path: str, visit: Visit) -> None:
    page = visit(path, width=360, height=740)
    open_everything(page)
    assert_walks(page)


@pytest.mark.parametrize("path", sampled(READY))
def test_tab_leads_out_of_every_menu_and_escape_closes_it(path: str, visit: Visit) -> None:
    page = visit(path)
    menus = page.locator(MENUS)
    assert menus.count() > 1
    for place in range(menus.count()):
        for key in ("Tab", "Shift+Tab"):
            menu = menus.nth(place)
            press_until(lambda menu=menu: menu.press("Enter"), open_menus(page, 1))
            page.wait_for_function(HAS_FOCUS)
            assert_keys_are_free_in_menu(page, menu)
            list(stops(page, key))
            press_until(lambda: page.keyboard.press("Escape"), open_menus(page, 0))
            press_until(lambda menu=menu: menu.press("Enter"), open_menus(page, 1))
            press_until(lambda: page.keyboard.press("Escape"), open_menus(page, 0))


def open_menus(page: Page, count: int) -> Callable[[float], None]:
    """Waits until so many menus are open."""
    return lambda patience: expect(page.locator(OPENED)).to_have_count(count, timeout=patience)


def assert_keys_are_free_in_menu(page: Page, menu: Locator) -> None:
    """But for those that a menu itself is used with."""
    own = ("Escape", "Home", "End", "PageUp", "PageDown", "Tab")
    taken = [key for key in page.evaluate(TAKEN) if key["key"] not in own]
    assert taken == [], menu.inner_text()


@pytest.mark.parametrize(
    ("path", "held"),
    sampled(
        [
            ("", ".rows canvas"),
            ("", ".plot-graph"),
            ("network", ".rows canvas"),
            ("neuron", ".neuron-plot"),
            ("neuron", ".neuron-handle"),
            ("neuron", ".neuron-controls input[type=range]"),
        ],
        most=2,
    ),
)
def test_in_and_after_a_drag_the_browser_has_its_keys_and_tab_leads_away(path: str, held: str, visit: Visit) -> None:
    page = visit(path)
    for place in range(page.locator(held).count() if held == ".neuron-handle" else 1):
        node = page.locator(held).nth(place)
        box = box_of(node)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 30, y + 4, steps=3)
        page.evaluate(TAKEN)  # Escape takes back a cursor, once
        assert_keys_are_free(page, f"{held} {place}, which is held")
        page.mouse.up()
        page.mouse.move(x, y)
        page.evaluate(TAKEN)
        assert_keys_are_free(page, f"{held} {place}")
        for key in ("Tab", "Shift+Tab"):
            next(stops(page, key))


def test_a_handle_goes_to_the_ends_of_its_range_by_keys_and_leaves_the_others_to_the_page(visit: Visit) -> None:
    page = visit("neuron")
    handle = page.get_by_role("slider", name="End of the current")
    handle.press("Home")
    expect(handle).to_have_attribute("aria-valuetext", "step 21")
    handle.press("End")
    expect(handle).to_have_attribute("aria-valuetext", "step 200")
    page.set_viewport_size({"width": 1280, "height": 400})
    handle.press("PageDown")
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 0")
    expect(handle).to_have_attribute("aria-valuetext", "step 200")


def test_a_key_that_is_held_while_the_focus_leaves_still_counts_once(visitors: Callable[..., Page], server: Server) -> None:
    neuron = NeuronPage(visitors(server), server.url)
    neuron.handle("threshold").focus()
    keyboard = neuron.page.keyboard
    keyboard.down("ArrowUp")
    keyboard.press("Tab")
    keyboard.up("ArrowUp")
    neuron.until(lambda: neuron.button("Undo").is_enabled() and neuron.is_settled)
    expect(neuron.handle("threshold")).to_have_attribute("aria-valuetext", "1.05")
    expect(neuron.handle("cursor")).to_be_focused()
