"""What is computed for a page is kept until something else is asked."""

from __future__ import annotations


def is_same(known: object, asked: tuple[object, ...]) -> bool:
    """Return True if both begin with the same object, and are otherwise equal."""
    return isinstance(known, tuple) and known[0] is asked[0] and known[1:] == asked[1:]
