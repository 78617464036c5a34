"""What Python sends and what the browser's modules take have the same fields, of the same types."""

from __future__ import annotations

from app.components.wire import WRITTEN, typescript


def test_the_types_of_the_other_side_are_those_of_python() -> None:
    assert WRITTEN.read_text() == typescript(), "make types writes them again"
