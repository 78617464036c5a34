"""Writes the README's pictures into assets/, from the running app: `python -m tests.browser.screenshots`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import QUIET, find
from tests.browser.server import serve
from tests.browser.training_page import TrainingPage

ASSETS = Path(__file__).parents[2] / "assets"
PICTURES = (
    ("training-light.png", "light", 1280, 800),
    ("training-dark.png", "dark", 1280, 800),
    ("training-narrow.png", "light", 360, 740),
)


def main() -> None:
    with sync_playwright() as playwright, serve() as server:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        for name, theme, width, height in PICTURES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            page = TrainingPage(context.new_page(), server.url)
            page.choose_speed("full speed")
            page.train()
            page.until(lambda page=page: page.spikes == 10 and page.status.endswith("."))
            page.page.mouse.move(0, 0)
            page.page.wait_for_timeout(500)
            page.page.screenshot(path=ASSETS / name)
            print(f"assets/{name}")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
