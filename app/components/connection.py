"""Has the whole page drawn again once a lost connection is there again, since the session may be a new one; and notes in the browser which
page it has drawn.
"""

from __future__ import annotations

from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.figures.acts import RedrawAct

_component = component("connection")

KEY = "connection"


class Connection(TypedDict):
    """Data of the view: path and number of the page that is drawn with it, and number of the last connection answered."""

    page: str
    drawn: int
    answered: int


def draw_when_connected_again(page: str, drawn: int) -> None:
    """Add once to a page, outside its parts and after them.

    Args:
        page: that is being drawn, by its path in the address.
        drawn: number of the whole page that is being drawn. Every act is told with the one that the browser has drawn last.
    """
    data = Connection(page=page, drawn=drawn, answered=last_answered(KEY))
    _component(key=KEY, data=data, on_acts_change=answering(KEY, RedrawAct, lambda act: None))
