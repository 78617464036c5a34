"""A tab that is closed doesn't go on costing: its training ends by itself."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app.server.link import to_parameter
from snncore.experiment.spec import ten_spikes
from tests.browser.conftest import Open
from tests.browser.server import Server

LONG = ten_spikes().replace({"training.task.target": 10**6, "training.epochs": 1400})
"""At 16 epochs a second, far longer than a minute."""

WATCHED = 4.0
"""Seconds over which the server's processor time is read."""


def test_closing_the_tab_ends_its_training_within_a_minute(open_page: Open, server: Server) -> None:
    page = open_page(f"?x={to_parameter(LONG)}")
    page.choose_speed("16 epochs/s")
    page.train()
    page.until(lambda: page.epoch >= 3)
    page.page.close()
    assert _is_training(server)
    limit = time.monotonic() + 60
    while _is_training(server):
        assert time.monotonic() < limit


def _is_training(server: Server) -> bool:
    """Sixteen epochs a second take a server some percent of its time, and nobody there next to nothing."""
    before = _cpu_seconds(server.pid)
    time.sleep(WATCHED)
    return _cpu_seconds(server.pid) - before >= 0.01 * WATCHED


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, as Linux tells it."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
