"""Pictures of what a page shows, saved in the browser: all plots in one PNG, the curves as SVG, in either theme, without the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from app.figures.style import PALETTES, Theme
from tests.browser.server import Server, serve_page
from tests.browser.waiting import box_of
from tests.length import sampled

PLOTS = """
import streamlit as st
from app.components.pictures import pictures
from app.components.plot import Plot, plots
from app.components.rows import rows
from app.figures.rows import Notes, View, rows_figure
from app.figures.style import layout
from snncore.run.simulation import simulate
from snncore.experiment.spec import ten_spikes

st.set_page_config(layout="wide")
pictures("pictures")
theme = st.context.theme.type or "light"
if "bare" not in st.query_params:
    meta = {"label": "Output", "x": "epoch", "value": "spikes"}
    curve = {"type": "scatter", "x": [0, 1, 2], "y": [0, 4, 1], "line": {"color": "#CF5A00", "width": 8}, "meta": meta}
    plots("curves", [Plot(figure={"data": [curve], "layout": layout(theme, 140)}, description="A curve.")])
    notes = {1: Notes("Nearly silent.", ("Set θ to 0.1",)), 3: Notes("Silent.", ())}
    rows("rows", rows_figure(simulate(ten_spikes())[0], View(chosen={1: (0,), 3: (0,)}), notes, theme), "Two layers.")
"""

CURVE = (0xCF, 0x5A, 0x00)
SCALE, MARGIN = 2, 12

Pixels = NDArray[np.uint8]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def plotting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page of one curve, the rows of a network, and the buttons."""
    with serve_page(tmp_path_factory.mktemp("plotting"), PLOTS) as running:
        yield running


@pytest.fixture
def open_plots(browser: Browser, plotting: Server) -> Iterator[Open]:
    heard: list[str] = []
    contexts = []

    def open_it(query: str = "", width: int = 1280, height: int = 800, theme: Theme = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url.startswith(("data:", "blob:")) else heard.append(request.url))
        page.goto(plotting.url + query)
        expect(page.get_by_role("button", name="Picture (PNG)")).to_be_visible(timeout=60_000)
        if not query:
            expect(page.locator(".plot[data-drawn], .rows[data-drawn]")).to_have_count(2, timeout=60_000)
        page.wait_for_load_state("networkidle")
        heard.clear()  # what the page itself is made of
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert heard == [], "a picture asks nothing of the network"


def saved(page: Page, name: str) -> Path:
    """What the button saves, pressed by keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    with page.expect_download() as download:
        button.press("Enter")
    assert download.value.suggested_filename == {
        "Picture (PNG)": "snn-playground.png",
        "Curves (SVG)": "snn-playground-curves.svg",
    }.get(name)
    assert page.locator(".pictures-message").inner_text() == ""
    return download.value.path()


def pixels(page: Page) -> Pixels:
    return np.asarray(Image.open(saved(page, "Picture (PNG)")).convert("RGB"))


def part(picture: Pixels, page: Page, node: Locator) -> Pixels:
    """What the picture shows where a node of the page stands."""
    edges = [box for box in (other.bounding_box() for other in page.locator(".plot, .rows").all()) if box]
    left, top = (min(box[edge] for box in edges) - MARGIN for edge in ("x", "y"))
    box = box_of(node)
    rows = slice(round((box["y"] - top) * SCALE), round((box["y"] + box["height"] - top) * SCALE))
    return picture[rows, round((box["x"] - left) * SCALE) : round((box["x"] + box["width"] - left) * SCALE)]


def ink(picture: Pixels, theme: Theme) -> float:
    """Share of the pixels that are not the background."""
    background = np.array([int(PALETTES[theme].background[place : place + 2], 16) for place in (1, 3, 5)])
    return float((picture != background).any(axis=-1).mean())


@pytest.mark.parametrize("theme", sampled(PALETTES))
def test_a_picture_holds_every_plot_and_word_where_it_stands(open_plots: Open, theme: Theme) -> None:
    page = open_plots(theme=theme, height=1600)
    picture = pixels(page)
    boxes = [box for box in (node.bounding_box() for node in page.locator(".plot, .rows").all()) if box]
    right, bottom = max(box["x"] + box["width"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    assert picture.shape[:2] == (round(bottom - top + 2 * MARGIN) * SCALE, round(right - left + 2 * MARGIN) * SCALE)
    assert ink(picture[: SCALE * MARGIN], theme) == 0, "its margin is the theme's background"
    graph = part(picture, page, page.locator(".plot-graph"))
    assert (np.abs(graph.astype(int) - CURVE) < 8).all(axis=-1).mean() > 0.01, "the curve is there in its colour"
    for canvas in page.locator(".rows canvas:visible").all():
        assert ink(part(picture, page, canvas), theme) > 0.005
    words = page.locator(".rows-title, .rows-words, .rows-sentence")
    assert words.filter(has_text="ilent.").count() == 2
    for node in words.filter(has_text=re.compile(r"\w")).all():
        assert ink(part(picture, page, node), theme) > 0.05, node.inner_text()
    buttons = page.locator(".rows-switch, .rows-remedy")
    assert buttons.count() == 3
    for button in buttons.all():
        assert ink(part(picture, page, button), theme) < 0.001, "buttons are no part of a picture; the words beside may reach in by a pixel"


def test_a_picture_shows_what_the_window_does_not(open_plots: Open) -> None:
    tall, low = (pixels(open_plots(height=height)) for height in (1600, 300))
    assert tall.shape == low.shape
    assert (tall == low).mean() > 0.999, "whatever sticks to the window's edge"


def test_the_curves_are_saved_as_svg(open_plots: Open) -> None:
    page = open_plots()
    root = ElementTree.parse(saved(page, "Curves (SVG)")).getroot()
    box = box_of(page.locator(".plot"))
    assert (int(root.attrib["width"]), int(root.attrib["height"])) == (round(box["width"]) + 2 * MARGIN, round(box["height"]) + 2 * MARGIN)
    paths = root.findall(".//{*}path[@class='js-line']")
    assert [path.attrib["d"].count("L") for path in paths] == [2], "the curve's three points"
    assert "rgb(207, 90, 0)" in paths[0].attrib["style"]
    assert root.find("{*}rect").attrib["fill"].upper() == PALETTES["light"].background  # type: ignore[union-attr]


def test_where_there_is_nothing_to_save_the_buttons_say_so(open_plots: Open) -> None:
    page = open_plots("?bare=1")
    for name, message in (
        ("Picture (PNG)", "There is no plot on this page so far."),
        ("Curves (SVG)", "There are no curves on this page so far."),
    ):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".pictures").get_by_role("status")).to_have_text(message)
