"""What every act of a visitor goes through: one at a time, and refused as a whole or done as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from app.server.priority import page_first
from snncore.errors import SNNCoreError


@dataclass
class Guard:
    """Runs acts. What is done within one raises an SNNCoreError before it changes anything, or not at all.

    Attributes:
        complaint: why the last act was refused; None if it wasn't.
    """

    complaint: str | None = None
    _lock: Any = field(default_factory=RLock)
    """Streamlit may run the callback of the next click while that of the one before still computes."""

    def attempt(self, act: Callable[[], object]) -> bool:
        """Return True if the act was done; else `complaint` says why it was refused."""
        with page_first(), self._lock:
            self.complaint = None
            try:
                act()
            except SNNCoreError as error:
                self.complaint = str(error)
            return self.complaint is None
