"""The theme may be changed at any moment, and figures follow it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.figures.style import PALETTES
from tests.browser.server import Server
from tests.length import sampled

HAS_COLOR = """color => [...document.querySelectorAll("canvas")].some((canvas) => {
    const { width, height } = canvas;
    if (!width || !height) return false;
    const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const near = (at) => color.every((part, place) => Math.abs(data[at + place] - part) < 4) && data[at + 3] === 255;
    for (let at = 0; at < data.length; at += 4) if (near(at)) return true;
    return false;
})"""


def rgb(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


@pytest.mark.parametrize(("path", "plot"), sampled([("", ".rows"), ("network", ".rows"), ("neuron", ".neuron")]))
def test_figures_take_the_colours_of_the_theme_that_is_chosen_meanwhile(
    path: str, plot: str, visitors: Callable[..., Page], server: Server
) -> None:
    page = visitors(server, theme="light")
    page.goto(server.url + path)
    expect(page.locator(f"{plot}[data-drawn]")).to_have_count(1, timeout=60_000)
    light, dark = (rgb(PALETTES[theme].membrane) for theme in ("light", "dark"))
    page.wait_for_function(HAS_COLOR, arg=light)
    assert not page.evaluate(HAS_COLOR, dark)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(HAS_COLOR, arg=dark)
    assert not page.evaluate(HAS_COLOR, light)


LEAST_CONTRAST = 4.5
"""Of words against what is behind them (WCAG 2.2, 1.4.3)."""


def luminance(color: str) -> float:
    """Relative luminance of a colour as the browser tells it; it must be opaque."""
    kind, *parts = re.findall(r"rgba?|[\d.]+", color)
    assert kind == "rgb", f"{color} lets through what is behind it"
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (int(p) / 255 for p in parts))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_coloured_button_can_be_read_under_the_pointer(theme: str, visitors: Callable[..., Page], server: Server) -> None:
    page = visitors(server, theme=theme)
    page.goto(server.url)
    button = page.locator(".st-key-drive button").first
    expect(button).to_be_enabled()
    colours = {}
    for name in ("at rest", "under the pointer"):
        button.evaluate("button => Promise.all(button.getAnimations({subtree: true}).map(({ finished }) => finished))")
        colours[name] = button.evaluate("button => (({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(button))")
        button.hover()
    for name, pair in colours.items():
        lighter, darker = sorted(map(luminance, pair), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST, name
    assert colours["at rest"] != colours["under the pointer"]
