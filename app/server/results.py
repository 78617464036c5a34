"""Results that visitors share: what one needed, and another needs again, is computed once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Results(Generic[Result]):
    """Results by a text that says all they follow from. The least used go first; any thread may ask.

    Args:
        most_bytes: that all of them may take. A larger one isn't kept.
        bytes_of: returns the bytes of a result.
    """

    def __init__(self, most_bytes: int, bytes_of: Callable[[Result], int]) -> None:
        self._most_bytes = most_bytes
        self._bytes_of = bytes_of
        self._kept: OrderedDict[str, Result] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Return the bytes that all results take."""
        return sum(map(self._bytes_of, self._kept.values()))

    def find(self, key: str) -> Result | None:
        """Return the result of a key; None if there is none."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: str, result: Result) -> None:
        """Keep a result, in place of an earlier one of its key and of the least used ones that there is no room for."""
        with self._lock:
            self._kept.pop(key, None)
            if self._bytes_of(result) > self._most_bytes:
                return
            self._kept[key] = result
            while self.nbytes > self._most_bytes:
                self._kept.popitem(last=False)
