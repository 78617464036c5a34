"""How long after an input a page's plots show the answer, in a real Chromium, as the page's own clock tells."""

from __future__ import annotations

from playwright.sync_api import Page, ViewportSize

VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
"""Pixels."""

QUIET_TIME = 400
"""Milliseconds without a change after which the plots count as drawn."""

WATCH = """
() => {
  window.lastChange = 0;
  new MutationObserver(records => {
    const plots = ".js-plotly-plot, .rows, .neuron";
    const inPlot = node => node.nodeType === 1 && (node.closest(plots) || node.querySelector(plots));
    if (records.some(record => inPlot(record.target) || [...record.addedNodes].some(inPlot)))
      requestAnimationFrame(() => { window.lastChange = performance.now(); });
  }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  for (const event of ["keydown", "pointerup"])
    window.addEventListener(event, () => { window.released = performance.now(); window.lastChange = 0; }, true);
}
"""
SETTLED = f"() => window.lastChange > window.released && performance.now() - window.lastChange > {QUIET_TIME}"
ELAPSED = "() => window.lastChange - window.released"


def open_watched(page: Page, url: str) -> Page:
    """Opens an address, and watches its plots from when they were drawn."""
    page.set_viewport_size(VIEWPORT)
    page.goto(url)
    page.locator(".js-plotly-plot .main-svg, .rows[data-drawn], .neuron[data-drawn]").first.wait_for()
    page.wait_for_timeout(1000)
    page.evaluate(WATCH)
    return page


def press_threshold(page: Page, sample: int) -> None:
    """Moves the threshold slider by a key, to and fro."""
    slider = page.get_by_role("slider", name="Spike threshold")
    slider.focus()
    slider.press("ArrowRight" if sample % 2 else "ArrowLeft")


def until_redrawn(page: Page) -> float:
    """Waits until the plots stand still; milliseconds from the release of the last key or pointer to the frame after their last change."""
    page.wait_for_function(SETTLED)
    elapsed: float = page.evaluate(ELAPSED)
    return elapsed
