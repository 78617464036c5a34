"""The Training page as a person meets it: what it shows, and what can be done to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

CURVES, NETWORK = range(2)
"""The page's plots, in reading order."""


class TrainingPage:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        expect(page.locator(".plot[data-drawn]")).to_have_count(2, timeout=60_000)

    # ------------------------------------------------------------------------------------------------ what it shows

    @property
    def epoch(self) -> int:
        found = re.search(r"epoch (\d+)", self.page.locator(".headline-unit").inner_text())
        assert found
        return int(found.group(1))

    def settled_epoch(self) -> int:
        """The epoch shown, once it has stood for half a second: on a busy machine the page lags behind the training."""
        while True:
            seen = self.epoch
            self.page.wait_for_timeout(500)
            if self.epoch == seen:
                return seen

    @property
    def spikes(self) -> int:
        return int(self.page.locator(".headline-number").inner_text())

    @property
    def status(self) -> str:
        return self.page.locator(".headline-status").inner_text()

    def plot(self, which: int) -> Locator:
        return self.page.locator(".plot").nth(which)

    def figure(self, which: int) -> dict[str, Any]:
        """What plotly holds of a plot: values of its traces and rasters, range of its time axis."""
        found: dict[str, Any] = self.plot(which).evaluate(
            """plot => {
                const graph = plot.querySelector(".plot-graph");
                const cut = r => Array.from({length: r.rows}, (_, row) => [...r.z.slice(row * r.columns, (row + 1) * r.columns)]);
                return {
                    values: graph._fullData.map(trace => [...trace.y]),
                    rasters: graph.rasters.map(cut),
                    range: graph._fullLayout.xaxis.range,
                    color: graph._fullLayout.font.color,
                };
            }"""
        )
        return found

    def raster(self, which: int) -> list[list[float]]:
        """Values (neurons, time) of the network's rasters: 0 input, 1 hidden, 2 output."""
        chosen: list[list[float]] = self.figure(NETWORK)["rasters"][which]
        return chosen

    def link(self, other_than: str) -> str:
        """The address, once it has changed and then stood for half a second."""
        self.until(lambda: self.page.url != other_than)
        while True:
            seen = self.page.url
            self.page.wait_for_timeout(500)
            if self.page.url == seen:
                return seen

    # -------------------------------------------------------------------------------------------- what can be done

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def train(self) -> None:
        self.page.get_by_role("button", name="Train it to fire").click()

    def choose_speed(self, name: str) -> None:
        self.page.get_by_label("Speed").click()
        self.page.get_by_role("option", name=name).click()

    def slide(self, name: str, key: str, times: int = 1) -> None:
        slider = self.page.get_by_role("slider", name=name)
        slider.focus()
        for _ in range(times):
            slider.press(key)

    def enter(self, name: str, value: str) -> None:
        field = self.page.get_by_label(name, exact=True)
        field.fill(value)
        field.press("Enter")

    def until(self, condition: Callable[[], bool], patience: float = 30.0) -> None:
        """Waits until `condition` holds."""
        for _ in range(int(patience * 20)):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"waited {patience:g} s in vain; epoch {self.epoch}, {self.spikes} spikes, status {self.status!r}")
