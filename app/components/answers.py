"""Handles each message of a view once, in order.

Streamlit starts on the next interaction while the callback of the previous one still computes, or drops one that is interrupted. So views
number their messages, and repeat each until it is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import streamlit as st


@dataclass
class Answers:
    """Answers to one view in one session. `last` is the number of the last message answered."""

    last: int = 0
    _lock: Lock = field(default_factory=Lock)

    def take(self, told: Iterable[Mapping[str, Any]], answer: Callable[[Mapping[str, Any]], None]) -> None:
        """Answer the new messages in `told`; each has a `"number"`."""
        with self._lock:
            for one in told:
                if one["number"] <= self.last:
                    continue
                try:
                    answer(one)
                except Exception:  # it would fail again; Streamlit's interruptions aren't Exceptions
                    self.last = one["number"]
                    raise
                self.last = one["number"]


def answers_of(key: str) -> Answers:
    """Return the answers to this session's view under `key`."""
    found: Answers = st.session_state.setdefault(f"{key} answers", Answers())
    return found
