"""Work of one visitor in the background, in the line of the trainings: it can be stopped, and ends when nobody watches."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from app.server import priority
from app.server.runner import Owner, PresenceWatch, slots
from app.server.slots import Turn
from snncore.errors import SNNCoreError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

LAST_PATIENCE = 5.0
"""Seconds that the process waits for work to end."""

STINT = 0.02
"""Seconds of work between two rests, which may be longer than what lies between two questions whether to end."""

Stop = Callable[[], bool]
"""Says whether the work shall end; work asks it often."""


_running: set[Job[Any]] = set()


@atexit.register
def _stop_all() -> None:
    """End all work before the process ends, which aborts if torch still computes in a daemon thread."""
    slots.close()
    jobs = list(_running)
    for job in jobs:
        job.stop()
    for job in jobs:
        job.join(LAST_PATIENCE)


class Job(Generic[Result]):
    """Work that begins as soon as a place is free.

    Args:
        work: returns the result, or None if it was stopped.

    Attributes:
        result: None until the work is done.
        failure: why there will be no result, in a sentence; None otherwise.
    """

    def __init__(self, owner: Owner, work: Callable[[Stop], Result | None]) -> None:
        self.result: Result | None = None
        self.failure: str | None = None
        self._owner = owner
        self._work = work
        self._stop = threading.Event()
        self._done = threading.Event()
        self._rested = 0.0
        self._turn = Turn(owner.name, self._begin)
        slots.enter(self._turn)

    @property
    def is_running(self) -> bool:
        """Whether it computes or waits for its turn."""
        return not self._done.is_set()

    @property
    def place_in_line(self) -> int:
        """Its place in the waiting line, from 1; 0 if it isn't waiting."""
        return slots.place(self._turn)

    def stop(self) -> None:
        """Let the work end soon, without a result."""
        self._stop.set()
        priority.wake()
        if slots.withdraw(self._turn):
            self._done.set()

    def join(self, patience: float) -> bool:
        """Wait until it is done, up to `patience` seconds; return True if it is."""
        return self._done.wait(patience)

    def _begin(self) -> None:
        _running.add(self)
        threading.Thread(target=self._run, name="job", daemon=True).start()

    def _run(self) -> None:
        watch = PresenceWatch(self._owner.is_present)
        try:
            self.result = self._work(lambda: self._shall_end(watch))
        except SNNCoreError as error:
            self.failure = str(error)
        except Exception:
            log.exception("a job failed")
            self.failure = "This stopped on an internal error, which is in the server's log. Change something, or train it again."
        finally:
            self._done.set()
            _running.discard(self)
            slots.leave(self._turn)

    def _shall_end(self, watch: PresenceWatch) -> bool:
        if time.monotonic() - self._rested >= STINT:
            priority.rest(self._stop.is_set)
            self._rested = time.monotonic()
        return self._stop.is_set() or watch.is_over()
