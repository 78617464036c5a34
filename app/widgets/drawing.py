"""Redraws a page after an act: some of its parts, each a named fragment, or all of it.

When Streamlit begins a run of the whole page, it drops everything that earlier runs have drawn but not sent yet, since all of it will be
redrawn. So such a run may turn into a run of some parts only if the last whole page was surely sent; otherwise a button could keep showing
the state of two clicks ago. A run of parts drops only those parts; but the end of the whole page's run, which is sent all the same, then
takes their places away, so that what comes for them finds none.

At the start of a run of the whole page, the browser forgets which parts rerun by themselves, until they are declared again.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.components.answers import drawn_in_browser

SENT_AFTER = 1.0
"""Seconds after which a drawn page has been sent, even by a busy server; usually it takes milliseconds, and the browser tells."""


@dataclass
class Drawn:
    """The page as last drawn.

    Attributes:
        around: returns the state that the page shows outside its parts.
        shown: that state when the whole page was last drawn.
        polled: parts that rerun by themselves.
        at: time when the whole page was completely drawn, on the monotonic clock; infinite while it isn't.
        number: counts the drawings of the whole page, from a random number: a browser may tell that of an earlier session.
    """

    around: Callable[[], object] | None = None
    shown: object = None
    polled: set[str] = field(default_factory=set)
    at: float = math.inf
    number: int = field(default_factory=lambda: secrets.randbits(32))

    @property
    def is_sent(self) -> bool:
        """Whether all of the last whole page was surely sent."""
        return self.at < math.inf and (drawn_in_browser() == self.number or time.monotonic() - self.at > SENT_AFTER)

    @property
    def is_so(self) -> bool:
        """Whether the page is up to date outside its parts."""
        return self.around is not None and self.around() == self.shown


@contextmanager
def whole_page() -> Iterator[None]:
    """Note when drawing the whole page begins and, unless it is interrupted, when it ends."""
    drawn = _drawn()
    drawn.at, drawn.polled = math.inf, set()
    drawn.number += 1
    yield
    drawn.at = time.monotonic()


def number() -> int:
    """Return the number of the whole page that is being drawn."""
    return _drawn().number


def note_drawn(around: Callable[[], object]) -> None:
    """Note that the page is about to be drawn: before anything is, so that what changes meanwhile is found to be out of date.

    Args:
        around: returns the state that the page shows outside its parts.
    """
    drawn = _drawn()
    drawn.around, drawn.shown = around, around()


def polled(key: str, interval: float | None, view: Callable[[], object]) -> None:
    """Draw a part of the page, named `key`, that reruns every `interval` seconds; with None, only on request."""
    if interval is not None:
        _drawn().polled.add(key)
    st.fragment(key=key)(lambda: st.fragment(key=f"{key}, polled", run_every=interval)(view)())()


def is_drawn() -> bool:
    """Return True if the page is up to date outside its parts. One whose drawing was interrupted to run a part isn't."""
    drawn = _drawn()
    return drawn.is_so and (drawn.at < math.inf or not _runs_parts())


def draw(*parts: str) -> None:
    """Redraw these parts, as the last act of a widget.

    Redraws the whole page instead if the state around the parts changed, or the last whole page may not have been sent.
    """
    drawn = _drawn()
    if drawn.is_so and drawn.is_sent:
        st.rerun(list(parts) if _runs_parts() else [*parts, *drawn.polled.difference(parts)])
    st.rerun()


def draw_itself() -> None:
    """Let the part of the page that a widget stands in be redrawn, as it is by itself, as the last act of that widget.

    Redraws the whole page instead for the reasons that `draw` has.
    """
    drawn = _drawn()
    if not (drawn.is_so and drawn.is_sent):
        st.rerun()


def _drawn() -> Drawn:
    """Return this session's record of the page."""
    if "drawn" not in st.session_state:
        st.session_state.drawn = Drawn()
    found: Drawn = st.session_state.drawn
    return found


def _runs_parts() -> bool:
    """Return True if only parts of the page are running."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
