"""Gives pages priority: trainings pause between epochs while a page is being made.

Both need Python's global lock, and a page that waits for it at every step takes many times as long.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

LONGEST_REST = 0.05
"""Seconds after which a training runs one epoch even while pages are being made."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_pages = 0
_changed = threading.Condition()
"""Notified when the last page is made, and when a rest may be over for another reason."""


@contextmanager
def page_first() -> Iterator[None]:
    """Mark the time in which a page, or a part of one, is being made."""
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def first(part: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a part of a page that reruns by itself, with priority over trainings."""

    @functools.wraps(part)
    def made(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        with page_first():
            return part(*arguments, **named)

    return made


def rest(is_over: Callable[[], bool] = lambda: False) -> None:
    """Wait until no page is being made or, once woken, `is_over()`; or for a moment at most."""
    with _changed:
        _changed.wait_for(lambda: not _pages or is_over(), LONGEST_REST)


def wake() -> None:
    """Have all who rest look whether that is over: a page may wait for one of them."""
    with _changed:
        _changed.notify_all()


def _count(more: int) -> None:
    global _pages
    with _changed:
        _pages += more
        if not _pages:
            _changed.notify_all()
