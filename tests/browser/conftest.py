"""A real server and a real Chromium; every page has to leave the console, and the server its log, empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import QUIET, find
from tests.browser.server import Server, serve
from tests.browser.training_page import TrainingPage

Open = Callable[..., TrainingPage]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": find(), "args": list(QUIET)}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running
        assert running.complaints() == []


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Open]:
    """Opens the Training page as a new visitor, any number of times."""
    heard: list[str] = []
    contexts = []

    def listen(page: Page) -> None:
        page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url.startswith((server.url, "data:", "blob:")) else heard.append(request.url))

    def open_it(path: str = "", width: int = 1280, height: int = 800, theme: str = "light") -> TrainingPage:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        listen(page)
        return TrainingPage(page, server.url + path)

    yield open_it
    for context in contexts:
        context.close()
    assert heard == [], "the console and foreign requests stay empty"
