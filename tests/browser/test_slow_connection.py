"""What is done twice in quick succession, before anything of the first was sent, is drawn whole all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.network_page import NetworkPage
from tests.browser.neuron_page import NeuronPage
from tests.browser.server import Server, serve
from tests.browser.training_page import TrainingPage


@pytest.fixture(scope="module")
def slow_server() -> Iterator[Server]:
    with serve("tests.browser.slow_app") as running:
        yield running
        assert running.complaints() == []


@pytest.fixture
def visit(visitors: Callable[..., Page], slow_server: Server) -> Callable[[], Page]:
    return lambda: visitors(slow_server)


def test_a_training_that_was_over_can_be_trained_again_after_two_edits(visit: Callable[[], Page], slow_server: Server) -> None:
    page = TrainingPage(visit(), slow_server.url)
    page.choose_speed("full speed")
    page.train()
    page.until(lambda: page.spikes == 10 and not page.button("Pause").count())
    page.slide("Membrane time constant", "ArrowRight", times=2)
    expect(page.button("Train them")).to_be_enabled()
    page.until(lambda: page.epoch == 0)


def test_the_first_edits_of_a_network_can_be_undone(visit: Callable[[], Page], slow_server: Server) -> None:
    page = NetworkPage(visit(), slow_server.url)
    page.slide("Spike threshold", "ArrowRight", times=2)
    expect(page.button("Undo")).to_be_enabled()
    expect(page.button("Start from: own network")).to_be_visible()


def test_a_neuron_that_is_edited_again_and_again_keeps_its_places(visit: Callable[[], Page], slow_server: Server) -> None:
    page = NeuronPage(visit(), slow_server.url)
    page.handle("threshold").focus()
    for _ in range(6):
        page.page.keyboard.press("ArrowUp")
        page.page.wait_for_timeout(120)  # each is told, and the next comes before it is drawn
    page.page.keyboard.press("ArrowDown")
    expect(page.page.get_by_role("textbox", name="Spike threshold")).to_have_value("1.25", timeout=30_000)
    page.until(lambda: page.is_settled and slow_server.complaints() == [])
    expect(page.button("Undo")).to_be_enabled()
