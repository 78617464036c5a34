"""The Neuron page as a person meets it: what it shows, and what can be done to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from app.components.assets import web_url
from app.server.link import to_parameter
from app.state.tuned_neuron import DEFAULT, edited
from snncore.experiment.spec import Experiment
from snncore.run.simulation import simulate
from tests.browser.waiting import box_of, open_by, until

SHOWN = """async (root, lib) => {
    const { viewAt } = await import(new URL(`${lib}/view.js`, document.baseURI));
    const { run, p, at, part, neuron, settings, seconds, ranges, header, acts, isDragging } = viewAt(root.parentElement);
    const arrays = Object.fromEntries(["z", "i", "u", "v", "s", "theta"].map((name) => [name, Array.from(run[name])]));
    const others = Object.fromEntries(seconds.map(({ name, run }) => [name, Array.from(run.u)]));
    return JSON.stringify({
        ...arrays, others, threshold: String(p.threshold), at, part, neuron, settings, ranges, notes: header.notes, look: header.look,
        steps: run.steps, neurons: run.neurons, pinned: header.pinned?.words ?? null, settled: !acts.unanswered.length && !isDragging,
    });
}"""
"""As one text, since Playwright takes a long time for many numbers."""

ARRAYS = {"u": "u", "v": "v", "s": "spikes"}
"""As the page calls them, and as the record does."""


class NeuronPage:
    """Opened at its own address."""

    def __init__(self, page: Page, url: str, query: str = "") -> None:
        self.page = page
        page.goto(f"{url}neuron{query}")
        self.wait()

    def wait(self) -> None:
        expect(self.root).to_have_count(1, timeout=60_000)

    # ------------------------------------------------------------------------------------------------ what it shows

    @property
    def root(self) -> Locator:
        return self.page.locator(".neuron[data-drawn]")

    @property
    def plot(self) -> Locator:
        return self.page.locator(".neuron-plot")

    @property
    def equation(self) -> str:
        return self.page.locator(".neuron-equation").inner_text()

    @property
    def count(self) -> str:
        return self.page.locator(".neuron-count").inner_text()

    @property
    def drawn(self) -> int:
        """How often Python has answered."""
        return int(self.root.get_attribute("data-drawn") or 0)

    @property
    def is_settled(self) -> bool:
        """Whether snncore has answered all. Where it computed other numbers than the browser, the console says so."""
        return bool(self.shown()["settled"])

    def shown(self) -> dict[str, Any]:
        """What is drawn: the run in the browser, and what is in force."""
        found: dict[str, Any] = json.loads(self.root.evaluate(SHOWN, f"{web_url()}/lib"))
        return found

    def array(self, name: str) -> np.ndarray[Any, Any]:
        return np.array(self.shown()[name])

    def alerts(self) -> list[str]:
        return self.page.get_by_role("alert").all_inner_texts()

    # -------------------------------------------------------------------------------------------- what can be done

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def slider(self, name: str) -> Locator:
        return self.page.locator(".neuron-controls").get_by_role("slider", name=name)

    def handle(self, name: str) -> Locator:
        return self.page.locator(f".neuron-handle-{name}")

    @contextmanager
    def held(self, node: Locator) -> Iterator[Callable[[float, float], None]]:
        """Holds a handle, or a slider's thumb, while the context lasts; the function moves it so many pixels from where it was."""
        node.scroll_into_view_if_needed()
        box = box_of(node)
        share = node.evaluate("node => node.type === 'range' ? (node.value - node.min) / (node.max - node.min) : 0.5")
        x, y = box["x"] + 8 + share * (box["width"] - 16), box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        yield lambda across, down: self.page.mouse.move(x + across, y + down, steps=5)
        self.page.mouse.up()

    def answered(self, act: Callable[[], object]) -> None:
        """Does something, and waits until Python has answered."""
        before = self.drawn
        act()
        self.until(lambda: self.drawn > before)

    def open(self, menu: str, item: str) -> None:
        """Opens a menu in which there is a button of that name."""
        open_by(self.button(menu), self.button(item))

    def choose(self, menu: str, item: str) -> None:
        """Opens a menu and presses a button in it that acts and closes it; waits until both are done, since the closing moves the focus."""
        self.open(menu, item)
        self.answered(self.button(item).click)
        expect(self.page.locator("[data-testid=stPopoverBody]:visible")).to_have_count(0)

    def until(self, condition: Callable[[], bool], patience: float = 30.0) -> None:
        """Waits until `condition` holds."""
        until(self.page, condition, lambda: f"{self.count}, {self.alerts()}", patience)


def link(changes: Mapping[str, Any], experiment: Experiment = DEFAULT) -> str:
    """The query that opens the page on the experiment with some fields changed."""
    return f"?x={to_parameter(edited(experiment, changes, {}))}"


def assert_shows(page: NeuronPage, experiment: Experiment) -> None:
    """The numbers that are drawn are those of snncore, or become them."""
    (record,) = simulate(experiment)[0].records.values()
    arrays = {drawn: getattr(record, kept)[0] for drawn, kept in ARRAYS.items() if record.does_spike or kept != "spikes"}
    expected = {drawn: array.reshape(experiment.input.shape[1], -1).T.astype(float) for drawn, array in arrays.items()}

    def drawn_now() -> dict[str, np.ndarray[Any, Any]]:
        shown = page.shown()
        return {drawn: np.ravel(shown[drawn]) for drawn in expected}

    with suppress(AssertionError):
        page.until(lambda: all(np.array_equal(values, expected[drawn].ravel()) for drawn, values in drawn_now().items()))
    for drawn, values in drawn_now().items():
        np.testing.assert_array_equal(values, expected[drawn].ravel(), drawn)
