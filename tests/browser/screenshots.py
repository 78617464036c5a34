"""Writes the README's pictures into assets/, from the running app: `python -m tests.browser.screenshots`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.server.link import to_parameter
from app.state.discoveries import DISCOVERIES
from app.state.presets import presets
from tests.browser.chromium import QUIET, find
from tests.browser.network_page import NetworkPage
from tests.browser.neuron_page import NeuronPage
from tests.browser.server import serve
from tests.browser.training_page import TrainingPage

ASSETS = Path(__file__).parents[2] / "assets"
LOOKS = (("light", "light", 1280, 800), ("dark", "dark", 1280, 800), ("narrow", "light", 360, 740))
"""Name, theme, width and height in pixels."""


def trained(page: Page, url: str) -> None:
    """The ten-spike task at its end."""
    training = TrainingPage(page, url)
    training.choose_speed("full speed")
    training.train()
    training.until(lambda: training.spikes == 10 and training.status.endswith("."))


def reservoir(page: Page, url: str) -> None:
    """Spikes that echo."""
    query = to_parameter(next(preset.experiment for preset in presets() if preset.title == "Recurrent reservoir"))
    NetworkPage(page, url, f"?x={query}")


def adapting(page: Page, url: str) -> None:
    """A neuron whose spikes raise its threshold, after its time constant was moved."""
    lesson = next(discovery for discovery in DISCOVERIES if discovery.title == "Adaptation")
    neuron = NeuronPage(page, url, f"?x={to_parameter(lesson.experiment)}")
    neuron.handle("amplitude").focus()
    neuron.answered(lambda: page.keyboard.press("Shift+ArrowUp"))


def main() -> None:
    with sync_playwright() as playwright, serve() as server:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        for subject, show in (("training", trained), ("network", reservoir), ("neuron", adapting)):
            for name, theme, width, height in LOOKS:
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
                show(page, server.url)
                page.mouse.move(0, 0)
                page.wait_for_timeout(500)
                page.screenshot(path=ASSETS / f"{subject}-{name}.png")
                print(f"assets/{subject}-{name}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
