"""What one session's views keep between two drawings: which messages each was sent, say, and which of its acts were answered.

It is kept in Streamlit's session. While a look is answered no script runs for that session, and it is lent instead (`looks.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any, TypeVar, cast

import streamlit as st

from app.figures.style import Theme

T = TypeVar("T")

Store = dict[str, Any]

NAME = "kept by views"
"""Name of the store in Streamlit's session."""

_lent: ContextVar[Store | None] = ContextVar("lent", default=None)


def kept(name: str, make: Callable[[], T]) -> T:
    """Return what this session's views keep under a name, made where there is nothing yet."""
    found = store()
    if name not in found:
        found[name] = make()
    return cast(T, found[name])


def store() -> Store:
    """Return all that this session's views keep."""
    found = _lent.get()
    return cast(Store, st.session_state.setdefault(NAME, {})) if found is None else found


@contextmanager
def lent(found: Store) -> Iterator[None]:
    """Let views find what their session keeps on a thread that runs no script for it."""
    token = _lent.set(found)
    try:
        yield
    finally:
        _lent.reset(token)


def one_at_a_time() -> Any:
    """Return this session's lock, held while a look is answered, an act that a view tells is answered, or a part that moves is drawn."""
    return kept("lock", RLock)


def seen_theme() -> Theme:
    """Return the theme in which this session's browser shows the page."""
    if _lent.get() is None:
        store()["theme"] = st.context.theme.type or "light"
    theme: Theme = store()["theme"]
    return theme
