"""Undo and redo by Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, or with Cmd, on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.figures.acts import WalkAct

_component = component("undo")

KEY = "undo"


class Undo(TypedDict):
    """Data of the view: the number of the last keystroke answered."""

    answered: int


def undo_by_keys(undo: Callable[[], None], redo: Callable[[], None]) -> None:
    """Add once to a page."""
    steps = {"undo": undo, "redo": redo}
    _component(key=KEY, data=Undo(answered=last_answered(KEY)), on_acts_change=answering(KEY, WalkAct, lambda act: steps[act["do"]]()))
