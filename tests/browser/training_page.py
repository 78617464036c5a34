"""The Training page as a person meets it: what it shows, and what can be done to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from snncore.experiment.spec import ten_spikes
from tests.browser.views import of_view
from tests.browser.waiting import open_by, until

CURVES, NETWORK = ".plot", ".rows"
"""The page's plots."""

ROWS = ".rows[aria-label^='Rasters']"
"""The network's activity alone: for a moment it is still there beside what takes its place."""

ENDLESS = ten_spikes().replace({"training.lr": 1e-7, "training.epochs": 10_000})
"""The ten-spike task at a learning rate that never gets there, so that it is still going when it is paused, on a busy machine too."""


class TrainingPage:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        expect(page.locator(".plot[data-drawn], .rows[data-drawn]")).to_have_count(2, timeout=60_000)

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
    def number(self) -> str:
        """The score of the epoch that is shown."""
        return self.page.locator(".headline-number").inner_text()

    @property
    def spikes(self) -> int:
        return int(self.number)

    @property
    def status(self) -> str:
        return self.page.locator(".headline-status").inner_text()

    def plot(self, which: str) -> Locator:
        return self.page.locator(which)

    @property
    def said(self) -> str:
        """What stands between the headline and the plots."""
        return " ".join(self.page.locator(".st-key-messages").all_inner_texts()).strip()

    def curves(self) -> list[list[float]]:
        """The values of the curves over epochs, as plotly holds them."""
        shown = "plot => JSON.stringify(plot.querySelector('.plot-graph')._fullData.map(trace => [...trace.y]))"
        found: list[list[float]] = json.loads(self.plot(CURVES).evaluate(shown))
        return found

    def place_of_epoch(self, epoch: int) -> tuple[float, float] | None:
        """Where an epoch lies on the first panel of the curves, on the page; None beyond the axis."""
        found = (
            self.plot(CURVES)
            .locator(".plot-graph")
            .evaluate(
                """(graph, epoch) => {
                const { xaxis, yaxis } = graph._fullLayout;
                const { left, top } = graph.getBoundingClientRect();
                const inside = epoch <= xaxis.range[1];
                return inside ? [left + xaxis._offset + xaxis.l2p(epoch), top + yaxis._offset + yaxis._length / 2] : null;
            }""",
                epoch,
            )
        )
        return tuple(found) if found else None

    def figure(self) -> dict[str, Any]:
        """What the network's rows hold: values of their lines and rasters, zoom, text colour."""
        return rows_shown(self.plot(NETWORK))

    def raster(self, which: int) -> list[list[float]]:
        """Values (neurons, time) of the network's rasters: 0 input, 1 hidden, 2 output."""
        chosen: list[list[float]] = self.figure()["rasters"][which]
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
        """Clicks a button off its middle, where it is no double click with `train`, however soon it comes."""
        self.page.get_by_role("button", name=name, exact=True).click(position={"x": 12, "y": 12})

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def open(self, menu: str) -> None:
        open_by(self.button(menu), self.page.get_by_test_id("stPopoverBody"))

    def choose(self, menu: str, item: str) -> None:
        """An item or a button of a menu, which it closes."""
        found = self.page.locator("[role=menuitem], [data-testid=stPopoverBody] button").filter(has_text=item).first
        open_by(self.button(menu), found)
        self.page.mouse.move(0, 0)  # else the button's tooltip may lie over the items
        found.click()
        expect(self.page.locator("[role=menuitem]:visible, [data-testid=stPopoverBody]:visible")).to_have_count(0)

    def explain(self, name: str) -> Locator:
        """Opens an insight, by its name in the menu's table, and waits until it has taken the rows' place."""
        found = self.page.locator(f"[class*='st-key-insight-{name}'] button").locator("visible=true").first
        open_by(self.button("Explain"), found)
        self.page.mouse.move(0, 0)  # else the button's tooltip may lie over the menu
        found.click()
        insight = self.page.locator(".st-key-insight")
        expect(insight).to_be_visible()
        expect(self.page.get_by_test_id("stPopoverBody")).to_have_count(0)
        expect(self.page.locator(f"{ROWS}:not(.st-key-insight *)")).to_have_count(0)
        return insight

    def wait_for_ten(self) -> None:
        """Waits until the training has reached ten spikes and everything on the page shows it."""
        self.until(lambda: self.spikes == 10 and not self.button("Pause").count())
        self.until(lambda: self.curves()[0][-1] == 10 and sum(map(sum, self.raster(2))) == 10)
        self.until(lambda: self.status == f"Ten spikes after {self.epoch} epochs.")

    def train(self) -> None:
        self.page.get_by_role("button", name="Train them").click()

    def choose_speed(self, name: str) -> None:
        speed = self.page.get_by_label("Speed")
        speed.scroll_into_view_if_needed()
        self.page.wait_for_timeout(100)  # a list that opens while its field still moves closes again
        speed.click()
        self.page.get_by_role("option", name=name).click()

    def slide(self, name: str, key: str, times: int = 1) -> None:
        slider = self.page.get_by_role("slider", name=name)
        slider.focus()
        for _ in range(times):
            slider.press(key)

    def enter(self, name: str, value: str) -> None:
        field = self.page.get_by_role("textbox", name=name, exact=True)
        field.fill(value)
        field.press("Enter")

    def until(self, condition: Callable[[], bool], patience: float = 30.0) -> None:
        """Waits until `condition` holds."""
        until(self.page, condition, lambda: f"epoch {self.epoch}, {self.number}, status {self.status!r}", patience)


def rows_shown(rows: Locator) -> dict[str, Any]:
    """What a rows component has drawn: values of its lines and rasters, zoom, text colour, titles of its groups."""
    found: dict[str, Any] = of_view(
        rows,
        """({ header, arrays, zoom }) => {
            const rows = header.groups.flatMap(group => group.rows);
            const cut = ({ z, counts }) => {
                const columns = arrays[z].length / arrays[counts].length;
                return Array.from(arrays[counts], (_, row) => [...arrays[z].slice(row * columns, (row + 1) * columns)]);
            };
            return {
                values: rows.filter(row => row.kind === "traces").flatMap(row => row.lines.map(line => [...arrays[line.u]])),
                rasters: rows.filter(row => row.kind === "raster").map(cut),
                kinds: rows.map(row => row.kind),
                titles: header.groups.map(group => group.title),
                zoom,
                color: header.palette.text,
            };
        }""",
    )
    return found
