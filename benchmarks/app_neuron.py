"""How the Neuron page follows a hand, in a real Chromium.

`python -m benchmarks.app_neuron` drags the τ_mem slider, the threshold in the plot and the input's amplitude, and tells how long the
frames were meanwhile, of one neuron and of 64, over 200 time steps; then how long after the release Python's figures are there, the
surrogate's among them, beside a page that draws with `st.plotly_chart` behind `st.slider`, which draws nothing until the release; and how
large the page's own modules and style sheets are.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import Locator, Page, sync_playwright

from app.server.link import to_parameter
from app.state.tuned_neuron import DEFAULT
from benchmarks.browser import open_watched, press_threshold, until_redrawn
from benchmarks.timing import percentile
from tests.browser.chromium import QUIET, find
from tests.browser.server import serve

LONGEST_FRAME = 33.0
"""Milliseconds, of one neuron."""

MEDIAN_FRAME = 17.0
"""Milliseconds, of 64."""

ANSWER = 100.0
"""Milliseconds from the release to Python's figures."""

MOVES = 150
REST = 12
"""Milliseconds between two moves of the pointer: more than one for each frame."""

RELEASES = 20
WARM_UP = 5

COLLECT = """() => {
    window.frames_ = [];
    const collect = (time) => { window.frames_.push(time); window.collecting = requestAnimationFrame(collect); };
    window.collecting = requestAnimationFrame(collect);
}"""
LOADED = """() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/app/static/web-"))
    .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)"""
COLLECTED = "() => { cancelAnimationFrame(window.collecting); return window.frames_; }"


@dataclass(frozen=True)
class Drag:
    """Attributes:
    of: what is taken hold of.
    across, up: pixels that it is moved to and fro.
    """

    of: Callable[[Page], Locator]
    across: float
    up: float


def main() -> None:
    one = DEFAULT
    many = DEFAULT.replace({"input": {"kind": "poisson_spikes", "rate": 50.0, "weight": 30.0, "shape": (1, 200, 64)}})
    with sync_playwright() as playwright, serve() as ours, serve(script="benchmarks/peer_app.py") as peer:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        page = open_watched(browser.new_page(), f"{ours.url}neuron?x={to_parameter(one)}")
        crowd = open_watched(browser.new_page(), f"{ours.url}neuron?x={to_parameter(many)}")
        page.bring_to_front()
        for name, drag in DRAGS.items():
            _print_frames(f"1 neuron, {name}", measure_frames(page, drag), most=LONGEST_FRAME)
        crowd.bring_to_front()
        _print_frames("64 neurons, τ_mem slider", measure_frames(crowd, DRAGS["τ_mem slider"]), median=MEDIAN_FRAME)
        _print_answers(page, open_watched(browser.new_page(), f"{ours.url}neuron"), open_watched(browser.new_page(), peer.url))
        print(f"the page's own modules and style sheets: {page.evaluate(LOADED):,} bytes")
        browser.close()


# ------------------------------------------------------------------------------------------------------------- frames


def _tau(page: Page) -> Locator:
    return page.locator(".neuron-controls").get_by_role("slider", name="τ_mem")


DRAGS = {
    "τ_mem slider": Drag(_tau, across=60, up=0),
    "threshold in the plot": Drag(lambda page: page.locator(".neuron-handle-threshold"), across=0, up=30),
    "amplitude in the plot": Drag(lambda page: page.locator(".neuron-handle-amplitude"), across=0, up=20),
}


def measure_frames(page: Page, drag: Drag) -> list[float]:
    """Milliseconds from frame to frame while something is dragged to and fro."""
    x, y = _hold(page, drag)
    page.mouse.down()
    page.mouse.move(x + 1, y + 1)
    page.evaluate(COLLECT)
    for move in range(MOVES):
        share = abs(move % 40 - 20) / 20
        page.mouse.move(x + drag.across * share, y - drag.up * share)
        page.wait_for_timeout(REST)
    times: list[float] = page.evaluate(COLLECTED)
    page.mouse.up()
    until_redrawn(page)
    return [after - before for before, after in pairwise(times)]


def _hold(page: Page, drag: Drag) -> tuple[float, float]:
    """Where what is dragged can be taken hold of: a slider at its thumb."""
    node = drag.of(page)
    box = node.bounding_box()
    assert box
    share = node.evaluate("node => node.type === 'range' ? (node.value - node.min) / (node.max - node.min) : 0.5")
    x, y = box["x"] + 8 + share * (box["width"] - 16), box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    return x, y


def _print_frames(name: str, frames: list[float], most: float | None = None, median: float | None = None) -> None:
    bars = [f"longest: {most:.0f}" for most in [most] if most] + [f"median: {median:.0f}" for median in [median] if median]
    print(
        f"{name}: frames of median {statistics.median(frames):.1f} ms, p95 {percentile(frames, 95):.1f}, longest {max(frames):.1f}, "
        f"{len(frames)} frames (bar, {', '.join(bars)})",
        flush=True,
    )


# ------------------------------------------------------------------------------------------------------------ answers


def _print_answers(page: Page, surrogate: Page, peer: Page) -> None:
    """From the release to the last change of what Python sent, in turn: its run alone, its surrogate figure too, and the peer's figures."""
    surrogate.bring_to_front()
    surrogate.get_by_role("button", name="Surrogate", exact=True).click()
    surrogate.locator(".js-plotly-plot .main-svg").first.wait_for()
    surrogate.wait_for_timeout(1000)
    contestants = {
        "release to Python's run": (page, _release),
        "release to Python's run and surrogate figure": (surrogate, _release),
        "st.slider to st.plotly_chart": (peer, press_threshold),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for sample in range(WARM_UP + RELEASES):
        for name, (seen, release) in contestants.items():
            seen.bring_to_front()
            release(seen, sample)
            times[name].append(until_redrawn(seen))
    bar = f" (bar: below {ANSWER:.0f})"
    for name, (seen, _) in contestants.items():
        kept = times[name][WARM_UP:]
        print(f"{name}: median {statistics.median(kept):.0f} ms{'' if seen is peer else bar}, p95 {percentile(kept, 95):.0f}")
    *own, other = (statistics.median(kept[WARM_UP:]) for kept in times.values())
    print(f"st.plotly_chart takes {' and '.join(f'{other / median:.1f}' for median in own)} times as long")


def _release(page: Page, sample: int) -> None:
    """Drags the threshold in the plot, and lets go."""
    x, y = _hold(page, DRAGS["threshold in the plot"])
    page.mouse.down()
    page.mouse.move(x, y + (10 if sample % 2 else -10), steps=5)
    page.wait_for_timeout(100)
    page.mouse.up()


if __name__ == "__main__":
    main()
