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

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.state.desk import desk

SENT_AFTER = 1.0
"""Seconds after which what was drawn has been sent, on a busy server too; usually it takes some milliseconds."""


@contextmanager
def whole_page() -> Iterator[None]:
    """While the whole page is being drawn, unless that is cut short."""
    held = desk()
    held.drawn_at, held.polled = math.inf, set()
    yield
    held.drawn_at = time.monotonic()


def note_drawn(around: Callable[[], object]) -> None:
    """The page is being drawn.

    Args:
        around: tells what it shows outside its parts.
    """
    held = desk()
    held.around, held.drawn_for = around, around()


def polled(key: str, interval: float | None, view: Callable[[], object]) -> None:
    """A part of the page, called `key`, that is drawn again by itself every `interval` seconds; with None, only where it is asked for."""
    if interval is not None:
        desk().polled.add(key)
    st.fragment(key=key)(lambda: st.fragment(key=f"{key}, polled", run_every=interval)(view)())()


def is_drawn() -> bool:
    """Whether the page, outside its parts, shows what is."""
    held = desk()
    return held.around is not None and held.around() == held.drawn_for


def draw(*parts: str) -> None:
    """The last thing that a widget does: these parts are drawn anew, or the whole page where what is around them is another now, or what
    was last drawn of it may not have been sent.
    """
    held = desk()
    if is_drawn() and _runs_parts():
        st.rerun(list(parts))
    if is_drawn() and time.monotonic() - held.drawn_at > SENT_AFTER:
        st.rerun([*parts, *held.polled.difference(parts)])
    st.rerun()


def _runs_parts() -> bool:
    """Whether this is no run of the whole page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
