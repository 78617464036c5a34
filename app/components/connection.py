"""Draws the whole page again once a lost connection is there again, since the session may be a new one."""

from __future__ import annotations

from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.figures.acts import RedrawAct

_component = component("connection")

KEY = "connection"


class Connection(TypedDict):
    """Data of the view: the number of the last connection answered."""

    answered: int


def draw_when_connected_again() -> None:
    """Add once to a page, outside its parts."""
    _component(key=KEY, data=Connection(answered=last_answered(KEY)), on_acts_change=answering(KEY, RedrawAct, lambda act: None))
