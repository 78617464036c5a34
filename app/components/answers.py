"""Handles each act of a view once, in order.

Streamlit starts on the next interaction while the callback of the previous one still computes, or drops one that is interrupted. So views
number their acts and tell each until it is answered; `app/web/lib/acts.js` is that half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import streamlit as st

Act = Mapping[str, Any]
"""What a visitor did, by name: `"number"`, mostly `"do"`, and what that needs."""


@dataclass
class Answers:
    """Answers to one view in one session. `last` is the number of the last act answered."""

    last: int = 0
    _lock: Lock = field(default_factory=Lock)

    def take(self, told: Iterable[Act], answer: Callable[[Act], None]) -> None:
        """Answer the new acts in `told`."""
        with self._lock:
            for act in told:
                if act["number"] <= self.last:
                    continue
                try:
                    answer(act)
                except Exception:  # it would fail again; Streamlit's interruptions aren't Exceptions
                    self.last = act["number"]
                    raise
                self.last = act["number"]


def answers_of(key: str) -> Answers:
    """Return the answers to this session's view under `key`."""
    found: Answers = st.session_state.setdefault(f"{key} answers", Answers())
    return found


def last_answered(key: str) -> int:
    """Number of the last answered act of the view under `key`. It holds for data made from the page's state after this call."""
    return answers_of(key).last


def answering(key: str, answer: Callable[[Act], None], redraw: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """Return the callback for a component's `on_acts_change`: it calls `answer` with each new act, then `redraw`, which may end the run."""
    answers = answers_of(key)

    def take() -> None:
        answers.take((st.session_state.get(key) or {}).get("acts") or [], answer)
        redraw()

    return take
