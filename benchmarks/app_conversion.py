"""How soon the Conversion page stands, and how it follows a hand, in a real Chromium.

`python -m benchmarks.app_conversion` opens the page of a server that runs already: with networks that nobody has trained yet, and again
with the same, which the server shares; and tells after how long the accuracy curve stands, and how much processor time the server took.
Then it drags T to and fro over the curve, and tells how long the frames were meanwhile, and how many of them showed another T.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.server.link import to_parameter
from app.state.conversion import presets
from benchmarks.browser import VIEWPORT
from benchmarks.timing import percentile
from tests.browser.chromium import QUIET, find
from tests.browser.conversion_page import ConversionPage
from tests.browser.server import Server, serve

STANDS = 2.0
"""Seconds until the curve of the first preset stands, its network trained meanwhile."""

LONGEST_FRAME = 33.0
"""Milliseconds, while T is dragged."""

VISITS = 5
MOVES = 150
REST = 12
"""Milliseconds between two moves of the pointer: more than one for each frame."""

PATIENCE = 90_000.0
"""Milliseconds."""

COLLECT = """() => {
    const root = document.querySelector(".conversion");
    window.frames_ = [];
    const collect = (time) => {
        window.frames_.push([time, Number(root.querySelector(".conversion-curve").ariaValueNow)]);
        window.collecting = requestAnimationFrame(collect);
    };
    window.collecting = requestAnimationFrame(collect);
}"""
COLLECTED = "() => { cancelAnimationFrame(window.collecting); return window.frames_; }"

Frames = list[tuple[float, int]]
"""Time in milliseconds, T on display, and T as the slider tells it."""


def main() -> None:
    with sync_playwright() as playwright, serve() as server:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))

        def visitor() -> Page:
            return browser.new_context(viewport=VIEWPORT).new_page()

        measure_opening(visitor, server, seed=1000)  # which loads what all others find loaded
        times = [measure_opening(visitor, server, seed=1001 + visit) for visit in range(VISITS)]
        _print_opening("a network that nobody has trained yet", times, STANDS)
        _print_opening("the same again", [measure_opening(visitor, server, seed=1001 + visit) for visit in range(VISITS)])
        for preset in presets():
            page = ConversionPage(visitor(), server.url, f"?x={to_parameter(preset.draft)}")
            page.page.wait_for_timeout(1000)
            _print_frames(f"{preset.title}, T dragged", measure_frames(page))
        browser.close()


def measure_opening(visitor: Callable[[], Page], server: Server, seed: int) -> tuple[float, float]:
    """Seconds until the accuracy curve stands, and of them those of the server's processor time."""
    page, experiment = visitor(), presets()[0].experiment.replace({"seeds.weights": seed})
    used, begun = _processor_time(server.pid), time.monotonic()
    page.goto(f"{server.url}conversion?x={to_parameter(experiment)}", wait_until="commit")
    page.locator(".conversion-scatter").first.wait_for(timeout=PATIENCE)
    found = time.monotonic() - begun, _processor_time(server.pid) - used
    page.context.close()
    return found


def measure_frames(page: ConversionPage) -> Frames:
    """Frames while T is dragged to and fro over the whole curve."""
    (left, y), (right, _) = page.place_of(1), page.place_of(64)
    mouse = page.page.mouse
    mouse.move(*page.place_of(16))
    mouse.down()
    page.page.evaluate(COLLECT)
    for move in range(MOVES):
        mouse.move(left + (right - left) * abs(move % 60 - 30) / 30, y)
        page.page.wait_for_timeout(REST)
    frames: Frames = page.page.evaluate(COLLECTED)
    mouse.up()
    return frames


def _processor_time(pid: int) -> float:
    """Seconds that a process has computed."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _print_opening(name: str, times: list[tuple[float, float]], most: float | None = None) -> None:
    stands, computed = (statistics.median(column) for column in zip(*times, strict=True))
    bar = "" if most is None else f" (bar: below {most:.0f})"
    print(f"{name}: the curve stands after {stands:.2f} s{bar}, {computed:.2f} s of them computed by the server", flush=True)


def _print_frames(name: str, frames: Frames) -> None:
    lengths = [after[0] - before[0] for before, after in pairwise(frames)]
    others = sum(before[1] != after[1] for before, after in pairwise(frames))
    print(
        f"{name}: frames of median {statistics.median(lengths):.1f} ms, p95 {percentile(lengths, 95):.1f}, longest {max(lengths):.1f} "
        f"(bar, longest: {LONGEST_FRAME:.0f}); {len(frames)} frames, {others} with another T than before",
        flush=True,
    )


if __name__ == "__main__":
    main()
