"""Runs a visitor's acts one at a time; each is done or refused as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from app.server.priority import page_first
from snncore.errors import SNNCoreError


@dataclass
class Guard:
    """Runs acts. An act that fails must raise its SNNCoreError before it changes anything.

    Attributes:
        complaint: why the last act was refused; None if it wasn't.
    """

    complaint: str | None = None
    _lock: Any = field(default_factory=RLock)
    """Streamlit may run the callback of the next click while the previous one still computes."""

    def look_after(self, work: Callable[[], object]) -> None:
        """Do what is no visitor's act, while no act is done. The last complaint stays."""
        with page_first(), self._lock:
            work()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do an act, and return True; if it is refused, return False, and `complaint` says why."""
        with page_first(), self._lock:
            self.complaint = None
            try:
                act()
            except SNNCoreError as error:
                self.complaint = str(error)
            return self.complaint is None
