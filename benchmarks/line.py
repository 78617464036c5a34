"""A line to a server: how many bytes come over it to browsers, compressed as they are."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from app.server.watched import PATH

CHUNK = 1 << 16


class Line:
    """Hands on what browsers and a server on this machine say to each other.

    Attributes:
        url: where browsers reach the server over this line.
        bytes: that came to browsers since the line was opened or cleared.
    """

    def __init__(self, url: str) -> None:
        self.bytes = 0
        self._port = int(url.split(":")[2].split("/")[0])
        self._loop = asyncio.new_event_loop()
        opened = threading.Event()
        threading.Thread(target=self._run, args=(opened,), daemon=True).start()
        opened.wait()

    def clear(self) -> None:
        self.bytes = 0

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, opened: threading.Event) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._join, "localhost", 0))
        self.url = f"http://localhost:{server.sockets[0].getsockname()[1]}/"
        opened.set()
        self._loop.run_forever()

    async def _join(self, from_browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("localhost", self._port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_hand_on(from_browser, to_server), _hand_on(from_server, to_browser, self._count))

    def _count(self, size: int) -> None:
        self.bytes += size


async def _hand_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, count: Callable[[int], None] = lambda size: None) -> None:
    while chunk := await source.read(CHUNK):
        count(len(chunk))
        target.write(chunk)
        await target.drain()
    target.close()


def slow_down(page: Page, kilobytes_per_second: float, milliseconds: float) -> None:
    """Let a page's line be so fast, and have so long a round trip, from now on."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    speed = kilobytes_per_second * 1e3
    conditions = {"offline": False, "latency": milliseconds, "downloadThroughput": speed, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", conditions)


def count_messages(page: Page) -> Callable[[], int]:
    """Return how many messages of websockets and answers to looks a page has received since now."""
    count = 0

    def one_more(_: Any) -> None:
        nonlocal count
        count += 1

    session = page.context.new_cdp_session(page)
    session.on("Network.webSocketFrameReceived", one_more)
    session.on("Network.responseReceived", lambda told: one_more(told) if f"/{PATH}/" in told["response"]["url"] else None)
    session.send("Network.enable")
    return lambda: count
