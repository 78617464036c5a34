"""The neuron from page to page, after a reload, on a phone, in either theme."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.figures.style import PALETTES
from app.state.tuned_neuron import DEFAULT
from tests.browser.conftest import OpenNeuron
from tests.browser.neuron_page import assert_shows
from tests.browser.waiting import box_of, open_by
from tests.length import sampled

# --------------------------------------------------------------------------------------------- from page to page


def test_a_reload_keeps_the_neuron_and_what_can_be_undone(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("threshold").focus()
    page.answered(lambda: page.page.keyboard.press("ArrowDown"))
    at = page.shown()["at"]
    page.handle("cursor").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.reload()
    page.wait()
    assert page.shown()["threshold"] == str(float(np.float32(0.95)))
    assert page.shown()["at"] == at + 1
    page.answered(lambda: page.button("Undo").click())
    assert_shows(page, DEFAULT)


def test_the_neuron_becomes_a_layer_and_a_neuron_of_a_network_opens_here(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("threshold").focus()
    page.answered(lambda: page.page.keyboard.press("ArrowDown"))
    place = page.page.get_by_role("menuitem", name="In place of LIF 2")
    page.open("Share", "Use as layer")
    open_by(page.button("Use as layer"), place)
    place.click()
    expect(page.page.locator(".rows[data-drawn]")).to_be_visible(timeout=30_000)
    expect(page.page.get_by_role("slider", name="Spike threshold")).to_have_attribute("aria-valuetext", "0.95")
    page.page.get_by_role("button", name="Open neuron").click()
    page.wait()
    page.until(lambda: page.is_settled)
    assert page.shown()["steps"] == 100
    assert page.shown()["settings"]["input"]["kind"] == "file"


def test_pictures_numbers_and_code_are_taken_along(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.answered(lambda: page.button("Four models").click())
    page.open("Share", "Picture (PNG)")
    expect(page.page.get_by_text("LIF(tau_mem=20.0)")).to_be_visible()
    saved = {}
    for name in ("Picture (PNG)", "Curves (SVG)", "Run (CSV)"):
        with page.page.expect_download() as download:
            page.page.get_by_role("button", name=name).click()
        saved[name] = download.value.path().read_bytes()
    picture = np.asarray(Image.open(BytesIO(saved["Picture (PNG)"])).convert("RGB")).reshape(-1, 3)
    membrane = [int(PALETTES["light"].membrane[at : at + 2], 16) for at in (1, 3, 5)]
    assert (np.abs(picture.astype(int) - membrane).sum(axis=1) < 12).sum() > 1000, "the potential is in the picture"
    drawing = saved["Curves (SVG)"].decode()
    ElementTree.fromstring(drawing)
    for word in ("potential u, v", "time (steps)", "ExpLeak never spikes"):
        assert word in drawing
    header, *rows = saved["Run (CSV)"].decode().splitlines()
    assert len(rows) == 200
    column = header.split(",").index("u")
    assert [np.float32(row.split(",")[column]) for row in rows] == page.array("u").astype(np.float32).tolist()


# ----------------------------------------------------------------------------------------------- everyone's page


def test_a_phone_shows_the_count_the_plot_and_play_and_takes_a_finger(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=360, height=740, has_touch=True, is_mobile=True)
    assert page.page.evaluate("document.scrollingElement.scrollWidth") <= 360
    for part in (page.page.locator(".neuron-count"), page.button("Play"), page.plot):
        box = box_of(part)
        assert box["y"] + box["height"] <= 740
    at = page.shown()["at"]
    box = box_of(page.plot)
    page.page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + 150)
    page.until(lambda: page.shown()["at"] > at)
    page.page.get_by_text("Controls", exact=True).click()
    slider = page.slider("τ_mem")
    expect(slider).to_be_visible()
    before = page.array("u")
    box = box_of(slider)
    page.page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    page.until(lambda: not np.array_equal(page.array("u"), before))
    box = box_of(page.plot)
    assert box["y"] < 400, "the sheet leaves the plot in sight"


def test_a_panel_that_is_opened_on_a_phone_comes_into_sight(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=360, height=740)
    page.answered(lambda: page.button("Phase").click())
    panel = page.page.locator(".neuron-panel:visible")

    def is_in_sight() -> bool:
        box = panel.bounding_box()
        return box is not None and box["y"] > 50 and box["y"] + box["height"] < 690

    page.until(is_in_sight)


def test_a_finger_that_scrolls_the_page_moves_no_cursor_and_one_that_goes_aside_takes_it_along(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=360, height=740, has_touch=True, is_mobile=True)
    touch = page.page.context.new_cdp_session(page.page)
    box = box_of(page.plot)
    x, y = box["x"] + box["width"] * 0.6, box["y"] + 180

    def swipe(across: float, down: float) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for part in range(1, 11):
            place = {"x": x + across * part / 10, "y": y + down * part / 10}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.page.wait_for_timeout(300)

    at = page.shown()["at"]
    swipe(60, 5)
    aside = page.shown()["at"]
    assert aside > at
    swipe(-3, -120)
    assert page.shown()["at"] == aside


@pytest.mark.parametrize("theme", sampled(["light", "dark"]))
def test_words_have_contrast_in_either_theme(theme: str, open_neuron: OpenNeuron) -> None:
    page = open_neuron(theme=theme)
    ratio = """node => {
        const share = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        const luminance = (color) => {
            const [red, green, blue] = color.match(/[\\d.]+/g).map((value) => share(value / 255));
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const clear = "rgba(0, 0, 0, 0)";
        let back = node;
        while (back.parentElement && getComputedStyle(back).backgroundColor === clear) back = back.parentElement;
        const { backgroundColor } = getComputedStyle(back);
        const pair = [getComputedStyle(node).color, backgroundColor === clear ? "rgb(255, 255, 255)" : backgroundColor].map(luminance);
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    }"""
    for place in (".neuron-count", ".neuron-symbols", ".neuron-primary", ".control-title", ".control-unit"):
        assert page.page.locator(place).first.evaluate(ratio) >= 4.5, place
