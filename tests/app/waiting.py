"""What a test waits for."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds; a busy machine takes long."""


def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds. Fails if it never does."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.01)
