"""What moves is looked at: the browser asks for it, and Streamlit draws nothing meanwhile, unless it has to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocket

from app.server.link import to_parameter
from tests.browser.server import Server
from tests.browser.training_page import ENDLESS, TrainingPage

LOOK, MESSAGE = "l", "m"
MANY = 10


def on_endless(page: Page, server: Server) -> TrainingPage:
    return TrainingPage(page, f"{server.url}?x={to_parameter(ENDLESS)}")


def test_a_training_is_looked_at_without_a_message_of_streamlits(visitors: Callable[..., Page], server: Server) -> None:
    seen: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda _: seen.append(MESSAGE))

    made = visitors(server)
    made.on("websocket", listen)
    made.on("response", lambda answer: "/look/" in answer.url and answer.status == 200 and seen.append(LOOK))
    page = on_endless(made, server)
    page.choose_speed("1 epoch/s")  # so that it takes long until a finding is said, which Streamlit draws
    page.train()
    page.until(lambda: MANY * LOOK in "".join(seen))
    epoch = page.epoch
    page.until(lambda: page.epoch > epoch)


ANSWERS: dict[str, Callable[[Route], None]] = {
    "none": lambda route: route.abort(),
    "unknown": lambda route: route.fulfill(status=404),
    "another page": lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Sign in first</p>"),
    "broken": lambda route: route.fulfill(status=200, content_type="application/octet-stream", body=b"\x04\0\0\0\xff\xff\xff\xff"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_where_looks_are_not_answered_streamlit_draws(
    profiles: Callable[..., BrowserContext], server: Server, answer: Callable[[Route], None]
) -> None:
    made = profiles(0, {}).new_page()  # whose console may say so
    made.route("**/look/*", answer)
    page = on_endless(made, server)
    page.train()
    for _ in range(3):
        epoch = page.epoch
        page.until(lambda before=epoch: page.epoch > before)
    page.press("Pause")
    page.until(lambda: page.button("Train them").count() == 1)
