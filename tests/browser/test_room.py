"""Plots take the room that the window has, type grows with it, and projector mode makes both larger still."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Open, OpenNetwork, OpenNeuron
from tests.browser.everywhere import READY
from tests.browser.server import Server
from tests.browser.waiting import box_of
from tests.length import sampled

SIZES = ((1280, 800), (1440, 900), (1920, 1080), (3840, 2160))
PATHS = ("", "network", "neuron")
DRAWN = ".rows[data-drawn], .neuron[data-drawn]"

FREE = """() => {
    const block = document.querySelector(".rows")?.closest(".stColumn").firstElementChild ?? document.querySelector(".neuron-main");
    const ends = [...block.children].map(child => child.getBoundingClientRect().bottom);
    return innerHeight - Math.max(...ends);
}"""
"""Pixels of the window below what stands in the plots' column."""

BELOW = """() => {
    const ends = [...document.querySelectorAll(".rows, .neuron-main")].map(node => node.getBoundingClientRect().bottom);
    return innerHeight - Math.max(...ends);
}"""
"""Pixels of the window below the last plot; the Neuron page's equations belong to it."""

SMALLEST = """() => {
    const words = document.createTreeWalker(document.querySelector(".stMain"), NodeFilter.SHOW_TEXT);
    const sizes = [];
    for (let text = words.nextNode(); text; text = words.nextNode()) {
        const { parentElement } = text;
        if (!text.nodeValue.trim() || !parentElement.checkVisibility({ visibilityProperty: true })) continue;
        const unit = getComputedStyle(document.documentElement).getPropertyValue("--unit");
        sizes.push(parseFloat(getComputedStyle(parentElement).fontSize) * (parentElement.closest(".plot-graph") ? unit : 1));
    }
    return Math.min(...sizes);
}"""
"""The smallest type on the page, in pixels. A canvas's is that of the node around it; plotly draws in units."""


