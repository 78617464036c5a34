"""The Conversion page as a person meets it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.waiting import box_of, until

PATIENCE = 90_000


class ConversionPage:
    """Opened at its own address, once both networks are compared."""

    def __init__(self, page: Page, url: str, query: str = "") -> None:
        self.page = page
        page.goto(f"{url}conversion{query}")
        expect(page.locator(".conversion-scatter").first).to_be_visible(timeout=PATIENCE)

    @property
    def curve(self) -> Locator:
        return self.page.locator(".conversion-curve")

    @property
    def scatters(self) -> Locator:
        return self.page.locator(".conversion-scatter")

    @property
    def steps(self) -> int:
        return int(self.curve.get_attribute("aria-valuenow") or 0)

    @property
    def number(self) -> str:
        return self.page.locator(".conversion-number").inner_text()

    @property
    def sentence(self) -> str:
        return self.page.locator(".conversion-head + .conversion-sentence").inner_text()

    def news(self) -> list[str]:
        return self.page.locator(".conversion-news p").all_inner_texts()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def place_of(self, steps: int) -> tuple[float, float]:
        """Where a number of steps lies on the curve, in pixels of the window: T doubles from mark to mark."""
        box = box_of(self.curve)
        unit = self.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize) / 16")
        left, right = box["x"] + 46 * unit, box["x"] + box["width"] - 14 * unit
        return left + (right - left) * (steps.bit_length() - 1) / 6, box["y"] + box["height"] / 2

    def until(self, condition: Callable[[], bool], patience: float = 60.0) -> None:
        """Waits until `condition` holds."""
        until(self.page, condition, lambda: f"{self.number}, {self.page.get_by_role('alert').all_inner_texts()}", patience)
