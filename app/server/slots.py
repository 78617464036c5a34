"""Limits how many trainings compute at once. Further ones wait in order, and no owner gets all the places."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Turn:
    """A place in line. `begin` is called when its turn comes; call `Slots.leave` when the work is done."""

    owner: str
    begin: Callable[[], None]


@dataclass
class Slots:
    """Places for `most` at a time, `most_of_one` per owner. The first in line whose owner has a place left comes next."""

    most: int
    most_of_one: int
    _computing: list[Turn] = field(default_factory=list)
    _waiting: list[Turn] = field(default_factory=list)
    _is_closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, turn: Turn) -> None:
        """Get in line. If a place is free, the turn begins before this returns."""
        with self._lock:
            self._waiting.append(turn)
            self._admit()

    def leave(self, turn: Turn) -> None:
        """Give its place to the next in line."""
        with self._lock:
            self._computing.remove(turn)
            self._admit()

    def withdraw(self, turn: Turn) -> bool:
        """Remove a waiting turn from the line. Return True if it was there."""
        with self._lock:
            was_waiting = turn in self._waiting
            if was_waiting:
                self._waiting.remove(turn)
            return was_waiting

    def close(self) -> None:
        """Let no further turn begin, as the process ends: each that leaves would let in the next."""
        with self._lock:
            self._is_closed = True

    @property
    def computing(self) -> int:
        """Number of turns that compute now."""
        return len(self._computing)

    def place(self, turn: Turn) -> int:
        """Its place in line, from 1; 0 if it isn't waiting."""
        with self._lock:
            return self._waiting.index(turn) + 1 if turn in self._waiting else 0

    def _admit(self) -> None:
        if self._is_closed:
            return
        for turn in list(self._waiting):
            of_owner = sum(other.owner == turn.owner for other in self._computing)
            if len(self._computing) < self.most and of_owner < self.most_of_one:
                self._waiting.remove(turn)
                turn.begin()
                self._computing.append(turn)