def settled(page: Page, size: tuple[int, int]) -> None:
    """Give the window a size, and wait until nothing changes its height any more."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    heights = "() => [...document.querySelectorAll('canvas, .plot')].map(node => node.getBoundingClientRect().height).join()"
    seen, before = page.evaluate(heights), ""
    while seen != before:
        page.wait_for_timeout(400)
        before, seen = seen, page.evaluate(heights)


def height(node: Locator) -> float:
    box = box_of(node)
    return box["height"]


@pytest.fixture
def open_path(visitors: Callable[..., Page], server: Server) -> Callable[[str], Page]:
    def open_it(path: str) -> Page:
        page = visitors(server)
        page.goto(server.url + path)
        expect(page.locator(DRAWN)).to_have_count(1, timeout=60_000)
        expect(page.locator(READY[path])).to_have_count(1, timeout=60_000)
        return page

    return open_it


@pytest.mark.parametrize("path", PATHS)
def test_every_window_is_filled_without_scrolling_and_a_large_one_has_large_type(path: str, open_path: Callable[[str], Page]) -> None:
    page = open_path(path)
    smallest = []
    for size in SIZES:
        settled(page, size)
        assert 0 <= page.evaluate(FREE) < 0.05 * size[1], size
        assert page.evaluate(BELOW) < 0.15 * size[1], size
        assert page.evaluate("() => document.querySelector('.stMain').scrollHeight") <= size[1], size
        assert page.evaluate("() => document.documentElement.scrollWidth") == size[0]
        smallest.append(page.evaluate(SMALLEST))
    assert smallest == sorted(smallest)
    assert smallest[0] >= 11
    assert smallest[-1] >= 16


def test_the_output_is_higher_than_the_input_and_the_learning_curve_higher_than_either(open_page: Open) -> None:
    page = open_page()
    rasters = page.page.locator("canvas[data-kind=raster]")
    for size in SIZES:
        settled(page.page, size)
        given, _, output = (height(rasters.nth(number)) for number in range(3))
        assert given < output < height(page.page.locator(".plot")), size


def test_opening_the_drawer_gives_its_height_back_when_it_closes(open_page: Open) -> None:
    page = open_page(width=1920, height=1080)
    raster = page.page.locator("canvas[data-kind=raster]").last
    settled(page.page, (1920, 1080))
    before = height(raster)
    drawer = page.page.get_by_text("Gradients, rates, weights, time constants")
    drawer.click()
    expect(page.page.locator(".plot[data-drawn]")).to_have_count(2)
    page.until(lambda: height(raster) < before)
    drawer.click()
    page.until(lambda: height(raster) == before)


def test_rows_stay_where_they_are_when_the_curves_come(visitors: Callable[..., Page], server: Server) -> None:
    page = visitors(server)
    held = []

    def hold(route: object) -> None:
        held.append(route)

    page.route("**/plotly-*", hold)
    page.goto(server.url)
    rows = page.locator(".rows[data-drawn]")
    expect(rows).to_have_count(1, timeout=60_000)
    page.wait_for_timeout(500)
    before = box_of(rows)
    for route in held:
        route.continue_()  # type: ignore[attr-defined]
    expect(page.locator(".plot[data-drawn]")).to_have_count(1)
    page.wait_for_timeout(500)
    assert box_of(rows) == before


def test_a_drag_along_the_learning_curve_chooses_the_epoch_under_the_pointer_in_a_large_window(open_page: Open) -> None:
    page = open_page(width=3840, height=2160)
    page.choose_speed("full speed")
    page.train()
    page.until(lambda: page.spikes == 10 and not page.button("Pause").count(), 60)
    curves = page.page.locator(".plot-graph")
    offset, along = curves.evaluate("graph => [graph._fullLayout.xaxis._offset, graph._fullLayout.xaxis.l2p(20)]")
    unit = page.page.evaluate("() => Number(getComputedStyle(document.documentElement).getPropertyValue('--unit'))")
    assert unit == 2
    box = box_of(curves)
    page.page.mouse.click(box["x"] + unit * (offset + along), box["y"] + box["height"] / 2)
    page.until(lambda: page.epoch == 20)


def test_a_click_in_a_large_window_picks_the_neuron_under_the_pointer(open_network: OpenNetwork) -> None:
    page = open_network(width=3840, height=2160)
    settled(page.page, (3840, 2160))
    raster = page.canvas("raster", 1)
    raster.click(position={"x": 900, "y": 5.5 / 64 * height(raster)})
    expect(page.rows).to_contain_text("u of neuron 5, threshold θ dashed")


def test_a_handle_follows_the_pointer_in_a_large_window(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=3840, height=2160)
    settled(page.page, (3840, 2160))
    trace = page.plot.evaluate("node => node.getBoundingClientRect().height") / 2
    before = page.shown()["ranges"]["trace"]
    with page.held(page.handle("threshold")) as move:
        move(0, 100)
        page.until(lambda: page.shown()["threshold"] != "1")
    lowered = 1 - float(page.shown()["threshold"])
    assert 0 < lowered < 100 / trace * (before[1] - before[0]) * 2


# -------------------------------------------------------------------------------------------- what points at each other


def test_a_chip_and_its_rows_point_at_each_other(open_network: OpenNetwork) -> None:
    page = open_network()
    chips, groups = page.page.locator(".ribbon-chip"), page.page.locator(".rows-group")
    for chip, group in ((0, 0), (2, 1), (4, 2)):
        chips.nth(chip).hover()
        expect(page.page.locator(".rows-group.pointed")).to_have_count(1)
        expect(groups.nth(group)).to_have_class("rows-group pointed")
    page.page.mouse.move(0, 0)
    expect(page.page.locator(".pointed")).to_have_count(0)
    chips.nth(2).focus()
    expect(groups.nth(1)).to_have_class("rows-group pointed")
    groups.nth(2).locator("canvas").first.hover()
    expect(page.page.locator(".ribbon-chip.pointed")).to_have_text("LIF 4")


def test_arrow_keys_in_the_rows_point_at_the_layers_chip(open_network: OpenNetwork) -> None:
    page = open_network()
    page.rows.focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.page.locator(".ribbon-chip.pointed")).to_have_text("Input")
    for _ in range(16):
        page.page.keyboard.press("ArrowDown")
    expect(page.page.locator(".ribbon-chip.pointed")).to_have_text("LIF 2")
    page.page.keyboard.press("Escape")
    expect(page.page.locator(".ribbon-chip.pointed")).to_have_count(0)


# -------------------------------------------------------------------------------------------- projector mode


def is_projected(page: Page) -> bool:
    found: bool = page.evaluate("() => document.documentElement.classList.contains('projector')")
    return found


@pytest.mark.parametrize("path", sampled(PATHS))
def test_p_switches_projector_mode_which_a_reload_keeps(path: str, open_path: Callable[[str], Page]) -> None:
    page = open_path(path)
    expect(page.locator(".projector-menu")).to_have_count(1)
    controls = page.locator(".st-key-controls, .neuron-controls")
    settled(page, (1280, 800))
    usual = page.evaluate(SMALLEST)
    expect(controls).to_be_visible()
    page.keyboard.press("p")
    expect(controls).to_be_hidden()
    settled(page, (1280, 800))
    page.wait_for_function(f"least => ({SMALLEST})() > least", arg=1.2 * usual)
    assert page.evaluate("() => document.querySelector('.stMain').scrollHeight") <= 800, "all is seen at once"
    page.reload()
    expect(page.locator(DRAWN)).to_have_count(1, timeout=60_000)
    expect(page.locator(".projector-menu")).to_have_count(1)
    assert is_projected(page)
    page.keyboard.press("p")
    expect(controls).to_be_visible()


def test_projector_mode_shows_every_row_of_a_training_that_is_over(open_page: Open) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    page.page.keyboard.press("p")
    expect(page.page.locator(".st-key-controls")).to_be_hidden()
    settled(page.page, (1280, 800))
    assert page.page.evaluate("() => document.querySelector('.stMain').scrollHeight") <= 800
    expect(page.page.locator(".rows-stuck")).to_have_count(0)


def test_in_fields_p_is_a_letter(open_page: Open) -> None:
    page = open_page()
    expect(page.page.locator(".projector-menu")).to_have_count(1)
    page.page.get_by_role("textbox", name="Learning rate").focus()
    page.page.keyboard.press("p")
    assert not is_projected(page.page)


def test_the_key_can_be_switched_off_and_the_mode_is_still_in_the_menu(open_page: Open) -> None:
    page = open_page().page
    menu = page.locator(".projector-menu")
    menu.get_by_text("Display").click()
    key = menu.get_by_label("The key P switches it")
    expect(key).to_be_checked()
    key.uncheck()
    page.locator(".rows").focus()
    page.keyboard.press("p")
    assert not is_projected(page)
    page.reload()
    menu.get_by_text("Display").click()
    expect(key).not_to_be_checked()
    menu.get_by_label("Projector mode").check()
    assert is_projected(page)


TOPS = """() => {
    window.tops = [];
    const look = () => {
        const top = document.querySelector(".rows")?.getBoundingClientRect().top;
        if (top !== undefined && window.tops.at(-1) !== top) window.tops.push(top);
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
"""Notes every place of the rows in the window, from the first on."""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["", "network"])
def test_rows_stay_where_they_come_first(path: str, width: int, visitors: Callable[..., Page], server: Server) -> None:
    page = visitors(server, width=width)
    page.add_init_script(f"({TOPS})()")
    page.goto(server.url + path)
    expect(page.locator(".rows[data-drawn]")).to_have_count(1, timeout=60_000)
    settled(page, (width, 800))
    tops = page.evaluate("window.tops")
    assert max(tops) - min(tops) < 2, tops


BUTTONS = re.compile(r"/static/js/Button\.[^/]*\.js")
"""What draws buttons: Streamlit loads it when the first one is to be drawn."""


@pytest.mark.parametrize("path", ["", "network"])
def test_rows_stay_where_they_come_before_the_buttons_above_them(path: str, visitors: Callable[..., Page], server: Server) -> None:
    page = visitors(server, width=1280)
    page.add_init_script(f"({TOPS})()")
    held: list[Route] = []
    page.route(BUTTONS, lambda route: held.append(route))
    page.goto(server.url + path)
    expect(page.locator(".rows[data-drawn]")).to_have_count(1, timeout=60_000)
    main = page.get_by_test_id("stBaseButton-primary").first
    expect(main).to_be_hidden()
    for route in held:
        route.continue_()
    expect(main).to_be_visible()
    settled(page, (1280, 800))
    tops = page.evaluate("window.tops")
    assert max(tops) - min(tops) < 2, tops


def test_the_time_axis_stays_in_sight_and_fades_out_what_it_lies_over(open_network: OpenNetwork) -> None:
    page = open_network()
    page.page.locator(".rows-title", has_text="LIF 2").click()
    foot, end = page.page.locator(".rows-foot"), "node => node.getBoundingClientRect().bottom - innerHeight"
    expect(foot).to_have_class("rows-foot rows-stuck")
    assert foot.evaluate(end) <= 0
    assert foot.evaluate("node => getComputedStyle(node, '::before').backgroundImage").startswith("linear-gradient")
    foot.evaluate("node => node.parentElement.lastElementChild.scrollIntoView({ block: 'end' })")
    page.page.locator(".stMain").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    expect(foot).to_have_class("rows-foot")


def test_on_narrow_screens_the_time_axis_ends_the_rows_and_nothing_covers_it(open_network: OpenNetwork) -> None:
    page = open_network(width=390)
    foot = page.page.locator(".rows-foot")
    page.page.locator(".stMain").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    bar = box_of(page.page.locator(".st-key-buttons"))
    box = box_of(foot)
    assert box["y"] + box["height"] <= bar["y"]
