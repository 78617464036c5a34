"""The main number of a page, its status in one sentence, and milestones for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component

_component = component("headline")


class Headline(TypedDict):
    """Data of the view."""

    number: str
    unit: str
    status: str
    milestone: str
    action: str
    answered: int


def headline(
    key: str, number: str, unit: str, status: str, milestone: str, action: str = "", on_action: Callable[[], None] = lambda: None
) -> None:
    """Show `number` large with its `unit`, and `status` beside it. Screen readers announce `milestone` when it changes.

    Args:
        action: label of a button after the status, if any; pressing it calls `on_action`.
    """
    data = Headline(number=number, unit=unit, status=status, milestone=milestone, action=action, answered=last_answered(key))
    _component(key=key, data=data, on_acts_change=answering(key, lambda act: on_action()))
