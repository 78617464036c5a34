"""What a view told, each thing once and in its order. Streamlit takes up the next interaction while the callback of the one before still
computes, or drops one that is interrupted; so views number what they tell, and tell it again until it is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import streamlit as st


@dataclass
class Answers:
    """Of one view in one session. `last` is the number of what was answered last."""

    last: int = 0
    _lock: Lock = field(default_factory=Lock)

    def take(self, told: Iterable[Mapping[str, Any]], answer: Callable[[Mapping[str, Any]], None]) -> None:
        """Answers what is new of it; each has a `"number"`."""
        with self._lock:
            for one in told:
                if one["number"] <= self.last:
                    continue
                try:
                    answer(one)
                except Exception:  # what failed would fail again; an interruption by Streamlit is no Exception
                    self.last = one["number"]
                    raise
                self.last = one["number"]


def answers_of(key: str) -> Answers:
    """Those of the session's view under `key`."""
    found: Answers = st.session_state.setdefault(f"{key} answers", Answers())
    return found
