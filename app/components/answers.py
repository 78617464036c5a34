"""Checks what a view tells, and handles each act once, in order.

Streamlit starts on the next interaction while the callback of the previous one still computes, or drops one that is interrupted. So views
number their acts and tell each until it is answered; `app/web/lib/acts.js` is that half.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, NotRequired

import streamlit as st
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # Pydantic needs it on Python 3.11

from app.components.kept import kept, one_at_a_time

log = logging.getLogger(__name__)


@with_config(ConfigDict(extra="allow"))
class Act(TypedDict):
    """What a visitor did, one of `app.figures.acts`, with its number, and that of the last whole page that the browser has drawn."""

    number: int
    drawn: NotRequired[int]


TOLD = TypeAdapter(list[Act])

DRAWN = "drawn in the browser"
"""Name in the session of the number of the last whole page that the browser has drawn, as far as a view has told."""


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
    return kept(f"{key} answers", Answers)


def last_answered(key: str) -> int:
    """Number of the last answered act of the view under `key`. It holds for data made from the page's state after this call."""
    return answers_of(key).last


def drawn_in_browser() -> int | None:
    """Number of the last whole page that this session's browser has drawn, as far as a view has told."""
    found: int | None = st.session_state.get(DRAWN)
    return found


def answering(key: str, kind: Any, answer: Callable[[Any], None], redraw: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """Return the callback for a component's `on_acts_change`: it calls `answer` with each new act, then `redraw`, which may end the run.

    Args:
        kind: of the acts, from `app.figures.acts`.
    """
    answers, answer_known, lock = answers_of(key), checked(key, kind, answer), one_at_a_time()

    def take() -> None:
        told = _told(key)
        if told:
            st.session_state[DRAWN] = told[-1].get("drawn")
        with lock:
            answers.take(told, answer_known)
        redraw()

    return take


def _told(key: str) -> list[Act]:
    """Return the acts that the view under `key` tells; none, and a line in the log, if they aren't numbered acts."""
    told = (st.session_state.get(key) or {}).get("acts") or []
    try:
        return TOLD.validate_python(told, strict=True)
    except ValidationError as error:
        log.warning("%s was told no numbered acts: %s", key, error)
        return []


@cache  # since views are drawn many times a second, and a check takes milliseconds to make
def _check_of(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def checked(key: str, kind: Any, answer: Callable[[Any], None]) -> Callable[[Act], None]:
    """Return `answer` for acts of a kind; any other is logged, and counts as answered."""
    check = _check_of(kind)

    def answer_known(act: Act) -> None:
        try:
            known = check.validate_python(act, strict=True)
        except ValidationError as error:
            log.warning("%s was told what it doesn't know: %s", key, error)
        else:
            answer(known)

    return answer_known
