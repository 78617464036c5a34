"""The Network page as a person meets it: what it shows, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.training_page import rows_shown
from tests.browser.waiting import open_by, until

TEN_SPIKES = ["Input", "Linear 1, 16→64", "LIF 2", "Linear 3, 64→4", "LIF 4"]
"""The chips of the ribbon as the page opens."""


class NetworkPage:
    """Opened at its own address, or with `through_training` from the first page by the link at the top."""

    def __init__(self, page: Page, url: str, query: str = "", through_training: bool = False) -> None:
        self.page = page
        if through_training:
            page.goto(url)
            page.get_by_role("link", name="Network", exact=True).click()
        else:
            page.goto(f"{url}network{query}")
        expect(page.locator(".rows[data-drawn]")).to_have_count(1, timeout=60_000)
        expect(page.locator(".ribbon-chip").first).to_be_visible()

    # ------------------------------------------------------------------------------------------------ what it shows

    @property
    def rows(self) -> Locator:
        return self.page.locator(".rows")

    @property
    def readout(self) -> str:
        return self.page.locator(".rows-readout").inner_text()

    def figure(self) -> dict[str, Any]:
        return rows_shown(self.rows)

    def chips(self) -> list[str]:
        """The line of layers, the input first."""
        return self.page.locator(".ribbon-chip").all_inner_texts()

    def shapes(self) -> list[str]:
        return self.page.locator(".ribbon-shape").all_inner_texts()

    def alerts(self) -> list[str]:
        return self.page.get_by_role("alert").all_inner_texts()

    def canvas(self, kind: str, number: int = 0) -> Locator:
        """The n-th row of a kind: raster, traces, heatmap, bars, weights, maps."""
        return self.page.locator(f"canvas[data-kind={kind}]").nth(number)

    # -------------------------------------------------------------------------------------------- what can be done

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def click_again(self, name: str) -> None:
        """Clicks the button that came in place of the one before, off its middle, where that is no double click."""
        self.button(name).first.click(position={"x": 3, "y": 3})

    def select(self, chip: int) -> None:
        self.page.locator(".ribbon-chip").nth(chip).click()
        expect(self.page.locator(".ribbon-chip").nth(chip)).to_have_attribute("aria-pressed", "true")

    def add(self, kind: str) -> None:
        self.choose(self.button("Add"), kind)

    def start_from(self, title: str) -> None:
        self.choose(self.page.get_by_role("button", name="Start from"), title)

    def choose(self, menu: Locator, item: str) -> None:
        """An item of a menu, which it closes."""
        found = self.page.get_by_role("menuitem", name=item, exact=True)
        open_by(menu, found)
        self.page.mouse.move(0, 0)  # else the button's tooltip may lie over the items
        found.click()

    def open_panel(self, name: str) -> None:
        self.page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()

    def open_menu(self, name: str) -> None:
        open_by(self.button(name), self.page.get_by_test_id("stPopoverBody"))

    def slide(self, name: str, key: str, times: int = 1) -> None:
        slider = self.page.get_by_role("slider", name=name)
        slider.focus()
        for _ in range(times):
            slider.press(key)

    def upload(self, name: str, content: bytes) -> None:
        self.page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})

    def tab_to(self, name: str) -> None:
        """Presses Tab until something of that name has the focus."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText || '').trim()")
            if found.startswith(name):
                return
        raise AssertionError(f"Tab never reaches {name!r}")

    def until(self, condition: Callable[[], bool], patience: float = 30.0) -> None:
        """Waits until `condition` holds."""
        until(self.page, condition, lambda: f"{self.chips()}, {self.alerts()}", patience)
