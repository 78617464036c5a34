"""What Python sent is drawn, also where a message was lost on its way; and where a module can't be loaded, the page says so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from app.components.assets import plotly_url, web_url
from app.components.sent import OFFERED_EVERY, SENT_AFTER
from snncore.experiment.spec import ten_spikes
from snncore.run.simulation import simulate
from tests.browser.network_page import NetworkPage
from tests.browser.server import Server
from tests.browser.views import of_view

SENT_TO_THE_ROWS = b"/rows/rows.js"
TRACE = """({ header, arrays }) => {
    const [line] = header.groups.flatMap(group => group.rows).find(row => row.kind === "traces").lines;
    return [...arrays[line.u]];
}"""


def test_after_a_message_that_was_lost_all_of_it_is_sent_again(visitors: Callable[..., Page], server: Server) -> None:
    is_losing, lost = [False], 0

    def route(socket: WebSocketRoute) -> None:
        server_side = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            nonlocal lost
            if is_losing[0] and isinstance(message, bytes) and SENT_TO_THE_ROWS in message:
                lost += 1
            else:
                socket.send(message)

        server_side.on_message(pass_on)

    made = visitors(server)
    made.route_web_socket("**/_stcore/stream", route)
    page = NetworkPage(made, server.url)
    slider = made.get_by_role("slider", name="Membrane time constant")
    made.wait_for_timeout(1000 * OFFERED_EVERY + 500)  # so that the next message is one that later ones may be based on
    is_losing[0] = True
    slider.press("ArrowRight")
    page.until(lambda: lost > 0)
    made.wait_for_timeout(1000 * SENT_AFTER + 500)  # so that it counts as sent
    is_losing[0] = False
    slider.press("ArrowRight")
    (simulation,) = simulate(ten_spikes().replace({"network.1.tau_mem": 11.0}))
    expected = simulation.records[1].u[0, :, 21]
    page.until(lambda: np.array_equal(of_view(page.rows, TRACE), expected))


def test_a_plot_whose_library_cannot_be_loaded_says_so_until_it_can(profiles: Callable[..., BrowserContext], server: Server) -> None:
    page = profiles(0, {}).new_page()  # whose console may say so too
    page.route(f"**/{plotly_url()}", lambda route: route.abort(), times=1)
    page.goto(server.url)
    expect(page.get_by_role("alert")).to_contain_text("This plot could not be drawn: plotly.js could not be loaded")
    page.get_by_role("button", name="+1 epoch").click()
    expect(page.locator(".plot[data-drawn]")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_view_whose_module_cannot_be_loaded_says_so(visitors: Callable[..., Page], server: Server) -> None:
    page = visitors(server)
    page.route(f"**/{web_url()}/ribbon/*", lambda route: route.fulfill(status=200, content_type="text/javascript", body="broken("))
    page.goto(f"{server.url}network")
    expect(page.get_by_role("alert")).to_contain_text("This part of the page could not be loaded")
    expect(page.locator(".rows[data-drawn]")).to_have_count(1)  # the others are there
