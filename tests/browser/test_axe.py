"""axe-core finds no violation of WCAG 2.2 AA in what the app draws, and whatever can be pressed is as large as it asks for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from app.server.link import to_parameter
from snncore.experiment.recognition import digits
from tests.browser import network_states, training_states
from tests.browser.conftest import Open, OpenNetwork
from tests.browser.everywhere import READY, opened, states
from tests.browser.server import Server
from tests.browser.wcag import LEAST_TARGET, SMALL, violations
from tests.length import sampled


@pytest.mark.parametrize(("path", "theme"), sampled(product(READY, ("light", "dark")), most=3))
def test_nothing_that_is_drawn_violates_wcag(path: str, theme: str, visitors: Callable[..., Page], server: Server) -> None:
    page = opened(visitors, server, path, theme=theme)
    for state in states(page, path):
        assert violations(page) == [], state


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", training_states.STATES)
def test_nothing_that_a_training_shows_violates_wcag(name: str, theme: str, open_page: Open) -> None:
    query, states_of = training_states.STATES[name]
    page = open_page(query, theme=theme)
    for state in states_of(page):
        assert violations(page.page) == [], state


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", network_states.STATES)
def test_nothing_that_a_compared_or_folded_network_shows_violates_wcag(name: str, theme: str, open_network: OpenNetwork) -> None:
    query, states_of = network_states.STATES[name]
    page = open_network(query, theme=theme)
    for state in states_of(page):
        assert violations(page.page) == [], state
        assert page.page.evaluate(SMALL, LEAST_TARGET) == [], state


@pytest.mark.parametrize(("path", "width"), sampled(product(READY, (1280, 390)), most=3))
def test_whatever_can_be_pressed_is_large_enough(path: str, width: int, visitors: Callable[..., Page], server: Server) -> None:
    page = opened(visitors, server, path, width=width)
    for state in states(page, path):
        assert page.evaluate(SMALL, LEAST_TARGET) == [], state


@pytest.mark.parametrize("width", [1280, 390])
def test_labelled_data_are_shown_without_violations(width: int, visitors: Callable[..., Page], server: Server) -> None:
    page = opened(visitors, server, "", f"?x={to_parameter(digits())}", width=width)
    expect(page.locator(".wall[data-drawn]")).to_be_attached(timeout=60_000)
    for state in ("the wall", "the matrix"):
        assert violations(page) == [], state
        assert page.evaluate(SMALL, LEAST_TARGET) == [], state
        page.get_by_role("button", name="Confusion matrix").or_(page.get_by_role("button", name="Wall", exact=True)).click()
