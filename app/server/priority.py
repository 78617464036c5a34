"""Pages come first: while one is being made, trainings rest between two epochs.

Both need Python's one lock, and a page that has to wait for it at each of its steps takes many times as long.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

LONGEST_REST = 0.05
"""Seconds after which a training goes on for an epoch, however many pages are being made."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_lock = threading.Lock()
_pages = 0
_no_page = threading.Event()
_no_page.set()


@contextmanager
def page_first() -> Iterator[None]:
    """While a page, or a part of one, is being made."""
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def first(part: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A part of a page that runs again by itself, and then comes first."""

    @functools.wraps(part)
    def made(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        with page_first():
            return part(*arguments, **named)

    return made


def rest() -> None:
    """Returns when no page is being made, or after a moment."""
    _no_page.wait(LONGEST_REST)


def _count(more: int) -> None:
    global _pages
    with _lock:
        _pages += more
        if _pages:
            _no_page.clear()
        else:
            _no_page.set()
