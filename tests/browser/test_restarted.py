"""A page that lost its session, since its server was started again or its visitor was away for long, goes on from its address."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, expect

from tests.browser.network_page import NetworkPage
from tests.browser.server import serve


def test_what_is_done_after_the_server_was_started_again_has_its_effect(profiles: Callable[..., BrowserContext]) -> None:
    visitor = profiles(0, {"viewport": {"width": 1280, "height": 800}}).new_page()
    with serve() as server:
        page = NetworkPage(visitor, server.url)
        for value in ("0.95", "0.9", "0.85"):
            lower(page, value)
        page.until(lambda: "x=" in visitor.url)
    expect(visitor.get_by_test_id("stConnectionStatus")).to_be_visible()
    with serve(port=urlsplit(server.url).port):
        for shown in ("stConnectionStatus", "stDialog", "stStatusWidgetRunningIcon"):
            expect(visitor.get_by_test_id(shown)).to_have_count(0, timeout=90_000)
        lower(page, "0.8")
        lower(page, "0.75")


def lower(page: NetworkPage, value: str) -> None:
    """Lowers the threshold to a value, and waits until Python has drawn the rows with it."""
    before, address = drawn(page), page.page.url
    page.slide("Spike threshold", "ArrowDown")
    expect(page.page.get_by_role("slider", name="Spike threshold")).to_have_attribute("aria-valuetext", value)
    page.until(lambda: drawn(page) != before and page.page.url != address)


def drawn(page: NetworkPage) -> str | None:
    """How often the rows were drawn."""
    return page.rows.get_attribute("data-drawn")
