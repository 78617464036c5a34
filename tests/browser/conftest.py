"""A real server and a real Chromium; every page has to leave the console, and the server its log, empty."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect

from tests.browser.chromium import QUIET, find
from tests.browser.conversion_page import ConversionPage
from tests.browser.network_page import NetworkPage
from tests.browser.neuron_page import NeuronPage
from tests.browser.server import Server, serve
from tests.browser.training_page import TrainingPage
from tests.length import share

expect.set_options(timeout=30_000)
"""On a machine that is busy with something else, a page may take that long; where all is well, nobody waits."""

Open = Callable[..., TrainingPage]
OpenNetwork = Callable[..., NetworkPage]
OpenNeuron = Callable[..., NeuronPage]
OpenConversion = Callable[..., ConversionPage]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out those that aren't drawn for this commit, where `SNN_TEST_LENGTH` asks for less than all; the main job is always tested."""
    drawn_from = [item for item in items if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("main_job") is None]
    left_out = set(drawn_from).difference(share(drawn_from, "in a browser"))
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": find(), "args": list(QUIET)}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running
        said = running.complaints()
        assert not said, "\n".join(said)


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Callable[..., BrowserContext]:
    """Browser profiles by what they are like, and by how many of that kind are in use. Tests take them again, since an empty cache costs
    each half a second; what a visitor leaves behind is cleared away.
    """
    made: dict[tuple[int, str], BrowserContext] = {}

    def profile(number: int, kind: dict[str, Any]) -> BrowserContext:
        key = number, repr(kind)
        if key not in made:
            made[key] = browser.new_context(**kind)
        return made[key]

    return profile


@pytest.fixture
def visitors(profiles: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Makes new visitors of a server, any number of them, each with a page of their own. Whatever the console says fails the test."""
    heard: list[str] = []
    contexts: list[BrowserContext] = []

    def visit(server: Server, width: int = 1280, height: int = 800, theme: str = "light", **more: Any) -> Page:
        context = profiles(len(contexts), {"viewport": {"width": width, "height": height}, "color_scheme": theme, **more})
        contexts.append(context)
        page = context.new_page()
        listen(page, server.url, heard)
        return page

    yield visit
    for context in contexts:
        for page in context.pages:
            with contextlib.suppress(Error):  # it is on its way to another page
                page.evaluate("localStorage.clear()")
            page.close()
        context.clear_cookies()
    assert heard == [], "the console and foreign requests stay empty"


def listen(page: Page, url: str, heard: list[str]) -> None:
    """Collects whatever the console of the page says, and its requests to others than the server at `url`."""
    own = (url, url.replace("http", "ws", 1), "data:", "blob:")
    page.on("console", lambda message: None if _is_streamlits_own(message) else heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    for event in ("request", "websocket"):
        page.on(event, lambda asked: None if asked.url.startswith(own) else heard.append(asked.url))


def _is_streamlits_own(message: ConsoleMessage) -> bool:
    """At the address of a page, Streamlit first asks for its server's health below that address, and then where it is. On a busy machine
    a click and what a view repeats may still go out in one moment, of which it warns; whether each had its effect is for the tests to see.
    """
    is_of_health = "404" in message.text and "/_stcore/" in message.location["url"]
    return is_of_health or "Multiple different fragmentIds detected" in message.text


@pytest.fixture
def open_page(visitors: Callable[..., Page], server: Server) -> Open:
    """Opens the Training page as a new visitor, any number of times."""

    def open_it(path: str = "", **visitor: Any) -> TrainingPage:
        return TrainingPage(visitors(server, **visitor), server.url + path)

    return open_it


@pytest.fixture
def open_network(visitors: Callable[..., Page], server: Server) -> OpenNetwork:
    """Opens the Network page as a new visitor, any number of times."""

    def open_it(query: str = "", through_training: bool = False, **visitor: Any) -> NetworkPage:
        return NetworkPage(visitors(server, **visitor), server.url, query, through_training)

    return open_it


@pytest.fixture
def open_neuron(visitors: Callable[..., Page], server: Server) -> OpenNeuron:
    """Opens the Neuron page as a new visitor, any number of times."""

    def open_it(query: str = "", **visitor: Any) -> NeuronPage:
        return NeuronPage(visitors(server, **visitor), server.url, query)

    return open_it


@pytest.fixture
def open_conversion(visitors: Callable[..., Page], server: Server) -> OpenConversion:
    """Opens the Conversion page as a new visitor, any number of times."""

    def open_it(query: str = "", **visitor: Any) -> ConversionPage:
        return ConversionPage(visitors(server, **visitor), server.url, query)

    return open_it
