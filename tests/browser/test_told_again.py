"""What is done on rows counts once, whether the connection loses what they tell or it arrives twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.network_page import NetworkPage
from tests.browser.server import Server
from tests.browser.waiting import box_of

BAD_CONNECTION = """
window.toLose = 0; // acts that are still to be lost
window.twiceAfter = 0; // milliseconds after which acts arrive once more
window.arrivals = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (message) {
  if (!new TextDecoder().decode(message).includes('acts')) return send.call(this, message);
  if (window.toLose-- > 0) return;
  const arrive = () => { window.arrivals += 1; send.call(this, message); };
  arrive();
  if (window.twiceAfter) setTimeout(arrive, window.twiceAfter);
};
"""


@pytest.fixture
def page(visitors: Callable[..., Page], server: Server) -> NetworkPage:
    made = visitors(server)
    made.add_init_script(BAD_CONNECTION)
    return NetworkPage(made, server.url)


def pick(page: NetworkPage, neuron: int) -> None:
    """Clicks one of the 64 neurons of the first layer."""
    raster = page.canvas("raster", 1)
    box = box_of(raster)
    raster.click(position={"x": 300, "y": (neuron + 0.5) * box["height"] / 64})


def test_a_pick_that_was_lost_is_told_again(page: NetworkPage) -> None:
    page.page.evaluate("window.toLose = 1")
    pick(page, 30)
    expect(page.rows).to_contain_text("u of neuron 30, threshold θ dashed")
    expect(page.rows).to_contain_text("Weights from Linear 1 to neuron 30")
    assert page.page.evaluate("window.toLose") < 0, "it was lost, and told again"


def test_picks_that_were_lost_are_all_told_with_the_next(page: NetworkPage) -> None:
    page.page.evaluate("window.toLose = 2")
    pick(page, 30)
    page.button("all neurons").last.click()
    page.until(lambda: "heatmap" in page.figure()["kinds"])
    expect(page.rows).to_contain_text("u of neuron 30, threshold θ dashed")


def test_what_arrives_twice_counts_once(page: NetworkPage) -> None:
    page.page.evaluate("window.twiceAfter = 400")
    pick(page, 30)  # a second time would hide the weights again
    page.until(lambda: page.page.evaluate("window.arrivals") == 2)
    expect(page.rows).to_contain_text("Weights from Linear 1 to neuron 30")
    page.button("all neurons").last.click()  # a second time would show traces again
    page.until(lambda: page.page.evaluate("window.arrivals") >= 4)
    page.page.wait_for_timeout(500)
    assert "heatmap" in page.figure()["kinds"]
    expect(page.rows).to_contain_text("Weights from Linear 1 to neuron 30")
