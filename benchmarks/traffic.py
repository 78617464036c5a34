"""How many bytes reach the browser, as Chromium's own network log counts them, and a line of a given speed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page


@dataclass
class Traffic:
    """What a page has received since it was watched. `bytes` counts files as they came over the line, and messages of websockets."""

    files: int = 0
    messages: int = 0
    count: int = 0
    _session: CDPSession | None = field(default=None, repr=False)

    @classmethod
    def of(cls, page: Page) -> Traffic:
        """Watch a page, also over reloads."""
        made = cls()
        session = made._session = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", made._on_file)
        session.on("Network.webSocketFrameReceived", made._on_message)
        session.send("Network.enable")
        return made

    @property
    def bytes(self) -> int:
        return self.files + self.messages

    def clear(self) -> None:
        self.files = self.messages = self.count = 0

    def slow_down(self, kilobytes_per_second: float, milliseconds: float) -> None:
        """Let the line be so fast, and have so long a round trip, from now on."""
        assert self._session
        speed = kilobytes_per_second * 1e3
        conditions = {"offline": False, "latency": milliseconds, "downloadThroughput": speed, "uploadThroughput": speed}
        self._session.send("Network.emulateNetworkConditions", conditions)

    def _on_file(self, event: dict[str, Any]) -> None:
        self.files += int(event["encodedDataLength"])

    def _on_message(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        is_binary = frame["opcode"] == 2
        self.messages += len(base64.b64decode(frame["payloadData"])) if is_binary else len(frame["payloadData"].encode())
        self.count += 1
