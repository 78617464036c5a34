"""Desks of all visitors in this process, kept for a while after their tabs close, so that a reload finds its own."""

from __future__ import annotations

import hmac
import threading
import time
from typing import Generic, Protocol, TypeVar

KEPT = 120.0
"""Seconds for which a desk is kept after its tab was last seen."""

SWEEP_INTERVAL = 5.0
"""Seconds between two checks of which tabs are open."""

PATIENCE = 0.5
"""Seconds within which the tab before a reload must be gone."""


class Kept(Protocol):
    """State of one visitor, found again after a reload."""

    id: str
    browser: str
    session: str

    def is_attended(self) -> bool:
        """Return True if a tab shows it."""
        ...

    def leave(self) -> None:
        """End its trainings."""
        ...


T = TypeVar("T", bound=Kept)


class Desks(Generic[T]):
    """Desks by unguessable ids. A desk belongs to one browser, whose tabs get it one at a time."""

    def __init__(self) -> None:
        self._desks: dict[str, T] = {}
        self._last_seen: dict[str, float] = {}
        self._lock = threading.Lock()
        self._sweeper: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._desks)

    def keep(self, desk: T) -> None:
        """Keep a desk until its tab has been gone for `KEPT` seconds."""
        with self._lock:
            self._desks[desk.id] = desk
            self._last_seen[desk.id] = time.monotonic()
            if self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep_again_and_again, name="desks", daemon=True)
                self._sweeper.start()

    def claim(self, name: str, browser: str, session: str) -> T | None:
        """Return the desk of that id, if it belongs to this browser and no other tab still has it."""
        limit = time.monotonic() + PATIENCE
        while True:
            with self._lock:
                found = self._desks.get(name)
                if found is None or not browser or not hmac.compare_digest(found.browser, browser):
                    return None
                if not found.is_attended():
                    found.session = session
                    return found
            if time.monotonic() > limit:
                return None
            time.sleep(0.02)

    def sweep(self) -> None:
        """Forget the desks whose tabs have been gone long enough, and end their trainings."""
        now = time.monotonic()
        with self._lock:
            for name, desk in self._desks.items():
                if desk.is_attended():
                    self._last_seen[name] = now
            gone = [self._desks.pop(name) for name, seen in list(self._last_seen.items()) if now - seen > KEPT]
            for desk in gone:
                del self._last_seen[desk.id]
        for desk in gone:
            desk.leave()

    def _sweep_again_and_again(self) -> None:
        """Sweep at intervals until no desk is left."""
        while True:
            time.sleep(SWEEP_INTERVAL)
            self.sweep()
            with self._lock:
                if not self._desks:
                    self._sweeper = None
                    return
