"""Writes the README's pictures into assets/, and those of other windows beside them: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from app.server.link import to_parameter
from app.state.discoveries import DISCOVERIES
from app.state.presets import presets
from tests.browser.chromium import QUIET, find
from tests.browser.network_page import NetworkPage
from tests.browser.neuron_page import NeuronPage
from tests.browser.server import serve
from tests.browser.training_page import TrainingPage

ASSETS = Path(__file__).parents[2] / "assets"
LOOKS = (
    ("light", "light", 1280, 800),
    ("dark", "dark", 1280, 800),
    ("narrow", "light", 360, 740),
    ("1440", "light", 1440, 900),
    ("1920", "dark", 1920, 1080),
    ("3840", "light", 3840, 2160),
    ("projector", "light", 1280, 800),
)
"""Name, theme, width and height in pixels."""

README = ("light", "dark", "narrow")
"""Looks that stand in assets/; the others, to be looked at, in the folder for temporary files."""


def trained(page: Page, url: str) -> None:
    """The ten-spike task at its end."""
    training = TrainingPage(page, url)
    training.choose_speed("full speed")
    training.train()
    training.until(lambda: training.spikes == 10 and training.status.endswith("."))


def recognising(page: Page, url: str) -> None:
    """Digits, their training over."""
    query = to_parameter(next(preset.experiment for preset in presets() if preset.title == "Digits"))
    training = TrainingPage(page, url + f"?x={query}")
    training.choose_speed("full speed")
    training.button("Train it").click()
    training.until(lambda: training.epoch >= 10 and training.button("Pause").count() == 0, patience=120)


def converted(page: Page, url: str) -> None:
    """The digits' artificial network and what became of it."""
    page.goto(f"{url}conversion")
    expect(page.locator(".conversion-scatter").first).to_be_visible(timeout=60_000)


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


SUBJECTS = {"training": trained, "digits": recognising, "conversion": converted, "network": reservoir, "neuron": adapting}
"""What brings a page into the state that is shown, by the name of its picture."""


def main() -> None:
    looks = Path(tempfile.mkdtemp(prefix="snn-playground-"))
    with sync_playwright() as playwright, serve() as server:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        for subject, show in (
            ("training", trained),
            ("digits", recognising),
            ("conversion", converted),
            ("network", reservoir),
            ("neuron", adapting),
        ):
            for name, theme, width, height in LOOKS:
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
                show(page, server.url)
                page.mouse.move(0, 0)
                if name == "projector":
                    page.keyboard.press("p")
                page.wait_for_timeout(500)
                path = (ASSETS if name in README else looks) / f"{subject}-{name}.png"
                page.screenshot(path=path)
                print(path)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
