"""A server with a plugin: its kind of input is offered, drawn, edited, and opened again by its link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.server.link import from_parameter
from snncore.experiment.inputs import Input
from snncore.experiment.spec import Draft, Experiment
from snncore.run.simulation import simulate
from tests.browser.network_page import NetworkPage
from tests.browser.server import Server, serve


@pytest.fixture(scope="module")
def plugged() -> Iterator[Server]:
    """A server whose owner adds the example."""
    with serve(SNN_PLUGINS="examples.own_input") as running:
        yield running
        assert running.complaints() == []


def from_address(url: str) -> Draft:
    return from_parameter(parse_qs(urlparse(url).query)["x"][0])


def linked(url: str) -> Input:
    """The input that an address names."""
    return from_address(url).input


def test_it_is_chosen_drawn_edited_and_its_link_opens_again(plugged: Server, visitors: Callable[..., Page], own_input: ModuleType) -> None:
    page = NetworkPage(visitors(plugged), plugged.url)
    page.open_panel("Input")
    page.page.get_by_role("radio", name="Sawtooth").click()
    expect(page.page.get_by_role("slider", name="Period T")).to_be_visible()
    page.until(lambda: "x=" in page.page.url and linked(page.page.url).kind == "sawtooth")
    page.slide("Peak I", "ArrowRight", times=3)
    page.until(lambda: getattr(linked(page.page.url), "peak", 0.0) == 1.3)
    (simulation,) = simulate(Experiment(**dict(from_address(page.page.url))))
    u = simulation.records[1].u[0, :, 21]
    page.until(lambda: any(np.array_equal(line, u) for line in page.figure()["values"]))
    other = NetworkPage(visitors(plugged), plugged.url, "?" + urlparse(page.page.url).query)
    other.until(lambda: other.figure()["values"] == page.figure()["values"])
    other.open_panel("Input")
    expect(other.page.get_by_role("radio", name="Sawtooth")).to_be_checked()
