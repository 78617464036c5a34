"""What of a page is drawn anew after something was done to it: some of its parts, each a fragment with a name, or all of it.

When Streamlit begins a run of the whole page, it drops whatever the runs before have drawn but not sent yet, since all of it will be drawn
again. So such a run may turn into one of some parts only where the last whole page was surely sent, or a button could go on showing what
was true two clicks ago. A run of parts drops nothing but those parts.

The browser, for its part, forgets at the start of such a run which parts look again by themselves, until they are declared again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

SENT_AFTER = 1.0
"""Seconds after which what was drawn has been sent, on a busy server too; usually it takes some milliseconds."""


@dataclass
class Drawn:
    """What was drawn last.

    Attributes:
        around: tells what the page shows outside its parts.
        shown: what that was when the whole page was last drawn.
        polled: the parts that are drawn again by themselves.
        at: when the whole page was drawn to its end, on the monotonic clock; infinite while it isn't.
    """

    around: Callable[[], object] | None = None
    shown: object = None
    polled: set[str] = field(default_factory=set)
    at: float = math.inf

    @property
    def is_so(self) -> bool:
        """Whether the page, outside its parts, shows what is."""
        return self.around is not None and self.around() == self.shown


@contextmanager
def whole_page() -> Iterator[None]:
    """While the whole page is being drawn, unless that is cut short."""
    drawn = _drawn()
    drawn.at, drawn.polled = math.inf, set()
    yield
    drawn.at = time.monotonic()


def note_drawn(around: Callable[[], object]) -> None:
    """The page is being drawn.

    Args:
        around: tells what it shows outside its parts.
    """
    drawn = _drawn()
    drawn.around, drawn.shown = around, around()


def polled(key: str, interval: float | None, view: Callable[[], object]) -> None:
    """A part of the page, called `key`, that is drawn again by itself every `interval` seconds; with None, only where it is asked for."""
    if interval is not None:
        _drawn().polled.add(key)
    st.fragment(key=key)(lambda: st.fragment(key=f"{key}, polled", run_every=interval)(view)())()


def is_drawn() -> bool:
    """Whether the page, outside its parts, shows what is."""
    return _drawn().is_so


def draw(*parts: str) -> None:
    """The last thing that a widget does: these parts are drawn anew, or the whole page where what is around them is another now, or what
    was last drawn of it may not have been sent.
    """
    drawn = _drawn()
    if drawn.is_so and _runs_parts():
        st.rerun(list(parts))
    if drawn.is_so and time.monotonic() - drawn.at > SENT_AFTER:
        st.rerun([*parts, *drawn.polled.difference(parts)])
    st.rerun()


def _drawn() -> Drawn:
    """This session's."""
    if "drawn" not in st.session_state:
        st.session_state.drawn = Drawn()
    found: Drawn = st.session_state.drawn
    return found


def _runs_parts() -> bool:
    """Whether this is no run of the whole page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
