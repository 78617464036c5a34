"""How many trainings compute at once. What is over that waits in its order, and nobody has all the places."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Turn:
    """A wish to compute. `begin` is called once its turn has come; whoever began tells `Slots.leave` when it is done."""

    owner: str
    begin: Callable[[], None]


@dataclass
class Slots:
    """`most` may compute at a time, `most_of_one` of the same owner; the first in line whose owner has a place left comes next."""

    most: int
    most_of_one: int
    _computing: list[Turn] = field(default_factory=list)
    _waiting: list[Turn] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, turn: Turn) -> None:
        """Gets in line; where there is a place, it begins before this returns."""
        with self._lock:
            self._waiting.append(turn)
            self._admit()

    def leave(self, turn: Turn) -> None:
        """Gives its place to the next one in line."""
        with self._lock:
            self._computing.remove(turn)
            self._admit()

    def withdraw(self, turn: Turn) -> bool:
        """Takes a turn that hasn't come out of the line. Returns whether it was in it."""
        with self._lock:
            was_waiting = turn in self._waiting
            if was_waiting:
                self._waiting.remove(turn)
            return was_waiting

    @property
    def computing(self) -> int:
        """How many compute now."""
        return len(self._computing)

    def place(self, turn: Turn) -> int:
        """Its place in line, from 1; 0 where it isn't waiting."""
        with self._lock:
            return self._waiting.index(turn) + 1 if turn in self._waiting else 0

    def _admit(self) -> None:
        for turn in list(self._waiting):
            of_owner = sum(other.owner == turn.owner for other in self._computing)
            if len(self._computing) < self.most and of_owner < self.most_of_one:
                self._waiting.remove(turn)
                turn.begin()
                self._computing.append(turn)
